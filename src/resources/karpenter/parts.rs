//! Attributes that several of the resources share, and references from one to another.

use mig::manifests::TAINT_EFFECTS;
use mig::manifests::karpenter::{AmiFamily, choices};
use mig::{Layout, LayoutSpec};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value as Json;
use tfplug::schema::validators::{declared_between, declared_one_of};
use tfplug::{Attr, Diagnostics, Model, Path};

use crate::checked::{Checked, OrDeferred, Withheld};
use crate::facts::Facts;
use crate::models::{ClusterModel, LayoutModel};

/// A node class: `mig_karpenter_nodeclass.NAME` whole, or its parts one by one.
#[derive(Debug, Clone, Default, PartialEq, Model)]
pub struct NodeClassRefModel {
    /// Name of the node class.
    #[attr(required)]
    pub name: Attr<String>,
    /// Its API group; `karpenter.k8s.aws` if left out. Classes of EKS Auto Mode are refused: they cannot cut GPUs.
    pub group: Attr<String>,
    /// Its kind; `EC2NodeClass` if left out.
    pub kind: Attr<String>,
    /// The cluster that it is in.
    #[attr(applying, no_json)]
    pub cluster: Attr<ClusterModel>,
    /// The layout of its nodes.
    #[attr(no_json)]
    pub layout: Attr<LayoutModel>,
    /// Its image family.
    #[attr(no_json)]
    pub ami_family: Attr<String>,
    /// Its images. An alias also implies the family.
    #[attr(no_json)]
    pub ami_selector_terms: Attr<Vec<AliasModel>>,
    /// Its capacity reservations and blocks, of which only counts whether there are any.
    #[attr(no_json)]
    pub capacity_reservation_selector_terms: Attr<Vec<ReservationModel>>,
}

/// A term that may choose reservations.
#[derive(Debug, Clone, Default, PartialEq, Model)]
pub struct ReservationModel {
    /// ID of the reservation, such as `cr-0123456789abcdef0`.
    pub id: Attr<String>,
}

/// A term that may choose images by alias.
#[derive(Debug, Clone, Default, PartialEq, Model)]
pub struct AliasModel {
    /// Alias, such as `al2023@v20261003`.
    pub alias: Attr<String>,
}

/// A pool: `mig_karpenter_nodepool.NAME` whole, or its parts one by one.
#[derive(Debug, Clone, Default, PartialEq, Model)]
pub struct NodePoolRefModel {
    /// Name of the pool.
    #[attr(required)]
    pub name: Attr<String>,
    /// The cluster that it is in.
    #[attr(applying)]
    pub cluster: Attr<ClusterModel>,
    /// The layout of its nodes.
    pub layout: Attr<LayoutModel>,
}

/// A condition on the labels of nodes.
#[derive(Debug, Clone, Default, PartialEq, Model)]
pub struct RequirementModel {
    /// Key of the label.
    #[attr(required)]
    pub key: Attr<String>,
    /// How the label is compared.
    #[attr(validate = declared_one_of(&choices::OPERATORS), required)]
    pub operator: Attr<String>,
    /// Values under `In` and `NotIn`; one whole number under `Gt`, `Gte`, `Lt` and `Lte`.
    pub values: Attr<Vec<String>>,
    /// At least so many different values must remain to choose from. Alpha in Karpenter; for pools only.
    #[attr(validate = declared_between(choices::MIN_VALUES.0, choices::MIN_VALUES.1))]
    pub min_values: Attr<i64>,
}

/// A taint, in Kubernetes' words.
#[derive(Debug, Clone, Default, PartialEq, Model)]
pub struct TaintModel {
    /// Key.
    #[attr(required)]
    pub key: Attr<String>,
    /// Value.
    pub value: Attr<String>,
    /// What it does to pods that do not tolerate it.
    #[attr(validate = declared_one_of(&TAINT_EFFECTS), required)]
    pub effect: Attr<String>,
}

impl NodeClassRefModel {
    /// Whether the class, known whole, selects no reservation. A class that is named by its parts says nothing of them.
    pub(crate) fn selects_no_reservation(&self) -> bool {
        let whole = self.ami_selector_terms.known().is_some() && self.layout.known().is_some();
        let terms = self.capacity_reservation_selector_terms.settled();
        whole && terms.is_some_and(|terms| terms.is_none_or(Vec::is_empty))
    }

    /// The image family, as far as it is said; `None` while unknown.
    pub(crate) fn family(&self) -> Option<AmiFamily> {
        if let Some(said) = self.ami_family.settled()? {
            return Some(AmiFamily::parse(said).unwrap_or_default());
        }
        let Some(terms) = self.ami_selector_terms.settled()? else {
            return Some(AmiFamily::default());
        };
        let mut family = AmiFamily::default();
        for term in terms {
            let alias = term.alias.settled()?;
            if alias.is_some_and(|alias| alias.starts_with("bottlerocket@")) {
                family = AmiFamily::Bottlerocket;
            }
        }
        Some(family)
    }
}

/// A field in the API's form as the domain's type, where it is given; `None` where it is of another type, which no schema
/// lets pass.
pub(crate) fn part<T: DeserializeOwned>(field: &Json) -> Option<Option<T>> {
    Option::deserialize(field).ok()
}

/// A part that follows from another resource unless it is given here too; unknown as long as that one is.
pub(crate) fn followed<R, T: Clone>(
    own: &Attr<T>,
    other: &Attr<R>,
    part: impl Fn(&R) -> &Attr<T>,
) -> Attr<T> {
    match (own, other) {
        (Attr::Null, Attr::Known(other)) => part(other).clone(),
        (Attr::Null, Attr::Unknown) => Attr::Unknown,
        (own, _) => own.clone(),
    }
}

/// What a resource says itself must be what the one says that it follows from.
pub(crate) fn check_agreement(
    own: &Attr<ClusterModel>,
    layout: &Attr<LayoutModel>,
    from: (&str, &Attr<ClusterModel>, &Attr<LayoutModel>),
    diags: &mut Diagnostics,
) {
    let (name, cluster, other) = from;
    let detail = |what: &str| {
        format!(
            "It differs from {name}.{what}. Leave it out here: it follows from there, so that both are the same."
        )
    };
    if let (Attr::Known(own), Attr::Known(other)) = (own, cluster)
        && own != other
    {
        diags.error_at(Path::attr("cluster"), "Two clusters are named", detail("cluster"));
    }
    let specs = layout.known().zip(other.known());
    let specs: Option<(LayoutSpec, LayoutSpec)> = specs.and_then(|(a, b)| a.spec().zip(b.spec()));
    if specs.is_some_and(|(own, other)| own != other) {
        diags.error_at(Path::attr("layout"), "Two layouts are given", detail("layout"));
    }
}

/// The checked layout that is given here (`own`) or followed from the resource that attribute `reference` takes, whose type
/// is `mig_karpenter_REFERENCE`. A layout that is missing is invalid.
pub(crate) fn followed_layout(
    effective: &Attr<LayoutModel>,
    own: &Attr<LayoutModel>,
    reference: &str,
    facts: &Facts,
    diags: &mut Diagnostics,
) -> Checked<Layout> {
    let at = if own.is_null() {
        Path::attr(reference).attribute("layout")
    } else {
        Path::attr("layout")
    };
    if effective.is_null() {
        let detail = format!("Give {reference} = mig_karpenter_{reference}.NAME, or layout.");
        diags.error_at(at, "The layout is not known", detail);
        return Err(Withheld::Invalid);
    }
    effective.known().or_deferred()?.resolve(facts, &at, diags)
}
