//! Lists of any length: read page by page, and of each object only what its reader asks for.

#[cfg(test)]
mod tests;

use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::{Map, Value};

use super::api::{KubeApi, Resource};
use super::error::{KubeError, KubeErrorKind};

/// Objects of one page. A node with its `managedFields` has some 20 KB, so that a page stays at 5 MB.
pub(super) const PAGE: u32 = 250;
/// How often a list is begun again whose place in the server's history is gone.
const RESTARTS: u32 = 3;

/// Which objects are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Listing<'a> {
    /// Their kind.
    pub resource: Resource,
    /// Their namespace; all if none.
    pub namespace: Option<&'a str>,
    /// Their labels (`a=b,c=d`); any if empty.
    pub labels: &'a str,
}

impl Listing<'_> {
    /// All objects of a kind in all namespaces.
    pub fn all(resource: Resource) -> Self {
        Self {
            resource,
            namespace: None,
            labels: "",
        }
    }
}

impl fmt::Display for Listing<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} (list)", self.resource.kind)
    }
}

/// An object without its `managedFields`, which are often most of it.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(from = "Whole")]
pub struct Listed(pub Value);

/// The name of an object, and nothing else of it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(from = "Named")]
pub struct Name(pub String);

#[derive(Deserialize)]
struct Named {
    metadata: NameOnly,
}

#[derive(Deserialize)]
struct NameOnly {
    name: String,
}

impl From<Named> for Name {
    fn from(named: Named) -> Self {
        Self(named.metadata.name)
    }
}

#[derive(Deserialize)]
struct Page<T> {
    #[serde(default)]
    metadata: PageMetadata,
    #[serde(default = "Vec::new")]
    items: Vec<T>,
}

#[derive(Default, Deserialize)]
struct PageMetadata {
    #[serde(rename = "continue", default)]
    rest: String,
}

/// All objects of a listing, each decoded as `T` while its page is read: what `T` leaves out is never in memory but as
/// text, and no more than one page of that.
///
/// # Errors
/// `CrdMissing` where the kind is not served; `Expired` where the list could not be read to its end within the server's
/// history; `Server` for an answer that is no list.
pub async fn list<T: DeserializeOwned>(
    api: &dyn KubeApi,
    listing: &Listing<'_>,
) -> Result<Vec<T>, KubeError> {
    let mut restarts = 0;
    loop {
        match once(api, listing).await {
            Err(error) if error.kind == KubeErrorKind::Expired && restarts < RESTARTS => restarts += 1,
            outcome => return outcome,
        }
    }
}

/// The same objects as JSON without their `managedFields`.
///
/// # Errors
/// As [`list`].
pub async fn list_objects(api: &dyn KubeApi, listing: &Listing<'_>) -> Result<Vec<Value>, KubeError> {
    let found = list::<Listed>(api, listing).await?;
    Ok(found.into_iter().map(|Listed(object)| object).collect())
}

async fn once<T: DeserializeOwned>(api: &dyn KubeApi, listing: &Listing<'_>) -> Result<Vec<T>, KubeError> {
    let (mut all, mut rest) = (Vec::new(), String::new());
    loop {
        let text = api.page(listing, &rest).await?;
        let page: Page<T> = serde_json::from_slice(&text).map_err(|error| {
            let words = format!("the answer is not a list: {error}");
            KubeError::new(KubeErrorKind::Server, api.cluster(), words).about(listing)
        })?;
        all.extend(page.items);
        if page.metadata.rest.is_empty() {
            return Ok(all);
        }
        rest = page.metadata.rest;
    }
}

#[derive(Deserialize)]
struct Whole {
    metadata: Option<Metadata>,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

#[derive(Deserialize)]
struct Metadata {
    /// Read past, so that no memory is taken for it.
    #[serde(rename = "managedFields", default)]
    _managed_fields: Option<IgnoredAny>,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

impl From<Whole> for Listed {
    fn from(Whole { metadata, mut rest }: Whole) -> Self {
        let metadata = metadata.map(|metadata| ("metadata".to_owned(), metadata.rest.into()));
        rest.extend(metadata);
        Self(rest.into())
    }
}
