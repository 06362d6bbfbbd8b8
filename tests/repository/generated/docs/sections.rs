//! What a page says beside the schema: what forces replacement, how long something may last, and the least rights.

use tfplug::schema::{Attribute, AttributeType, Replace, Schema};

use super::page::one_line;

/// The guide that has the rights: each action and each role is tested there.
const RIGHTS: &str = include_str!("../../../../docs/guides/rights.md");

/// Every attribute, nested ones included, with its path.
fn attributes<'s>(list: &'s [Attribute], above: &str, found: &mut Vec<(String, &'s Attribute)>) {
    for attribute in list {
        let path = format!("{above}{}", attribute.name);
        if let AttributeType::Nested(_, inner) = &attribute.ty {
            attributes(inner, &format!("{path}."), found);
        }
        found.push((path, attribute));
    }
}

/// What forces replacement: what the schema says, and sentences of those attributes that only a plan can judge.
pub(super) fn replacement(schema: &Schema) -> String {
    let mut all = Vec::new();
    attributes(&schema.attributes, "", &mut all);
    let always = all
        .iter()
        .filter(|(_, attribute)| attribute.replace != Replace::Never)
        .map(|(path, _)| format!("`{path}`"));
    let always: Vec<String> = always.collect();
    let mut text = match always.as_slice() {
        [] => String::new(),
        [one] => format!("A change of {one} replaces the object.\n"),
        [before @ .., last] => format!(
            "A change of {} or {last} replaces the object.\n",
            before.join(", ")
        ),
    };
    let judged = all.iter().filter_map(|(path, attribute)| {
        let description = one_line(&attribute.description);
        let said = description
            .split_inclusive(". ")
            .find(|sentence| sentence.contains(" replaces the "))?;
        Some(format!("- `{path}`: {}\n", said.trim_end()))
    });
    let judged: String = judged.collect();
    if !judged.is_empty() {
        text += &format!("\nThe plan judges what these come to:\n\n{judged}");
    }
    text
}

/// How long something may last, and the attributes that say otherwise.
pub(super) fn timeouts(schema: &Schema) -> String {
    let is_limit =
        |attribute: &&Attribute| attribute.name == "timeouts" || attribute.name.ends_with("_timeout");
    let lines = schema.attributes.iter().filter(is_limit).map(|attribute| {
        let first = one_line(&attribute.description);
        let first = first.split_inclusive(". ").next().unwrap_or_default().trim_end();
        let default = attribute.default.as_ref();
        let default =
            default.map(|default| format!(" Default: `{}`.", super::attributes::literal(&default.get())));
        format!("- `{}`: {first}{}\n", attribute.name, default.unwrap_or_default())
    });
    let lines: String = lines.collect();
    if lines.is_empty() {
        "AWS answers these calls at once, so nothing waits. A call that fails for a while is repeated as `max_retries` of the provider \
         block says.\n"
            .to_owned()
    } else {
        lines
    }
}

/// The least rights of an object, from the guide that has them all: the rows of its table that begin with `object`, and the section
/// with its role, if there is one.
pub(super) fn rights(object: &str, role: &str, schema: &Schema) -> String {
    let mut text = String::new();
    for (found, actions) in rows() {
        let Some(rest) = found.strip_prefix(object) else {
            continue;
        };
        text += &format!("- AWS{rest}: {}.\n", actions.replace("](", "](../guides/"));
    }
    if RIGHTS.contains(&format!("\n## {role}\n")) {
        let anchor = crate::markdown::slug(role);
        text += &format!("- Kubernetes: [{role}](../guides/rights.md#{anchor}).\n");
    }
    if schema
        .attributes
        .iter()
        .any(|attribute| attribute.name == "cluster")
    {
        text += "- AWS, for a cluster that is named by its EKS name: `eks:DescribeCluster`.\n";
    }
    match text.is_empty() {
        true => "None: it asks neither AWS nor a cluster.\n".to_owned(),
        false => text + "\n[Rights](../guides/rights.md) has those of all objects.\n",
    }
}

/// The rows of the guide's table of AWS rights.
fn rows() -> impl Iterator<Item = (&'static str, &'static str)> {
    let section = RIGHTS.split("\n## AWS\n").nth(1).unwrap_or_default();
    let section = section.split("\n## ").next().unwrap_or_default();
    section.lines().filter_map(|line| {
        let cells = line.strip_prefix("| ")?.strip_suffix(" |")?;
        let (object, actions) = cells.split_once(" | ")?;
        (object.contains('`')).then_some((object, actions))
    })
}
