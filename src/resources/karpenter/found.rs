//! What rendering finds, put at the user's attributes.

use std::time::Duration;

use mig::manifests::karpenter::Rendered;
use mig::{Finding, PathStep};
use serde_json::Value as Json;
use tfplug::schema::Validator;
use tfplug::{Attr, Diagnostics, Model, Path};

use crate::checked::{Checked, Withheld};
use crate::duration;
use crate::findings::{below, report_at};

/// Takes the findings of a rendering; `place` turns the path of a fault into that of an attribute.
pub(crate) struct Found<'a, F> {
    pub(crate) diags: &'a mut Diagnostics,
    pub(crate) place: F,
}

impl<F: Fn(&[PathStep]) -> Path> Found<'_, F> {
    /// The objects, with warnings reported; or nothing, with the errors reported.
    pub(crate) fn objects(self, rendered: Result<Rendered, Vec<Finding>>) -> Checked<Vec<Json>> {
        let (objects, found) = match rendered {
            Ok(rendered) => (Ok(rendered.objects), rendered.warnings),
            Err(faults) => (Err(Withheld::Invalid), faults),
        };
        report_at(&found, |path| (self.place)(path), self.diags);
        objects
    }
}

/// The attribute that a finding is at: fields of the object by the API's names, options of the rendering by their own.
pub(crate) fn attribute_path<M: Model>(steps: &[PathStep]) -> Path {
    let path = below(&Path::root(), steps);
    match steps.first() {
        Some(PathStep::Attribute(name)) if name == "metadata" || name == "spec" => M::attribute_path(&path),
        _ => path,
    }
}

/// The attribute of the resource that makes a field of the API, `spec.template.spec.taints[0]`; the whole resource where
/// none does.
pub(crate) fn attribute_of<M: Model>(field: &str) -> Path {
    let above = field.split('[').next().unwrap_or_default();
    let found = M::attribute_path(&Path::from(above));
    Path::from_steps(found.steps().first().cloned())
}

/// A time that an attribute gives; `default` where it was never planned, as after an import.
pub(crate) fn timeout(attr: &Attr<String>, default: u64) -> Duration {
    let given = attr.as_str().and_then(duration::parse);
    given.unwrap_or(Duration::from_secs(default))
}

/// A time of waiting, up to a day.
pub(crate) fn wait_time() -> Validator {
    duration::between("0s", "24h")
}
