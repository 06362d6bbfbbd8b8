//! Looking at and changing objects in the API server from a test, past the provider.

use http::Method;
use serde_json::Value;

use super::KubeApiServer;
use crate::error::{Error, Result};
use crate::http_client::HttpResponse;

impl KubeApiServer {
    /// Sends one request as the administrator; `path` begins with a slash and may have a query.
    ///
    /// # Errors
    /// No answer; a status is never an error.
    pub fn request(
        &self,
        method: Method,
        path: &str,
        content_type: &str,
        body: &str,
    ) -> Result<HttpResponse> {
        self.request_as(self.admin_token(), method, path, content_type, body)
    }

    /// Sends one request with a bearer token of the caller's choice.
    ///
    /// # Errors
    /// As [`KubeApiServer::request`].
    pub fn request_as(
        &self,
        token: &str,
        method: Method,
        path: &str,
        content_type: &str,
        body: &str,
    ) -> Result<HttpResponse> {
        let bearer = format!("Bearer {token}");
        let headers = [("authorization", bearer.as_str()), ("content-type", content_type)];
        self.client
            .send(method, &format!("{}{path}", self.url()), &headers, body)
    }

    /// Reads an object or a list; `None` if it does not exist.
    ///
    /// # Errors
    /// No answer, or another status than 200 and 404.
    pub fn get(&self, path: &str) -> Result<Option<Value>> {
        let answer = self.request(Method::GET, path, "application/json", "")?;
        match answer.status {
            200 => Ok(Some(answer.json())),
            404 => Ok(None),
            _ => Err(unexpected("GET", path, &answer)),
        }
    }

    /// Applies a manifest server-side as `manager`, taking fields from other managers.
    ///
    /// # Errors
    /// No answer, or a status outside 200..=299.
    pub fn apply(&self, path: &str, manager: &str, manifest: &Value) -> Result<Value> {
        self.apply_yaml(path, manager, &manifest.to_string())
    }

    /// As [`KubeApiServer::apply`], with the manifest as YAML text.
    ///
    /// # Errors
    /// As [`KubeApiServer::apply`].
    pub fn apply_yaml(&self, path: &str, manager: &str, manifest: &str) -> Result<Value> {
        let path = format!("{path}?fieldManager={manager}&force=true");
        self.accept(Method::PATCH, &path, "application/apply-patch+yaml", manifest)
    }

    /// Applies an object where its own kind and name say; a namespaced one without a namespace goes to `default`.
    ///
    /// # Errors
    /// As [`KubeApiServer::apply`].
    pub fn apply_object(&self, manifest: &Value) -> Result<Value> {
        self.apply(&object_path(manifest), "counterparts", manifest)
    }

    /// Changes an object by a JSON merge patch, as `kubectl edit` or a colleague would.
    ///
    /// # Errors
    /// As [`KubeApiServer::apply`].
    pub fn patch(&self, path: &str, patch: &Value) -> Result<Value> {
        self.accept(
            Method::PATCH,
            path,
            "application/merge-patch+json",
            &patch.to_string(),
        )
    }

    /// Creates an object in a collection.
    ///
    /// # Errors
    /// As [`KubeApiServer::apply`].
    pub fn create(&self, path: &str, manifest: &Value) -> Result<Value> {
        self.accept(Method::POST, path, "application/json", &manifest.to_string())
    }

    /// Deletes an object; one that is not there is an error.
    ///
    /// # Errors
    /// As [`KubeApiServer::apply`].
    pub fn delete(&self, path: &str) -> Result<Value> {
        self.accept(Method::DELETE, path, "application/json", "")
    }

    fn accept(&self, method: Method, path: &str, content_type: &str, body: &str) -> Result<Value> {
        let name = method.to_string();
        let answer = self.request(method, path, content_type, body)?;
        if (200..300).contains(&answer.status) {
            return Ok(answer.json());
        }
        Err(unexpected(&name, path, &answer))
    }
}

/// Kinds that tests use and that live in a namespace.
const NAMESPACED: [&str; 6] = [
    "ConfigMap",
    "DaemonSet",
    "Event",
    "Pod",
    "ReplicaSet",
    "ServiceAccount",
];

/// The address of an object, from its apiVersion, kind and name; the plural is formed as English does.
#[must_use]
pub fn object_path(manifest: &Value) -> String {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let (version, kind) = (text(&manifest["apiVersion"]), text(&manifest["kind"]));
    let root = if version.contains('/') { "/apis" } else { "/api" };
    let plural = match kind.to_lowercase() {
        kind if kind.ends_with('s') => format!("{kind}es"),
        kind => format!("{kind}s"),
    };
    let namespace = manifest["metadata"]["namespace"].as_str().unwrap_or("default");
    let within = if NAMESPACED.contains(&kind.as_str()) {
        format!("namespaces/{namespace}/")
    } else {
        String::new()
    };
    format!(
        "{root}/{version}/{within}{plural}/{}",
        text(&manifest["metadata"]["name"])
    )
}

fn unexpected(method: &str, path: &str, answer: &HttpResponse) -> Error {
    Error::Answer {
        request: format!("{method} {path}"),
        fact: format!("status {}: {}", answer.status, answer.body),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_object_knows_where_it_lives() {
        let path = |version: &str, kind: &str| {
            let metadata = json!({ "name": "x" });
            object_path(&json!({ "apiVersion": version, "kind": kind, "metadata": metadata }))
        };
        assert_eq!(path("v1", "Pod"), "/api/v1/namespaces/default/pods/x");
        assert_eq!(path("v1", "Node"), "/api/v1/nodes/x");
        assert_eq!(
            path("karpenter.k8s.aws/v1", "EC2NodeClass"),
            "/apis/karpenter.k8s.aws/v1/ec2nodeclasses/x"
        );
        assert_eq!(
            path("karpenter.sh/v1", "NodePool"),
            "/apis/karpenter.sh/v1/nodepools/x"
        );
    }
}
