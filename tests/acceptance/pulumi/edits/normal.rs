//! Objects of both sides beside one another, without what is each one's own.

use std::fmt::Write as _;

use tfplug::Value;

/// The texts that differ between two objects of one kind, such as IDs.
pub(super) fn own_texts(theirs: &Value, ours: &Value, names: &[String; 2]) -> Vec<[String; 2]> {
    let mut own = Vec::new();
    collect([theirs, ours], names, &mut own);
    own
}

fn collect([theirs, ours]: [&Value; 2], names: &[String; 2], own: &mut Vec<[String; 2]>) {
    match (theirs, ours) {
        (Value::String(a), Value::String(b)) if a.replace(&names[0], &names[1]) != *b => {
            own.push([a.clone(), b.clone()]);
        }
        (Value::List(all), Value::List(others)) | (Value::Set(all), Value::Set(others)) => {
            let pairs = all.iter().zip(others);
            pairs.for_each(|(a, b)| collect([a, b], names, own));
        }
        (Value::Map(all), Value::Map(others)) => {
            let pairs = all.iter().filter_map(|(key, a)| Some((a, others.get(key)?)));
            pairs.for_each(|(a, b)| collect([a, b], names, own));
        }
        _ => {}
    }
}

/// Where two objects differ, if they do.
pub(super) fn difference(theirs: &Value, ours: &Value, own: &[[String; 2]]) -> Option<String> {
    let [theirs, ours] = [(theirs, 0), (ours, 1)].map(|(value, side)| {
        let mut text = String::new();
        write(value, "", &mut text);
        // The longest first: a name is part of other texts.
        let mut own: Vec<_> = own.iter().collect();
        own.sort_by_key(|texts| std::cmp::Reverse(texts[0].len()));
        own.iter()
            .fold(text, |text, texts| text.replace(&texts[side], "OWN"))
    });
    let other: Vec<_> = theirs
        .lines()
        .zip(ours.lines())
        .filter(|(theirs, ours)| theirs != ours)
        .collect();
    let same = other.is_empty() && theirs.lines().count() == ours.lines().count();
    (!same).then(|| format!("Terraform plans another object than Pulumi:\n{other:#?}\n{theirs}\n\n{ours}"))
}

/// Each leaf on a line of its own. What Pulumi has beside its properties is left out: an ID.
fn write(value: &Value, at: &str, text: &mut String) {
    match value {
        Value::Map(all) => {
            for (key, inner) in all.iter().filter(|(key, _)| !(at.is_empty() && *key == "id")) {
                write(inner, &format!("{at}.{key}"), text);
            }
        }
        Value::List(all) | Value::Set(all) => {
            for (index, inner) in all.iter().enumerate() {
                write(inner, &format!("{at}[{index}]"), text);
            }
        }
        Value::Unknown(_) => writeln!(text, "{at} is not known").unwrap(),
        leaf => writeln!(text, "{at} {leaf:?}").unwrap(),
    }
}
