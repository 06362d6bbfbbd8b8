//! Functions of the provider: pure, and usable without a provider block.

mod failed;
mod of_layout;
mod preference;
mod profile;
mod resource_name;
mod user_data;

pub use of_layout::{
    BOTTLEROCKET_SETTINGS, LayoutFunction, NODE_LABELS, NODE_TAINTS, NODE_TEMPLATE_TAGS, SLICES_PER_NODE,
};
pub use preference::PreferenceFunction;
pub use profile::ProfileFunction;
pub use resource_name::ResourceNameFunction;
pub use user_data::{UserDataFunction, UserDataOptions};
