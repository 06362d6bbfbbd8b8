//! For a pull request. Names and messages come from clusters: nothing in them is taken for markup, a mention or a link.

use super::{Totals, ignored_lines, nodes_in_words, not_checked_lines, plain, rule_in_words};
use crate::drift::group::Group;
use crate::drift::report::Report;

/// What GitHub takes in one comment. Bytes are counted, which are never fewer than characters.
pub const MARKDOWN_LIMIT: usize = 65_536;

/// Bytes kept for the sentence that says what was left out, and for what closes the page.
const RESERVED: usize = 600;

/// Characters of one value that are shown; JSON has all of them.
const VALUE: usize = 400;

/// The report as Markdown, never longer than [`MARKDOWN_LIMIT`]: what does not fit is left out whole, and counted.
pub fn markdown(report: &Report) -> String {
    let totals = Totals::of(report);
    let mut page = Page {
        text: format!("### GPU slices: drift\n\n**{}**\n", prose(&totals.in_words())),
    };
    if let Some(nodes) = nodes_in_words(report) {
        page.text.push_str(&format!("\n{}\n", prose(&nodes)));
    }
    let groups = report.groups();
    page.table(&groups);
    page.details(&groups);
    page.list("Not checked", not_checked_lines(report));
    page.list("Ignored", ignored_lines(report));
    let rules = report.rules().iter().map(rule_in_words);
    page.list("Rules to look at", rules.collect());
    page.text
}

struct Page {
    text: String,
}

impl Page {
    /// Adds a part if the page stays short enough; `kept` bytes are still to come.
    fn add(&mut self, part: &str, kept: usize) -> bool {
        let fits = self.text.len() + part.len() + kept <= MARKDOWN_LIMIT - RESERVED;
        if fits {
            self.text.push_str(part);
        }
        fits
    }

    /// The table takes half of the page at most, so that details of the first lines fit.
    fn table(&mut self, groups: &[Group<'_>]) {
        let half = MARKDOWN_LIMIT / 2;
        if groups.is_empty() || !self.add("\n| class | severity | what | where |\n|---|---|---|---|\n", half)
        {
            return;
        }
        let shown = groups
            .iter()
            .take_while(|group| self.add(&row(group), half))
            .count();
        self.left_out(groups.len() - shown, "line");
    }

    fn details(&mut self, groups: &[Group<'_>]) {
        let shown = groups
            .iter()
            .take_while(|group| self.add(&details(group), MARKDOWN_LIMIT / 8))
            .count();
        self.left_out(groups.len() - shown, "detail");
    }

    fn list(&mut self, title: &str, lines: Vec<String>) {
        if lines.is_empty() {
            return;
        }
        if !self.add(&format!("\n#### {title}\n\n"), 0) {
            self.left_out(lines.len(), "line");
            return;
        }
        let shown = lines
            .iter()
            .take_while(|line| self.add(&format!("- {}\n", prose(line)), 0))
            .count();
        self.left_out(lines.len() - shown, "line");
    }

    /// This sentence always fits: room for it is reserved.
    fn left_out(&mut self, number: usize, what: &str) {
        if number > 0 {
            let lines = super::count(number, what);
            self.text.push_str(&format!(
                "\n{lines} more would make the page too long. The JSON report has all.\n"
            ));
        }
    }
}

fn row(group: &Group<'_>) -> String {
    let finding = group.first();
    let (class, known) = (finding.drift.class, if finding.known { ", known" } else { "" });
    format!(
        "| {class} {} | {}{known} | {} | {} |\n",
        prose(class.title()),
        finding.drift.severity.as_str(),
        code(&group.objects()),
        code(&group.place().to_string())
    )
}

fn details(group: &Group<'_>) -> String {
    let drift = &group.first().drift;
    let title = format!("{}: {}", drift.class, group.objects());
    format!(
        "\n<details><summary>{}</summary>\n\n- Expected: {}\n- Found: {}\n- Likely cause: {}\n- Next step: {}\n\n</details>\n",
        code(&title),
        code(&drift.expected),
        code(&drift.found),
        prose(&drift.cause),
        prose(&drift.next_step)
    )
}

/// A value as code: GitHub looks for no mention in it.
fn code(text: &str) -> String {
    format!("<code>{}</code>", prose(text))
}

/// A text that is only text. A character of width 0 keeps GitHub from taking a word for a mention, an issue or an address,
/// for which it looks also between tags and in character references.
fn prose(text: &str) -> String {
    let mut safe = String::new();
    let text: Vec<char> = shortened(text).chars().collect();
    for (at, character) in text.iter().enumerate() {
        let next = text.get(at + 1);
        safe.push_str(&escaped(*character));
        let address = (character == &':' && next == Some(&'/'))
            || (matches!(character, 'w' | 'W') && next == Some(&'.'));
        if address || matches!(character, '@' | '#') {
            safe.push_str("&#8203;");
        }
    }
    safe
}

fn shortened(text: &str) -> String {
    let text = plain(text);
    let mut short: String = text.chars().take(VALUE).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

/// Whatever could be markup, as a character reference: those are never taken for markup, also not in a table.
fn escaped(character: char) -> String {
    let plain = matches!(character, '.' | ',' | ':' | ';' | '-' | '/' | '(' | ')');
    if character.is_ascii_punctuation() && !plain {
        format!("&#{};", u32::from(character))
    } else {
        character.to_string()
    }
}
