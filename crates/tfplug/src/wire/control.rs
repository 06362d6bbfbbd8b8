//! go-plugin's own services: how the host ends the process, and what it may read of its output.

use futures::{StreamExt, stream};
use tokio_util::sync::CancellationToken;
use tonic::codegen::BoxStream;
use tonic::{Request, Response, Status};

use super::r#gen::plugin::grpc_controller_server::GrpcController;
use super::r#gen::plugin::grpc_stdio_server::GrpcStdio;
use super::r#gen::plugin::{Empty, StdioData};

/// Ends the server on the host's word.
pub(super) struct Controller {
    pub(super) shutdown: CancellationToken,
}

#[tonic::async_trait]
impl GrpcController for Controller {
    async fn shutdown(&self, _request: Request<Empty>) -> Result<Response<Empty>, Status> {
        self.shutdown.cancel();
        Ok(Response::new(Empty {}))
    }
}

/// Nothing is ever sent: the process writes its log to standard error, which the host reads anyway. The stream stays
/// open until the end, as the host expects.
pub(super) struct Stdio {
    pub(super) shutdown: CancellationToken,
}

#[tonic::async_trait]
impl GrpcStdio for Stdio {
    async fn stream_stdio(&self, _request: Request<()>) -> Result<Response<BoxStream<StdioData>>, Status> {
        let end = self.shutdown.clone().cancelled_owned();
        Ok(Response::new(Box::pin(stream::pending().take_until(end))))
    }
}
