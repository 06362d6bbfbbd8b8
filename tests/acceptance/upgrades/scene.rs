//! Where versions are recorded and replayed.

use counterparts::cli::Flavor;
use counterparts::eks::{ADMIN, aws_env};
use counterparts::{Cli, FaultProxy, Project, Provider};

use crate::support::api_proxy::to_cluster;
use crate::support::kube::KUBE;
use crate::support::{MOTO, REGION};

/// The name of all objects of a version.
pub(super) fn name_of(version: &str) -> String {
    format!("upgrade-{}", version.replace('.', "-"))
}

/// A project of one version of the provider, and what it asks of AWS and of the cluster.
pub(super) struct Scene {
    pub(super) name: String,
    pub(super) project: Project,
    pub(super) aws: FaultProxy,
    pub(super) api: FaultProxy,
}

impl Scene {
    /// With Terraform: OpenTofu writes the same state.
    pub(super) fn new(version: &str, provider: Provider) -> Self {
        let cli = Cli::all().unwrap();
        let cli = cli.iter().find(|cli| cli.flavor() == Flavor::Terraform).unwrap();
        let aws = FaultProxy::start(&MOTO.url()).unwrap();
        let mut project = Project::new(cli, &[provider]).unwrap();
        project.set_envs(aws_env(&aws.url(), &ADMIN));
        project.write("token", KUBE.admin_token()).unwrap();
        Self {
            name: name_of(version),
            project,
            aws,
            api: to_cluster(),
        }
    }

    /// What differs between two runs, by the word that stands for it in what is kept.
    fn words(&self) -> Vec<(String, String)> {
        let subnets = MOTO.default_subnets(REGION).unwrap();
        let subnets = subnets.into_iter().enumerate();
        let mut words: Vec<_> = subnets.map(|(i, id)| (format!("__SUBNET{i}__"), id)).collect();
        words.push(("__HOST__".to_owned(), self.api.url()));
        words
    }

    /// Puts what is so in this run in place of the words.
    pub(super) fn fill(&self, text: &str) -> String {
        let words = self.words();
        let filled = words
            .iter()
            .fold(text.to_owned(), |text, (word, here)| text.replace(word, here));
        filled.replace("__NAME__", &self.name)
    }

    /// The reverse, but for the name, which is in what is hashed.
    pub(super) fn generalise(&self, text: &str) -> String {
        let words = self.words();
        words
            .iter()
            .fold(text.to_owned(), |text, (word, here)| text.replace(here, word))
    }
}
