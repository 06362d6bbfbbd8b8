//! `customTimeouts` of a resource, which reach the provider as its attribute `timeouts`.

use tfplug::Value;
use tfplug::schema::{AttributeType, Nesting, Schema};
use tfplug::ty::Type;

use super::with_attribute;

const TIMEOUTS: &str = "timeouts";

/// The object with a timeout for one operation, in seconds, where the resource has one, and the user wrote none in the
/// attribute itself. No seconds are the provider's own.
pub(super) fn with_timeout(schema: &Schema, object: &Value, operation: &str, seconds: f64) -> Value {
    let Some(names) = operations(schema).filter(|names| names.iter().any(|name| name == operation)) else {
        return object.clone();
    };
    let timeouts = object.get(TIMEOUTS);
    let is_given = !timeouts.is_known() || !timeouts.get(operation).is_null();
    if !(seconds > 0.0 && seconds.is_finite()) || is_given || object.is_null() {
        return object.clone();
    }
    let written = |name: &String| (name.clone(), timeouts.get(name).clone());
    let all = Value::Map(names.iter().map(written).collect());
    with_attribute(
        object,
        TIMEOUTS,
        with_attribute(&all, operation, duration(seconds).into()),
    )
}

/// The state with the timeouts as they are in another: what the engine gives for one operation is not the object's.
pub(super) fn with_timeouts_of(schema: &Schema, state: &Value, other: &Value) -> Value {
    if operations(schema).is_none() || state.is_null() {
        return state.clone();
    }
    with_attribute(state, TIMEOUTS, other.get(TIMEOUTS).clone())
}

/// The operations that have timeouts, if all of them are texts.
fn operations(schema: &Schema) -> Option<Vec<String>> {
    match &schema.attribute(TIMEOUTS)?.ty {
        AttributeType::Nested(Nesting::Single, inner) => {
            let text = |ty: &AttributeType| matches!(ty, AttributeType::Plain(Type::String));
            let all = inner.iter().all(|attribute| text(&attribute.ty));
            all.then(|| inner.iter().map(|attribute| attribute.name.clone()).collect())
        }
        _ => None,
    }
}

/// Seconds as a duration of Go: `90s`, `1500ms`.
fn duration(seconds: f64) -> String {
    if seconds.fract() == 0.0 {
        return format!("{seconds}s");
    }
    format!("{}ms", (seconds * 1000.0).ceil())
}

#[cfg(test)]
mod tests {
    use super::*;
    use tfplug::schema::Attribute;

    fn schema() -> Schema {
        let text = |name| Attribute::new(name, AttributeType::Plain(Type::String));
        let nested = AttributeType::nested(Nesting::Single, vec![text("create"), text("delete")]);
        Schema::new("", vec![Attribute::new("timeouts", nested)])
    }

    fn object(create: Option<&str>) -> Value {
        let create = create.map_or(Value::Null, Value::from);
        Value::object([(
            "timeouts",
            Value::object([("create", create), ("delete", Value::Null)]),
        )])
    }

    #[test]
    fn seconds_are_written_as_a_duration() {
        let empty = Value::object([("timeouts", Value::Null)]);
        assert_eq!(
            with_timeout(&schema(), &empty, "create", 300.0),
            object(Some("300s"))
        );
        assert_eq!(
            with_timeout(&schema(), &empty, "create", 1.5),
            object(Some("1500ms"))
        );
    }

    #[test]
    fn what_is_written_or_unknown_stays() {
        let written = object(Some("1h"));
        assert_eq!(with_timeout(&schema(), &written, "create", 300.0), written);
        assert_eq!(with_timeout(&schema(), &written, "create", 0.0), written);
        assert_eq!(with_timeout(&schema(), &written, "update", 9.0), written);
        let none = Schema::new("", Vec::new());
        assert_eq!(with_timeout(&none, &written, "create", 9.0), written);
    }

    #[test]
    fn what_the_engine_gave_is_not_stored() {
        let empty = Value::object([("timeouts", Value::Null)]);
        assert_eq!(with_timeouts_of(&schema(), &object(Some("300s")), &empty), empty);
    }
}
