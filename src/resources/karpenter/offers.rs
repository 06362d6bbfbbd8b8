//! Whether AWS has the instance types of a pool in its zones. Karpenter accepts a pool that it can launch nothing for.
//!
//! AWS' answer is a warning and never part of the plan: it has a type in one zone more tomorrow, and a requirement that follows would
//! change the pool by itself.

use std::collections::{BTreeMap, BTreeSet};

use mig::manifests::karpenter::labels;
use serde_json::Value as Json;
use tfplug::{Diagnostic, Path};

/// Where nodes of which types are wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Places {
    /// Instance types.
    pub types: BTreeSet<String>,
    /// Zones; any if empty.
    pub zones: BTreeSet<String>,
}

impl Places {
    /// What the requirements of a NodePool say.
    pub(crate) fn of_pool(pool: &Json) -> Self {
        Self {
            types: values(pool, labels::INSTANCE_TYPE),
            zones: values(pool, labels::ZONE),
        }
    }
}

/// The values of the requirement `KEY in (...)`.
fn values(pool: &Json, key: &str) -> BTreeSet<String> {
    let requirements = pool.pointer("/spec/template/spec/requirements");
    let all = requirements.and_then(Json::as_array).into_iter().flatten();
    let named = all.filter(|requirement| requirement["key"] == key && requirement["operator"] == "In");
    let values = named
        .filter_map(|requirement| requirement["values"].as_array())
        .flatten();
    values
        .filter_map(|value| value.as_str().map(str::to_owned))
        .collect()
}

/// What is wrong with the places, by the zones that have each type.
pub(super) fn missing(
    places: &Places,
    offered: &BTreeMap<String, BTreeSet<String>>,
    region: &str,
) -> Option<Diagnostic> {
    let none = BTreeSet::new();
    let of = |name: &String| offered.get(name).unwrap_or(&none);
    let wanted = |zone: &String| places.zones.is_empty() || places.zones.contains(zone);
    let lacking: Vec<&String> = places
        .types
        .iter()
        .filter(|name| !of(name).iter().any(wanted))
        .collect();
    if lacking.is_empty() {
        return None;
    }
    let summary = if lacking.len() == places.types.len() {
        "AWS has none of the instance types where the pool wants them"
    } else {
        "AWS does not have all of the instance types where the pool wants them"
    };
    let line = |name: &&String| {
        let zones: Vec<&str> = of(name).iter().map(String::as_str).collect();
        match zones.as_slice() {
            [] => format!("{name} is not available in {region}."),
            zones => format!("{name} is available in {}.", zones.join(", ")),
        }
    };
    let lines: Vec<String> = lacking.iter().map(line).collect();
    let detail = format!(
        "{} Karpenter accepts the pool all the same and launches no such node. Name other zones, or other instance types in the \
         layout.",
        lines.join(" ")
    );
    let at = if places.zones.is_empty() {
        "layout"
    } else {
        "zones"
    };
    Some(Diagnostic::warning(summary, detail).at(Path::attr(at)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn set(names: &[&str]) -> BTreeSet<String> {
        names.iter().map(|&name| name.to_owned()).collect()
    }

    fn places(zones: &[&str]) -> Places {
        let pool = json!({"spec": {"template": {"spec": {"requirements": [
            {"key": "node.kubernetes.io/instance-type", "operator": "In", "values": ["p4d.24xlarge", "p5.48xlarge"]},
            {"key": "topology.kubernetes.io/zone", "operator": "In", "values": zones},
            {"key": "topology.kubernetes.io/zone", "operator": "NotIn", "values": ["us-east-1c"]},
        ]}}}});
        Places::of_pool(&pool)
    }

    fn offered() -> BTreeMap<String, BTreeSet<String>> {
        BTreeMap::from([
            ("p4d.24xlarge".to_owned(), set(&["us-east-1a"])),
            ("p5.48xlarge".to_owned(), set(&["us-east-1a", "us-east-1b"])),
        ])
    }

    #[test]
    fn what_is_there_is_not_told() {
        assert_eq!(
            places(&["us-east-1a"]).types,
            set(&["p4d.24xlarge", "p5.48xlarge"])
        );
        assert_eq!(
            missing(&places(&["us-east-1a", "us-east-1d"]), &offered(), "us-east-1"),
            None
        );
        assert_eq!(missing(&places(&[]), &offered(), "us-east-1"), None);
    }

    #[test]
    fn what_is_not_there_is_told_with_where_it_is() {
        let some = missing(&places(&["us-east-1b"]), &offered(), "us-east-1").unwrap();
        assert!(some.summary.contains("not have all"), "{some}");
        assert!(
            some.detail
                .starts_with("p4d.24xlarge is available in us-east-1a. Karpenter"),
            "{some}"
        );
        let none = missing(&places(&["us-east-1d"]), &offered(), "us-east-1").unwrap();
        assert!(none.summary.contains("none of"), "{none}");
        assert_eq!(none.path, Path::attr("zones"));
        let nowhere = missing(&places(&[]), &BTreeMap::new(), "eu-west-9").unwrap();
        assert!(
            nowhere
                .detail
                .contains("p5.48xlarge is not available in eu-west-9."),
            "{nowhere}"
        );
        assert_eq!(nowhere.path, Path::attr("layout"));
    }
}
