//! Taints of a group's nodes, in EKS' spelling and in Kubernetes'.

use std::collections::BTreeMap;

use super::{Accepted, GroupKind, accepted, collector, startup};
use crate::finding::{Advice, Collector, FieldPath, Finding, Remedy};
use crate::layout::{Layout, Taint};
use crate::manifests::kubernetes::{is_name_part, is_qualified_name};

/// Taints that EKS accepts of one group (EKS user guide, "Prevent Pods from being scheduled on specific nodes").
pub const MOST_TAINTS: usize = 50;

/// Characters of a taint's key in the EKS API. The EKS user guide allows 253 where it has a prefix, so that a longer one is
/// a warning.
const LONGEST: usize = 63;

/// What EKS has refused in the key of a taint: aws/containers-roadmap issue 1451, seen again in 2024.
const REFUSED: [&str; 3] = ["kubernetes.io/", "k8s.io/", "eks.amazonaws.com/"];

/// What a taint does to pods that do not tolerate it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum TaintEffect {
    /// They are not scheduled there.
    NoSchedule,
    /// They are not scheduled there, and those that run there are evicted.
    NoExecute,
    /// They are scheduled there only where nothing else is free.
    PreferNoSchedule,
}

impl TaintEffect {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::NoSchedule, Self::NoExecute, Self::PreferNoSchedule];

    /// EKS' word.
    pub fn eks(self) -> &'static str {
        match self {
            Self::NoSchedule => "NO_SCHEDULE",
            Self::NoExecute => "NO_EXECUTE",
            Self::PreferNoSchedule => "PREFER_NO_SCHEDULE",
        }
    }

    /// Kubernetes' word, which the tags of an Auto Scaling group have too.
    pub fn kubernetes(self) -> &'static str {
        match self {
            Self::NoSchedule => "NoSchedule",
            Self::NoExecute => "NoExecute",
            Self::PreferNoSchedule => "PreferNoSchedule",
        }
    }

    /// The effect of EKS' word.
    pub fn of_eks(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|effect| effect.eks() == word)
    }

    /// The effect of Kubernetes' word.
    pub fn of_kubernetes(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|effect| effect.kubernetes() == word)
    }

    /// The effect that a word means in whatever spelling.
    pub(super) fn meant(word: &str) -> Option<Self> {
        let plain = |word: &str| word.replace('_', "").to_ascii_lowercase();
        Self::ALL
            .into_iter()
            .find(|effect| plain(effect.kubernetes()) == plain(word))
    }
}

/// A taint as EKS' API has it.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct EksTaint {
    /// Key.
    pub key: String,
    /// Value; one that is missing is a fault, see [`taints`].
    pub value: Option<String>,
    /// `NO_SCHEDULE`, `NO_EXECUTE` or `PREFER_NO_SCHEDULE`.
    pub effect: String,
}

impl EksTaint {
    /// The taint of a node in EKS' words; none where its effect is not one of Kubernetes'.
    pub fn of(taint: &Taint) -> Option<Self> {
        Some(Self {
            key: taint.key.clone(),
            value: Some(taint.value.clone()),
            effect: TaintEffect::of_kubernetes(&taint.effect)?.eks().to_owned(),
        })
    }

    /// The taint that the node gets; none where its effect is not one of EKS'.
    pub fn on_node(&self) -> Option<Taint> {
        Some(Taint {
            key: self.key.clone(),
            value: self.value.clone().unwrap_or_default(),
            effect: TaintEffect::of_eks(&self.effect)?.kubernetes().to_owned(),
        })
    }
}

/// The taints of a managed node group: the layout's first, then the user's own. Paths begin with the index of one of those.
///
/// A taint needs a value: EKS tells the Cluster Autoscaler of no other, and nodes would be bought for pods that do not
/// tolerate it. Autoscalers from before the fix of kubernetes/autoscaler issue 6481 read none of EKS' effects; for those the
/// Auto Scaling group of the node group needs [`super::auto_scaling_group_tags`] as well.
pub fn taints(layout: &Layout, own: &[EksTaint]) -> Result<Accepted<Vec<EksTaint>>, Vec<Finding>> {
    let mut findings = collector();
    let mut all: Vec<EksTaint> = layout.taints().iter().filter_map(EksTaint::of).collect();
    let ours = all.len();
    for (index, taint) in own.iter().enumerate() {
        findings.below(FieldPath::default().index(index), |findings| {
            check(findings, taint);
            match all.iter().position(|other| same(other, taint)) {
                Some(at) if at < ours => contradiction(findings, &all[at], taint),
                Some(_) => twice(findings, taint),
                None => all.push(taint.clone()),
            }
        });
    }
    if all.len() > MOST_TAINTS {
        let detail = format!(
            "They are {}, with those of the layout. EKS accepts up to {MOST_TAINTS}.",
            all.len()
        );
        findings.fault("", "There are too many taints", detail);
    }
    accepted(findings, || all)
}

fn same(one: &EksTaint, other: &EksTaint) -> bool {
    (&one.key, &one.effect) == (&other.key, &other.effect)
}

fn contradiction(findings: &mut Collector, ours: &EksTaint, taint: &EksTaint) {
    if ours.value != taint.value {
        let value = ours.value.as_deref().unwrap_or_default();
        let detail = format!("It follows from the layout, where its value is {value:?}. Leave it out.");
        findings.fault(
            "value",
            format!("The taint {}:{} cannot be set", taint.key, taint.effect),
            detail,
        );
    }
}

fn twice(findings: &mut Collector, taint: &EksTaint) {
    let detail = "A node has a key with an effect once. Leave one of both out.";
    findings.fault(
        "",
        format!("The taint {}:{} is there twice", taint.key, taint.effect),
        detail,
    );
}

fn check(findings: &mut Collector, taint: &EksTaint) {
    key(findings, &taint.key);
    value(findings, taint);
    effect(findings, &taint.effect);
}

fn key(findings: &mut Collector, key: &str) {
    if !is_qualified_name(key) {
        let detail = "It is NAME or PREFIX/NAME, like a label's key.";
        findings.fault("key", format!("{key:?} is not a taint key"), detail);
    } else if key.len() > LONGEST {
        let detail = format!(
            "It has {} characters, with its prefix. The EKS API is documented to accept {LONGEST}. Shorten it.",
            key.len()
        );
        findings.warn("key", format!("EKS may refuse the taint {key}"), detail);
    } else if startup::is_startup_taint(key) {
        let advice = Advice::new(refused(), [startup::way(GroupKind::Managed)]);
        findings.warn("key", format!("EKS may refuse the startup taint {key}"), advice);
    } else if REFUSED.into_iter().any(|domain| key.contains(domain)) {
        let detail = format!("{} Choose a key of your own domain.", refused());
        findings.warn("key", format!("EKS may refuse the taint {key}"), detail);
    }
}

fn refused() -> String {
    format!(
        "EKS has been seen to refuse taint keys with {}.",
        REFUSED.join(", ")
    )
}

fn value(findings: &mut Collector, taint: &EksTaint) {
    let value = taint.value.as_deref().unwrap_or_default();
    if value.is_empty() {
        let reason = "EKS drops a taint without a value on its way to the Cluster Autoscaler, which would buy nodes for pods \
                      that do not tolerate it.";
        let advice = Advice::new(reason, [Remedy::write("value", "true")]);
        findings.fault("value", format!("The taint {} has no value", taint.key), advice);
    } else if !is_name_part(value) {
        let detail =
            "It has 1 to 63 letters, digits, '-', '_', '.', and begins and ends with a letter or digit.";
        findings.fault("value", format!("{value:?} is not a taint value"), detail);
    }
}

fn effect(findings: &mut Collector, word: &str) {
    if TaintEffect::of_eks(word).is_some() {
        return;
    }
    let (reason, ways) = match TaintEffect::meant(word) {
        Some(meant) if meant.kubernetes() == word => (
            "That is Kubernetes' spelling, and EKS has its own.",
            vec![Remedy::write("effect", meant.eks())],
        ),
        Some(meant) => (
            "EKS spells it otherwise.",
            vec![Remedy::write("effect", meant.eks())],
        ),
        None => (
            "It is one of NO_SCHEDULE, NO_EXECUTE, PREFER_NO_SCHEDULE.",
            Vec::new(),
        ),
    };
    findings.fault(
        "effect",
        format!("{word:?} is not an effect"),
        Advice::new(reason, ways),
    );
}

/// Taints of the nodes of a self-managed group, by key, for a tag is one: the layout's, and the user's own without those
/// that are there only while a node starts. Paths begin with the index of one of the user's.
pub(super) fn by_key(findings: &mut Collector, layout: &Layout, own: &[Taint]) -> Vec<Taint> {
    let ours = layout.taints();
    let mut all: BTreeMap<&str, &Taint> = ours.iter().map(|taint| (taint.key.as_str(), taint)).collect();
    let lasting = |(_, taint): &(usize, &Taint)| !startup::is_startup_taint(&taint.key);
    for (index, taint) in own.iter().enumerate().filter(lasting) {
        findings.below(FieldPath::default().index(index), |findings| {
            on_node(findings, taint);
            let other = all.insert(&taint.key, taint);
            if let Some(other) = other.filter(|other| *other != taint) {
                second_of_key(findings, other, ours.contains(other));
            }
        });
    }
    all.into_values().cloned().collect()
}

fn second_of_key(findings: &mut Collector, first: &Taint, of_layout: bool) {
    let Taint { key, value, effect } = first;
    let reason = if of_layout {
        format!("It follows from the layout, where it is {value}:{effect}.")
    } else {
        "A tag tells the Cluster Autoscaler of a taint, and a key has one tag.".to_owned()
    };
    let detail = format!("{reason} Leave it out, or choose another key.");
    findings.fault("", format!("The taint {key} cannot be there twice"), detail);
}

/// What is wrong with a taint in Kubernetes' words. Its value may be empty.
fn on_node(findings: &mut Collector, taint: &Taint) {
    if !is_qualified_name(&taint.key) {
        let detail = "It is NAME or PREFIX/NAME, like a label's key.";
        findings.fault("key", format!("{:?} is not a taint key", taint.key), detail);
    }
    if !taint.value.is_empty() && !is_name_part(&taint.value) {
        let detail =
            "It has up to 63 letters, digits, '-', '_', '.', and begins and ends with a letter or digit.";
        findings.fault("value", format!("{:?} is not a taint value", taint.value), detail);
    }
    if TaintEffect::of_kubernetes(&taint.effect).is_none() {
        let ways = TaintEffect::meant(&taint.effect).map(|meant| Remedy::write("effect", meant.kubernetes()));
        let reason = "It is one of NoSchedule, NoExecute, PreferNoSchedule, and the Cluster Autoscaler ignores a taint with \
                      another word.";
        let ways: Vec<Remedy> = ways.into_iter().collect();
        findings.fault(
            "effect",
            format!("{:?} is not an effect", taint.effect),
            Advice::new(reason, ways),
        );
    }
}

#[cfg(test)]
mod tests;
