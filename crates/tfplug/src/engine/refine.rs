//! A resource's own additions to a plan.

use super::walk::{Content, Repeat, configured, map_objects, nested};
use crate::diag::{Diagnostic, Diagnostics};
use crate::path::Path;
use crate::schema::{Attribute, Schema};
use crate::value::Value;

/// The drafted plan with what the resource's own code made of it. Only computed attributes that the configuration
/// leaves out and that have no default may differ; anything else is a bug of the provider and is reported as such.
pub fn refine(
    schema: &Schema,
    draft: &Value,
    wanted: &Value,
    config: &Value,
    diags: &mut Diagnostics,
) -> Value {
    object(Content::of(schema), draft, wanted, config, &Path::root(), diags)
}

fn object(
    content: Content<'_>,
    draft: &Value,
    wanted: &Value,
    config: &Value,
    path: &Path,
    diags: &mut Diagnostics,
) -> Value {
    let Value::Map(fields) = draft else {
        return draft.clone();
    };
    let mut refined = fields.clone();
    for attribute in content.attributes {
        let Some(value) = refined.get_mut(&attribute.name) else {
            continue;
        };
        let (wanted, config) = (wanted.get(&attribute.name), configured(config, &attribute.name));
        *value = one(
            attribute,
            value,
            wanted,
            config,
            &path.attribute(&attribute.name),
            diags,
        );
    }
    Value::Map(refined)
}

fn one(
    attribute: &Attribute,
    draft: &Value,
    wanted: &Value,
    config: &Value,
    path: &Path,
    diags: &mut Diagnostics,
) -> Value {
    let given = attribute.default.is_some() || !matches!(config, Value::Null);
    let open = attribute.optionality.is_computed() && !given;
    let both_unknown = !draft.is_known() && !wanted.is_known();
    if both_unknown || draft == wanted {
        return draft.clone();
    }
    if open {
        return wanted.clone();
    }
    if let Some((repeat, inner)) =
        nested(attribute).filter(|_| draft.is_known() && !matches!(config, Value::Null))
    {
        let mut element = |d: &Value, [w, c]: [&Value; 2]| object(inner, d, w, c, path, diags);
        return match repeat {
            Repeat::Set => draft.clone(),
            _ => map_objects(repeat, draft, [wanted, config], &mut element),
        };
    }
    // A typed model cannot show a list of which only some elements are unknown.
    let blurred = !draft.is_wholly_known() || attribute.write_only;
    if !blurred && wanted.is_known() {
        diags.push(Diagnostic::bug(format!(
            "The plan changes {path}, which is not for the provider to give."
        )));
    }
    draft.clone()
}
