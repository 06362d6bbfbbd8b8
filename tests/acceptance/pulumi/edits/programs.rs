//! Some edits by the real programs: `terraform plan` and `pulumi preview`.

use std::collections::BTreeMap;

use counterparts::PulumiProject;
use counterparts::cli::{Plan, ResourceChange};
use provider::provider::Mig;
use pulumiplug::names::{self, Place};
use pulumiplug::value::{Secrets, Writing, encode, to_json};
use serde_json::{Map, Value as Json, json};
use tfplug::path::Step;
use tfplug::schema::{ProviderSchemas, Schema};
use tfplug::ty::Type;
use tfplug::{Path, Server};

use super::changes::{Change, by_plan};
use super::table::{Edit, Kind, filled, kinds, value};
use super::{hints, made_by_hand};
use crate::pulumi::world::{make, project};
use crate::support::{Ground, with_a_cli};

/// How many edits of a kind are shown, one after the other.
const ROUNDS: usize = 2;

/// What is edited at once: each kind, with an edit of it if there is one.
type Round<'a> = Vec<(&'a Kind, Option<&'a Edit>)>;

/// A round as JSON in the names of the declaration.
struct Wanted<'a> {
    round: &'a Round<'a>,
    name: &'a str,
    template: &'a str,
}

#[test]
fn the_real_programs_show_the_same() {
    let kinds = kinds();
    let rounds: Vec<Round<'_>> = (0..ROUNDS).map(|number| round(&kinds, Some(number))).collect();
    let base = round(&kinds, None);
    let server = Server::new(Mig::default()).unwrap();
    let schemas = server.schemas();
    with_a_cli(|cli| {
        let ground = Ground::new(cli, "pl-shown-t");
        // Names of one length: some texts are hashed or cut.
        let names = ["-t-", "-p-"].map(|way| ground.name.replace("-t-", way));
        names.iter().for_each(|name| make(name));
        let templates = names.each_ref().map(|name| made_by_hand(name));
        let wanted = |round, side: usize| Wanted {
            round,
            name: &names[side],
            template: &templates[side],
        };
        let configure = |round| {
            let text = wanted(round, 0).configuration();
            ground.project.write("main.tf.json", &text).unwrap();
        };
        configure(&base);
        ground.project.init().unwrap();
        ground.settle();
        let project = project(&wanted(&base, 1).program(schemas));
        let cluster = r#"{"name":"prod"}"#;
        project.set_config("mig:kubernetes", cluster, &[]).unwrap();
        project.up(&[]).unwrap();
        for round in &rounds {
            configure(round);
            assert_plan(schemas, &wanted(round, 0), &ground.plan());
            project.write_yaml(&wanted(round, 1).program(schemas)).unwrap();
            assert_preview(&wanted(round, 1), &project);
        }
        project.destroy(&[]).unwrap();
        ground.project.destroy().unwrap();
    });
}

/// The edits that are shown in a round; none is the objects before all edits.
fn round(kinds: &[Kind], number: Option<usize>) -> Round<'_> {
    let edit = |kind: &'_ Kind| -> Option<usize> {
        let mut shown = kind.edits.iter().enumerate().filter(|(_, edit)| edit.is_shown);
        shown.nth(number?).map(|(index, _)| index)
    };
    kinds
        .iter()
        .map(|kind| (kind, edit(kind).map(|index| &kind.edits[index])))
        .collect()
}

impl Wanted<'_> {
    /// The inputs of each kind, by its type name.
    fn inputs(&self) -> impl Iterator<Item = (&str, Json)> {
        self.round.iter().map(|(kind, edit)| {
            let inputs = edit.map_or_else(|| kind.base.clone(), |edit| edit.of(&kind.base));
            (kind.type_name.as_str(), filled(&inputs, self.name, self.template))
        })
    }

    /// For Terraform.
    fn configuration(&self) -> String {
        let resources = self
            .inputs()
            .map(|(kind, inputs)| (kind.to_owned(), json!({"this": inputs})));
        json!({
            "terraform": {"required_providers": {"mig": {"source": "eks-mig/mig"}}},
            "provider": {"mig": {"kubernetes": {"name": "prod"}}},
            "resource": resources.collect::<Map<_, _>>(),
        })
        .to_string()
    }

    /// For Pulumi; each resource is called after its type.
    fn program(&self, schemas: &ProviderSchemas) -> String {
        let resources = self.inputs().map(|(kind, inputs)| {
            let schema = &schemas.resources[kind];
            let secrets = &Secrets::none();
            let writing = Writing {
                place: Place::Resource,
                wraps_secrets: false,
                secrets,
            };
            let properties = encode(schema, &value(&schema.ty(), &inputs), writing);
            let properties: Map<_, _> = properties
                .fields
                .iter()
                .map(|(name, value)| (name.clone(), to_json(value)))
                .collect();
            let token = names::resource_token("mig", kind);
            (called(kind), json!({"type": token, "properties": properties}))
        });
        format!("resources: {}\n", Json::Object(resources.collect()))
    }

    /// What changes of a kind.
    fn changes(&self, kind: &str) -> Vec<Change> {
        let found = self.round.iter().find(|(one, _)| one.type_name == kind);
        let edit = found.and_then(|(_, edit)| *edit);
        edit.map(|edit| edit.changes(self.name)).unwrap_or_default()
    }
}

/// What a program calls the resource of a kind: messages name it, and have no word of Terraform's.
fn called(kind: &str) -> String {
    kind.trim_start_matches("mig_").replace('_', "-")
}

fn assert_plan(schemas: &ProviderSchemas, wanted: &Wanted<'_>, plan: &Plan) {
    for change in plan.resources() {
        let kind = change.resource_type.as_str();
        let found = planned(&schemas.resources[kind], &change);
        assert_eq!(hints(&found), hints(&wanted.changes(kind)), "{kind}");
    }
    assert_eq!(plan.resources().len(), wanted.round.len());
}

/// The changes of a resource in a plan's JSON.
fn planned(schema: &Schema, change: &ResourceChange) -> Vec<Change> {
    let ty = schema.ty();
    let after = with_unknowns(&change.after, &change.after_unknown);
    let paths = change.replace_paths.as_array().into_iter().flatten();
    let paths: Vec<Path> = paths.map(|steps| path(&ty, steps.as_array().unwrap())).collect();
    let replaced: Vec<&Path> = paths.iter().collect();
    let [before, after] = [&change.before, &after].map(|json| value(&ty, json));
    let mut changes = by_plan(schema, &before, &after, &replaced);
    if change.actions.len() > 1 {
        // The object that replaces one is planned as a new one, of which nothing is known that the provider chooses.
        changes.retain(|change| !(change.is_unknown && is_computed(schema, &change.path)));
    }
    changes
}

fn is_computed(schema: &Schema, path: &Path) -> bool {
    let Some(Step::Attribute(name)) = path.steps().first() else {
        return false;
    };
    let attribute = schema.attribute(name);
    attribute.is_some_and(|attribute| attribute.optionality.is_computed())
}

/// What is known only after apply is left out of `after`, and true in the other.
fn with_unknowns(after: &Json, unknown: &Json) -> Json {
    match (after, unknown) {
        (_, Json::Bool(true)) => "UNKNOWN".into(),
        (Json::Object(known), Json::Object(open)) => {
            let mut all = known.clone();
            for (name, open) in open {
                let inner = with_unknowns(known.get(name).unwrap_or(&Json::Null), open);
                all.insert(name.clone(), inner);
            }
            Json::Object(all)
        }
        (Json::Array(known), Json::Array(open)) if known.len() == open.len() => known
            .iter()
            .zip(open)
            .map(|(known, open)| with_unknowns(known, open))
            .collect(),
        _ => after.clone(),
    }
}

/// `["layout", "slices", "1g.10gb"]` by the type that says which step is a key.
fn path(ty: &Type, steps: &[Json]) -> Path {
    let mut at = (ty, Path::root());
    for step in steps {
        at = match (at.0, step) {
            (Type::Object(types), Json::String(name)) => (&types[name], at.1.attribute(name)),
            (Type::Map(ty), Json::String(key)) => (ty, at.1.key(key)),
            (Type::List(ty), Json::Number(index)) => {
                let index = index.as_u64().and_then(|index| usize::try_from(index).ok());
                (ty, at.1.index(index.unwrap()))
            }
            // A set is one place.
            _ => return at.1,
        };
    }
    at.1
}

fn assert_preview(wanted: &Wanted<'_>, project: &PulumiProject) {
    let preview = project.preview(&["--diff"]).unwrap();
    let steps = preview.steps();
    for (kind, _) in wanted.round {
        let kind = kind.type_name.as_str();
        let changes = wanted.changes(kind);
        let named = steps.iter().filter(|step| step.name == called(kind));
        let step = named
            .clone()
            .find(|step| !step.op.starts_with("create-") && !step.op.starts_with("delete-"));
        let step = step.unwrap_or_else(|| panic!("{kind}: {steps:?}"));
        let replaces = changes.iter().any(|change| change.replaces);
        let op = match (changes.is_empty(), replaces) {
            (true, _) => "same",
            (_, true) => "replace",
            _ => "update",
        };
        assert_eq!(step.op, op, "{kind}");
        let details = step.detailed_diff.as_object().into_iter().flatten();
        let found: BTreeMap<String, String> = details
            .map(|(place, one)| (place.clone(), one["kind"].as_str().unwrap_or_default().to_owned()))
            .collect();
        let changes = changes.iter().map(|change| (change.property(), change.kind()));
        assert_eq!(found, changes.collect(), "{kind}");
    }
}
