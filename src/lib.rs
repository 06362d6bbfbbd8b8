//! The `mig` provider: what a user writes on one side, AWS and Kubernetes on the other.
//!
//! | module | what |
//! |---|---|
//! | [`provider`], [`registry`] | the provider block, and everything that is served |
//! | [`resources`], [`data_sources`], [`list_resources`], [`functions`] | one folder or file per object |
//! | [`cli`] | the command line, beside serving Terraform |
//! | [`pulumi`] | the package that Pulumi sees, and its plugin |
//! | [`program`] | which of the three was started |
//! | [`connections`], [`facts`], [`models`], [`duration`], [`wait`], `findings`, `wording`, `untyped_input` | what several objects share |
//! | [`proxy`] | which proxy leads to a server; both edges ask it |
//! | [`aws`], [`kube`] | the edges: thin clients with only the calls in use |

pub mod aws;
pub mod checked;
pub mod cli;
pub mod connections;
pub mod data_sources;
pub mod duration;
pub mod ephemeral_resources;
pub mod facts;
mod findings;
pub mod functions;
pub mod kube;
pub mod list_resources;
pub mod models;
pub mod program;
pub mod provider;
pub mod proxy;
pub mod pulumi;
pub mod registry;
pub mod resources;
mod untyped_input;
pub mod wait;
mod wording;
