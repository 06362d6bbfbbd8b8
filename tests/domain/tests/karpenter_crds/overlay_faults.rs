//! Overlays that are wrong in one way, each with what the server says.

use std::collections::BTreeMap;

use mig::manifests::karpenter::{NodeOverlayOptions, Requirement};

use super::karpenter_options::overlay;
use super::server::apply_all;
use super::verdicts::{generate, overlay_of, place};

/// Bases that each fault is put into.
const BASES: usize = 5;

/// Where our fault is, whether the server refuses too, what is wrong.
type Fault = (&'static str, bool, fn(&mut NodeOverlayOptions));

fn require(options: &mut NodeOverlayOptions, key: &str, operator: &str, values: &[&str]) {
    options.requirements = vec![Requirement {
        key: key.to_owned(),
        operator: operator.to_owned(),
        values: values.iter().map(|value| (*value).to_owned()).collect(),
        min_values: None,
    }];
}

fn capacity(options: &mut NodeOverlayOptions, name: &str, quantity: &str) {
    options.capacity = BTreeMap::from([(name.to_owned(), quantity.to_owned())]);
}

fn prices(options: &mut NodeOverlayOptions, price: Option<&str>, adjustment: Option<&str>) {
    options.price = price.map(str::to_owned);
    options.price_adjustment = adjustment.map(str::to_owned);
}

const FAULTS: &[Fault] = &[
    ("nodepool", false, |o| {
        (o.nodepool, o.name_prefix) = (String::new(), Some("x".to_owned()));
    }),
    ("name_prefix", true, |o| o.name_prefix = Some("Upper".to_owned())),
    ("weight", true, |o| o.weight = Some(0)),
    ("weight", true, |o| o.weight = Some(10_001)),
    ("requirements[0].key", true, |o| {
        require(o, "karpenter.sh/x", "Exists", &[])
    }),
    ("requirements[0].key", true, |o| {
        require(o, "karpenter.k8s.aws/instance-tenancy", "Exists", &[])
    }),
    ("requirements[0].key", false, |o| {
        require(o, "karpenter.k8s.aws/ec2nodeclass", "Exists", &[])
    }),
    ("requirements[0].key", true, |o| {
        require(o, "kubernetes.io/hostname", "Exists", &[])
    }),
    ("requirements[0].key", false, |o| {
        require(o, "karpenter.sh/nodepool", "In", &["other"])
    }),
    ("requirements[0].key", true, |o| require(o, "a b", "Exists", &[])),
    ("requirements[0].operator", true, |o| {
        require(o, "team", "Is", &["x"])
    }),
    ("requirements[0].values", true, |o| require(o, "team", "In", &[])),
    ("requirements[0].values", true, |o| {
        require(o, "team", "NotIn", &[])
    }),
    ("requirements[0].values", true, |o| {
        require(o, "team", "Gt", &["x"])
    }),
    ("requirements[0].values[0]", false, |o| {
        require(o, "kubernetes.io/os", "In", &["Linux"])
    }),
    ("capacity[\"cpu\"]", true, |o| capacity(o, "cpu", "1")),
    ("capacity[\"pods\"]", true, |o| capacity(o, "pods", "1")),
    ("capacity[\"vpc.amazonaws.com/efa\"]", false, |o| {
        capacity(o, "vpc.amazonaws.com/efa", "1")
    }),
    ("capacity[\"aws.amazon.com/neuron\"]", false, |o| {
        capacity(o, "aws.amazon.com/neuron", "1")
    }),
    ("capacity[\"Nvidia MIG\"]", false, |o| {
        capacity(o, "Nvidia MIG", "1")
    }),
    ("capacity[\"nvidia.com/mig-7g.79gb\"]", false, |o| {
        capacity(o, "nvidia.com/mig-7g.79gb", "1")
    }),
    ("capacity[\"example.com/x\"]", true, |o| {
        capacity(o, "example.com/x", "many")
    }),
    ("capacity[\"example.com/x\"]", false, |o| {
        capacity(o, "example.com/x", "-1")
    }),
    ("capacity[\"example.com/x\"]", false, |o| {
        capacity(o, "example.com/x", "1.5")
    }),
    ("price", true, |o| prices(o, Some("-1"), None)),
    ("price", true, |o| prices(o, Some("1."), None)),
    ("price_adjustment", true, |o| prices(o, None, Some("10%"))),
    ("price_adjustment", true, |o| prices(o, None, Some("-101%"))),
    ("price_adjustment", true, |o| prices(o, Some("1"), Some("+1"))),
];

#[test]
fn overlays_that_are_wrong_in_one_way() {
    let bases = generate(&overlay::options(0), BASES);
    for (path, server_refuses, spoil) in FAULTS {
        for (layout, options) in &bases {
            let mut options = options.clone();
            spoil(&mut options);
            let ours = overlay_of(&(layout.clone(), options));
            let paths: Vec<String> = ours.faults.iter().map(place).collect();
            assert_eq!(paths, [*path], "{:?}", ours.faults);
            let server = apply_all(&ours.objects);
            assert_eq!(
                server.is_err(),
                *server_refuses,
                "{path}: {server:?} {:?}",
                ours.faults
            );
        }
    }
}
