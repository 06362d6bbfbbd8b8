//! Karpenter's own CustomResourceDefinitions, from the module cache.

use super::Flavor;
use crate::error::Result;
use crate::go::module_download;
use crate::kube::Crd;

/// The definitions that one form of Karpenter needs, as its pinned modules carry them.
///
/// The AWS provider has copies of its own of the core's definitions, with the labels of `karpenter.k8s.aws` allowed.
///
/// # Errors
/// Go is missing, or a module cannot be downloaded or has another checksum than go.sum says.
pub fn karpenter_crds(flavor: Flavor) -> Result<Vec<Crd>> {
    match flavor {
        Flavor::Core => {
            let core = module_download("karpenter", "sigs.k8s.io/karpenter")?;
            let mut crds = Crd::read_dir(&core.join("pkg/apis/crds"))?;
            crds.extend(Crd::read_dir(&core.join("kwok/apis/crds"))?);
            Ok(crds)
        }
        Flavor::Aws => {
            let aws = module_download("karpenter-aws", "github.com/aws/karpenter-provider-aws")?;
            Crd::read_dir(&aws.join("pkg/apis/crds"))
        }
    }
}
