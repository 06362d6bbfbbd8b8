//! `provider::mig::preference`.

use mig::Layout;
use mig::manifests::karpenter::preference::{Preferred, preference};
use tfplug::FunctionError;
use tfplug::model::AttributeValue;
use tfplug::schema::{FunctionSignature, Parameter};
use tfplug::ty::Type;
use tfplug::{Diagnostics, Function, Model, Path, Value};

use super::failed::failed;
use super::of_layout::CATALOG_NOTE;
use crate::checked::{self, Checked, Withheld};
use crate::facts::Facts;
use crate::findings::report;
use crate::models::LayoutModel;
use crate::untyped_input;

const NAME: &str = "name";
const LAYOUTS: &str = "layouts";

/// Layouts in the order of preference, as pools of falling weight.
#[derive(Debug)]
pub struct PreferenceFunction;

impl Function for PreferenceFunction {
    fn name(&self) -> &'static str {
        "preference"
    }

    fn signature(&self) -> FunctionSignature {
        let name = Parameter::new(NAME, Type::String, "What the names of all pools begin with.");
        let layouts = Parameter::new(
            LAYOUTS,
            Type::Dynamic,
            "The layouts, the preferred one first, each as any resource accepts it. Their nodes must have a resource in common, \
             by which pods ask: `nvidia.com/gpu` for slices of every size with `strategy = \"single\"`, and for GPUs that are left whole.",
        );
        let summary = "Names and weights of pools for layouts by preference";
        FunctionSignature::new(summary, [name, layouts], returns())
            .with_description(description())
            .with_whole_numbers()
    }

    fn call(&self, arguments: &[Value]) -> Result<Value, FunctionError> {
        let name = arguments.first().and_then(Value::as_str).unwrap_or_default();
        let layouts = arguments.get(1).unwrap_or(&Value::Null);
        let mut diags = Diagnostics::new();
        let models = models(layouts, &mut diags);
        let resolved = models
            .as_deref()
            .map_err(|why| *why)
            .and_then(|models| resolve(models, &mut diags));
        if diags.has_errors() {
            return Err(failed(1, &diags));
        }
        match (models, resolved) {
            (Ok(models), Ok(layouts)) => pools(name, &models, &layouts),
            _ => Ok(Value::unknown()),
        }
    }
}

fn description() -> String {
    format!(
        "A pod gets a node of the first layout that is available: Karpenter tries pools by weight, and takes the next where the first \
         has reached its limits or EC2 has none of its instance types. This gives each layout a pool: a list of objects with `name` \
         for class and pool, the pool's `weight`, and the `layout` itself, for `for_each`. A name is made of the common one and of the \
         layout, so that another order changes weights only and rolls no node.\n\n{CATALOG_NOTE}"
    )
}

fn returns() -> Type {
    Type::list(Type::object([
        (NAME, Type::String),
        ("weight", Type::Number),
        ("layout", LayoutModel::attribute_type().to_type()),
    ]))
}

/// What is written for each layout.
fn models(written: &Value, diags: &mut Diagnostics) -> Checked<Vec<LayoutModel>> {
    let written = match written {
        Value::Dynamic(inside) => &inside.1,
        other => other,
    };
    if !written.is_known() {
        return Err(Withheld::Deferred);
    }
    let at = Path::attr(LAYOUTS);
    let Some(elements) = written.as_elements() else {
        let detail = format!("Found {}; give a list of layouts.", written.kind_name());
        diags.error_at(at, "Not a list", detail);
        return Err(Withheld::Invalid);
    };
    let decoded: Vec<_> = elements
        .iter()
        .enumerate()
        .map(|(index, element)| match element.is_known() {
            true => untyped_input::decode(element, &at.index(index), diags),
            false => Err(Withheld::Deferred),
        })
        .collect();
    checked::all(decoded)
}

fn resolve(models: &[LayoutModel], diags: &mut Diagnostics) -> Checked<Vec<Layout>> {
    let resolved: Vec<_> = models
        .iter()
        .enumerate()
        .map(|(index, model)| model.resolve(&Facts::default(), &Path::attr(LAYOUTS).index(index), diags))
        .collect();
    checked::all(resolved)
}

fn pools(name: &str, models: &[LayoutModel], layouts: &[Layout]) -> Result<Value, FunctionError> {
    let preferred = preference(name, layouts).map_err(|faults| {
        let mut diags = Diagnostics::new();
        report(&faults, &Path::root(), &mut diags);
        failed(1, &diags)
    })?;
    let pool = |(pool, model): (Preferred<'_>, &LayoutModel)| {
        Value::object([
            (NAME, Value::from(pool.name)),
            ("weight", pool.weight.into()),
            ("layout", model.to_value()),
        ])
    };
    Ok(Value::List(preferred.into_iter().zip(models).map(pool).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layout(slices: &[(&str, i64)]) -> Value {
        Value::object([
            ("instance_types", Value::List(vec![Value::from("p5.48xlarge")])),
            (
                "strategy",
                Value::from(if slices.is_empty() { "mixed" } else { "single" }),
            ),
            (
                "slices",
                Value::object(slices.iter().map(|(name, count)| (*name, (*count).into()))),
            ),
        ])
    }

    fn call(layouts: Value) -> Result<Value, String> {
        PreferenceFunction
            .call(&[Value::from("llm"), layouts])
            .map_err(|error| error.to_string())
    }

    #[test]
    fn the_first_has_the_highest_weight_and_the_layout_comes_back_whole() {
        let small = layout(&[("1g.10gb", 7)]);
        let pools = call(Value::List(vec![small, layout(&[])])).unwrap();
        let [first, second] = pools.as_elements().unwrap() else {
            panic!("{pools:?}")
        };
        assert_eq!(first.get("weight"), &Value::from(100));
        assert_eq!(second.get("weight"), &Value::from(99));
        assert!(first.get(NAME).as_str().unwrap().starts_with("llm-"));
        assert_eq!(first.get("layout").get("gpus"), &Value::Null);
        assert_ne!(first.get(NAME), second.get(NAME));
    }

    #[test]
    fn what_is_unknown_stays_so() {
        assert_eq!(call(Value::unknown()), Ok(Value::unknown()));
        assert_eq!(
            call(Value::List(vec![layout(&[]), Value::unknown()])),
            Ok(Value::unknown())
        );
    }

    #[test]
    fn faults_have_their_places() {
        for (layouts, part) in [
            (Value::from("p5"), "give a list of layouts"),
            (Value::List(vec![]), "0 layouts"),
            (
                Value::List(vec![layout(&[]), layout(&[("1g.10gb", 8)])]),
                "layouts[1].slices",
            ),
            (
                Value::List(vec![layout(&[]), layout(&[])]),
                "layouts[1]: The layout is the same as layouts[0]",
            ),
        ] {
            let error = call(layouts).unwrap_err();
            assert!(error.contains(part), "{error}");
        }
    }
}
