//! What a reader of a program for Pulumi must not be told.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use pulumiplug::adapter::places;
use serde_json::Value;

/// Words and phrases that are Terraform's.
const FOREIGN: &str = include_str!("../pulumi/foreign.txt");

const SCHEMA: &str = include_str!("../../../schemas/terraform.json");

/// Code of Terraform's language.
const CODE: [&str; 6] = [" = {", " = [", " = \"", "mig_", "data.mig", "aws_"];

/// Names of attributes that programs have in camel case.
static NAMES: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
    let mut names = BTreeSet::new();
    collect(&serde_json::from_str(SCHEMA).unwrap(), &mut names);
    names
});

fn collect(schema: &Value, names: &mut BTreeSet<String>) {
    let Value::Object(fields) = schema else { return };
    for (key, inner) in fields {
        if let (true, Value::Object(attributes)) = (key == "attributes", inner) {
            names.extend(attributes.keys().filter(|name| name.contains('_')).cloned());
        }
        collect(inner, names);
    }
}

/// What of that is in a message. The name under which we own fields at API servers is one for both.
pub(crate) fn foreign(told: &str) -> Vec<String> {
    let told = told.replace("terraform-provider-mig", "");
    let is_part = |c: char| c.is_alphanumeric() || "_-".contains(c);
    let phrases = FOREIGN
        .lines()
        .filter(|phrase| places(&told, phrase).next().is_some());
    let code = CODE.into_iter().filter(|code| told.contains(code));
    let words: BTreeSet<&str> = told.split(|c| !is_part(c)).collect();
    let names = words.into_iter().filter(|word| NAMES.contains(*word));
    phrases.chain(code).chain(names).map(str::to_owned).collect()
}
