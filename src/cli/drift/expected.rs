//! What nodes should have, and where they are: from files of layouts, and from a plan.

use std::collections::BTreeMap;
use std::path::PathBuf;

use mig::drift::Place;
use serde_json::{Map, Value as Json};
use tfplug::{Diagnostics, Path, Value};

use super::cluster::Target;
use super::plan::{PlanFile, Planned};
use crate::cli::layouts::{self, Layouts};
use crate::models::{ClusterModel, LayoutModel};
use crate::untyped_input;

/// The layouts of all files and of the plan; none where a file is not right.
pub(super) fn expected(
    files: &[PathBuf],
    plan: Option<&PlanFile>,
    findings: &mut Diagnostics,
) -> Option<Layouts> {
    let mut all = Layouts::default();
    for file in files {
        let read = layouts::of_file(file, findings)?;
        all.by_id.extend(read.by_id);
        all.facts = read.facts;
    }
    let of_plan = plan.into_iter().flat_map(PlanFile::planned);
    for model in of_plan.flat_map(|planned| planned_layouts(&planned)) {
        // What is wrong with it has stopped the plan.
        let mut ignored = Diagnostics::new();
        if let Ok(layout) = model.resolve(&all.facts, &Path::root(), &mut ignored) {
            all.by_id.insert(layout.id(), layout);
        }
    }
    Some(all)
}

/// `layout`, and `layouts`, of one of our resources.
fn planned_layouts(planned: &Planned<'_>) -> Vec<LayoutModel> {
    let one = planned.values.get("layout").into_iter();
    let several = planned
        .values
        .get("layouts")
        .and_then(Json::as_array)
        .into_iter()
        .flatten();
    one.chain(several).filter_map(model).collect()
}

/// The versions of our launch templates that the plan ends at, by the template's ID; those that it makes are not known yet. With
/// `update_default_version = false` groups are given a version one by one, and which is not said.
pub(super) fn versions(plan: &PlanFile) -> BTreeMap<String, i64> {
    let of = |values: &Map<String, Json>| {
        if values.get("update_default_version") == Some(&Json::Bool(false)) {
            return None;
        }
        let id = values.get("id")?.as_str()?.to_owned();
        Some((id, values.get("latest_version")?.as_i64()?))
    };
    plan.planned().filter_map(|planned| of(planned.values)).collect()
}

/// The clusters that our resources are in, as far as the plan names them.
pub(super) fn clusters(plan: &PlanFile) -> Vec<Target> {
    plan.planned()
        .filter_map(|planned| cluster(planned.values))
        .collect()
}

fn cluster(values: &Map<String, Json>) -> Option<Target> {
    let text = |name: &str| values.get(name).and_then(Json::as_str);
    if let Some(name) = text("cluster_name") {
        return Some(Target::eks_in(name, text("region")));
    }
    let cluster: ClusterModel = model(values.get("cluster")?)?;
    Target::of_model(&cluster)
}

/// Where an object of ours is, as far as its attributes say it.
pub(super) fn place(values: &Map<String, Json>) -> Place {
    let region = || values.get("region").and_then(Json::as_str).map(Place::region);
    cluster(values)
        .map(|target| target.place())
        .or_else(region)
        .unwrap_or_default()
}

/// A part of a plan as a model; none where a part of it is not known yet.
fn model<M: tfplug::Model>(json: &Json) -> Option<M> {
    let value = value(json)?;
    untyped_input::decode(&value, &Path::root(), &mut Diagnostics::new()).ok()
}

fn value(json: &Json) -> Option<Value> {
    Some(match json {
        Json::Null => Value::Null,
        Json::Bool(truth) => Value::Bool(*truth),
        Json::Number(number) => Value::Number(number.to_string().parse().ok()?),
        Json::String(text) => Value::from(text.as_str()),
        Json::Array(elements) => Value::List(elements.iter().map(value).collect::<Option<_>>()?),
        Json::Object(entries) => {
            let entry = |(key, of): (&String, &Json)| Some((key.clone(), value(of)?));
            Value::Map(entries.iter().map(entry).collect::<Option<_>>()?)
        }
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn groups_that_are_given_versions_one_by_one_have_none_that_is_declared() {
        let template = |name: &str, updates: bool| {
            json!({
                "address": format!("mig_launch_template.{name}"), "type": "mig_launch_template", "mode": "managed",
                "provider_name": "registry.terraform.io/eks-mig/mig",
                "values": { "id": name, "latest_version": 2, "update_default_version": updates },
            })
        };
        let plan = json!({
            "format_version": "1.2",
            "planned_values": { "root_module": { "resources": [template("all", true), template("staged", false)] } },
        });
        let plan = crate::cli::drift::plan::parse(&plan.to_string()).unwrap();
        assert_eq!(versions(&plan), BTreeMap::from([("all".to_owned(), 2)]));
    }
}
