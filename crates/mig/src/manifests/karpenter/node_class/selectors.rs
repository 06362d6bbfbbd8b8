//! Rules of the selectors: of images, subnets, security groups, reservations, and of the placement group.

use std::collections::BTreeMap;

use super::NodeClassOptions;
use super::model::AmiSelectorTerm;
use crate::catalog::{Catalog, ImageAlias};
use crate::ec2::ids::Kind;
use crate::layout::Layout;
use crate::manifests::karpenter::family::AmiFamily;
use crate::manifests::karpenter::place::{Findings, Place};

/// Most terms of one selector, and most tags of one term.
const MOST_TERMS: usize = 30;
const MOST_TAGS: usize = 20;

/// Most letters of an alias.
const LONGEST_ALIAS: usize = 30;

/// Families that Karpenter knows and we have no user data for.
const OTHER_FAMILIES: [&str; 4] = ["AL2", "Windows2019", "Windows2022", "Windows2025"];

/// Says where the driver of a pinned image is too old for the slices, or not known.
pub(super) fn drivers(
    findings: &mut Findings,
    layout: &Layout,
    options: &NodeClassOptions,
    catalog: &Catalog,
) {
    for (index, term) in options.ami_selector_terms.iter().enumerate() {
        let alias = term
            .alias
            .as_deref()
            .and_then(|alias| alias.parse::<ImageAlias>().ok());
        // One that is not pinned has been warned of already.
        let Some(alias) = alias.filter(|alias| alias.release.is_some()) else {
            continue;
        };
        let place = Place::of("ami_selector_terms").index(index).attr("alias");
        for warning in layout.image_warnings(catalog, &alias) {
            findings.warn(&place, warning.summary(), warning.detail());
        }
    }
}

/// Checks images and their family; gives the family, where it is certain.
pub(super) fn images(findings: &mut Findings, options: &NodeClassOptions) -> Option<AmiFamily> {
    let place = Place::of("ami_selector_terms");
    let terms = &options.ami_selector_terms;
    list(findings, &place, terms.len(), true);
    for (index, term) in terms.iter().enumerate() {
        image(findings, &place.index(index), term);
    }
    if terms.len() > 1 && terms.iter().any(|term| term.alias.is_some()) {
        findings.fault(
            &place,
            "An alias stands alone",
            "Karpenter takes one alias and no other term beside it.",
        );
    }
    if terms.iter().all(|term| term.alias.is_none()) && !terms.is_empty() {
        findings.warn(
            &place,
            "Karpenter does not look whether these images have NVIDIA's driver",
            "Only with an alias does it take the NVIDIA image for GPU types; otherwise it matches nothing but the \
             architecture. Make sure that every image that is selected is an EKS image for NVIDIA GPUs: a node of \
             another one never joins.",
        );
    }
    family(findings, options)
}

fn image(findings: &mut Findings, place: &Place, term: &AmiSelectorTerm) {
    let others = [
        ("id", term.id.is_some()),
        ("name", term.name.is_some()),
        ("owner", term.owner.is_some()),
        ("ssm_parameter", term.ssm_parameter.is_some()),
        ("tags", !term.tags.is_empty()),
    ];
    for (name, value) in [
        ("name", &term.name),
        ("owner", &term.owner),
        ("ssm_parameter", &term.ssm_parameter),
    ] {
        findings.not_empty(&place.attr(name), value.as_ref());
    }
    tags(findings, &place.attr("tags"), &term.tags);
    id(findings, &place.attr("id"), term.id.as_ref(), Kind::Image);
    let given: Vec<&str> = others
        .iter()
        .filter(|(_, given)| *given)
        .map(|(name, _)| *name)
        .collect();
    if let Some(alias) = &term.alias {
        alone(findings, place, "alias", &given);
        check_alias(findings, &place.attr("alias"), alias);
    } else if term.id.is_some() {
        alone(findings, place, "id", &without(&given, "id"));
    } else if term.ssm_parameter.is_some() {
        alone(
            findings,
            place,
            "ssm_parameter",
            &without(&given, "ssm_parameter"),
        );
    } else if given.iter().all(|name| *name == "owner") {
        needs_one(findings, place, "alias, id, name, ssm_parameter or tags");
    }
}

fn without<'a>(given: &[&'a str], name: &str) -> Vec<&'a str> {
    given.iter().copied().filter(|found| *found != name).collect()
}

fn check_alias(findings: &mut Findings, place: &Place, alias: &str) {
    let (family, version) = alias.split_once('@').unwrap_or((alias, ""));
    let plain = |text: &str, others: &[u8]| {
        !text.is_empty()
            && text
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || others.contains(&byte))
    };
    if !plain(family, b"") || !plain(version, b".-_") || alias.len() > LONGEST_ALIAS {
        findings.fault(
            place,
            format!("{alias:?} is not an alias"),
            format!(
                "It is FAMILY@VERSION, for example al2023@v20261003 or bottlerocket@v1.68.0, with up to {LONGEST_ALIAS} \
                 letters."
            ),
        );
    } else if AmiFamily::of_alias(alias).is_none() {
        findings.fault(
            place,
            format!("Images of {family:?} cannot be used"),
            "Nodes with MIG run al2023 or bottlerocket: Amazon Linux 2 has no nodeadm and ended with Kubernetes 1.32, and \
             Windows has no device plugin for MIG.",
        );
    } else if version == "latest" {
        findings.warn(
            place,
            format!("{alias} rolls all nodes whenever AWS publishes an image"),
            format!(
                "Karpenter follows the newest image and replaces every node of the class. Pin a release, for example {}.",
                if family == "al2023" { "al2023@v20261003" } else { "bottlerocket@v1.68.0" }
            ),
        );
    }
}

/// The family of the user data: said outright, or by the alias.
fn family(findings: &mut Findings, options: &NodeClassOptions) -> Option<AmiFamily> {
    let place = Place::of("ami_family");
    let alias = options
        .ami_selector_terms
        .iter()
        .find_map(|term| term.alias.as_deref());
    let by_alias = alias.and_then(AmiFamily::of_alias);
    let Some(word) = &options.ami_family else {
        // Of no term at all is told at the terms.
        if alias.is_none() && !options.ami_selector_terms.is_empty() {
            findings.fault(
                &place,
                "Without an alias the image family must be said",
                "It decides the form of the user data: AL2023, Bottlerocket or Custom.",
            );
        }
        return by_alias;
    };
    let Some(said) = AmiFamily::parse(word) else {
        let detail = if OTHER_FAMILIES.contains(&word.as_str()) {
            "Karpenter has it, but no MIG: Amazon Linux 2 has no nodeadm and ended with Kubernetes 1.32, and Windows has no \
             device plugin for MIG. Use AL2023, Bottlerocket or Custom."
        } else {
            "It is AL2023, Bottlerocket or Custom."
        };
        findings.fault(
            &place,
            format!("The image family {word:?} cannot be used"),
            detail,
        );
        return None;
    };
    if by_alias.is_some_and(|found| said != found && said != AmiFamily::Custom) {
        let alias = alias.unwrap_or_default();
        findings.fault(
            &place,
            format!("{word} contradicts the alias {alias}"),
            "Leave it out, or use \"Custom\" to have the user data handed on as it is.",
        );
        return None;
    }
    Some(said)
}

pub(super) fn networks(findings: &mut Findings, options: &NodeClassOptions) {
    let place = Place::of("subnet_selector_terms");
    list(findings, &place, options.subnet_selector_terms.len(), true);
    for (index, term) in options.subnet_selector_terms.iter().enumerate() {
        let place = place.index(index);
        id(findings, &place.attr("id"), term.id.as_ref(), Kind::Subnet);
        tags(findings, &place.attr("tags"), &term.tags);
        match (&term.id, term.tags.is_empty()) {
            (Some(_), false) => alone(findings, &place, "id", &["tags"]),
            (None, true) => needs_one(findings, &place, "id or tags"),
            _ => {}
        }
    }
    let place = Place::of("security_group_selector_terms");
    list(
        findings,
        &place,
        options.security_group_selector_terms.len(),
        true,
    );
    for (index, term) in options.security_group_selector_terms.iter().enumerate() {
        let place = place.index(index);
        id(findings, &place.attr("id"), term.id.as_ref(), Kind::SecurityGroup);
        findings.not_empty(&place.attr("name"), term.name.as_ref());
        tags(findings, &place.attr("tags"), &term.tags);
        let mut given = Vec::new();
        given.extend(term.name.as_ref().map(|_| "name"));
        given.extend((!term.tags.is_empty()).then_some("tags"));
        match (&term.id, given.as_slice()) {
            (Some(_), others) => alone(findings, &place, "id", others),
            (None, ["name", "tags"]) => alone(findings, &place, "name", &["tags"]),
            (None, []) => needs_one(findings, &place, "id, name or tags"),
            _ => {}
        }
    }
}

pub(super) fn reservations(findings: &mut Findings, options: &NodeClassOptions) {
    let place = Place::of("capacity_reservation_selector_terms");
    let terms = &options.capacity_reservation_selector_terms;
    list(findings, &place, terms.len(), false);
    for (index, term) in terms.iter().enumerate() {
        let place = place.index(index);
        id(
            findings,
            &place.attr("id"),
            term.id.as_ref(),
            Kind::CapacityReservation,
        );
        tags(findings, &place.attr("tags"), &term.tags);
        let criteria = term.instance_match_criteria.as_ref();
        findings.word(
            &place.attr("instance_match_criteria"),
            criteria,
            &["open", "targeted"],
        );
        let is_account =
            |owner: &&String| owner.len() != 12 || !owner.bytes().all(|byte| byte.is_ascii_digit());
        if let Some(owner) = term.owner_id.as_ref().filter(is_account) {
            let summary = format!("{owner:?} is not an account number");
            findings.fault(&place.attr("owner_id"), summary, "It has 12 digits.");
        }
        let mut given = Vec::new();
        given.extend(criteria.map(|_| "instance_match_criteria"));
        given.extend(term.owner_id.as_ref().map(|_| "owner_id"));
        given.extend((!term.tags.is_empty()).then_some("tags"));
        match (&term.id, given.as_slice()) {
            (Some(_), others) => alone(findings, &place, "id", others),
            (None, [] | ["owner_id"]) => needs_one(findings, &place, "id, instance_match_criteria or tags"),
            _ => {}
        }
    }
}

pub(super) fn placement_group(findings: &mut Findings, options: &NodeClassOptions) {
    let Some(selector) = &options.placement_group_selector else {
        return;
    };
    let place = Place::of("placement_group_selector");
    id(
        findings,
        &place.attr("id"),
        selector.id.as_ref(),
        Kind::PlacementGroup,
    );
    findings.not_empty(&place.attr("name"), selector.name.as_ref());
    match (&selector.id, &selector.name) {
        (Some(_), Some(_)) => alone(findings, &place, "id", &["name"]),
        (None, None) => needs_one(findings, &place, "id or name"),
        _ => {}
    }
}

fn list(findings: &mut Findings, place: &Place, length: usize, needed: bool) {
    findings.at_most(place, length, MOST_TERMS);
    if needed && length == 0 {
        findings.fault(place, "Nothing is selected", "Give at least one term.");
    }
}

fn id(findings: &mut Findings, place: &Place, id: Option<&String>, kind: Kind) {
    findings.ec2(place, id.and_then(|id| kind.fault(id)));
}

fn tags(findings: &mut Findings, place: &Place, tags: &BTreeMap<String, String>) {
    findings.at_most(place, tags.len(), MOST_TAGS);
    for (key, _) in tags
        .iter()
        .filter(|(key, value)| key.is_empty() || value.is_empty())
    {
        findings.fault(
            &place.key(key),
            "A tag to select by has a key and a value",
            "The value \"*\" stands for any.",
        );
    }
}

fn alone(findings: &mut Findings, place: &Place, name: &str, others: &[&str]) {
    if !others.is_empty() {
        findings.fault(
            place,
            format!("{name} selects alone"),
            format!("Leave {} out, or make another term of it.", others.join(", ")),
        );
    }
}

fn needs_one(findings: &mut Findings, place: &Place, names: &str) {
    findings.fault(place, "The term selects nothing", format!("Give {names}."));
}
