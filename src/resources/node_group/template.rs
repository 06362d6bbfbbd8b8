//! The launch template of a group, whole or by its parts.

use std::collections::BTreeMap;

use tfplug::{Attr, AttributeValue, Diagnostics, Model, Path, Value};

use crate::models::LayoutModel;

/// A launch template: `mig_launch_template.NAME` whole, or its parts one by one.
#[derive(Debug, Clone, Default, PartialEq, Model)]
pub struct TemplateRefModel {
    /// ID of the template.
    #[attr(required, replace)]
    pub id: Attr<String>,
    /// Version of the template; `latest_version` if left out.
    pub version: Attr<i64>,
    /// Number of its newest version.
    pub latest_version: Attr<i64>,
    /// Region that it is in.
    pub region: Attr<String>,
    /// The layout of its nodes.
    pub layout: Attr<LayoutModel>,
    /// Its image family: `AL2023`, or `Bottlerocket`.
    pub ami_family: Attr<String>,
    /// ID of its image, if it has one.
    pub image_id: Attr<String>,
    /// Its instance type, if it has one.
    pub instance_type: Attr<String>,
    /// Its instance profile, which EKS refuses.
    pub iam_instance_profile: Attr<TemplateProfile>,
    /// How its instances are bought, of which EKS refuses Spot.
    pub instance_market_options: Attr<TemplateMarket>,
    /// Its network interfaces, of which EKS refuses the subnets.
    pub network_interfaces: Attr<Vec<TemplateInterface>>,
    /// Its reservation, which a Capacity Block needs.
    pub capacity_reservation_specification: Attr<TemplateReservation>,
    /// What a shutdown does to its instances, which EKS refuses.
    pub instance_initiated_shutdown_behavior: Attr<String>,
    /// Its settings that have no attribute, of which EKS refuses hibernation.
    pub other_settings: Attr<BTreeMap<String, String>>,
}

/// An instance profile of a template.
#[derive(Debug, Clone, Default, PartialEq, Model)]
pub struct TemplateProfile {
    /// ARN.
    pub arn: Attr<String>,
    /// Name.
    pub name: Attr<String>,
}

/// How the instances of a template are bought.
#[derive(Debug, Clone, Default, PartialEq, Model)]
pub struct TemplateMarket {
    /// `spot` or `capacity-block`.
    pub market_type: Attr<String>,
}

/// A network interface of a template.
#[derive(Debug, Clone, Default, PartialEq, Model)]
pub struct TemplateInterface {
    /// Subnet.
    pub subnet_id: Attr<String>,
}

/// The reservation of a template.
#[derive(Debug, Clone, Default, PartialEq, Model)]
pub struct TemplateReservation {
    /// Which one.
    pub capacity_reservation_target: Attr<TemplateReservationTarget>,
}

/// Which reservation.
#[derive(Debug, Clone, Default, PartialEq, Model)]
pub struct TemplateReservationTarget {
    /// ID.
    pub capacity_reservation_id: Attr<String>,
    /// ARN of a group of them.
    pub capacity_reservation_resource_group_arn: Attr<String>,
}

impl TemplateRefModel {
    /// The version that the group is to have; null where none is said.
    pub(super) fn wanted_version(&self) -> Attr<i64> {
        match &self.version {
            Attr::Null => self.latest_version,
            said => *said,
        }
    }

    /// Whether its nodes boot Bottlerocket; `None` while unknown.
    pub(super) fn is_bottlerocket(&self) -> Option<bool> {
        let family = self.ami_family.settled()?;
        Some(family.is_some_and(|family| family == "Bottlerocket"))
    }
}

/// Whether two writings name the same version of the same template and contradict each other in nothing: an import knows the parts, and
/// a configuration may hand the whole object on.
pub(super) fn same(a: &Value, b: &Value) -> bool {
    let read = |value: &Value| {
        let mut faults = Diagnostics::new();
        let read: Attr<TemplateRefModel> = AttributeValue::decode(value, &Path::root(), &mut faults);
        read.known().cloned()
    };
    let (Some(one), Some(other)) = (read(a), read(b)) else {
        return false;
    };
    let version = one.wanted_version();
    one.id == other.id && version.known().is_some() && version == other.wanted_version() && agree(a, b)
}

/// Whether no part but the versions is said in both and differs.
fn agree(a: &Value, b: &Value) -> bool {
    let (Some(a), Some(b)) = (a.as_map(), b.as_map()) else {
        return false;
    };
    a.iter()
        .filter(|(name, _)| !matches!(name.as_str(), "version" | "latest_version"))
        .all(|(name, one)| {
            let other = b.get(name).unwrap_or(&Value::Null);
            one.is_null() || other.is_null() || one == other
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn template(version: Option<i64>, latest: Option<i64>, family: Option<&str>) -> Value {
        let model = TemplateRefModel {
            id: "lt-1".into(),
            version: version.into(),
            latest_version: latest.into(),
            ami_family: family.map(str::to_owned).into(),
            ..TemplateRefModel::default()
        };
        model.encode()
    }

    #[test]
    fn a_whole_template_means_what_its_parts_mean() {
        let parts = template(Some(3), None, None);
        assert!(same(&parts, &template(None, Some(3), Some("AL2023"))));
        assert!(!same(&parts, &template(None, Some(4), None)));
        assert!(same(&parts, &template(Some(3), Some(4), None)));
        let bottlerocket = template(Some(3), None, Some("Bottlerocket"));
        assert!(!same(&bottlerocket, &template(Some(3), None, Some("AL2023"))));
        assert!(!same(&template(None, None, None), &template(None, None, None)));
    }
}
