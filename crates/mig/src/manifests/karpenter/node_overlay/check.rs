//! Everything about overlays that can be known before they are applied.

use super::model::NodeOverlayOptions;
use super::render::{self, Group};
use crate::catalog::Catalog;
use crate::layout::Layout;
use crate::manifests::karpenter::labels::{self, INSTANCE_TYPE, NODE_POOL, Object};
use crate::manifests::karpenter::place::{Findings, Place};
use crate::manifests::karpenter::{choices, metadata, node_facts, requirement};
use crate::manifests::kubernetes::{is_dns_subdomain, is_qualified_name};
use crate::profile::{GPU_RESOURCE, RESOURCE_PREFIX};

const MOST_WEIGHT: i64 = choices::OVERLAY_WEIGHT.1;

/// Resources that Karpenter knows of each type and lets no overlay change: the first four by its CRD, the others by its
/// AWS controller (`WellKnownResources` of core, with those of karpenter-provider-aws v1.15.0).
const RESTRICTED: [&str; 9] = [
    "cpu",
    "ephemeral-storage",
    "memory",
    "pods",
    "aws.amazon.com/neuron",
    "aws.amazon.com/neuroncore",
    "habana.ai/gaudi",
    "vpc.amazonaws.com/efa",
    "vpc.amazonaws.com/pod-eni",
];

pub(super) fn check(
    findings: &mut Findings,
    layout: &Layout,
    options: &NodeOverlayOptions,
    groups: &[Group],
    catalog: &Catalog,
) {
    metadata::check_name(findings, Place::of("nodepool"), &options.nodepool);
    findings.labels(Place::of("labels"), &options.labels);
    findings.annotations(Place::of("annotations"), &options.annotations);
    if let Some(prefix) = &options.name_prefix
        && groups
            .iter()
            .any(|group| !is_dns_subdomain(&render::name(options, group)))
    {
        findings.fault(
                Place::of("name_prefix"),
                format!("{prefix:?} does not begin a name that Kubernetes accepts"),
                "Names have up to 253 lower case letters, digits, '-' and '.'; the instance type follows the prefix.",
            );
    }
    weight(findings, options, groups.len());
    let place = Place::of("requirements");
    own_keys(findings, &place, options);
    let nodes = node_facts::of_layout(layout, catalog);
    requirement::check(findings, &place, &options.requirements, &nodes, Object::Overlay);
    for (name, quantity) in &options.capacity {
        capacity(findings, &Place::of("capacity").key(name), name, quantity, groups);
    }
    prices(findings, options);
}

fn weight(findings: &mut Findings, options: &NodeOverlayOptions, groups: usize) {
    let place = Place::of("weight");
    findings.range(&place, options.weight, choices::OVERLAY_WEIGHT);
    let last = render::first_weight(options).saturating_add(groups as i64 - 1);
    if (1..=MOST_WEIGHT).contains(&render::first_weight(options)) && last > MOST_WEIGHT {
        findings.fault(
            &place,
            format!("{groups} overlays need weights up to {last}"),
            format!("Karpenter accepts 1 to {MOST_WEIGHT}. Begin lower."),
        );
    }
}

/// What makes an overlay that of its pool and its types is ours.
fn own_keys(findings: &mut Findings, place: &Place, options: &NodeOverlayOptions) {
    for (index, requirement) in options.requirements.iter().enumerate() {
        let key = labels::normal(&requirement.key);
        if key == NODE_POOL || key == INSTANCE_TYPE {
            findings.fault(
                place.index(index).attr("key"),
                format!("{key} is required already"),
                "Each overlay names its pool and the instance types of the layout, so that capacity is exact.",
            );
        }
    }
}

fn capacity(findings: &mut Findings, place: &Place, name: &str, quantity: &str, groups: &[Group]) {
    let own = |group: &Group| group.capacity.contains_key(name);
    if RESTRICTED.contains(&name) {
        let detail = "Karpenter takes it from EC2 and refuses an overlay that says otherwise.";
        findings.fault(place, format!("{name} cannot be overlaid"), detail);
    } else if groups.iter().any(own) || name == GPU_RESOURCE || name.starts_with(RESOURCE_PREFIX) {
        let detail = "It follows from the layout. Change the layout, or leave it out.";
        findings.fault(place, format!("{name} cannot be set"), detail);
    } else if !is_extended(name) {
        findings.fault(
            place,
            format!("{name:?} is not an extended resource"),
            "It is DOMAIN/NAME, for example example.com/licence, outside kubernetes.io. Kubernetes accepts other names here, \
             and no node ever has them.",
        );
    }
    if quantity.parse::<u64>().is_err() || quantity.starts_with('+') || quantity.parse::<i64>().is_err() {
        findings.fault(
            place,
            format!("{quantity:?} is not a count"),
            "Extended resources are counted in whole numbers that are not negative.",
        );
    }
}

fn is_extended(name: &str) -> bool {
    let Some((domain, _)) = name.split_once('/') else {
        return false;
    };
    let kubernetes = domain == "kubernetes.io" || domain.ends_with(".kubernetes.io");
    is_qualified_name(name) && !kubernetes && !name.starts_with("requests.")
}

fn prices(findings: &mut Findings, options: &NodeOverlayOptions) {
    if options.price.is_some() && options.price_adjustment.is_some() {
        findings.fault(
            Place::of("price_adjustment"),
            "price and price_adjustment exclude one another",
            "Give the price, or what is added to the one that Karpenter knows.",
        );
    }
    if let Some(price) = options.price.as_ref().filter(|price| !is_price(price)) {
        findings.fault(
            Place::of("price"),
            format!("{price:?} is not a price"),
            "It is a number of US dollars per hour that is not negative: 55.04.",
        );
    }
    if let Some(change) = options
        .price_adjustment
        .as_ref()
        .filter(|change| !is_adjustment(change))
    {
        findings.fault(
            Place::of("price_adjustment"),
            format!("{change:?} is not a change of a price"),
            "It has a sign: +1.2, -0.5, +10%, -15%; no more than -100%.",
        );
    }
    if options.price.is_some() || options.price_adjustment.is_some() {
        let place = Place::of(if options.price.is_some() {
            "price"
        } else {
            "price_adjustment"
        });
        findings.warn(
            &place,
            "A price makes Karpenter ask EC2 for one type after the other",
            "Overlays that change capacity only leave the choice to EC2. With a price Karpenter orders the types itself, and \
             may ask again and again for one that EC2 has not got (aws/karpenter-provider-aws issue 8704).",
        );
    }
}

/// Digits, perhaps a point and digits.
fn is_price(text: &str) -> bool {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    match text.split_once('.') {
        Some((whole, part)) => digits(whole) && digits(part),
        None => digits(text),
    }
}

fn is_adjustment(text: &str) -> bool {
    let Some(number) = text.strip_prefix(['+', '-']) else {
        return false;
    };
    match number.strip_suffix('%') {
        None => is_price(number),
        Some("100") => true,
        Some(percent) if text.starts_with('-') => {
            is_price(percent) && percent.split('.').next().is_some_and(|whole| whole.len() <= 2)
        }
        Some(percent) => is_price(percent),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_and_changes_are_those_of_the_crd() {
        for text in ["0", "55.04", "1"] {
            assert!(is_price(text), "{text}");
        }
        for text in ["", "-1", "1.", ".5", "1e3", "1,0", "$1", "+1"] {
            assert!(!is_price(text), "{text}");
        }
        for text in ["+1.2", "-0.5", "+10%", "-15%", "-100%", "-99.9%", "+250%"] {
            assert!(is_adjustment(text), "{text}");
        }
        for text in ["", "10%", "1.2", "-101%", "-100.5%", "+", "-%", "--1", "+1.%"] {
            assert!(!is_adjustment(text), "{text}");
        }
    }
}
