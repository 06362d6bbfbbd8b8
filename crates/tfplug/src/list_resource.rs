//! List resources: which objects of a resource exist, whether Terraform manages them or not.

mod erased;
mod request;
mod results;

use async_trait::async_trait;

pub(crate) use erased::{RawListRequest, RawListResource, TypedListResource};
pub use request::ListRequest;
pub(crate) use results::RawResults;
pub use results::{ListResult, ListResults};

use crate::context::Context;
use crate::diag::Diagnostics;
use crate::model::Model;
use crate::resource::Resource;

/// Finds the objects of a resource, for `terraform query` (Terraform 1.14 and later).
///
/// A user writes `list "example_file" "all" { provider = example }`, with a `config` block for the [`Config`]. The
/// resource must be registered too and must have an identity.
///
/// [`Config`]: ListResource::Config
///
/// ```
/// use tfplug::*;
/// # /// An object.
/// # #[derive(Clone, Model)]
/// # struct File {
/// #     /// Its name.
/// #     #[attr(required, replace)]
/// #     path: Attr<String>,
/// # }
/// # struct FileResource;
/// # #[async_trait]
/// # impl Resource for FileResource {
/// #     type Provider = ();
/// #     type Model = File;
/// #     type Identity = FileIdentity;
/// #     type Private = ();
/// #     fn type_name(&self) -> &'static str { "example_file" }
/// #     async fn create(&self, _: &Context<()>, _: CreateRequest<'_, Self>) -> Result<(), Diagnostics> { Ok(()) }
/// #     async fn read(&self, _: &Context<()>, _: ReadRequest<'_, Self>) -> Result<Option<File>, Diagnostics> {
/// #         Ok(None)
/// #     }
/// #     async fn update(&self, _: &Context<()>, _: UpdateRequest<'_, Self>) -> Result<(), Diagnostics> { Ok(()) }
/// #     async fn delete(&self, _: &Context<()>, _: DeleteRequest<Self>) -> Result<(), Diagnostics> { Ok(()) }
/// # }
///
/// /// What identifies a file.
/// #[derive(Clone, Model)]
/// struct FileIdentity {
///     /// Its path.
///     #[attr(required)]
///     path: Attr<String>,
/// }
///
/// /// Which files are listed.
/// #[derive(Clone, Model)]
/// struct FileFilter {
///     /// The folder.
///     #[attr(required)]
///     folder: Attr<String>,
/// }
///
/// struct FileList;
///
/// #[async_trait]
/// impl ListResource for FileList {
///     type Resource = FileResource;
///     type Config = FileFilter;
///
///     fn type_name(&self) -> &'static str {
///         "example_file"
///     }
///
///     async fn list(&self, _: &Context<()>, request: ListRequest<'_, Self>) -> Result<(), Diagnostics> {
///         let folder = request.config.folder.as_str().unwrap_or_default();
///         let failed = |error| Diagnostic::error("The folder cannot be read", format!("{folder}: {error}."));
///         for entry in std::fs::read_dir(folder).map_err(failed)? {
///             let path = entry.map_err(failed)?.path().display().to_string();
///             let mut found = ListResult::new(FileIdentity { path: path.clone().into() }, &path);
///             if request.include_resource {
///                 found = found.with_resource(File { path: path.into() });
///             }
///             request.results.push(found).await;
///         }
///         Ok(())
///     }
/// }
/// ```
#[async_trait]
pub trait ListResource: Send + Sync + 'static {
    /// The resource whose objects are listed.
    type Resource: Resource;
    /// The configuration.
    type Config: Model;

    /// The type name, which is that of the resource.
    fn type_name(&self) -> &'static str;

    /// Checks what one attribute's validators cannot. Anything may be unknown; what is, is not judged.
    fn validate(&self, config: &Self::Config, diags: &mut Diagnostics) {
        let _ = (config, diags);
    }

    /// Finds the objects and pushes each of them to the request's results.
    ///
    /// The call is dropped at an `await` once no more results are needed: when the limit is reached, the host hangs up, or
    /// the user interrupts. So it should change nothing.
    ///
    /// # Errors
    /// When not all objects could be found. Terraform then shows none of them.
    async fn list(
        &self,
        cx: &Context<<Self::Resource as Resource>::Provider>,
        request: ListRequest<'_, Self>,
    ) -> Result<(), Diagnostics>;
}
