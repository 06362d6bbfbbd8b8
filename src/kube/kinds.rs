//! The kinds of objects that are read or written, and where an API server serves them.

use super::api::Resource;

/// Files and settings for pods.
pub const CONFIG_MAP: Resource = Resource::namespaced("", "v1", "ConfigMap", "configmaps");
/// What components of the cluster say of objects.
pub const EVENT: Resource = Resource::namespaced("", "v1", "Event", "events");
/// A node.
pub const NODE: Resource = Resource::cluster_wide("", "v1", "Node", "nodes");
/// Whom pods act as.
pub const SERVICE_ACCOUNT: Resource = Resource::namespaced("", "v1", "ServiceAccount", "serviceaccounts");
/// Pods on each node.
pub const DAEMON_SET: Resource = Resource::namespaced("apps", "v1", "DaemonSet", "daemonsets");
/// A program that runs on some nodes.
pub const DEPLOYMENT: Resource = Resource::namespaced("apps", "v1", "Deployment", "deployments");
/// What adds a kind to the API server.
pub const CUSTOM_RESOURCE_DEFINITION: Resource = Resource::cluster_wide(
    "apiextensions.k8s.io",
    "v1",
    "CustomResourceDefinition",
    "customresourcedefinitions",
);
/// Which devices a claim may have. Kubernetes serves this version from 1.34 on.
pub const DEVICE_CLASS: Resource =
    Resource::cluster_wide("resource.k8s.io", "v1", "DeviceClass", "deviceclasses");
/// Devices of nodes as a DRA driver publishes them.
pub const RESOURCE_SLICE: Resource =
    Resource::cluster_wide("resource.k8s.io", "v1", "ResourceSlice", "resourceslices");

/// How Karpenter makes nodes on AWS.
pub const EC2_NODE_CLASS: Resource =
    Resource::cluster_wide("karpenter.k8s.aws", "v1", "EC2NodeClass", "ec2nodeclasses");
/// Which nodes Karpenter may launch.
pub const NODE_POOL: Resource = Resource::cluster_wide("karpenter.sh", "v1", "NodePool", "nodepools");
/// What Karpenter expects of nodes that do not exist yet.
pub const NODE_OVERLAY: Resource =
    Resource::cluster_wide("karpenter.sh", "v1alpha1", "NodeOverlay", "nodeoverlays");
/// A node that Karpenter launched or launches.
pub const NODE_CLAIM: Resource = Resource::cluster_wide("karpenter.sh", "v1", "NodeClaim", "nodeclaims");

/// What Node Feature Discovery found on a node.
pub const NODE_FEATURE: Resource =
    Resource::namespaced("nfd.k8s-sigs.io", "v1alpha1", "NodeFeature", "nodefeatures");
