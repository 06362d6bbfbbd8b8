//! Data sources.

use std::sync::Arc;

use super::answer::Answer;
use super::{Shared, pb, value};
use crate::diag::Diagnostics;
use crate::schema::ObjectKind;
use crate::value::Value;

pub(super) async fn validate(
    shared: Arc<Shared>,
    request: pb::validate_data_resource_config::Request,
) -> Result<pb::validate_data_resource_config::Response, Diagnostics> {
    let ty = shared.object_type(ObjectKind::DataSource, &request.type_name)?;
    let config = value::read(request.config.as_ref(), ty)?;
    let mut answer = pb::validate_data_resource_config::Response::default();
    answer.add(&shared.provider.validate_data_source(&request.type_name, &config));
    Ok(answer)
}

pub(super) async fn read(
    shared: Arc<Shared>,
    request: pb::read_data_source::Request,
) -> Result<pb::read_data_source::Response, Diagnostics> {
    let ty = shared.object_type(ObjectKind::DataSource, &request.type_name)?;
    let config = value::read(request.config.as_ref(), ty)?;
    let cx = shared.context(request.client_capabilities);
    let outcome = shared
        .provider
        .read_data_source(&cx, &request.type_name, &config)
        .await;
    let mut answer = pb::read_data_source::Response::default();
    answer.add(&outcome.diagnostics);
    match value::write(outcome.value.as_ref().unwrap_or(&Value::Null), ty) {
        Ok(state) => answer.state = state,
        Err(faults) => answer.add(&faults),
    }
    Ok(answer)
}
