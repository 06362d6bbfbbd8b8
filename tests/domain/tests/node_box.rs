//! Our user data on a node in a box: real systemd and real cloud-init, the EKS image's units as stubs, GPUs simulated. Every
//! test says what kubelet saw, and when.

mod boots;
mod by_hand;
mod endings;
mod failures;
mod full_disks;
mod kills;
mod no_cloud_init;
pub(crate) mod node;
