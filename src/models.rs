//! Objects that several resources and data sources share.

mod catalog;
mod cluster;
mod layout;
mod made_from;
mod region;
mod tags;
mod timeouts;
mod user_data;

pub(crate) use catalog::facts;
pub use catalog::{CatalogOverridesModel, GpuModel, InstanceTypeModel, ProfileModel};
pub use cluster::{AssumeRoleModel, ClusterModel, ExecModel, ProviderClusterModel};
pub use layout::{GpuGroupModel, LayoutModel, SharingModel};
pub(crate) use made_from::{DEFAULT_ON_FAILURE, DEFAULT_TIMEOUT, MadeFrom, not_ours};
pub(crate) use region::region;
pub use tags::Tags;
pub(crate) use tags::tag_rules;
pub use timeouts::{Timeouts, TimeoutsModel};
pub(crate) use user_data::user_parts;
pub use user_data::{
    ExtraPart, ExtraUserData, NodeConfig, UserDataParts, newest_version, partition_timeout, render_version,
};

use crate::wording::{Reader, reader};

/// What follows from other values or, as long as that is unknown, what an existing object has: for an unknown value the object would
/// be replaced, and with it all its nodes. Where it turns out to be another one, Terraform refuses the apply, since its plan showed no
/// replacement, and the next plan shows it. Pulumi carries out no preview: it asks again when all is known, so that its previews show what
/// may come.
pub(crate) fn kept<T: Clone>(follows: tfplug::Attr<T>, before: Option<&tfplug::Attr<T>>) -> tfplug::Attr<T> {
    match before {
        Some(before) if follows.is_unknown() && reader() == Reader::Terraform => before.clone(),
        _ => follows,
    }
}

/// The attribute, or what stands for it where it is null.
pub(crate) fn or<T: Clone>(attr: &tfplug::Attr<T>, default: T) -> tfplug::Attr<T> {
    if attr.is_null() {
        default.into()
    } else {
        attr.clone()
    }
}
