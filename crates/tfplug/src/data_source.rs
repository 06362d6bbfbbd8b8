//! Data sources.

use async_trait::async_trait;

use crate::context::Context;
use crate::diag::Diagnostics;
use crate::model::Model;
use crate::schema::{Lazy, Schema};
use crate::typed;
use crate::value::Value;

/// An object that is looked up or computed, and never changed.
///
/// ```
/// use tfplug::{Attr, Context, DataSource, Diagnostics, Model, async_trait};
///
/// /// The length of a text.
/// #[derive(Clone, Model)]
/// struct Length {
///     /// The text.
///     #[attr(required)]
///     text: Attr<String>,
///     /// Its number of characters.
///     #[attr(computed)]
///     characters: Attr<i64>,
/// }
///
/// struct LengthSource;
///
/// #[async_trait]
/// impl DataSource for LengthSource {
///     type Provider = ();
///     type Model = Length;
///
///     fn type_name(&self) -> &'static str {
///         "example_length"
///     }
///
///     async fn read(&self, _: &Context<()>, config: Length) -> Result<Length, Diagnostics> {
///         let count = config.text.as_str().unwrap_or_default().chars().count();
///         let characters = i64::try_from(count).unwrap_or(i64::MAX).into();
///         Ok(Length { characters, ..config })
///     }
/// }
/// ```
#[async_trait]
pub trait DataSource: Send + Sync + 'static {
    /// The configured provider.
    type Provider: Send + Sync + 'static;
    /// Configuration and result.
    type Model: Model;

    /// The type, with the provider's prefix: `mig_layout`.
    fn type_name(&self) -> &'static str;

    /// Checks what one attribute's validators cannot. Anything may be unknown; what is, is not judged.
    fn validate(&self, config: &Self::Model, diags: &mut Diagnostics) {
        let _ = (config, diags);
    }

    /// Gives the configuration back with every computed attribute filled in.
    ///
    /// # Errors
    /// When there is no result.
    async fn read(
        &self,
        cx: &Context<Self::Provider>,
        config: Self::Model,
    ) -> Result<Self::Model, Diagnostics>;
}

/// The untyped twin of [`DataSource`].
#[async_trait]
pub(crate) trait RawDataSource<P>: Send + Sync {
    fn schema(&self) -> Lazy<Schema>;
    fn validate(&self, config: &Value, diags: &mut Diagnostics);
    async fn read(&self, cx: &Context<P>, config: &Value) -> Result<Value, Diagnostics>;
}

#[derive(Debug)]
pub(crate) struct TypedDataSource<D>(pub(crate) D);

#[async_trait]
impl<D: DataSource> RawDataSource<D::Provider> for TypedDataSource<D> {
    fn schema(&self) -> Lazy<Schema> {
        Lazy::new(|| D::Model::schema(0))
    }

    fn validate(&self, config: &Value, diags: &mut Diagnostics) {
        typed::validate(config, diags, |model, diags| self.0.validate(model, diags));
    }

    async fn read(&self, cx: &Context<D::Provider>, config: &Value) -> Result<Value, Diagnostics> {
        Ok(self.0.read(cx, typed::read(config)?).await?.to_value())
    }
}
