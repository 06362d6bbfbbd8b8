//! Hundreds of configurations, put together at random of right values, some with one that is wrong.
//!
//! The right ones are taken by the plan and by the API server, and leave nothing to plan. The wrong ones are refused by
//! our plan, at the attribute that is wrong, and not by the API server. Which of them the server would refuse as well
//! is compared in `tests/domain/tests/karpenter_crds`.

mod choices;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use counterparts::Cli;
use fastrand::Rng;
use serde_json::Value;

use self::choices::{CLASS, Choices, OVERLAY, POOL};
use crate::support::karpenter::know_karpenter;
use crate::support::{Ground, with_a_cli};

/// Right configurations of each kind.
const RIGHT: usize = 25;

/// Of the values that may be left out, so many out of ten are given.
const GIVEN: u32 = 4;

/// What a resource always has; the layouts go with any of the choices.
const LAYOUTS: [&str; 5] = [
    r#"{ instance_types = ["p5.48xlarge"], slices = { "1g.10gb" = 7 } }"#,
    r#"{ instance_types = ["p5.48xlarge", "p5en.48xlarge"], slices = { "1g" = 7 } }"#,
    r#"{ instance_types = ["p5.48xlarge"], slices = { "1g.10gb" = 7 }, strategy = "single" }"#,
    r#"{ instance_types = ["p4d.24xlarge"], gpus = [{ devices = [0, 1, 2, 3], slices = { "3g" = 2 } }, { devices = [4, 5, 6, 7], slices = {} }] }"#,
    r#"{ instance_types = ["p5.48xlarge"], slices = { "3g" = 2 }, sharing = { strategy = "time-slicing", replicas = 2 } }"#,
];

/// A resource of this type; with a value that is wrong, the attribute at which that is to be told.
#[derive(Debug)]
struct Generated {
    kind: &'static str,
    lines: Vec<&'static str>,
    layout: &'static str,
    wrong: Option<&'static str>,
}

const KINDS: [(&str, &[Choices]); 3] = [("nodeclass", CLASS), ("nodepool", POOL), ("nodeoverlay", OVERLAY)];

/// One right value of each of the choices, or none of those that may be left out.
fn pick(rng: &mut Rng, choices: &[Choices]) -> Vec<Option<&'static str>> {
    let mut one = |choices: &Choices| {
        let given = choices.required || rng.u32(0..10) < GIVEN;
        given.then(|| rng.choice(choices.right)).flatten().copied()
    };
    choices.iter().map(&mut one).collect()
}

fn right(rng: &mut Rng, kind: &'static str, choices: &[Choices]) -> Generated {
    Generated {
        kind,
        lines: pick(rng, choices).into_iter().flatten().collect(),
        layout: LAYOUTS[rng.usize(0..LAYOUTS.len())],
        wrong: None,
    }
}

/// Each wrong value in turn, among right ones.
fn wrong(rng: &mut Rng, kind: &'static str, choices: &[Choices]) -> Vec<Generated> {
    let mut all = Vec::new();
    for (place, spoilt) in choices.iter().enumerate() {
        for value in spoilt.wrong {
            let mut lines = pick(rng, choices);
            lines[place] = Some(value);
            let attribute = value.split([' ', '=']).next().unwrap();
            all.push(Generated {
                wrong: Some(attribute),
                lines: lines.into_iter().flatten().collect(),
                ..right(rng, kind, choices)
            });
        }
    }
    all
}

/// The resources by their labels, `r0` and so on.
fn configuration(name: &str, resources: &[Generated]) -> String {
    let mut text = "provider \"mig\" {}\n".to_owned();
    for (number, generated) in resources.iter().enumerate() {
        let Generated {
            kind, lines, layout, ..
        } = generated;
        let reference = match *kind {
            "nodepool" => "  nodeclass = { name = \"gpus\" }\n",
            "nodeoverlay" => "  nodepool = { name = \"gpus\" }\n  acceptance_timeout = \"0s\"\n",
            _ => "",
        };
        write!(
            text,
            "resource \"mig_karpenter_{kind}\" \"r{number}\" {{\n  name = \"{name}-{number}\"\n  cluster = {{ name = \"prod\" \
             }}\n  layout = {layout}\n{reference}  {}\n}}\n",
            lines.join("\n  ")
        )
        .unwrap();
    }
    text
}

/// An error of a plan: its words, and the line of the configuration that it shows.
#[derive(Debug)]
struct Told {
    summary: String,
    detail: String,
    line: String,
}

/// Whether an error is ours, and at what is wrong. Terraform before 1.16 shows the line of an attribute, and of what is
/// inside of one the first line of the resource; then the words name the place.
fn is_due(generated: &Generated, told: &Told) -> bool {
    let attribute = generated.wrong.unwrap_or_default();
    let begins = |text: &str| {
        let rest = text.strip_prefix(attribute);
        rest.is_some_and(|rest| !rest.starts_with(|next: char| next == '_' || next.is_ascii_alphanumeric()))
    };
    let named = told.detail.split("Attribute: ").skip(1).any(begins);
    (named || begins(&told.line)) && !told.summary.contains("would be refused")
}

/// The errors of a plan, by the number of the resource.
fn told(ground: &Ground) -> BTreeMap<usize, Vec<Told>> {
    let output = ground.project.try_plan(&["-json"]).unwrap();
    let mut told: BTreeMap<usize, Vec<Told>> = BTreeMap::new();
    for line in output.stdout.lines() {
        let event: Value = serde_json::from_str(line).unwrap_or_default();
        let diagnostic = &event["diagnostic"];
        if diagnostic["severity"] != "error" {
            continue;
        }
        let text = |pointer: &str| {
            diagnostic
                .pointer(pointer)
                .and_then(Value::as_str)
                .unwrap_or_default()
        };
        let label = text("/snippet/context").rsplit('"').nth(1).unwrap_or_default();
        let number = label.strip_prefix('r').and_then(|number| number.parse().ok());
        let number = number.unwrap_or_else(|| panic!("an error of no resource: {line}"));
        told.entry(number).or_default().push(Told {
            summary: text("/summary").to_owned(),
            detail: text("/detail").to_owned(),
            line: text("/snippet/code").trim().to_owned(),
        });
    }
    told
}

#[test]
fn what_is_wrong_is_refused_at_its_attribute_by_ours_and_not_by_the_server() {
    know_karpenter();
    with_a_cli(|cli: &Cli| {
        let mut rng = Rng::with_seed(5);
        let mut resources: Vec<_> = KINDS
            .iter()
            .flat_map(|(kind, choices)| wrong(&mut rng, kind, choices))
            .collect();
        assert!(resources.len() > 150, "{}", resources.len());
        let ground = Ground::with(cli, "kp-gen-wrong", |name| configuration(name, &resources));
        // Terraform plans nothing while a resource is refused before; so the rest is asked about anew.
        while !resources.is_empty() {
            ground.write(&configuration(&ground.name, &resources));
            let told = told(&ground);
            assert!(
                !told.is_empty(),
                "taken:\n{}",
                configuration(&ground.name, &resources)
            );
            let elsewhere: Vec<_> = told
                .iter()
                .map(|(number, faults)| (&resources[*number], faults))
                .filter(|(generated, faults)| !faults.iter().all(|fault| is_due(generated, fault)))
                .collect();
            assert!(elsewhere.is_empty(), "{elsewhere:#?}");
            let mut number = 0..;
            resources.retain(|_| number.next().is_some_and(|number| !told.contains_key(&number)));
        }
    });
}

#[test]
fn what_is_right_is_applied_and_leaves_nothing_to_plan() {
    know_karpenter();
    with_a_cli(|cli: &Cli| {
        let mut rng = Rng::with_seed(7);
        let resources: Vec<_> = KINDS
            .iter()
            .flat_map(|(kind, choices)| {
                (0..RIGHT)
                    .map(|_| right(&mut rng, kind, choices))
                    .collect::<Vec<_>>()
            })
            .collect();
        let ground = Ground::with(cli, "kp-gen-right", |name| configuration(name, &resources));
        let told = told(&ground);
        let refused = told
            .iter()
            .map(|(number, faults)| (&resources[*number].lines, faults));
        assert!(told.is_empty(), "{:#?}", refused.collect::<Vec<_>>());
        ground.settle();
        let stored = ground.project.state_list().unwrap();
        assert_eq!(stored.len(), 3 * RIGHT);
        ground.project.destroy().unwrap();
    });
}
