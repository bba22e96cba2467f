//! The house rules as tests, so that nobody has to remember them.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

/// What may stand at the top; tool settings are dot-files.
const TOP: [&str; 11] = [
    "Cargo.lock",
    "Cargo.toml",
    "LICENSE",
    "README.md",
    "app",
    "end2end",
    "frontend",
    "migrations",
    "public",
    "server",
    "style",
];
/// Crate, its manifest's folder, and which of ours it may name.
const ARROWS: [(&str, &str, &[&str]); 7] = [
    ("frontend", "frontend", &["app"]),
    ("xtask", "frontend/xtask", &[]),
    ("app", "app", &["billing", "engine"]),
    ("billing", "app/billing", &[]),
    ("server", "server", &["app", "billing", "engine"]),
    ("engine", "server/engine", &["billing", "migrations"]),
    ("migrations", "migrations", &[]),
];
/// All that pure decisions may be made with: no clock, no randomness, no input or output.
const BILLING_MAY_USE: [&str; 8] =
    ["chrono", "hex", "rust_decimal", "serde", "serde_json", "sha2", "thiserror", "ulid"];
/// Words that say nothing about what a thing is.
const EMPTY_WORDS: [&str; 9] =
    ["common", "data", "helper", "helpers", "info", "manager", "util", "utils", "misc"];
/// How a name may not begin.
const EMPTY_STARTS: [&str; 3] = ["process", "handle", "do"];
/// How a name may not end.
const EMPTY_ENDS: [&str; 1] = ["service"];
/// Lines of a file without its tests.
const FILE_LINES: usize = 300;
/// Lines of a server function's body.
const SERVER_FUNCTION_LINES: usize = 3;
/// Folders below a crate's `src`.
const DEPTH: usize = 3;
/// The rooms.
const ROOMS: [&str; 10] =
    ["customer", "team", "production", "allowance", "budget", "tier", "top_up", "payment", "pnl", "audit"];
/// What is tried in several rooms.
const EVERYWHERE: [&str; 4] = ["transcript", "accessibility", "bytes", "platform"];
/// Parts of a room whose browser tests are a file of their own: the seats and the keys of a team, what people ask of their own
/// data, and the letters that they get.
const PARTS: [&str; 4] = ["keys", "letters", "privacy", "seats"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// Files with this ending below a folder of the workspace, with their path from its root.
pub fn files(folder: &str, ending: &str) -> BTreeMap<String, String> {
    let (root, mut found) = (root(), BTreeMap::new());
    let mut folders = vec![root.join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if path.is_dir() && !matches!(name.as_str(), "target" | "node_modules") && !name.starts_with('.')
            {
                folders.push(path);
            } else if name.ends_with(ending) {
                let place = path.strip_prefix(&root).unwrap().display().to_string();
                found.insert(place, fs::read_to_string(&path).unwrap());
            }
        }
    }
    found
}

fn rust() -> BTreeMap<String, String> {
    ["app", "frontend", "migrations", "server"].iter().flat_map(|folder| files(folder, ".rs")).collect()
}

/// What stands before a file's tests.
pub fn without_tests(text: &str) -> &str {
    text.split("\n#[cfg(test)]\nmod ").next().unwrap_or(text)
}

fn none(broken: &[String], rule: &str) {
    assert!(broken.is_empty(), "{rule}:\n  {}", broken.join("\n  "));
}

/// The names in a manifest's dependency tables, by table.
fn dependencies(manifest: &str) -> BTreeMap<String, BTreeSet<String>> {
    let (mut tables, mut table) = (BTreeMap::<String, BTreeSet<String>>::new(), String::new());
    for line in manifest.lines() {
        if let Some(name) = line.strip_prefix('[') {
            name.trim_end_matches(']').clone_into(&mut table);
        } else if table.ends_with("dependencies")
            && let Some((name, _)) = line.split_once('=')
        {
            let name = name.trim().split('.').next().unwrap_or_default();
            tables.entry(table.clone()).or_default().insert(name.to_owned());
        }
    }
    tables
}

#[test]
fn the_top_level_is_fixed() {
    let ignored = fs::read_to_string(root().join(".gitignore")).unwrap();
    let ignored: Vec<&str> = ignored.lines().map(|line| line.trim_matches('/')).collect();
    let names =
        fs::read_dir(root()).unwrap().map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned());
    let strange: Vec<String> = names
        .filter(|name| {
            !name.starts_with('.') && !TOP.contains(&name.as_str()) && !ignored.contains(&name.as_str())
        })
        .collect();
    none(&strange, "the visible top level is fixed; tool settings are dot-files");
}

#[test]
fn crates_point_only_where_they_may() {
    let ours: Vec<&str> = ARROWS.iter().map(|(name, ..)| *name).collect();
    for (name, folder, may) in ARROWS {
        let manifest = fs::read_to_string(root().join(folder).join("Cargo.toml")).unwrap();
        assert!(manifest.contains(&format!("name = \"{name}\"")), "{folder} is not {name}");
        for (table, named) in dependencies(&manifest) {
            for dependency in named.iter().filter(|named| ours.contains(&named.as_str())) {
                assert!(may.contains(&dependency.as_str()), "{name} must not know {dependency} ([{table}])");
            }
        }
    }
    let app = fs::read_to_string(root().join("app/Cargo.toml")).unwrap();
    let engine = app.lines().find(|line| line.starts_with("engine")).unwrap();
    assert!(engine.contains("optional = true"), "the browser has no engine: {engine}");
}

#[test]
fn billing_has_no_clock_no_randomness_and_no_input_or_output() {
    let manifest = fs::read_to_string(root().join("app/billing/Cargo.toml")).unwrap();
    for dependency in &dependencies(&manifest)["dependencies"] {
        assert!(BILLING_MAY_USE.contains(&dependency.as_str()), "billing must not use {dependency}");
    }
    let workspace = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let settings =
        |name: &str| workspace.lines().find(|line| line.starts_with(&format!("{name} = "))).unwrap();
    assert!(!settings("chrono").contains("clock") && settings("chrono").contains("default-features = false"));
    assert!(!settings("ulid").contains("rng") && settings("ulid").contains("default-features = false"));
    assert!(!manifest.contains("\"clock\"") && !manifest.contains("\"rng\""));
}

#[test]
fn files_are_short_and_folders_shallow() {
    let mut broken = Vec::new();
    for (path, text) in rust() {
        let Some((_, below)) = path.split_once("src/") else { continue };
        let lines = without_tests(&text).lines().count();
        if lines > FILE_LINES {
            broken.push(format!("{path} has {lines} lines"));
        }
        if below.matches('/').count() > DEPTH {
            broken.push(format!("{path} is too deep"));
        }
    }
    none(&broken, "a file has at most 300 lines without its tests and stands at most 3 folders below src");
}

#[test]
fn every_module_folder_opens_with_its_words() {
    let broken: Vec<String> = rust()
        .into_iter()
        .filter(|(path, text)| {
            let named = ["/mod.rs", "/lib.rs", "/main.rs"].iter().any(|end| path.ends_with(end));
            named && !text.starts_with("//! ")
        })
        .map(|(path, _)| path)
        .collect();
    none(&broken, "mod.rs, lib.rs and main.rs open with //! and what they are for");
}

/// The words of `snake_case` and `CamelCase`.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    for character in name.chars() {
        if character == '_' || character.is_uppercase() {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut()
            && character != '_'
        {
            word.extend(character.to_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

fn is_empty_name(name: &str) -> bool {
    let words = words(name);
    let starts = words.len() > 1 && words.first().is_some_and(|word| EMPTY_STARTS.contains(&word.as_str()));
    let ends = words.len() > 1 && words.last().is_some_and(|word| EMPTY_ENDS.contains(&word.as_str()));
    starts || ends || words.iter().any(|word| EMPTY_WORDS.contains(&word.as_str()))
}

#[test]
fn names_say_what_a_thing_is() {
    assert!(is_empty_name("process_order") && is_empty_name("UserManager") && is_empty_name("MailService"));
    assert!(!is_empty_name("done") && !is_empty_name("handle") && !is_empty_name("database"));
    let mut broken = Vec::new();
    for (path, text) in rust() {
        let file = path.rsplit('/').next().unwrap_or_default().trim_end_matches(".rs").to_owned();
        let defined = text.lines().filter_map(|line| {
            let line = line.trim_start().trim_start_matches("pub ").trim_start_matches("pub(crate) ");
            let line = line
                .trim_start_matches("pub(super) ")
                .trim_start_matches("async ")
                .trim_start_matches("const ");
            let rest = ["fn ", "struct ", "enum ", "trait ", "mod ", "type ", "static "]
                .iter()
                .find_map(|keyword| line.strip_prefix(keyword))?;
            let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
            rest.get(..end).map(str::to_owned)
        });
        broken.extend(
            defined.chain([file]).filter(|name| is_empty_name(name)).map(|name| format!("{path}: {name}")),
        );
    }
    none(&broken, "names without meaning");
}

#[test]
fn only_the_database_opens_transactions() {
    // The books check shares nothing with the database's room; its one transaction only reads.
    let rooms = ["server/engine/src/db/", "server/engine/src/verify/"];
    let outside = |path: &str| path.contains("/src/") && !rooms.iter().any(|room| path.starts_with(room));
    let opens = |text: &str| {
        [".begin(", ".begin_with_config(", ".begin_with_options("].iter().any(|call| text.contains(call))
    };
    let broken: Vec<String> = rust()
        .into_iter()
        .filter(|(path, text)| outside(path) && opens(text))
        .map(|(path, _)| path)
        .collect();
    none(&broken, "open writing transactions with `db::begin_write`");
}

/// U5: nothing turns auto-top-up on but the act in which a person agrees, and nobody asks for that act but the form and, for
/// the sample people, the samples.
#[test]
fn auto_top_up_is_turned_on_by_the_consent_form_alone() {
    let on = |line: &str| {
        let says = line.contains("AutoTopUpState::On") && !line.trim_start().starts_with("//");
        says && !line.contains("== AutoTopUpState::On") && !line.contains("!= AutoTopUpState::On")
    };
    let turned_on = |text: &str| without_tests(text).lines().any(|line| on(line) && line.contains("to_word"));
    let made = |text: &str| text.contains("auto_top_up::Model {");
    let written = |text: &str| {
        let calls = ["insert", "upsert", "add"].map(|call| format!("{call}::<auto_top_up::Entity>"));
        let updated =
            ["auto_top_up::ActiveModel", "auto_top_up::Entity::update", "auto_top_up::Entity::insert"];
        calls.iter().any(|call| text.contains(call)) || updated.iter().any(|call| text.contains(call))
    };
    let asked = |text: &str| text.contains(".agree_to_top_up(");
    let sources =
        rust().into_iter().filter(|(path, _)| path.contains("/src/") || path.starts_with("migrations/"));
    let sources: Vec<(String, String)> = sources.collect();
    let where_is = |rule: &dyn Fn(&str) -> bool| -> Vec<&str> {
        sources.iter().filter(|(_, text)| rule(text)).map(|(path, _)| path.as_str()).collect()
    };
    let agreeing = "server/engine/src/top_up/agree.rs";
    assert_eq!(where_is(&turned_on), [agreeing], "the state `on` is written");
    assert_eq!(where_is(&made), [agreeing], "a row is made");
    assert_eq!(where_is(&written), ["server/engine/src/writer/automatic.rs"], "rows are written");
    assert_eq!(
        where_is(&asked),
        ["app/src/top_up/automatic_forms.rs", "server/engine/src/seed/opening.rs"],
        "somebody agrees"
    );
    let by_sql = |text: &str| text.contains("UPDATE auto_top_up") || text.contains("INTO auto_top_up");
    assert_eq!(where_is(&by_sql), [] as [&str; 0], "no statement writes it");
}

/// I-40: days are UTC days wherever a server stands.
#[test]
fn nobody_asks_for_local_time() {
    let zones = ["chrono::Local", "Local::", "FixedOffset", "now_local", "TimeZone"];
    let broken: Vec<String> = rust()
        .into_iter()
        .filter(|(path, text)| path.contains("/src/") && zones.iter().any(|zone| text.contains(zone)))
        .map(|(path, _)| path)
        .collect();
    none(&broken, "instants and days are UTC");
}

#[test]
fn server_functions_ask_and_reply() {
    let mut found = 0;
    let mut broken = Vec::new();
    for (path, text) in files("app/src", ".rs") {
        for function in without_tests(&text).split("\n#[server(").skip(1) {
            found += 1;
            let body = function.split_once("{\n").map_or("", |(_, body)| body);
            let body = body.split("\n}").next().unwrap_or_default();
            let name =
                function.split_once("fn ").map_or("", |(_, name)| name.split('(').next().unwrap_or_default());
            if body.lines().count() > SERVER_FUNCTION_LINES {
                broken.push(format!("{path}: {name}"));
            }
            if !function.contains("endpoint = ")
                || function.split(')').next().is_some_and(|head| head.contains("Get"))
            {
                broken.push(format!("{path}: {name} needs a fixed endpoint and a POST encoding"));
            }
        }
    }
    assert!(found > 0, "no server function was found: the search is broken");
    none(&broken, "a server function has at most three lines: who asks, call the engine, reply");
}

#[test]
fn colours_have_names() {
    let raw = |line: &str| {
        let line = line.split("/*").next().unwrap_or(line);
        let hex = line.split('#').skip(1).any(|rest| {
            let digits = rest.chars().take_while(char::is_ascii_hexdigit).count();
            let after = rest.chars().nth(digits);
            matches!(digits, 3 | 4 | 6 | 8) && after.is_none_or(|c| matches!(c, ';' | ' ' | ',' | ')' | '}'))
        });
        hex || ["rgb(", "rgba(", "hsl(", "hsla(", "oklch(", "oklab(", "lab(", "lch("]
            .iter()
            .any(|call| line.contains(call))
    };
    assert!(raw("  color: #fff;") && raw("color: rgb(1 2 3)") && !raw("#main { color: var(--ink); }"));
    let mut broken = Vec::new();
    for (path, text) in files("style", ".css").iter().filter(|(path, _)| *path != "style/tokens.css") {
        broken.extend(text.lines().filter(|line| raw(line)).map(|line| format!("{path}: {}", line.trim())));
    }
    none(&broken, "colours are named in style/tokens.css and nowhere else");
}

#[test]
fn styles_mirror_what_they_style() {
    let code = files("app/src", ".rs");
    let mut broken = Vec::new();
    for (path, _) in files("style", ".css") {
        let Some((room, file)) = path.trim_start_matches("style/").split_once('/') else { continue };
        let name = file.trim_end_matches(".css");
        // A control can be markup and a class alone; a room's styles belong to a file or, as its page, to `mod.rs`.
        let mirrored = code.contains_key(&format!("app/src/{room}/{name}.rs"))
            || (room == "ui" && code.contains_key("app/src/ui/mod.rs"))
            || code
                .get(&format!("app/src/{room}/mod.rs"))
                .is_some_and(|text| text.contains(&format!("\"{name}")));
        if !mirrored {
            broken.push(path);
        }
    }
    none(&broken, "style/<room>/<name>.css styles app/src/<room>/<name>.rs");
}

#[test]
fn browser_tests_are_named_by_room() {
    let broken: Vec<String> = files("end2end/tests", ".spec.ts")
        .into_keys()
        .filter(|path| {
            let file = path.rsplit('/').next().unwrap_or_default();
            let name = file.trim_end_matches(".spec.ts").trim_end_matches(".hydrated");
            ![&ROOMS[..], &EVERYWHERE, &PARTS].concat().contains(&name)
        })
        .collect();
    none(&broken, "browser tests are named by the room that they try");
}
