//! The order in which Terraform walks a set. It decides which of several prior elements a configured one is
//! paired with, so it is part of the proposed object.

use bigdecimal::BigDecimal;
use bigdecimal::num_bigint::Sign;

use super::equality;
use super::shape::{Kind, Shape};
use crate::value::{Number, Value};

/// Elements of a set in Terraform's order: known ones, then unknown, then null; known objects by a text made of
/// their fields, in which numbers have ten digits.
pub(super) fn in_terraform_order<'a>(element: Shape<'_>, elements: &'a [Value]) -> Vec<&'a Value> {
    let mut keyed: Vec<_> = elements.iter().map(|v| (key(element, v), v)).collect();
    keyed.sort_by(|a, b| a.0.cmp(&b.0));
    keyed.into_iter().map(|(_, v)| v).collect()
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Bool(bool),
    Number(Number),
    Text(String),
    Unknown,
    Null,
}

fn key(shape: Shape<'_>, value: &Value) -> Key {
    match value {
        Value::Null => Key::Null,
        Value::Unknown(_) => Key::Unknown,
        Value::Bool(b) => Key::Bool(*b),
        Value::Number(n) => Key::Number(n.clone()),
        Value::String(s) => Key::Text(s.clone()),
        compound => {
            let mut text = String::new();
            write(shape, compound, &mut text);
            Key::Text(text)
        }
    }
}

fn write(shape: Shape<'_>, value: &Value, out: &mut String) {
    match (shape.kind(), value) {
        (_, Value::Null) => out.push('~'),
        (_, Value::Unknown(_)) => out.push('?'),
        (_, Value::Bool(b)) => out.push(if *b { 'T' } else { 'F' }),
        (_, Value::Number(n)) => out.push_str(&ten_digits(n)),
        (_, Value::String(s)) => quote(s, out),
        (_, Value::Dynamic(typed)) => write(Shape::Plain(&typed.0), &typed.1, out),
        (Kind::List(element), Value::List(vs)) => {
            bracketed('[', ']', vs.iter(), out, |v, out| write(element, v, out));
        }
        (Kind::Set(element), Value::Set(vs)) => {
            let ordered = in_terraform_order(element, vs);
            bracketed('[', ']', ordered.into_iter(), out, |v, out| {
                write(element, v, out)
            });
        }
        (Kind::Map(element), Value::Map(entries)) => {
            bracketed('{', '}', entries.iter(), out, |(k, v), out| {
                quote(k, out);
                out.push(':');
                write(element, v, out);
            });
        }
        (Kind::Tuple(types), Value::List(vs)) => {
            bracketed('<', '>', types.iter().zip(vs), out, |(t, v), out| {
                write(Shape::Plain(t), v, out)
            });
        }
        _ => {
            let mut fields = shape.fields();
            fields.sort_by_key(|(name, _)| *name);
            bracketed('<', '>', fields.into_iter(), out, |(name, field), out| {
                write(field, equality::attribute(value, name), out);
            });
        }
    }
}

fn bracketed<T>(
    open: char,
    close: char,
    items: impl Iterator<Item = T>,
    out: &mut String,
    write_item: impl Fn(T, &mut String),
) {
    out.push(open);
    for item in items {
        write_item(item, out);
        out.push(';');
    }
    out.push(close);
}

/// A string as Go quotes it, but for the rarer unprintable characters beyond ASCII.
fn quote(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{7}' => out.push_str("\\a"),
            '\u{8}' => out.push_str("\\b"),
            '\u{b}' => out.push_str("\\v"),
            '\u{c}' => out.push_str("\\f"),
            c if c.is_ascii_control() => out.push_str(&format!("\\x{:02x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
}

/// A number in C's `%.10g`.
fn ten_digits(number: &Number) -> String {
    match number {
        Number::NegativeInfinity => "-Inf".to_owned(),
        Number::PositiveInfinity => "+Inf".to_owned(),
        Number::Finite(decimal) => general(decimal),
    }
}

fn general(decimal: &BigDecimal) -> String {
    let rounded = decimal.with_prec(10).normalized();
    let (unscaled, scale) = rounded.as_bigint_and_exponent();
    if unscaled.sign() == Sign::NoSign {
        return "0".to_owned();
    }
    let sign = if unscaled.sign() == Sign::Minus { "-" } else { "" };
    let digits = unscaled.magnitude().to_string();
    let count = i64::try_from(digits.len()).unwrap_or(i64::MAX);
    // The decimal point stands after this many digits.
    let point = count - scale;
    let limit = if count >= point { count.min(10) } else { 10 };
    let exponent = point - 1;
    if exponent < -4 || exponent >= limit.max(1) {
        let (first, rest) = digits.split_at(1);
        let dot = if rest.is_empty() { "" } else { "." };
        let e = if exponent < 0 { '-' } else { '+' };
        return format!("{sign}{first}{dot}{rest}e{e}{:02}", exponent.abs());
    }
    format!("{sign}{}", rounded.abs().to_plain_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ty::Type;

    #[test]
    fn numbers_have_ten_digits() {
        let text = |s: &str| ten_digits(&s.parse().unwrap());
        assert_eq!(text("100"), "100");
        assert_eq!(text("-0.5"), "-0.5");
        assert_eq!(text("12345678901"), "1.23456789e+10");
        assert_eq!(text("0.00001"), "1e-05");
        assert_eq!(text("1e20"), "1e+20");
        assert_eq!(text("0"), "0");
    }

    #[test]
    fn objects_go_by_their_text() {
        let ty = Type::object([("n", Type::Number), ("s", Type::String)]);
        let object = |n: i64, s: &str| Value::object([("n", Value::from(n)), ("s", Value::from(s))]);
        let elements = [object(9, "a"), Value::Null, object(10, "a"), Value::unknown()];
        let ordered = in_terraform_order(Shape::Plain(&ty), &elements);
        assert_eq!(ordered, [&elements[2], &elements[0], &elements[3], &elements[1]]);
    }
}
