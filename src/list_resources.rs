//! Which objects of a resource exist: what is asked, and what of it is ours. The calls are beside those of the resource.

pub mod karpenter;
pub mod launch_template;
pub mod node_group;

use tfplug::Attr;

/// Whether objects that were not made with this provider are listed, too.
fn all(attr: &Attr<bool>) -> bool {
    attr.known() == Some(&true)
}
