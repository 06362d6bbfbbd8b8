//! `list`: import blocks for objects that exist, by the list resources that `terraform query` asks.

mod blocks;
mod query;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use tfplug::Diagnostics;

use query::{Query, Way};

/// What the command accepts.
#[derive(Debug, Args)]
pub(super) struct List {
    /// What is listed. If left out: launch templates and node groups, and with --cluster or --context Karpenter's objects. With --context
    /// those alone.
    #[arg(value_enum)]
    kinds: Vec<Kind>,
    /// AWS region; that of the environment if left out.
    #[arg(long, value_name = "REGION")]
    region: Option<String>,
    /// EKS cluster to look in, as NAME or NAME@REGION; for node groups all clusters of the region if left out. May be given several
    /// times.
    #[arg(long = "cluster", value_name = "NAME")]
    clusters: Vec<String>,
    /// Context of a kubeconfig to look in. The IDs name no cluster then: the import needs it as `kubernetes` of the provider block.
    #[arg(long, value_name = "CONTEXT", conflicts_with = "clusters")]
    context: Option<String>,
    /// Kubeconfig of the context; KUBECONFIG or ~/.kube/config if left out.
    #[arg(long, value_name = "FILE")]
    kubeconfig: Option<PathBuf>,
    /// Also list objects that were not made with this provider.
    #[arg(long)]
    all: bool,
    /// Provider that the blocks name, such as mig or mig.west. Terraform 1.16.0 to 1.16.2 need one while they generate a configuration.
    #[arg(long, value_name = "PROVIDER")]
    provider: Option<String>,
    /// How the blocks are written; json is for a file that ends in .tf.json.
    #[arg(long, value_enum, default_value_t = Format::Hcl)]
    format: Format,
}

/// A cluster and a region, where they are given.
type Place<'a> = (Option<&'a str>, Option<&'a str>);

/// What can be listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
enum Kind {
    LaunchTemplates,
    NodeGroups,
    Nodeclasses,
    Nodepools,
    Nodeoverlays,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Hcl,
    Json,
}

impl Kind {
    const AWS: [Self; 2] = [Self::LaunchTemplates, Self::NodeGroups];
    const KARPENTER: [Self; 3] = [Self::Nodeclasses, Self::Nodepools, Self::Nodeoverlays];

    /// The type of the resource.
    fn type_name(self) -> &'static str {
        match self {
            Self::LaunchTemplates => "mig_launch_template",
            Self::NodeGroups => "mig_node_group",
            Self::Nodeclasses => "mig_karpenter_nodeclass",
            Self::Nodepools => "mig_karpenter_nodepool",
            Self::Nodeoverlays => "mig_karpenter_nodeoverlay",
        }
    }
}

impl List {
    /// Looks, and prints what is there. Ends with 0, also where there is nothing, and with 1 where not everything could be looked at.
    pub(super) fn run(&self) -> ExitCode {
        let way = Way {
            region: self.region.as_deref(),
            context: self.context.as_deref(),
            kubeconfig: self.kubeconfig.as_deref(),
        };
        let found = self.queries().and_then(|queries| query::find(&way, &queries));
        let (found, warnings) = match found {
            Ok(found) => found,
            Err(Failure::Words(why)) => return super::failed(&why),
            Err(Failure::Findings(findings)) => {
                super::tell_findings(&findings);
                return ExitCode::FAILURE;
            }
        };
        super::tell_findings(&warnings);
        let blocks = blocks::Blocks::new(found, self.provider.as_deref());
        super::print(&match self.format {
            Format::Hcl => blocks.hcl(),
            Format::Json => blocks.json(),
        })
    }

    /// One question for each kind and each place.
    fn queries(&self) -> Result<Vec<Query<'_>>, Failure> {
        let mut kinds = self.kinds.clone();
        if kinds.is_empty() {
            kinds = self.usual_kinds();
        }
        kinds.sort();
        kinds.dedup();
        let clusters: Vec<_> = self.clusters.iter().map(|text| self.place(text)).collect();
        let mut queries = Vec::new();
        for kind in kinds {
            let places = self.places(kind, &clusters)?;
            queries.extend(places.into_iter().map(|(cluster, region)| Query {
                kind,
                cluster,
                region,
                all: self.all,
            }));
        }
        Ok(queries)
    }

    /// Where a kind is looked for.
    fn places<'a>(&'a self, kind: Kind, clusters: &[Place<'a>]) -> Result<Vec<Place<'a>>, Failure> {
        match kind {
            Kind::LaunchTemplates => Ok(self.regions(clusters)),
            _ if !clusters.is_empty() => Ok(clusters.to_vec()),
            Kind::NodeGroups => Ok(vec![(None, self.region.as_deref())]),
            _ if self.context.is_some() => Ok(vec![(None, None)]),
            _ => {
                let words = "Karpenter's objects are in clusters: give --cluster or --context";
                Err(Failure::Words(words.to_owned()))
            }
        }
    }

    fn usual_kinds(&self) -> Vec<Kind> {
        let aws = Kind::AWS.into_iter().filter(|_| self.context.is_none());
        let in_cluster = !self.clusters.is_empty() || self.context.is_some();
        aws.chain(Kind::KARPENTER.into_iter().filter(|_| in_cluster))
            .collect()
    }

    /// A cluster and its region.
    fn place<'a>(&'a self, text: &'a str) -> Place<'a> {
        match text.split_once('@') {
            Some((name, region)) => (Some(name), Some(region)),
            None => (Some(text), self.region.as_deref()),
        }
    }

    /// The regions of the clusters, each once.
    fn regions<'a>(&'a self, clusters: &[Place<'a>]) -> Vec<Place<'a>> {
        let mut all: Vec<_> = clusters.iter().map(|(_, region)| (None, *region)).collect();
        if all.is_empty() {
            all.push((None, self.region.as_deref()));
        }
        all.sort_unstable();
        all.dedup();
        all
    }
}

/// Why there is no list.
enum Failure {
    /// In our own words.
    Words(String),
    /// As Terraform would show it.
    Findings(Diagnostics),
}

impl From<Diagnostics> for Failure {
    fn from(findings: Diagnostics) -> Self {
        Self::Findings(findings)
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Command {
        #[command(flatten)]
        list: List,
    }

    fn asked(arguments: &[&str]) -> Result<Vec<String>, String> {
        let all = std::iter::once("mig").chain(arguments.iter().copied());
        let list = Command::try_parse_from(all)
            .map_err(|error| error.to_string())?
            .list;
        let words = |part: Option<&str>| part.unwrap_or("-").to_owned();
        let line = |query: Query<'_>| {
            format!(
                "{} {} {}",
                query.kind.type_name(),
                words(query.cluster),
                words(query.region)
            )
        };
        match list.queries() {
            Ok(queries) => Ok(queries.into_iter().map(line).collect()),
            Err(Failure::Words(why)) => Err(why),
            Err(Failure::Findings(_)) => unreachable!("nothing was asked"),
        }
    }

    #[test]
    fn each_kind_is_looked_for_where_it_can_be() {
        assert_eq!(
            asked(&[]).unwrap(),
            ["mig_launch_template - -", "mig_node_group - -"]
        );
        assert_eq!(
            asked(&["node-groups", "--region", "a"]).unwrap(),
            ["mig_node_group - a"]
        );
        let here = asked(&["--cluster", "x", "--cluster", "y@b", "--region", "a"]).unwrap();
        assert_eq!(
            here[..4],
            [
                "mig_launch_template - a",
                "mig_launch_template - b",
                "mig_node_group x a",
                "mig_node_group y b"
            ]
        );
        assert_eq!(here[4..].len(), 6);
        assert_eq!(asked(&["--context", "c"]).unwrap().len(), 3);
        assert_eq!(
            asked(&["nodepools", "nodepools", "--cluster", "x"]).unwrap(),
            ["mig_karpenter_nodepool x -"]
        );
        assert!(asked(&["nodepools"]).unwrap_err().contains("--cluster"));
        assert!(asked(&["--context", "c", "--cluster", "x"]).is_err());
    }
}
