//! Whether a planned object is one that configuration and prior state allow.

use super::at::{At, Findings};
use super::equality::{attribute, element, entry, or_null, same};
use super::range::length_range;
use super::rule::{Rule, Violation};
use crate::schema::{Attribute, AttributeType, Block, BlockNesting, Nesting, Optionality, Schema};
use crate::value::Value;

/// Every breach of P1 to P6 in a planned object, and of P7 where the value is not the configured one.
///
/// The values must conform to the schema; `prior` is null for a create.
pub fn assert_plan_valid(schema: &Schema, prior: &Value, config: &Value, planned: &Value) -> Vec<Violation> {
    let mut found = Findings::default();
    content(
        schema,
        &Three {
            prior,
            config,
            planned,
        },
        &At::Root,
        &mut found,
    );
    found.0
}

/// The values that are compared at one place.
struct Three<'a> {
    prior: &'a Value,
    config: &'a Value,
    planned: &'a Value,
}

impl<'a> Three<'a> {
    fn attribute(&self, name: &str) -> Three<'a> {
        Three {
            prior: attribute(self.prior, name),
            config: attribute(self.config, name),
            planned: attribute(self.planned, name),
        }
    }

    /// Notes where only one of plan and configuration is there; says whether there is more to compare.
    fn both_present(&self, at: &At<'_>, found: &mut Findings) -> bool {
        match (self.planned.is_null(), self.config.is_null()) {
            (true, false) => found.add(at, Rule::PlannedAbsent),
            (false, true) => found.add(at, Rule::PlannedPresent),
            (absent, _) => return !absent,
        }
        false
    }
}

fn content(schema: &Schema, values: &Three<'_>, at: &At<'_>, found: &mut Findings) {
    if !values.both_present(at, found) {
        return;
    }
    attributes(&schema.attributes, values, at, found);
    for block in &schema.blocks {
        blocks(
            block,
            &values.attribute(&block.name),
            &At::Attribute(at, &block.name),
            found,
        );
    }
}

fn blocks(block: &Block, values: &Three<'_>, at: &At<'_>, found: &mut Findings) {
    let Three { config, planned, .. } = values;
    if planned.is_null() && block.nesting != BlockNesting::Single {
        return found.add(at, Rule::BlocksNull);
    }
    // Other than for attributes, refinements count here.
    if planned == config {
        return;
    }
    if !config.is_known() {
        return found.add(at, Rule::UnknownBlocksChanged);
    }
    if !planned.is_known() {
        return found.add(at, Rule::BlocksUnknown);
    }
    match block.nesting {
        BlockNesting::Single | BlockNesting::Group => content(&block.content, values, at, found),
        BlockNesting::List => block_list(block, values, at, found),
        BlockNesting::Map => block_map(block, values, at, found),
        BlockNesting::Set => {
            for unknown in planned
                .as_elements()
                .unwrap_or_default()
                .iter()
                .filter(|v| !v.is_known())
            {
                found.add(&At::Element(at, unknown), Rule::BlockUnknown);
            }
        }
    }
}

fn block_list(block: &Block, values: &Three<'_>, at: &At<'_>, found: &mut Findings) {
    let planned = values.planned.as_elements().unwrap_or_default();
    let config = values.config.as_elements().unwrap_or_default();
    if planned.len() != config.len() {
        return found.add(at, Rule::CountDiffers);
    }
    for (i, (planned, config)) in planned.iter().zip(config).enumerate() {
        let prior = or_null(element(values.prior, i));
        one_block(
            block,
            &Three {
                prior,
                config,
                planned,
            },
            &At::Index(at, i),
            found,
        );
    }
}

fn block_map(block: &Block, values: &Three<'_>, at: &At<'_>, found: &mut Findings) {
    let (Some(planned), Some(config)) = (values.planned.as_map(), values.config.as_map()) else {
        return found.add(at, Rule::CountDiffers);
    };
    if planned.len() != config.len() {
        return found.add(at, Rule::CountDiffers);
    }
    for (key, planned) in planned {
        let at = At::Key(at, key);
        match config.get(key) {
            _ if !planned.is_known() => found.add(&at, Rule::BlockUnknown),
            None => found.add(&at, Rule::KeyNotConfigured(key.clone())),
            Some(config) => {
                let prior = or_null(entry(values.prior, key));
                one_block(
                    block,
                    &Three {
                        prior,
                        config,
                        planned,
                    },
                    &at,
                    found,
                );
            }
        }
    }
    for key in config.keys().filter(|key| !planned.contains_key(*key)) {
        found.add(at, Rule::KeyNotPlanned(key.clone()));
    }
}

fn one_block(block: &Block, values: &Three<'_>, at: &At<'_>, found: &mut Findings) {
    if values.planned.is_known() {
        content(&block.content, values, at, found);
    } else {
        found.add(at, Rule::BlockUnknown);
    }
}

fn attributes(declared: &[Attribute], values: &Three<'_>, at: &At<'_>, found: &mut Findings) {
    for a in declared {
        one_attribute(a, &values.attribute(&a.name), &At::Attribute(at, &a.name), found);
    }
}

fn one_attribute(declared: &Attribute, values: &Three<'_>, at: &At<'_>, found: &mut Findings) {
    let Three {
        prior,
        config,
        planned,
    } = values;
    if same(planned, config) {
        return;
    }
    // A provider may keep the old writing of what means the same.
    if same(planned, prior) && !prior.is_null() && !config.is_null() {
        return;
    }
    if declared.write_only {
        if !planned.is_null() {
            found.add(at, Rule::WriteOnlySet);
        }
        return;
    }
    let free = declared.optionality == Optionality::Computed
        || (config.is_null() && declared.optionality.is_computed());
    if free {
        return;
    }
    if config.is_null() {
        // Null was equal above, so the plan has a value here.
        return found.add(at, Rule::NotComputed);
    }
    match &declared.ty {
        AttributeType::Nested(nesting, inner) => nested(*nesting, inner, values, at, found),
        AttributeType::Plain(_) => found.add(at, Rule::NotAsConfigured),
    }
}

fn nested(nesting: Nesting, inner: &[Attribute], values: &Three<'_>, at: &At<'_>, found: &mut Findings) {
    if !values.both_present(at, found) {
        return;
    }
    if !values.planned.is_known() {
        return found.add(at, Rule::UnknownForConfigured);
    }
    match nesting {
        Nesting::Single => attributes(inner, values, at, found),
        Nesting::List => nested_list(inner, values, at, found),
        Nesting::Map => nested_map(inner, values, at, found),
        Nesting::Set => {
            // Elements cannot be told apart, so only the number is compared, as far as it is known.
            let (planned, config) = (length_range(values.planned), length_range(values.config));
            if planned.0 > config.1 || planned.1 < config.0 {
                found.add(at, Rule::CountDiffers);
            }
        }
    }
}

fn nested_list(inner: &[Attribute], values: &Three<'_>, at: &At<'_>, found: &mut Findings) {
    let (Some(planned), Some(config)) = (values.planned.as_elements(), values.config.as_elements()) else {
        return found.add(at, Rule::CountDiffers);
    };
    if planned.len() != config.len() {
        return found.add(at, Rule::CountDiffers);
    }
    for (i, (planned, config)) in planned.iter().zip(config).enumerate() {
        let prior = or_null(element(values.prior, i));
        attributes(
            inner,
            &Three {
                prior,
                config,
                planned,
            },
            &At::Index(at, i),
            found,
        );
    }
}

fn nested_map(inner: &[Attribute], values: &Three<'_>, at: &At<'_>, found: &mut Findings) {
    let (Some(planned), Some(config)) = (values.planned.as_map(), values.config.as_map()) else {
        return found.add(at, Rule::CountDiffers);
    };
    if planned.len() != config.len() {
        return found.add(at, Rule::CountDiffers);
    }
    for (key, planned) in planned {
        let Some(config) = config.get(key) else {
            found.add(at, Rule::KeyNotConfigured(key.clone()));
            continue;
        };
        let prior = or_null(entry(values.prior, key));
        // Terraform names the key as if it were an attribute here.
        attributes(
            inner,
            &Three {
                prior,
                config,
                planned,
            },
            &At::Attribute(at, key),
            found,
        );
    }
    for key in config.keys().filter(|key| !planned.contains_key(*key)) {
        found.add(at, Rule::KeyNotPlanned(key.clone()));
    }
}
