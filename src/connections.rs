//! The connections that resources and data sources share: by region and by cluster, made when first needed, once.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use tfplug::{Attr, Diagnostic, Diagnostics, Path};
use tokio_util::sync::CancellationToken;

use crate::aws::{Aws, AwsError, AwsSettings, Regional};
use crate::kube::{ClusterSpec, Clusters, Connection, KubeError, KubeErrorKind, Place};
use crate::models::ClusterModel;

/// What resources and data sources work with: connections by region and by cluster, made when first needed, once.
#[derive(Debug)]
pub struct Connections {
    aws: Arc<Aws>,
    clusters: Clusters,
    default_cluster: DefaultCluster,
    unknown: Unknown,
    reported: Mutex<Vec<(Notice, Attr<ClusterModel>)>>,
}

/// A warning that holds for all objects of a cluster, and is given once for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notice {
    /// A plan could not ask the cluster about the objects.
    NotTried,
    /// A refresh left the objects as the state has them.
    NotRead,
    /// The cluster no longer exists.
    Gone,
}

/// What of the provider block is known only after apply, so that nothing may be planned from it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Unknown {
    /// Who we are to AWS, or where its services are.
    pub(crate) identity: bool,
    pub(crate) region: bool,
    pub(crate) default_tags: bool,
}

/// The provider block's `kubernetes`.
#[derive(Debug)]
pub(crate) enum DefaultCluster {
    Absent,
    Unknown,
    Unreadable(Diagnostics),
    Known(Box<ClusterSpec>),
}

/// Where an object's cluster stands, as far as it is known at plan.
#[derive(Debug)]
pub enum ClusterChoice {
    /// Known only after apply.
    Unknown,
    /// It names a file that cannot be read now; a plan goes on without the cluster.
    Unreadable(Diagnostics),
    /// Known.
    Known(Box<ClusterSpec>),
}

impl Connections {
    pub(crate) fn new(settings: AwsSettings, default_cluster: DefaultCluster, unknown: Unknown) -> Self {
        Self::over(Aws::new(settings), default_cluster, unknown)
    }

    /// Connections without a provider block, as the environment says.
    pub(crate) fn of_environment() -> Self {
        let known = Unknown {
            identity: false,
            region: false,
            default_tags: false,
        };
        Self::new(AwsSettings::default(), DefaultCluster::Absent, known)
    }

    fn over(aws: Aws, default_cluster: DefaultCluster, unknown: Unknown) -> Self {
        let aws = Arc::new(aws);
        Self {
            clusters: Clusters::new(Arc::clone(&aws)),
            aws,
            default_cluster,
            unknown,
            reported: Mutex::default(),
        }
    }

    /// Connections without a cluster to one region, where these services answer.
    #[cfg(test)]
    pub(crate) fn answered_by(region: &str, services: crate::aws::Services) -> Self {
        let known = Unknown {
            identity: false,
            region: false,
            default_tags: false,
        };
        Self::over(Aws::answered_by(region, services), DefaultCluster::Absent, known)
    }

    /// The connections to AWS services in a region; the provider's if `None`.
    ///
    /// # Errors
    /// When no region is to be found.
    pub async fn region(&self, region: Option<&str>) -> Result<Arc<Regional>, AwsError> {
        self.aws.region(region).await
    }

    /// Whether AWS can be asked as the provider block says. While a part of that is known only after apply, another
    /// account may answer, in which nothing of ours is to be found: then nothing is read.
    pub fn aws_is_known(&self) -> bool {
        !self.unknown.identity
    }

    /// Whether that cluster can be asked for, which for one of EKS is a question to AWS.
    fn can_ask_for(&self, cluster: &ClusterSpec) -> bool {
        match cluster {
            ClusterSpec::Eks { region, .. } => {
                self.aws_is_known() && (region.is_some() || !self.unknown.region)
            }
            _ => true,
        }
    }

    /// The region of objects that name none, if it is known. Needs no network.
    pub async fn default_region(&self) -> Option<String> {
        if self.unknown.region {
            return None;
        }
        self.aws.default_region().await.ok()
    }

    /// Tags that every AWS object gets.
    pub fn default_tags(&self) -> &BTreeMap<String, String> {
        &self.aws.settings().default_tags
    }

    /// The same for a plan: `None` while they are unknown.
    pub fn planned_default_tags(&self) -> Option<&BTreeMap<String, String>> {
        (!self.unknown.default_tags).then(|| self.default_tags())
    }

    /// The cluster that a resource names, or else the provider's.
    ///
    /// # Errors
    /// When neither names one.
    pub fn cluster(&self, cluster: &Attr<ClusterModel>) -> Result<ClusterChoice, Diagnostics> {
        let at = Path::attr("cluster");
        let own = match cluster {
            Attr::Known(model) => match model.spec(&at) {
                Ok(spec) => spec.map(Box::new),
                Err(unreadable) => return Ok(ClusterChoice::Unreadable(unreadable)),
            },
            Attr::Unknown => None,
            Attr::Null => match &self.default_cluster {
                DefaultCluster::Known(spec) => Some(spec.clone()),
                DefaultCluster::Unknown => None,
                DefaultCluster::Unreadable(why) => return Ok(ClusterChoice::Unreadable(why.clone())),
                DefaultCluster::Absent => return Err(no_cluster(at)),
            },
        };
        let own = own.filter(|spec| self.can_ask_for(spec));
        Ok(own.map_or(ClusterChoice::Unknown, ClusterChoice::Known))
    }

    /// Which cluster a resource's objects are in, as far as that is known now.
    pub fn place(&self, cluster: &Attr<ClusterModel>) -> Option<Place> {
        match (cluster, &self.default_cluster) {
            (Attr::Known(model), _) => model.place(),
            (Attr::Null, DefaultCluster::Known(spec)) => Some(spec.place()),
            _ => None,
        }
    }

    /// Whether neither the resource nor the provider block names a cluster.
    pub fn names_no_cluster(&self, cluster: &Attr<ClusterModel>) -> bool {
        cluster.is_null() && matches!(self.default_cluster, DefaultCluster::Absent)
    }

    /// Whether a notice is the first of its kind for a cluster, which is then remembered. Clusters are the same if they are
    /// named the same way, unknown parts included.
    pub fn is_first_report(&self, notice: Notice, cluster: &Attr<ClusterModel>) -> bool {
        // The list is whole after every statement, so a panic elsewhere cannot have broken it.
        let mut reported = self.reported.lock().unwrap_or_else(PoisonError::into_inner);
        let news = !reported
            .iter()
            .any(|(other, of)| *other == notice && of == cluster);
        if news {
            reported.push((notice, cluster.clone()));
        }
        news
    }

    /// Whether the cluster has had that notice.
    pub fn was_reported(&self, notice: Notice, cluster: &Attr<ClusterModel>) -> bool {
        let reported = self.reported.lock().unwrap_or_else(PoisonError::into_inner);
        reported
            .iter()
            .any(|(other, of)| *other == notice && of == cluster)
    }

    /// The connection to a cluster.
    ///
    /// # Errors
    /// When it cannot be made, or is not made until `cancel`. That it can be made does not say that the cluster answers.
    pub async fn connect(
        &self,
        cluster: &ClusterSpec,
        cancel: &CancellationToken,
    ) -> Result<Arc<Connection>, KubeError> {
        tokio::select! {
            biased;
            made = self.clusters.get(cluster) => made,
            () = cancel.cancelled() => {
                let text = "stopped while waiting for the way to it";
                Err(KubeError::new(KubeErrorKind::Cancelled, &cluster.to_string(), text))
            }
        }
    }
}

fn no_cluster(at: Path) -> Diagnostics {
    let detail = "Neither the resource's cluster nor the provider's kubernetes says which one. Give cluster = { name = \
                  \"...\" } for an EKS cluster. An import without a cluster in its ID looks in the provider's. There is no default: a \
                  kubeconfig or a local cluster is never guessed.";
    Diagnostic::error("The cluster is not named", detail)
        .at(at)
        .into()
}
