//! The site: every file that the server sends as it is.

use crate::workspace::Flavour;
use anyhow::{Context, Result};
use brotli::enc::BrotliEncoderParams;
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt, fs,
    io::Write,
    path::{Path, PathBuf},
};

/// What is worth compressing beforehand; fonts and pictures are compressed already.
const COMPRESSIBLE: [&str; 7] = ["css", "js", "json", "svg", "txt", "wasm", "webmanifest"];

/// The files of a site by their path, held together until they are published.
#[derive(Default)]
pub struct Site {
    files: BTreeMap<PathBuf, Vec<u8>>,
}

/// What publishing changed.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Published {
    written: usize,
    kept: usize,
    removed: usize,
}

impl fmt::Display for Published {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} files written, {} unchanged, {} removed", self.written, self.kept, self.removed)
    }
}

impl Site {
    /// Adds one file.
    pub fn add(&mut self, path: &str, content: Vec<u8>) {
        self.files.insert(PathBuf::from(path), content);
    }

    /// Adds all files of a folder, under `path` (`""`: at the top).
    ///
    /// # Errors
    /// When the folder or one of its files cannot be read.
    pub fn add_folder(&mut self, path: &str, folder: &Path) -> Result<()> {
        for file in files_below(folder)? {
            let content = fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?;
            self.files.insert(Path::new(path).join(file.strip_prefix(folder)?), content);
        }
        Ok(())
    }

    /// Makes `folder` hold exactly these files and, for a release, their compressed siblings. What is there
    /// already stays untouched; each change is a rename, so that a running server never sends half a file.
    ///
    /// # Errors
    /// When the folder cannot be read or written.
    pub fn publish(&self, folder: &Path, flavour: Flavour) -> Result<Published> {
        fs::create_dir_all(folder)?;
        let mut published = Published::default();
        let mut wanted = BTreeSet::new();
        for (path, content) in &self.files {
            let file = folder.join(path);
            let changed = fs::read(&file).ok().as_ref() != Some(content);
            // Siblings first: if this is cut short, the file still differs and the next run mends all of them.
            if flavour == Flavour::Release && is_compressible(path) {
                for (ending, compress) in COMPRESSIONS {
                    let sibling = with_ending(&file, ending);
                    if changed || !sibling.is_file() {
                        write(&sibling, &compress(content)?)?;
                    }
                    wanted.insert(sibling);
                }
            }
            if changed {
                write(&file, content)?;
                published.written += 1;
            } else {
                published.kept += 1;
            }
            wanted.insert(file);
        }
        for file in files_below(folder)? {
            if !wanted.contains(&file) {
                fs::remove_file(&file).with_context(|| format!("cannot remove {}", file.display()))?;
                published.removed += 1;
            }
        }
        Ok(published)
    }
}

type Compress = fn(&[u8]) -> Result<Vec<u8>>;
const COMPRESSIONS: [(&str, Compress); 2] = [("br", brotli), ("gz", gzip)];

/// Blocks of 64, 128 and 256 KB, as powers of two: which of them packs a file smallest depends on the file.
const BLOCKS: [i32; 3] = [16, 17, 18];

fn brotli(content: &[u8]) -> Result<Vec<u8>> {
    let packed = BLOCKS.map(|lgblock| {
        let mut out = Vec::new();
        let params = BrotliEncoderParams { quality: 11, lgwin: 22, lgblock, ..Default::default() };
        brotli::BrotliCompress(&mut &*content, &mut out, &params).map(|_| out)
    });
    let packed: Vec<Vec<u8>> = packed.into_iter().collect::<Result<_, _>>()?;
    packed.into_iter().min_by_key(Vec::len).context("no block size")
}

fn gzip(content: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(content)?;
    Ok(encoder.finish()?)
}

fn is_compressible(path: &Path) -> bool {
    path.extension().and_then(|ending| ending.to_str()).is_some_and(|ending| COMPRESSIBLE.contains(&ending))
}

fn with_ending(file: &Path, ending: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".");
    name.push(ending);
    PathBuf::from(name)
}

fn write(file: &Path, content: &[u8]) -> Result<()> {
    let folder = file.parent().context("a file has a folder")?;
    let written = || -> Result<()> {
        fs::create_dir_all(folder)?;
        let half = with_ending(file, "half");
        fs::write(&half, content)?;
        Ok(fs::rename(half, file)?)
    };
    written().with_context(|| format!("cannot write {}", file.display()))
}

fn files_below(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        let entries = fs::read_dir(&folder).with_context(|| format!("cannot read {}", folder.display()))?;
        for entry in entries {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                files.push(path);
            }
        }
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site(css: &str) -> Site {
        let mut site = Site::default();
        site.add("pkg/console.css", css.as_bytes().to_vec());
        site.add("fonts/sans.woff2", vec![1, 2, 3]);
        site
    }

    fn names(folder: &Path) -> Result<Vec<String>> {
        let mut names = Vec::new();
        for file in files_below(folder)? {
            names.push(file.strip_prefix(folder)?.to_string_lossy().into_owned());
        }
        names.sort();
        Ok(names)
    }

    #[test]
    fn a_release_has_compressed_siblings_of_text_only() -> Result<()> {
        let folder = tempfile::tempdir()?;
        site("a{}").publish(folder.path(), Flavour::Release)?;
        let expected = ["fonts/sans.woff2", "pkg/console.css", "pkg/console.css.br", "pkg/console.css.gz"];
        assert_eq!(names(folder.path())?, expected);
        Ok(())
    }

    #[test]
    fn siblings_follow_their_file_and_unpack_to_it() -> Result<()> {
        let folder = tempfile::tempdir()?;
        site("a{}").publish(folder.path(), Flavour::Release)?;
        site("b{}").publish(folder.path(), Flavour::Release)?;
        let mut unpacked = Vec::new();
        let packed = fs::read(folder.path().join("pkg/console.css.br"))?;
        brotli::BrotliDecompress(&mut packed.as_slice(), &mut unpacked)?;
        assert_eq!(unpacked, b"b{}");
        Ok(())
    }

    #[test]
    fn only_what_changed_is_written_and_what_is_gone_is_removed() -> Result<()> {
        let folder = tempfile::tempdir()?;
        fs::write(folder.path().join("old.txt"), "gone")?;
        let first = site("a{}").publish(folder.path(), Flavour::Dev)?;
        assert_eq!(first, Published { written: 2, kept: 0, removed: 1 });
        let again = site("a{}").publish(folder.path(), Flavour::Dev)?;
        assert_eq!(again, Published { written: 0, kept: 2, removed: 0 });
        Ok(())
    }
}
