//! A page's table for a program: the same rows, written plainly. A CSV is made of the very view that the page shows, so the
//! two cannot differ.

/// Rows of cells, the first with their names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sheet {
    /// What the file is called, without its ending.
    pub name: String,
    /// The names of the columns.
    pub columns: Vec<&'static str>,
    /// The rows.
    pub rows: Vec<Vec<String>>,
}
