//! Scalars, so that no reader of YAML 1.1 or 1.2 takes one for something else.

use serde_json::{Number, Value};

/// Words that some reader takes for a boolean or for nothing.
const WORDS: [&str; 9] = ["true", "false", "yes", "no", "on", "off", "null", "y", "n"];

/// A key: never of several lines.
pub(super) fn key(text: &str) -> String {
    // A reader need not look further than 1,024 letters for the colon of a plain key.
    if is_plain(text) && text.len() < 512 {
        text.to_owned()
    } else {
        quoted(text)
    }
}

/// A scalar, or an empty map or list; `indent` is where the lines of a block stand. Without the closing line end.
pub(super) fn inline(value: &Value, indent: usize) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(truth) => truth.to_string(),
        Value::Number(number) => self::number(number),
        Value::String(text) if is_plain(text) => text.clone(),
        Value::String(text) if is_block(text) => block(text, indent),
        Value::String(text) => quoted(text),
        Value::Array(_) => "[]".to_owned(),
        Value::Object(_) => "{}".to_owned(),
    }
}

/// Whole numbers as they are. A number with an exponent needs a point and a sign for readers of YAML 1.1.
fn number(number: &Number) -> String {
    let text = number.to_string();
    let Some((mantissa, exponent)) = text.split_once(['e', 'E']) else {
        return text;
    };
    let point = if mantissa.contains('.') { "" } else { ".0" };
    let sign = if exponent.starts_with(['-', '+']) { "" } else { "+" };
    format!("{mantissa}{point}e{sign}{exponent}")
}

/// Begins with a letter or a slash, so that it is neither a number nor a date nor syntax; no spaces.
fn is_plain(text: &str) -> bool {
    let first = text
        .bytes()
        .next()
        .is_some_and(|byte| byte.is_ascii_alphabetic() || byte == b'/');
    let inner = text
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b"/._-+:@".contains(&byte));
    let word = WORDS.iter().any(|word| word.eq_ignore_ascii_case(text));
    first && inner && !word && !text.ends_with(':')
}

/// Several lines of plain text. Those that consist of spaces at the beginning or the end are read differently by
/// different readers, so such texts are quoted.
fn is_block(text: &str) -> bool {
    let blank = |line: &str| line.chars().all(|letter| letter == ' ' || letter == '\t');
    let first = text.split('\n').next().unwrap_or_default();
    let last = text.rsplit('\n').next().unwrap_or_default();
    text.contains('\n')
        && !blank(first)
        && (last.is_empty() || !blank(last))
        && text
            .chars()
            .all(|letter| letter == '\n' || letter == '\t' || is_printable(letter))
}

/// What readers show and keep as it is. U+0085, U+2028 and U+2029 end a line in YAML 1.1.
fn is_printable(letter: char) -> bool {
    matches!(letter, ' '..='~' | '\u{a0}'..='\u{2027}' | '\u{202a}'..='\u{d7ff}' | '\u{e000}'..='\u{fefe}'
        | '\u{ff00}'..='\u{fffd}' | '\u{10000}'..='\u{10ffff}')
}

/// A literal block: its lines as they are. The indicators say where they begin, if the first one begins with a space,
/// and how many line ends follow the last one.
fn block(text: &str, indent: usize) -> String {
    let body = text.trim_end_matches('\n');
    let begin = if body.starts_with([' ', '\t']) { "2" } else { "" };
    let end = match text.len() - body.len() {
        0 => "-",
        1 => "",
        _ => "+",
    };
    let mut written = format!("|{begin}{end}");
    for line in body.split('\n') {
        written.push('\n');
        if !line.is_empty() {
            written.push_str(&" ".repeat(indent));
            written.push_str(line);
        }
    }
    // The caller ends the last line.
    let further = (text.len() - body.len()).saturating_sub(1);
    written.push_str(&"\n".repeat(further));
    written
}

fn quoted(text: &str) -> String {
    let mut written = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' => written.push_str("\\\""),
            '\\' => written.push_str("\\\\"),
            '\n' => written.push_str("\\n"),
            '\t' => written.push_str("\\t"),
            '\r' => written.push_str("\\r"),
            _ if is_printable(letter) => written.push(letter),
            _ => written.push_str(&format!("\\u{:04x}", u32::from(letter))),
        }
    }
    written.push('"');
    written
}
