//! Objects that several resources and data sources share.

mod catalog;
mod cluster;
mod layout;

pub(crate) use catalog::facts;
pub use catalog::{CatalogOverridesModel, GpuModel, InstanceTypeModel, ProfileModel};
pub use cluster::{AssumeRoleModel, ClusterModel, ExecModel, ProviderClusterModel};
pub(crate) use layout::below;
pub use layout::{GpuGroupModel, LayoutModel, SharingModel, report_faults};
