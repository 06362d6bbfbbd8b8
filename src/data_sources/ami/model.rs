//! Schema and result of `data.mig_ami`.

use tfplug::schema::Validator;
use tfplug::schema::validators::one_of;
use tfplug::{Attr, Model};

use crate::models::LayoutModel;

/// The EKS image with NVIDIA's driver for a version of Kubernetes, by the parameters that AWS publishes in Systems Manager.
///
/// With `release` it stays the same image. Without, it is the one that AWS recommends today: a plan of another day may show another one,
/// and what boots it is replaced.
#[derive(Debug, Clone, Default, PartialEq, Model)]
pub struct AmiData {
    /// Version of Kubernetes, such as `1.34`.
    #[attr(required, validate = kubernetes_version())]
    pub kubernetes_version: Attr<String>,
    /// Family of the image: `AL2023` if left out, or `Bottlerocket`.
    #[attr(validate = one_of(&FAMILIES))]
    pub ami_family: Attr<String>,
    /// The layout of the nodes: the image is for the architecture of its instance types, and its driver is compared with what their GPUs
    /// need.
    pub layout: Attr<LayoutModel>,
    /// `x86_64` or `arm64`; the layout's, or `x86_64`, if left out.
    #[attr(optional, computed, validate = one_of(&ARCHITECTURES))]
    pub architecture: Attr<String>,
    /// Release, such as `v20261003` of AL2023 or `1.68.0` of Bottlerocket; the recommended one if left out.
    pub release: Attr<String>,
    /// Whether the image has cryptography by FIPS 140-3; of Bottlerocket only.
    pub fips: Attr<bool>,
    /// Region; the provider's if left out.
    #[attr(optional, computed, validate = crate::models::region())]
    pub region: Attr<String>,
    /// ID of the image.
    #[attr(computed)]
    pub image_id: Attr<String>,
    /// Release as `mig_node_group.release_version` takes it, such as `1.34.1-20261003`.
    #[attr(computed)]
    pub release_version: Attr<String>,
    /// Type of the image as `mig_node_group.ami_type` takes it.
    #[attr(computed)]
    pub ami_type: Attr<String>,
    /// The release as Karpenter's alias names it, such as `al2023@v20261003`.
    #[attr(computed)]
    pub ami_alias: Attr<String>,
    /// NVIDIA's driver of the release on the layout's nodes; null where the catalog does not know it, or no layout is given.
    #[attr(computed)]
    pub driver_version: Attr<String>,
    /// The parameter that names the image.
    #[attr(computed)]
    pub ssm_parameter: Attr<String>,
}

/// Families of images, the default first.
pub(super) const FAMILIES: [&str; 2] = ["AL2023", "Bottlerocket"];
/// Architectures, in the words of EKS' parameters; the default first.
pub(super) const ARCHITECTURES: [&str; 2] = ["x86_64", "arm64"];

fn kubernetes_version() -> Validator {
    Validator::string("A minor version of Kubernetes, such as `1.34`.", |text| {
        let number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        match text.split_once('.') {
            Some((major, minor)) if number(major) && number(minor) => Ok(()),
            _ => Err(format!("Found {text:?}; write two numbers, such as 1.34.")),
        }
    })
}
