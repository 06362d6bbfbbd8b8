//! Schema, configuration, plan and state of `mig_karpenter_nodeclass`.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use mig::boot::RenderedFor;
use mig::manifests::karpenter::choices;
use serde_json::Value as Json;
use tfplug::schema::validators::{self, declared_one_of};
use tfplug::{Attr, Diagnostics, Model, Path};

use super::spec::{
    AmiSelectorTermModel, BlockDeviceMappingModel, CapacityReservationSelectorTermModel,
    ConnectionTrackingModel, CpuOptionsModel, EnclaveOptionsModel, KubeletModel, MetadataOptionsModel,
    NetworkInterfaceModel, PlacementGroupSelectorModel, SecurityGroupSelectorTermModel,
    SubnetSelectorTermModel,
};
use crate::facts::Facts;
use crate::kube::{Resource, kinds};
use crate::models::{ClusterModel, ExtraUserData, LayoutModel, MadeFrom, NodeConfig, Tags};
use crate::resources::karpenter::{
    KarpenterObject, Settling, attribute_of, changed_fields, timeout, wait_time,
};
use crate::resources::manifests::{Key, ManifestModel, Manifests};

/// Karpenter's EC2NodeClass for the nodes of a layout: image, network, disks, and the user data that cuts every GPU as
/// the layout says, before kubelet starts, on every boot.
///
/// Karpenter replaces every node of a class whose user data or other fields change, selectors aside. A new provider
/// keeps the rendering in use.
#[derive(Debug, Clone, Default, PartialEq, Model)]
#[attr(json_in = "spec")]
pub struct NodeClassModel {
    /// Name.
    #[attr(required, replace, json = "metadata.name")]
    pub name: Attr<String>,
    /// The cluster; the provider's `kubernetes` if left out. Another cluster replaces the objects; another way to
    /// reach the same cluster does not.
    #[attr(applying, no_json)]
    pub cluster: Attr<ClusterModel>,
    /// What the GPUs of a node are cut into.
    #[attr(required, no_json)]
    pub layout: Attr<LayoutModel>,
    /// Labels of the object.
    #[attr(json = "metadata.labels")]
    pub labels: Attr<BTreeMap<String, String>>,
    /// Annotations of the object.
    #[attr(json = "metadata.annotations")]
    pub annotations: Attr<BTreeMap<String, String>>,
    /// What a node does whose GPUs could not be cut: `halt` stays up for inspection and never joins, `terminate` powers
    /// off. Karpenter replaces either after 15 minutes. `join_tainted` is refused: Karpenter would buy node after node.
    #[attr(default = "halt", validate = validators::one_of(&["halt", "join_tainted", "terminate"]), no_json)]
    pub on_failure: Attr<String>,
    /// How long a node may take to cut its GPUs, such as `10m`.
    #[attr(default = "10m", same_meaning = crate::duration::same, no_json)]
    pub partition_timeout: Attr<String>,
    /// For the image family `Custom`: what a node needs to join its cluster.
    #[attr(no_json)]
    pub node_config: Attr<NodeConfig>,
    /// Parts of MIME user data before and after ours.
    #[attr(no_json)]
    pub extra_user_data: Attr<ExtraUserData>,
    /// Image family. Leave it out where an alias says it.
    #[attr(validate = declared_one_of(&choices::AMI_FAMILIES))]
    pub ami_family: Attr<String>,
    /// Images: at least one term, of which one must fit. Pin a release, such as `alias = "al2023@v20261003"`.
    #[attr(required)]
    pub ami_selector_terms: Attr<Vec<AmiSelectorTermModel>>,
    /// Subnets: at least one term, of which one must fit.
    #[attr(required)]
    pub subnet_selector_terms: Attr<Vec<SubnetSelectorTermModel>>,
    /// Security groups: at least one term, of which one must fit.
    #[attr(required)]
    pub security_group_selector_terms: Attr<Vec<SecurityGroupSelectorTermModel>>,
    /// Capacity reservations and blocks; one of the terms must fit.
    pub capacity_reservation_selector_terms: Attr<Vec<CapacityReservationSelectorTermModel>>,
    /// Placement group of all nodes.
    pub placement_group_selector: Attr<PlacementGroupSelectorModel>,
    /// Network interfaces by network card. Left out, Karpenter attaches EFA as pods ask for it.
    pub network_interfaces: Attr<Vec<NetworkInterfaceModel>>,
    /// IAM role of the nodes, for which Karpenter makes an instance profile; or `instance_profile`.
    pub role: Attr<String>,
    /// Existing instance profile; or `role`.
    pub instance_profile: Attr<String>,
    /// Disks. Left out, one of 200 GiB for images and containers; empty leaves them to the image.
    pub block_device_mappings: Attr<Vec<BlockDeviceMappingModel>>,
    /// What is done with the instance's own NVMe disks: `RAID0` joins them for containers and pods.
    #[attr(validate = declared_one_of(&choices::INSTANCE_STORE_POLICIES))]
    pub instance_store_policy: Attr<String>,
    /// Instance metadata service. IMDSv2 is required unless said otherwise.
    pub metadata_options: Attr<MetadataOptionsModel>,
    /// Kubelet's configuration.
    pub kubelet: Attr<KubeletModel>,
    /// CPU options.
    pub cpu_options: Attr<CpuOptionsModel>,
    /// Nitro Enclaves.
    pub enclave_options: Attr<EnclaveOptionsModel>,
    /// Idle timeouts of tracked connections; at least one.
    pub connection_tracking: Attr<ConnectionTrackingModel>,
    /// Tags of instances, volumes and launch templates.
    pub tags: Attr<Tags>,
    /// Whether nodes get public addresses; as the subnet says if left out.
    #[attr(json = "spec.associatePublicIPAddress")]
    pub associate_public_ip_address: Attr<bool>,
    /// One-minute metrics in CloudWatch.
    pub detailed_monitoring: Attr<bool>,
    /// IPv4 prefixes of the network interface.
    pub ip_prefix_count: Attr<i64>,
    /// Reserved by EC2.
    pub context: Attr<String>,
    /// Further fields of the object's spec as a JSON object, for those that have no attribute here:
    /// `jsonencode({ newField = true })`. They are merged with what is rendered and managed with it; a field that is rendered
    /// or has an attribute is refused.
    #[attr(no_json)]
    pub extra: Attr<String>,
    /// Take over fields that other managers hold, instead of reporting the conflict.
    #[attr(applying, default = false, no_json)]
    pub force_conflicts: Attr<bool>,
    /// Wait until Karpenter says that the class is ready: that it has found image, subnets, security groups and role.
    #[attr(applying, default = false, no_json)]
    pub wait_for_ready: Attr<bool>,
    /// How long `wait_for_ready` waits.
    #[attr(applying, default = "5m", validate = wait_time(), same_meaning = crate::duration::same, no_json)]
    pub ready_timeout: Attr<String>,
    /// How long an apply waits for the cluster to know EC2NodeClass, whose chart the same apply may install.
    #[attr(applying, default = "2m", validate = wait_time(), same_meaning = crate::duration::same, no_json)]
    pub crd_timeout: Attr<String>,
    /// How long a deletion waits for the nodes of the class to go.
    #[attr(applying, default = "20m", validate = wait_time(), same_meaning = crate::duration::same, no_json)]
    pub delete_timeout: Attr<String>,
    /// Version of the rendering, from 1 to 3. A new provider keeps the version in use, so that an upgrade rolls no node.
    #[attr(applying, optional, computed, stable, no_json)]
    pub render_version: Attr<i64>,
    /// The fields of the object that are managed here, as JSON, by `KIND/NAME`.
    #[attr(computed)]
    pub manifests: Attr<BTreeMap<String, String>>,
    /// The user data as text, so that a plan shows its difference line by line.
    #[attr(computed)]
    pub user_data: Attr<String>,
    /// The name.
    #[attr(computed, stable)]
    pub id: Attr<String>,
}

/// The user data of the class among these objects.
pub(super) fn user_data(manifests: &Manifests) -> Attr<String> {
    let text = |manifest: &String| {
        let object: Json = serde_json::from_str(manifest).ok()?;
        Some(object.pointer("/spec/userData")?.as_str()?.to_owned())
    };
    manifests.values().find_map(text).into()
}

impl ManifestModel for NodeClassModel {
    const TYPE: &'static str = "mig_karpenter_nodeclass";
    const MISSING_KIND: &'static str = "It comes with Karpenter for AWS: install the Helm chart karpenter, or karpenter-crd \
        where the CRDs are kept apart. Where this apply installs it, let this resource depend on it, or raise crd_timeout.";

    fn cluster(&self) -> &Attr<ClusterModel> {
        &self.cluster
    }

    fn manifests(&self) -> &Attr<Manifests> {
        &self.manifests
    }

    fn with_manifests(&self, manifests: Manifests) -> Self {
        Self {
            user_data: user_data(&manifests),
            manifests: manifests.into(),
            ..self.clone()
        }
    }

    fn force(&self) -> bool {
        self.force_conflicts.known() == Some(&true)
    }

    fn object_id(&self) -> String {
        self.name.as_str().unwrap_or_default().to_owned()
    }

    fn roots(&self) -> Vec<Key> {
        Key::new("EC2NodeClass", &self.object_id()).into_iter().collect()
    }

    fn attribute_of(field: &str) -> Path {
        if field == "spec.userData" {
            return Path::attr("extra_user_data");
        }
        attribute_of::<Self>(field)
    }

    fn crd_timeout(&self) -> Duration {
        timeout(&self.crd_timeout, 120)
    }

    fn deletion_timeout(&self) -> Duration {
        timeout(&self.delete_timeout, 1200)
    }

    fn claims(&self) -> Option<String> {
        Some(format!("karpenter.k8s.aws/ec2nodeclass={}", self.name.as_str()?))
    }
}

impl KarpenterObject for NodeClassModel {
    const KIND: Resource = kinds::EC2_NODE_CLASS;

    fn resources(&self, facts: &Facts) -> Option<BTreeSet<String>> {
        let layout = self.layout.known()?;
        let layout = layout
            .resolve(facts, &Path::attr("layout"), &mut Diagnostics::new())
            .ok()?;
        let of_types = layout
            .nodes()
            .filter_map(|node| layout.resources(node.instance_type()));
        Some(of_types.flat_map(BTreeMap::into_keys).collect())
    }

    fn is_rendered(live: &Json, facts: &Facts) -> bool {
        let text = live.pointer("/spec/userData").and_then(Json::as_str);
        text.is_some_and(|text| MadeFrom::read(text, facts.catalog(), RenderedFor::NodeClass, None).is_some())
    }

    fn settling(&self) -> Settling {
        match self.wait_for_ready.known() {
            Some(true) => Settling::Ready(timeout(&self.ready_timeout, 300)),
            _ => Settling::Nothing,
        }
    }

    /// Karpenter's hash of a class leaves these out (`EC2NodeClass.Hash` of karpenter-provider-aws v1.15.0). It leaves out
    /// the images' terms too, and then replaces nodes whose image they no longer find.
    fn rolling(before: &Json, after: &Json) -> Vec<String> {
        let selectors = [
            "capacityReservationSelectorTerms",
            "ipPrefixCount",
            "securityGroupSelectorTerms",
            "subnetSelectorTerms",
        ];
        changed_fields(before, after, "/spec", &selectors)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn fields_of_the_api_have_their_attributes() {
        let place = |field| NodeClassModel::attribute_of(field).to_string();
        assert_eq!(place("spec.blockDeviceMappings[0].ebs"), "block_device_mappings");
        assert_eq!(
            place("spec.associatePublicIPAddress"),
            "associate_public_ip_address"
        );
        assert_eq!(place("spec.userData"), "extra_user_data");
        assert_eq!(place("spec.kubelet.maxPods"), "kubelet");
        assert_eq!(place("metadata.labels[a]"), "labels");
        for unknown in ["", "metadata.uid", "spec.ofALaterVersion"] {
            assert!(NodeClassModel::attribute_of(unknown).is_root(), "{unknown}");
        }
    }

    #[test]
    fn selectors_roll_nothing_and_a_role_does() {
        let class = |role: &str, tag: &str| json!({"spec": {"role": role, "subnetSelectorTerms": [{"tags": {"a": tag}}], "userData": "x"}});
        assert!(NodeClassModel::rolling(&class("r", "1"), &class("r", "2")).is_empty());
        assert_eq!(
            NodeClassModel::rolling(&class("r", "1"), &class("s", "1")),
            ["role"]
        );
    }
}
