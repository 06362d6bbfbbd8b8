//! Builds and starts the real servers and programs that the tests and the quickstart talk to.
//!
//! Everything is pinned, cached outside the checkout, started on free ports and stopped when its handle is dropped
//! or its process killed. All calls block; tests stay plain `#[test]` functions. See README.md.

mod background;
mod cache;
pub mod cli;
mod command;
mod device_plugin;
pub mod doctor;
pub mod eks;
mod error;
pub mod fault_proxy;
mod go;
mod http_client;
pub mod karpenter;
pub mod kube;
mod launch;
mod moto;
mod node;
pub mod node_box;
mod node_groups;
mod port;
mod process;
pub mod pulumi;
mod python;
mod relay;
mod report;
mod site;
mod stack;
mod workspace;

pub use cache::Cache;
pub use cli::{Cli, Project, Provider};
pub use device_plugin::{PluginRun, registered};
pub use error::{Error, Result};
pub use fault_proxy::{Fault, FaultProxy, Rule};
pub use go::{Program, go_version, install, installed, published_tfplugin6_proto};
pub use http_client::{HttpClient, HttpResponse};
pub use karpenter::{KarpenterAws, KarpenterCore, KarpenterOptions, karpenter_crds};
pub use kube::{KubeApiServer, KubeOptions};
pub use moto::{ACCOUNT, EksCluster, IssuedCredentials, Moto, query};
pub use node::{install_browser, install_pulumi_node, node_version};
pub use node_groups::{Issue, NodeGroups};
pub use port::Port;
pub use process::wait_for;
pub use pulumi::{Language, Plugin, PulumiProject, check_examples, generate_sdk, read_mapping};
pub use python::{
    MotoPython, install_cyclonedx, install_mkdocs, install_moto, install_pulumi_python, install_shellcheck,
    python_version,
};
pub use relay::Relay;
pub use report::{REPORT_VARIABLE, Report, read_report, report, unavailable};
pub use site::Site;
pub use stack::Stack;
pub use workspace::Workspace;
