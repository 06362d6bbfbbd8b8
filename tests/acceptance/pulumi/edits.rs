//! What Terraform's plan and Pulumi's difference say of each edit in a table, beside the list of changes that is in it.
//!
//! Both front ends run in this process over objects that exist. Some edits are shown by the real programs, too.

mod changes;
mod normal;
mod programs;
mod sides;
mod table;

use std::collections::BTreeMap;

use tfplug::Value;
use tfplug::schema::Schema;

use self::changes::Change;
use self::sides::{Kept, Pulumi, Stored, Terraform};
use self::table::{Edit, Kind, filled, kinds, value};
use super::world::make;
use crate::support::{REGION, ec2};

/// What each object is called. The names have one length: some texts are hashed or cut.
const NAMES: [&str; 2] = ["pl-edits-t", "pl-edits-p"];

#[test]
fn each_edit_changes_the_same_for_both() {
    let kinds = kinds();
    let edits: usize = kinds.iter().map(|kind| kind.edits.len()).sum();
    assert!(edits >= 60, "only {edits} edits");
    let templates = NAMES.map(|name| {
        make(name);
        made_by_hand(name)
    });
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let faults = runtime.block_on(async {
        let ground = Ground::new(templates).await;
        let mut faults = Vec::new();
        for kind in &kinds {
            faults.extend(ground.judge(kind).await);
        }
        faults
    });
    assert!(
        faults.is_empty(),
        "{} of {edits}:\n{}",
        faults.len(),
        faults.join("\n\n")
    );
}

/// Changes as the table has them.
fn hints(changes: &[Change]) -> Vec<String> {
    changes.iter().map(ToString::to_string).collect()
}

/// A launch template for the node group; gives its ID.
fn made_by_hand(name: &str) -> String {
    let name = format!("{name}-by-hand");
    let data = [
        ("LaunchTemplateName", name.as_str()),
        ("LaunchTemplateData.KeyName", "operators"),
    ];
    ec2::call(REGION, "CreateLaunchTemplate", &data);
    ec2::template(&name).id
}

/// Both front ends, and the ID of a launch template for each.
struct Ground {
    terraform: Terraform,
    pulumi: Pulumi,
    templates: [String; 2],
}

/// An object as both keep it.
struct Made {
    theirs: Stored,
    ours: Kept,
    /// Texts at one place that are each object's own, such as IDs.
    own: Vec<[String; 2]>,
}

impl Ground {
    async fn new(templates: [String; 2]) -> Self {
        Self {
            terraform: Terraform::new().await,
            pulumi: Pulumi::new().await,
            templates,
        }
    }

    /// A configuration for each of them.
    fn configs(&self, schema: &Schema, json: &serde_json::Value) -> [Value; 2] {
        let one = |side: usize| value(&schema.ty(), &filled(json, NAMES[side], &self.templates[side]));
        [one(0), one(1)]
    }

    /// What is wrong with the edits of a kind.
    async fn judge(&self, kind: &Kind) -> Vec<String> {
        let schema = self.terraform.schema(&kind.type_name);
        let [theirs, ours] = self.configs(schema, &kind.base);
        let theirs = self.terraform.create(&kind.type_name, &theirs).await;
        let ours = self.pulumi.create(&kind.type_name, schema, &ours).await;
        let mut own: Vec<[String; 2]> = vec![NAMES.map(str::to_owned)];
        let state = ours.state(schema);
        own.extend(normal::own_texts(&theirs.state, &state, &own[0]));
        let made = Made { theirs, ours, own };
        let mut faults = Vec::new();
        for edit in &kind.edits {
            let found = self.compare(kind, schema, &made, edit).await;
            faults.extend(found.map(|fault| format!("{}, {}: {fault}", kind.type_name, edit.name)));
        }
        faults
    }

    /// What is wrong with one edit.
    async fn compare(&self, kind: &Kind, schema: &Schema, made: &Made, edit: &Edit) -> Option<String> {
        let [theirs, ours] = self.configs(schema, &edit.of(&kind.base));
        let (by_plan, theirs) = self.terraform.shows(&kind.type_name, &made.theirs, &theirs).await;
        let (by_difference, ours) = self
            .pulumi
            .shows(&kind.type_name, schema, &made.ours, &ours)
            .await;
        let expected = edit.changes(NAMES[0]);
        if by_plan != expected {
            let [expected, found] = [&expected, &by_plan].map(|changes| hints(changes));
            return Some(format!("expected  {expected:?}\nTerraform {found:?}"));
        }
        let changes = edit.changes(NAMES[1]);
        let expected: BTreeMap<String, String> = changes
            .iter()
            .map(|change| (change.property(), change.kind()))
            .collect();
        if by_difference != expected {
            return Some(format!("expected {expected:?}\nPulumi   {by_difference:?}"));
        }
        normal::difference(&theirs, &ours, &made.own)
    }
}
