//! Parts that users add to the user data.

use super::mime::{DELIMITERS, Part};
use super::node_part::{Around, Fault};
use super::part_text;
use crate::finding::{Advice, Collector, Remedy, Unwanted};

/// What nodeadm reads.
const NODE_CONFIG: &str = "application/node.eks.aws";

/// What cloud-init reads (22.2 of Amazon Linux 2023, `cloudinit/handlers/__init__.py` and `user_data.py`).
const CLOUD_INIT: [&str; 14] = [
    "text/cloud-boothook",
    "text/cloud-config",
    "text/cloud-config-archive",
    "text/cloud-config-jsonp",
    "text/jinja2",
    "text/part-handler",
    "text/plain",
    "text/x-include-once-url",
    "text/x-include-url",
    "text/x-not-multipart",
    "text/x-shellscript",
    "text/x-shellscript-per-boot",
    "text/x-shellscript-per-instance",
    "text/x-shellscript-per-once",
];

/// A part of the user's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserPart {
    /// `text/x-shellscript`, `text/cloud-config`, `application/node.eks.aws` and so on, with parameters if need be.
    pub content_type: String,
    /// Its text, with LF line ends.
    pub text: String,
}

impl UserPart {
    pub(super) fn of(part: &Part) -> Self {
        Self {
            content_type: part.content_type.clone(),
            text: part.text.clone(),
        }
    }

    pub(super) fn to_part(&self) -> Part {
        Part {
            content_type: self.content_type.trim().to_owned(),
            text: self.text.clone(),
        }
    }

    /// The type alone, in lower case.
    pub(super) fn media_type(&self) -> String {
        let lower = self.content_type.trim().to_ascii_lowercase();
        lower.split(';').next().unwrap_or_default().trim_end().to_owned()
    }

    pub(super) fn check(&self, around: Around<'_>, faults: &mut Collector) {
        let media_type = self.media_type();
        let of_type = content_type_fault(&self.content_type, &media_type, around.handlers);
        let mut of_text = text_faults(&self.text);
        // What is said of the text as a whole is not said of its beginning again.
        if of_type.is_none() && of_text.is_empty() {
            of_text = part_text::faults(&media_type, &self.text, around);
        }
        if let Some((summary, advice)) = of_type {
            faults.fault("content_type", summary, advice);
        }
        for (summary, advice) in of_text {
            faults.fault("content", summary, advice);
        }
    }
}

fn content_type_fault(content_type: &str, media_type: &str, handlers: bool) -> Option<Fault> {
    let lower = content_type.to_ascii_lowercase();
    if content_type.bytes().any(|byte| byte.is_ascii_control()) || !content_type.is_ascii() {
        let summary = "The content type must be one line of plain text".to_owned();
        return Some((
            summary,
            "Give only the type; other headers of a part do not survive Karpenter's merge.".into(),
        ));
    }
    if lower.contains("base64") || lower.contains("transfer-encoding") {
        return Some(("Encoded parts are not possible".to_owned(), ENCODED.into()));
    }
    let subtype = media_type.strip_prefix("text/");
    if media_type == NODE_CONFIG
        || CLOUD_INIT.contains(&media_type)
        || handlers && subtype.is_some_and(is_token)
    {
        return None;
    }
    if subtype.is_some_and(is_token) {
        let summary = format!("Neither cloud-init nor nodeadm reads {media_type:?}");
        return Some((
            summary,
            "The part would be passed over. Use text/x-shellscript, text/cloud-config, application/node.eks.aws or another \
             type of cloud-init's, or add a part text/part-handler that reads it.".into(),
        ));
    }
    let summary = format!("{content_type:?} is not a text type");
    Some((
        summary,
        "Use a text type that cloud-init or nodeadm reads: text/x-shellscript, text/cloud-config, application/node.eks.aws.".into(),
    ))
}

fn is_token(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$&^_.+-".contains(&byte);
    !text.is_empty() && text.bytes().all(plain)
}

const ENCODED: &str = "Karpenter drops the header that says how a part is encoded, so that it would run undecoded. \
    Give plain text.";

fn text_faults(text: &str) -> Vec<Fault> {
    let mut faults = Vec::new();
    if text.trim().is_empty() {
        faults.push(("The part is empty".to_owned(), "Leave it out.".into()));
    }
    if text.contains('\r') {
        faults.push((
            "The text has carriage returns".to_owned(),
            Advice::new(
                "Karpenter removes them and other tools do not, so the same text would differ.",
                [
                    Remedy::Words("use LF line ends".into()),
                    Remedy::Clean(Unwanted::CarriageReturns),
                ],
            ),
        ));
    }
    if text
        .chars()
        .any(|found| found.is_control() && !matches!(found, '\n' | '\t' | '\r'))
    {
        faults.push((
            "The text has control characters".to_owned(),
            "User data parts are plain text.".into(),
        ));
    }
    if let Some(line) = header_line(text) {
        faults.push((
            format!("The text begins with a MIME header ({line:?})"),
            "Give the part's content alone, and its type in content_type; encoded parts are not possible."
                .into(),
        ));
    }
    if let Some(line) = text
        .lines()
        .find(|line| DELIMITERS.iter().any(|delimiter| line.starts_with(delimiter)))
    {
        faults.push((
            format!("A line begins like a part's end ({line:?})"),
            "Merged user data separates parts by lines that begin with --//, and ours by --==MIG-USER-DATA==. \
             Indent the line or write it otherwise.".into(),
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
