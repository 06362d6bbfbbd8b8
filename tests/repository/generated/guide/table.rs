//! Tables in Markdown.

/// A table of these columns.
pub(super) fn table(columns: &[&str], rows: &[Vec<String>]) -> String {
    let line = |cells: &[String]| {
        assert_eq!(cells.len(), columns.len(), "{cells:?}");
        assert!(cells.iter().all(|cell| !cell.contains(['|', '\n'])), "{cells:?}");
        format!("| {} |\n", cells.join(" | "))
    };
    let head: Vec<String> = columns.iter().map(|&column| column.to_owned()).collect();
    let rule: Vec<String> = columns.iter().map(|_| "---".to_owned()).collect();
    let body: String = rows.iter().map(|row| line(row)).collect();
    format!("{}{}{body}\n", line(&head), line(&rule))
}

/// The text, or a dash for what is not known.
pub(super) fn known(value: Option<impl ToString>) -> String {
    value.map_or_else(|| "–".to_owned(), |value| value.to_string())
}

/// A word as code.
pub(super) fn code(word: impl std::fmt::Display) -> String {
    format!("`{word}`")
}
