//! One page: front matter, title, sections.

use super::subcategory;

/// What a page is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Provider,
    Resource,
    DataSource,
    EphemeralResource,
    ListResource,
    Function,
}

/// A page in the making.
#[derive(Debug)]
pub(super) struct Page(String);

impl Page {
    /// Front matter, title and description. The provider's page may not have a subcategory.
    pub(super) fn new(kind: Kind, name: &str, description: &str) -> Self {
        let (page_title, title) = match kind {
            Kind::Provider => (format!("{name} Provider"), format!("{name} Provider")),
            Kind::Resource => (format!("{name} Resource - mig"), format!("{name} (Resource)")),
            Kind::DataSource => (
                format!("{name} Data Source - mig"),
                format!("{name} (Data Source)"),
            ),
            Kind::EphemeralResource => (
                format!("{name} Ephemeral Resource - mig"),
                format!("{name} (Ephemeral Resource)"),
            ),
            Kind::ListResource => (
                format!("{name} List Resource - mig"),
                format!("{name} (List Resource)"),
            ),
            Kind::Function => (format!("{name} function - mig"), format!("function: {name}")),
        };
        let subcategory = match kind {
            Kind::Provider => String::new(),
            _ => format!("subcategory: \"{}\"\n", subcategory(name)),
        };
        let summary = summary(description);
        Self(format!(
            "---\npage_title: \"{page_title}\"\n{subcategory}description: |-\n  {summary}\n---\n\n\
             # {title}\n\n{description}\n"
        ))
    }

    /// Adds a section, if it has any text.
    pub(super) fn section(&mut self, title: &str, text: &str) {
        if !text.trim().is_empty() {
            self.0 += &format!("\n## {title}\n\n{}\n", text.trim_end());
        }
    }

    /// The whole page.
    pub(super) fn text(self) -> String {
        self.0
    }
}

/// The first paragraph on one line, without marks: what search results show.
fn summary(description: &str) -> String {
    let first = description.split("\n\n").next().unwrap_or_default();
    one_line(first).replace('`', "")
}

/// A doc comment's lines as one.
pub(super) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
