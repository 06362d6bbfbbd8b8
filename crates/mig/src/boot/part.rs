//! Parts that users add to the user data.

use super::fault::UserDataFault;
use super::mime::{DELIMITERS, Part};
use crate::layout::PathStep;

/// Content types beside `text/...` that are text as well.
const TEXT_TYPES: [&str; 1] = ["application/node.eks.aws"];

/// A part of the user's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserPart {
    /// `text/x-shellscript`, `text/cloud-config`, `application/node.eks.aws` and so on, with parameters if need be.
    pub content_type: String,
    /// Its text, with LF line ends.
    pub text: String,
}

impl UserPart {
    pub(super) fn to_part(&self) -> Part {
        Part {
            content_type: self.content_type.trim().to_owned(),
            text: self.text.clone(),
        }
    }

    pub(super) fn check(&self, path: &[PathStep], faults: &mut Vec<UserDataFault>) {
        let at = |name: &str| [path, &[PathStep::Attribute(name.to_owned())]].concat();
        let mut add = |name: &str, (summary, detail): (String, &str)| {
            faults.push(UserDataFault::new(at(name), summary, detail));
        };
        if let Some(fault) = content_type_fault(&self.content_type) {
            add("content_type", fault);
        }
        for fault in text_faults(&self.text) {
            add("text", fault);
        }
    }
}

fn content_type_fault(content_type: &str) -> Option<(String, &'static str)> {
    let lower = content_type.trim().to_ascii_lowercase();
    let media_type = lower.split(';').next().unwrap_or_default().trim_end();
    let subtype = media_type.strip_prefix("text/");
    let is_token = |text: &str| {
        !text.is_empty()
            && text
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"!#$&^_.+-".contains(&byte))
    };
    if content_type.bytes().any(|byte| byte.is_ascii_control()) || !content_type.is_ascii() {
        let summary = "The content type must be one line of plain text".to_owned();
        return Some((
            summary,
            "Give only the type; other headers of a part do not survive Karpenter's merge.",
        ));
    }
    if lower.contains("base64") || lower.contains("transfer-encoding") {
        return Some(("Encoded parts are not possible".to_owned(), ENCODED));
    }
    if subtype.is_some_and(is_token) || TEXT_TYPES.contains(&media_type) {
        return None;
    }
    let summary = format!("{content_type:?} is not a text type");
    Some((
        summary,
        "Use a text type that cloud-init or nodeadm reads: text/x-shellscript, text/cloud-config, application/node.eks.aws.",
    ))
}

const ENCODED: &str = "Karpenter drops the header that says how a part is encoded, so that it would run undecoded. \
    Give plain text.";

fn text_faults(text: &str) -> Vec<(String, &'static str)> {
    let mut faults = Vec::new();
    if text.trim().is_empty() {
        faults.push(("The part is empty".to_owned(), "Leave it out."));
    }
    if text.contains('\r') {
        faults.push((
            "The text has carriage returns".to_owned(),
            "Karpenter removes them and other tools do not, so the same text would differ. Use LF line ends; \
             replace(text, \"\\r\", \"\") does it.",
        ));
    }
    if text
        .chars()
        .any(|found| found.is_control() && !matches!(found, '\n' | '\t' | '\r'))
    {
        faults.push((
            "The text has control characters".to_owned(),
            "User data parts are plain text.",
        ));
    }
    if let Some(line) = header_line(text) {
        faults.push((
            format!("The text begins with a MIME header ({line:?})"),
            "Give the part's content alone, and its type in content_type; encoded parts are not possible.",
        ));
    }
    if let Some(line) = text
        .lines()
        .find(|line| DELIMITERS.iter().any(|delimiter| line.starts_with(delimiter)))
    {
        faults.push((
            format!("A line begins like a part's end ({line:?})"),
            "Merged user data separates parts by lines that begin with --//, and ours by --==MIG-USER-DATA==. \
             Indent the line or write it otherwise.",
        ));
    }
    faults
}

fn header_line(text: &str) -> Option<&str> {
    let first = text.lines().next()?;
    let lower = first.to_ascii_lowercase();
    let headers = [
        "mime-version:",
        "content-type:",
        "content-transfer-encoding:",
        "content-disposition:",
    ];
    headers
        .iter()
        .any(|header| lower.starts_with(header))
        .then_some(first)
}
