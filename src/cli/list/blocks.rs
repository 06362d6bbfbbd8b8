//! What was found, as import blocks.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use serde_json::json;
use tfplug::Value;

use super::Kind;

/// An object, and what its resource may be called: the first name is the shortest.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Found {
    kind: Kind,
    names: [String; 2],
    id: String,
}

impl Found {
    /// An object by its identity and the name that users know it by; none where the identity is not whole.
    pub(super) fn new(kind: Kind, identity: &Value, display_name: &str) -> Option<Self> {
        let text = |part: &str| identity.get(part).as_str();
        let region = text("region")
            .map(|region| format!("@{region}"))
            .unwrap_or_default();
        let cluster = text("cluster_name");
        let (name, id) = match kind {
            Kind::LaunchTemplates => (display_name, format!("{}{region}", text("id")?)),
            Kind::NodeGroups => {
                let name = text("node_group_name")?;
                (name, format!("{}:{name}{region}", cluster?))
            }
            Kind::Nodeclasses | Kind::Nodepools | Kind::Nodeoverlays => {
                let name = text("name")?;
                let place = cluster
                    .map(|cluster| format!("{cluster}{region}/"))
                    .unwrap_or_default();
                (name, format!("{place}{name}"))
            }
        };
        let place = cluster.or(text("region")).unwrap_or_default();
        Some(Self {
            kind,
            names: [label(name), label(&format!("{place}_{name}"))],
            id,
        })
    }
}

/// A name as Terraform takes it for a resource.
fn label(name: &str) -> String {
    let sign = |c: char| if c.is_ascii_alphanumeric() { c } else { '_' };
    let label: String = name.chars().map(sign).collect();
    match label.chars().next() {
        Some(first) if !first.is_ascii_digit() => label,
        _ => format!("_{label}"),
    }
}

/// The address of that name, or of that name with the first number that makes it free.
fn free_address(type_name: &str, base: &str, taken: &BTreeSet<String>) -> String {
    let (mut address, mut number) = (format!("{type_name}.{base}"), 1);
    while taken.contains(&address) {
        number += 1;
        address = format!("{type_name}.{base}_{number}");
    }
    address
}

/// The blocks: address and ID of each object.
#[derive(Debug)]
pub(super) struct Blocks<'a> {
    blocks: Vec<(String, String)>,
    provider: Option<&'a str>,
}

impl<'a> Blocks<'a> {
    /// Each object once, under an address of its own. The order is that of kinds and names, so that equal objects have equal
    /// addresses.
    pub(super) fn new(found: Vec<Found>, provider: Option<&'a str>) -> Self {
        let found: BTreeSet<Found> = found.into_iter().collect();
        let mut count: BTreeMap<(Kind, &str), usize> = BTreeMap::new();
        for one in &found {
            *count.entry((one.kind, &one.names[0])).or_default() += 1;
        }
        let mut taken = BTreeSet::new();
        let mut blocks = Vec::new();
        for one in &found {
            let is_alone = count.get(&(one.kind, one.names[0].as_str())) == Some(&1);
            let base = &one.names[usize::from(!is_alone)];
            let to = free_address(one.kind.type_name(), base, &taken);
            taken.insert(to.clone());
            blocks.push((to, one.id.clone()));
        }
        Self { blocks, provider }
    }

    /// As blocks of a `.tf` file.
    pub(super) fn hcl(&self) -> String {
        let mut text = String::new();
        for (to, id) in &self.blocks {
            let id = quoted(id);
            // Nothing can fail in a text.
            let _ = match self.provider {
                Some(name) => writeln!(
                    text,
                    "import {{\n  to       = {to}\n  provider = {name}\n  id       = {id}\n}}\n"
                ),
                None => writeln!(text, "import {{\n  to = {to}\n  id = {id}\n}}\n"),
            };
        }
        text.truncate(text.trim_end().len());
        if !text.is_empty() {
            text.push('\n');
        }
        text
    }

    /// As a `.tf.json` file.
    pub(super) fn json(&self) -> String {
        let block = |(to, id): &(String, String)| match self.provider {
            Some(provider) => json!({"to": to, "provider": provider, "id": template(id)}),
            None => json!({"to": to, "id": template(id)}),
        };
        let all: Vec<_> = self.blocks.iter().map(block).collect();
        format!("{:#}\n", json!({ "import": all }))
    }
}

/// A text without the beginnings of templates.
fn template(text: &str) -> String {
    text.replace("${", "$${").replace("%{", "%%{")
}

/// A text as HCL reads it.
fn quoted(text: &str) -> String {
    format!(
        "\"{}\"",
        template(&text.replace('\\', "\\\\").replace('"', "\\\""))
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn identity(parts: &[(&str, &str)]) -> Value {
        let pair = |(key, value): &(&str, &str)| ((*key).to_owned(), Value::from(*value));
        Value::Map(parts.iter().map(pair).collect())
    }

    fn group(cluster: &str, name: &str) -> Found {
        let parts = [
            ("cluster_name", cluster),
            ("node_group_name", name),
            ("region", "us-east-1"),
        ];
        Found::new(Kind::NodeGroups, &identity(&parts), "").unwrap()
    }

    #[test]
    fn names_are_valid_and_unique() {
        let all = ["small", "2-large", "a-b", "a_b", "a.b"].map(|name| group("prod", name));
        let twice = vec![
            group("prod", "twice"),
            group("test", "twice"),
            group("prod", "prod_twice"),
        ];
        let blocks = Blocks::new([all.to_vec(), twice].concat(), None);
        let names: BTreeSet<_> = blocks.blocks.iter().map(|(to, _)| to.as_str()).collect();
        let expected = [
            "_2_large",
            "prod_a_b",
            "prod_a_b_2",
            "prod_a_b_3",
            "prod_twice",
            "prod_twice_2",
            "small",
            "test_twice",
        ];
        let expected = expected.map(|name| format!("mig_node_group.{name}"));
        assert_eq!(names, expected.iter().map(String::as_str).collect());
    }

    #[test]
    fn ids_are_those_that_imports_take() {
        let id = |kind, parts: &[(&str, &str)]| Found::new(kind, &identity(parts), "x").map(|found| found.id);
        let (name, cluster, region) = (("name", "a"), ("cluster_name", "prod"), ("region", "us-east-1"));
        assert_eq!(id(Kind::Nodepools, &[name]).unwrap(), "a");
        assert_eq!(id(Kind::Nodepools, &[name, cluster]).unwrap(), "prod/a");
        assert_eq!(
            id(Kind::Nodepools, &[name, cluster, region]).unwrap(),
            "prod@us-east-1/a"
        );
        assert_eq!(
            id(Kind::LaunchTemplates, &[("id", "lt-1"), region]).unwrap(),
            "lt-1@us-east-1"
        );
        assert_eq!(id(Kind::LaunchTemplates, &[region]), None);
        assert_eq!(group("prod", "a").id, "prod:a@us-east-1");
    }

    #[test]
    fn nothing_found_is_an_empty_file() {
        let none = Blocks::new(Vec::new(), None);
        assert_eq!(
            (none.hcl().as_str(), none.json().as_str()),
            ("", "{\n  \"import\": []\n}\n")
        );
    }

    #[test]
    fn blocks_are_what_terraform_reads() {
        let blocks = Blocks::new(vec![group("prod", "a"), group("prod", "b")], None);
        let one = |name: &str| {
            format!("import {{\n  to = mig_node_group.{name}\n  id = \"prod:{name}@us-east-1\"\n}}\n")
        };
        assert_eq!(blocks.hcl(), format!("{}\n{}", one("a"), one("b")));
        let with = Blocks::new(vec![group("prod", "a")], Some("mig.west"));
        assert!(with.hcl().contains("  provider = mig.west\n"));
        assert_eq!(quoted("a\"${b}"), "\"a\\\"$${b}\"");
    }
}
