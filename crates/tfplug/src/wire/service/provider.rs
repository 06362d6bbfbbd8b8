//! The provider block.

use std::sync::Arc;

use super::answer::Answer;
use super::{Shared, pb, value};
use crate::diag::Diagnostics;

pub(super) async fn validate(
    shared: Arc<Shared>,
    request: pb::validate_provider_config::Request,
) -> Result<pb::validate_provider_config::Response, Diagnostics> {
    let config = value::read(
        request.config.as_ref(),
        shared.types.provider(shared.provider.schemas()),
    )?;
    let mut answer = pb::validate_provider_config::Response::default();
    answer.add(&shared.provider.validate_provider(&config));
    Ok(answer)
}

pub(super) async fn configure(
    shared: Arc<Shared>,
    request: pb::configure_provider::Request,
) -> Result<pb::configure_provider::Response, Diagnostics> {
    let config = value::read(
        request.config.as_ref(),
        shared.types.provider(shared.provider.schemas()),
    )?;
    let cx = shared.context(request.client_capabilities);
    let mut answer = pb::configure_provider::Response::default();
    answer.add(
        &shared
            .provider
            .configure(&cx, &request.terraform_version, &config)
            .await,
    );
    Ok(answer)
}
