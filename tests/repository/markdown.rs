//! The documents of this repository: their headings, links and blocks of code.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

/// Folders that hold what others wrote or what a build made.
const FOREIGN: [&str; 3] = ["node_modules", ".git", "site"];

/// One document.
#[derive(Debug, Clone)]
pub(crate) struct Document {
    /// Its path below the root of the checkout.
    pub(crate) path: PathBuf,
    pub(crate) text: String,
}

/// One fenced block of code.
#[derive(Debug, Clone)]
pub(crate) struct Block {
    /// The document and the line of the fence, for messages.
    pub(crate) place: String,
    /// The first word behind the fence.
    pub(crate) language: String,
    pub(crate) text: String,
}

/// One link.
#[derive(Debug, Clone)]
pub(crate) struct Link {
    /// The document and the line, for messages.
    pub(crate) place: String,
    pub(crate) target: String,
}

/// Every Markdown file of the checkout, by path.
pub(crate) fn documents() -> Vec<Document> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (mut open, mut found) = (vec![root.to_owned()], Vec::new());
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap();
            if path.is_dir() {
                if !FOREIGN.contains(&name) && !name.starts_with("target") {
                    open.push(path);
                }
            } else if name.ends_with(".md") {
                let text = fs::read_to_string(&path).unwrap();
                let path = path.strip_prefix(root).unwrap().to_owned();
                found.push(Document { path, text });
            }
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

impl Document {
    /// Whether users read it: the README, `docs/`, modules and examples. Others are for who works on this repository.
    pub(crate) fn is_for_users(&self) -> bool {
        let folders = ["docs", "modules", "examples"];
        self.path == Path::new("README.md") || folders.iter().any(|folder| self.path.starts_with(folder))
    }

    /// The text without its front matter, which is no Markdown, but with as many lines.
    fn body(&self) -> String {
        let Some(rest) = self.text.strip_prefix("---\n") else {
            return self.text.clone();
        };
        let Some((matter, body)) = rest.split_once("\n---\n") else {
            return self.text.clone();
        };
        "\n".repeat(matter.lines().count() + 2) + body
    }

    fn place(&self, body: &str, offset: usize) -> String {
        let line = body[..offset].matches('\n').count() + 1;
        format!("{}:{line}", self.path.display())
    }

    /// Its fenced blocks of code.
    pub(crate) fn blocks(&self) -> Vec<Block> {
        let body = self.body();
        let (mut blocks, mut open): (Vec<Block>, Option<Block>) = (Vec::new(), None);
        for (event, range) in Parser::new_ext(&body, options()).into_offset_iter() {
            match event {
                Event::Start(Tag::CodeBlock(kind)) => {
                    let CodeBlockKind::Fenced(words) = kind else {
                        continue;
                    };
                    let language = words.split([' ', ',']).next().unwrap_or_default();
                    open = Some(Block {
                        place: self.place(&body, range.start),
                        language: language.to_owned(),
                        text: String::new(),
                    });
                }
                Event::Text(text) => {
                    if let Some(block) = &mut open {
                        block.text.push_str(&text);
                    }
                }
                Event::End(TagEnd::CodeBlock) => blocks.extend(open.take()),
                _ => {}
            }
        }
        blocks
    }

    /// Its blocks in one of several languages.
    pub(crate) fn blocks_in(&self, languages: &[&str]) -> Vec<Block> {
        let mut blocks = self.blocks();
        blocks.retain(|block| languages.contains(&block.language.as_str()));
        blocks
    }

    /// Its links and pictures.
    pub(crate) fn links(&self) -> Vec<Link> {
        let body = self.body();
        let events = Parser::new_ext(&body, options()).into_offset_iter();
        let links = events.filter_map(|(event, range)| match event {
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => Some(Link {
                place: self.place(&body, range.start),
                target: dest_url.to_string(),
            }),
            _ => None,
        });
        links.collect()
    }

    /// What `#...` may name in it: headings as GitHub and the registry derive them, and anchors of its own.
    pub(crate) fn anchors(&self) -> BTreeSet<String> {
        let body = self.body();
        let mut anchors: BTreeSet<String> = body
            .split("<a id=\"")
            .skip(1)
            .filter_map(|rest| Some(rest.split_once('"')?.0.to_owned()))
            .collect();
        let mut seen: BTreeMap<String, usize> = BTreeMap::new();
        for heading in headings(&body) {
            let slug = slug(&heading);
            let count = seen.entry(slug.clone()).or_default();
            anchors.insert(match *count {
                0 => slug,
                again => format!("{slug}-{again}"),
            });
            *count += 1;
        }
        anchors
    }

    /// Its pieces of code within sentences.
    pub(crate) fn spans(&self) -> Vec<String> {
        let body = self.body();
        let events = Parser::new_ext(&body, options());
        let spans = events.filter_map(|event| match event {
            Event::Code(text) => Some(text.to_string()),
            _ => None,
        });
        spans.collect()
    }
}

fn options() -> Options {
    Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH
}

fn headings(body: &str) -> Vec<String> {
    let (mut headings, mut open): (Vec<String>, Option<String>) = (Vec::new(), None);
    for event in Parser::new_ext(body, options()) {
        match event {
            Event::Start(Tag::Heading { .. }) => open = Some(String::new()),
            Event::Text(text) | Event::Code(text) => {
                if let Some(heading) = &mut open {
                    heading.push_str(&text);
                }
            }
            Event::End(TagEnd::Heading(_)) => headings.extend(open.take()),
            _ => {}
        }
    }
    headings
}

/// A heading as the last part of an address.
pub(crate) fn slug(heading: &str) -> String {
    let kept = heading
        .chars()
        .filter(|c| c.is_alphanumeric() || " -_".contains(*c));
    kept.collect::<String>().to_lowercase().replace(' ', "-")
}
