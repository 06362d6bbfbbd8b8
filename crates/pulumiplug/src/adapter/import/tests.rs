use tfplug::unstable::engine::draft::draft;

use super::*;
use crate::adapter::ResourceRules;
use crate::random::rng::Rng;
use crate::random::{for_seeds, has_defaults, told_by_state, values};

/// A schema, what a user wrote, and an object that was made from it.
fn made(rng: &mut Rng) -> (Schema, Value, Value) {
    let schema = told_by_state(rng);
    let config = values::config(rng, &schema);
    let config = values::known_config(rng, &schema, &config);
    let planned = draft(&schema, &Value::Null, &config);
    let state = values::filled(rng, &schema, &planned);
    (schema, config, state)
}

#[test]
fn inputs_of_an_object_that_did_not_drift_change_nothing() {
    for_seeds(2000, |seed| {
        let (schema, config, state) = made(&mut Rng::new(seed));
        let now = refreshed(&schema, &config, &state);
        assert_eq!(draft(&schema, &state, &now), state, "{config:?}");
        assert_eq!(
            refreshed(&schema, &now, &state),
            now,
            "a second refresh finds nothing new"
        );
    });
}

#[test]
fn inputs_of_a_drifted_object_leave_it_as_it_is() {
    for_seeds(2000, |seed| {
        let mut rng = Rng::new(seed);
        let (schema, config, _) = made(&mut rng);
        if has_defaults(Content::of(&schema)) {
            return;
        }
        let other = values::known_config(
            &mut rng,
            &schema,
            &values::changed(&mut Rng::new(seed + 1), &schema, &config),
        );
        let planned = draft(&schema, &Value::Null, &other);
        let drifted = values::filled(&mut rng, &schema, &planned);
        let now = refreshed(&schema, &config, &drifted);
        assert_eq!(draft(&schema, &drifted, &now), drifted, "{config:?}");
    });
}

#[test]
fn an_import_has_inputs_that_change_nothing() {
    let rules = ResourceRules::new();
    for_seeds(2000, |seed| {
        let (schema, _, state) = made(&mut Rng::new(seed));
        let declared = Declared {
            type_name: "x_y",
            schema: &schema,
            identity: None,
            rules: &rules,
        };
        let fits = |candidate: &Candidate| draft(&schema, &state, &candidate.config) == state;
        assert!(candidates(declared, &state).iter().any(fits), "{state:?}");
    });
}
