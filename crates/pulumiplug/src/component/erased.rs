//! Components of any inputs and outputs.

use tfplug::{Diagnostics, Model, Value, async_trait};

use super::{Component, ComponentSchema, Construction, Finished};

/// A component with values in place of Rust types.
#[async_trait]
pub(crate) trait RawComponent: Send + Sync {
    fn type_name(&self) -> &'static str;

    fn schema(&self) -> ComponentSchema;

    async fn construct(
        &self,
        cx: &mut Construction<'_>,
        inputs: &Value,
    ) -> Result<Finished<Value>, Diagnostics>;
}

pub(super) struct Erased<C>(pub(super) C);

#[async_trait]
impl<C: Component> RawComponent for Erased<C> {
    fn type_name(&self) -> &'static str {
        self.0.type_name()
    }

    fn schema(&self) -> ComponentSchema {
        ComponentSchema {
            type_name: self.0.type_name().to_owned(),
            inputs: C::Inputs::schema(0),
            outputs: C::Outputs::schema(0),
            plain: self.0.plain().iter().map(|&name| name.to_owned()).collect(),
        }
    }

    async fn construct(
        &self,
        cx: &mut Construction<'_>,
        inputs: &Value,
    ) -> Result<Finished<Value>, Diagnostics> {
        let mut findings = Diagnostics::new();
        let inputs = C::Inputs::from_value(inputs, &mut findings);
        if findings.has_errors() {
            return Err(findings);
        }
        let finished = self.0.construct(cx, inputs).await?;
        Ok(finished.map(|outputs| outputs.to_value()))
    }
}
