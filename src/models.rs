//! Objects that several resources and data sources share.

mod cluster;
mod layout;

pub use cluster::{AssumeRoleModel, ClusterModel, ExecModel, ProviderClusterModel};
pub use layout::{GpuGroupModel, LayoutModel, SharingModel, report_faults};
