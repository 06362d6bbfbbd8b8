//! The Kubernetes calls in use, on plain JSON. Which path a kind has is known by the caller, so
//! nothing is discovered.

use std::fmt;

use async_trait::async_trait;
use kube::core::Request;
use kube::core::params::{
    DeleteParams, GetParams, ListParams, Patch, PatchParams, Preconditions, PropagationPolicy,
};
use serde_json::Value;

use super::client::{Answer, RenewingClient};
use super::error::KubeError;
use super::list::{Listing, PAGE};

/// A kind of object and where the API server serves it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Resource {
    /// API group; empty for the core group.
    pub group: &'static str,
    /// Version, such as `v1`.
    pub version: &'static str,
    /// Kind, such as `DaemonSet`.
    pub kind: &'static str,
    /// Plural, as in the path, such as `daemonsets`.
    pub plural: &'static str,
    /// Whether objects live in a namespace.
    pub namespaced: bool,
}

impl Resource {
    /// A kind whose objects live in namespaces.
    pub const fn namespaced(
        group: &'static str,
        version: &'static str,
        kind: &'static str,
        plural: &'static str,
    ) -> Self {
        Self {
            group,
            version,
            kind,
            plural,
            namespaced: true,
        }
    }

    /// A kind whose objects live in no namespace.
    pub const fn cluster_wide(
        group: &'static str,
        version: &'static str,
        kind: &'static str,
        plural: &'static str,
    ) -> Self {
        Self {
            namespaced: false,
            ..Self::namespaced(group, version, kind, plural)
        }
    }

    /// `group/version`, or `version` in the core group.
    pub fn api_version(&self) -> String {
        if self.group.is_empty() {
            self.version.to_owned()
        } else {
            format!("{}/{}", self.group, self.version)
        }
    }

    fn path(&self, namespace: Option<&str>) -> String {
        let root = if self.group.is_empty() { "api" } else { "apis" };
        let start = format!("/{root}/{}", self.api_version());
        match namespace.filter(|_| self.namespaced) {
            Some(namespace) => format!("{start}/namespaces/{namespace}/{}", self.plural),
            None => format!("{start}/{}", self.plural),
        }
    }
}

/// One object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectRef<'a> {
    /// Its kind.
    pub resource: Resource,
    /// Its namespace, where its kind has one.
    pub namespace: Option<&'a str>,
    /// Its name.
    pub name: &'a str,
}

impl fmt::Display for ObjectRef<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} ", self.resource.kind)?;
        if let Some(namespace) = self.namespace {
            write!(out, "{namespace}/")?;
        }
        out.write_str(self.name)
    }
}

/// How to apply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Apply<'a> {
    /// Who the fields will belong to.
    pub field_manager: &'a str,
    /// Take fields over from other managers.
    pub force: bool,
    /// Change nothing; say what would come out. Needs the right to patch.
    pub dry_run: bool,
}

/// What an apply came to.
#[derive(Debug, Clone, PartialEq)]
pub struct Applied {
    /// The object as it is now, or would be.
    pub live: Value,
    /// What the API server warns of: deprecations, policies, Pod Security. Each once.
    pub warnings: Vec<String>,
}

/// How to delete.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Delete<'a> {
    /// Delete only if the object still has this UID.
    pub uid: Option<&'a str>,
    /// What becomes of the objects that it owns.
    pub propagation: Propagation,
}

/// What becomes of the objects that a deleted object owns.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Propagation {
    /// Deleted after it, by the garbage collector.
    #[default]
    Background,
    /// Deleted before it.
    Foreground,
    /// Left.
    Orphan,
}

/// What a deletion came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deletion {
    /// The object is gone.
    Gone,
    /// It is marked, and waits for its finalizers or for objects that it owns.
    Pending,
}

/// A Kubernetes API, as far as it is used.
#[async_trait]
pub trait KubeApi: Send + Sync {
    /// Which cluster, in words, for messages.
    fn cluster(&self) -> &str;

    /// Reads an object, with its `managedFields`.
    ///
    /// # Errors
    /// `NotFound` where there is none; `CrdMissing` where its kind is not served.
    async fn get(&self, object: &ObjectRef<'_>) -> Result<Value, KubeError>;

    /// A page of a list, as the text of the answer: [`super::list::list`] reads all of them. `rest` is what the page
    /// before said of the rest; empty for the first one.
    ///
    /// # Errors
    /// `CrdMissing` where the kind is not served; `Expired` where the rest cannot be given any more.
    async fn page(&self, listing: &Listing<'_>, rest: &str) -> Result<Vec<u8>, KubeError>;

    /// Server-side apply. Fields that the server does not know are refused.
    ///
    /// # Errors
    /// `Conflict` where others hold fields, `Invalid` where the server refuses some.
    async fn apply(
        &self,
        object: &ObjectRef<'_>,
        desired: &Value,
        how: Apply<'_>,
    ) -> Result<Applied, KubeError>;

    /// Deletes an object.
    ///
    /// # Errors
    /// `NotFound` where it is gone already; `Changed` where it has another UID.
    async fn delete(&self, object: &ObjectRef<'_>, how: Delete<'_>) -> Result<Deletion, KubeError>;
}

/// [`KubeApi`] over a connection.
pub(super) struct Api {
    client: RenewingClient,
    cluster: String,
}

impl fmt::Debug for Api {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Api")
            .field("cluster", &self.cluster)
            .finish_non_exhaustive()
    }
}

type Built = Result<http::Request<Vec<u8>>, kube::core::request::Error>;

impl Api {
    pub(super) fn new(client: RenewingClient, cluster: String) -> Self {
        Self { client, cluster }
    }

    /// Sends a request and reads the answer as JSON.
    async fn send(&self, object: &ObjectRef<'_>, built: Built) -> Result<Value, KubeError> {
        let answer = self.ask(object, built).await?;
        self.read(object, &answer)
    }

    async fn ask(&self, about: &(dyn fmt::Display + Sync), built: Built) -> Result<Answer, KubeError> {
        let answer = match built {
            Ok(request) => self.client.request(request).await,
            Err(error) => Err(kube::Error::BuildRequest(error)),
        };
        answer.map_err(|error| self.failed(about, &error))
    }

    fn read(&self, object: &ObjectRef<'_>, answer: &Answer) -> Result<Value, KubeError> {
        let value = serde_json::from_slice(&answer.body).map_err(kube::Error::SerdeError);
        value.map_err(|error| self.failed(object, &error))
    }

    fn failed(&self, about: &(dyn fmt::Display + Sync), error: &kube::Error) -> KubeError {
        KubeError::from_kube(&self.cluster, self.client.plugin(), error).about(about)
    }
}

fn requests(object: &ObjectRef<'_>) -> Request {
    Request::new(object.resource.path(object.namespace))
}

#[async_trait]
impl KubeApi for Api {
    fn cluster(&self) -> &str {
        &self.cluster
    }

    async fn get(&self, object: &ObjectRef<'_>) -> Result<Value, KubeError> {
        self.send(object, requests(object).get(object.name, &GetParams::default()))
            .await
    }

    async fn page(&self, listing: &Listing<'_>, rest: &str) -> Result<Vec<u8>, KubeError> {
        let mut params = ListParams::default().limit(PAGE);
        if !listing.labels.is_empty() {
            params = params.labels(listing.labels);
        }
        if !rest.is_empty() {
            params = params.continue_token(rest);
        }
        let path = listing.resource.path(listing.namespace);
        let request = Request::new(path).list(&params);
        Ok(self.ask(listing, request).await?.body)
    }

    async fn apply(
        &self,
        object: &ObjectRef<'_>,
        desired: &Value,
        how: Apply<'_>,
    ) -> Result<Applied, KubeError> {
        let params = PatchParams {
            dry_run: how.dry_run,
            force: how.force,
            ..PatchParams::apply(how.field_manager).validation_strict()
        };
        let request = requests(object).patch(object.name, &params, &Patch::Apply(desired));
        let answer = self.ask(object, request).await?;
        Ok(Applied {
            live: self.read(object, &answer)?,
            warnings: answer.warnings,
        })
    }

    async fn delete(&self, object: &ObjectRef<'_>, how: Delete<'_>) -> Result<Deletion, KubeError> {
        let propagation = match how.propagation {
            Propagation::Background => PropagationPolicy::Background,
            Propagation::Foreground => PropagationPolicy::Foreground,
            Propagation::Orphan => PropagationPolicy::Orphan,
        };
        let preconditions = Preconditions {
            uid: how.uid.map(str::to_owned),
            resource_version: None,
        };
        let params = DeleteParams {
            propagation_policy: Some(propagation),
            preconditions: how.uid.map(|_| preconditions),
            ..DeleteParams::default()
        };
        let answer = self
            .send(object, requests(object).delete(object.name, &params))
            .await?;
        Ok(deletion(&answer))
    }
}

/// The answer is a `Status` once the object is gone; before, it is the marked object. Some kinds
/// answer with the object even where nothing holds it.
fn deletion(answer: &Value) -> Deletion {
    let finalizers = answer.pointer("/metadata/finalizers").and_then(Value::as_array);
    match finalizers {
        Some(held_by) if !held_by.is_empty() => Deletion::Pending,
        _ => Deletion::Gone,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::kinds::{DAEMON_SET, NODE};
    use super::*;

    #[test]
    fn paths() {
        assert_eq!(
            DAEMON_SET.path(Some("a")),
            "/apis/apps/v1/namespaces/a/daemonsets"
        );
        assert_eq!(NODE.path(None), "/api/v1/nodes");
        assert_eq!(NODE.path(Some("ignored")), "/api/v1/nodes");
    }

    #[test]
    fn objects_in_words() {
        let object = ObjectRef {
            resource: DAEMON_SET,
            namespace: Some("gpu"),
            name: "plugin",
        };
        assert_eq!(object.to_string(), "DaemonSet gpu/plugin");
    }

    #[test]
    fn a_deletion_is_pending_while_finalizers_hold_it() {
        let held = json!({"metadata": {"finalizers": ["karpenter.k8s.aws/termination"]}});
        assert_eq!(deletion(&held), Deletion::Pending);
        assert_eq!(
            deletion(&json!({"kind": "Status", "status": "Success"})),
            Deletion::Gone
        );
        assert_eq!(deletion(&json!({"metadata": {"name": "a"}})), Deletion::Gone);
    }
}
