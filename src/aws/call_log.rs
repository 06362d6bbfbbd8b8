//! A line in the log for each call of AWS, and for each attempt of one that is tried again.

use std::time::Instant;

use aws_sdk_ec2::config::http::{HttpRequest, HttpResponse};
use aws_sdk_ec2::config::interceptors::{
    BeforeTransmitInterceptorContextRef, FinalizerInterceptorContextRef,
};
use aws_sdk_ec2::config::{ConfigBag, Intercept, Region, RuntimeComponents};
use aws_sdk_ec2::error::BoxError;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::Metadata;
use aws_smithy_runtime_api::client::retries::RequestAttempts;
use aws_smithy_types::config_bag::{Storable, StoreReplace};

use super::error::chain;
use super::secret::scrub;

/// Logs the calls of the service of this name: what was asked, how long it took, and what came back. Bodies are left out:
/// user data and credentials are in them.
#[derive(Debug, Clone, Copy)]
pub(super) struct CallLog(pub(super) &'static str);

/// The attempt that is under way.
#[derive(Debug)]
struct Attempt {
    begun: Instant,
    asked: String,
}

impl Storable for Attempt {
    type Storer = StoreReplace<Self>;
}

impl Intercept for CallLog {
    fn name(&self) -> &'static str {
        "CallLog"
    }

    fn read_before_attempt(
        &self,
        context: &BeforeTransmitInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if tracing::enabled!(tracing::Level::DEBUG) {
            config.interceptor_state().store_put(Attempt {
                begun: Instant::now(),
                asked: asked(context.request()),
            });
        }
        Ok(())
    }

    fn read_after_attempt(
        &self,
        context: &FinalizerInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let Some(attempt) = config.load::<Attempt>() else {
            return Ok(());
        };
        let took_ms = milliseconds(attempt.begun);
        let operation = config.load::<Metadata>().map_or("", |metadata| metadata.name());
        let region = config.load::<Region>().map_or("", |region| region.as_ref());
        let number = config
            .load::<RequestAttempts>()
            .map_or(1, RequestAttempts::attempts);
        tracing::debug!(
            service = self.0,
            operation,
            region,
            asked = attempt.asked,
            attempt = number,
            took_ms,
            "AWS: {}",
            answered(context)
        );
        Ok(())
    }
}

/// The same client, which logs each call. It is for the sources of credentials, such as STS and SSO, whose clients the SDK
/// makes itself. Paths are shown; queries and bodies may hold secrets.
pub(super) fn logged(inner: SharedHttpClient) -> SharedHttpClient {
    SharedHttpClient::new(Logged(inner))
}

#[derive(Debug)]
struct Logged<T>(T);

impl HttpClient for Logged<SharedHttpClient> {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(Logged(self.0.http_connector(settings, components)))
    }
}

impl HttpConnector for Logged<SharedHttpConnector> {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let uri = request.uri().parse::<http::Uri>().unwrap_or_default();
        let begun = Instant::now();
        let answer = self.0.call(request);
        HttpConnectorFuture::new(async move {
            let answer = answer.await;
            let host = uri.host().unwrap_or_default();
            let path = shown_path(host, uri.path());
            let came_back = match &answer {
                Ok(response) => status(response),
                Err(error) => scrub(&chain(error)),
            };
            tracing::debug!(
                host,
                path,
                took_ms = milliseconds(begun),
                "AWS credentials: {came_back}"
            );
            answer
        })
    }
}

/// The last part of the path of ECS' credentials is what entitles to them.
fn shown_path<'p>(host: &str, path: &'p str) -> &'p str {
    match path.rsplit_once('/') {
        Some((parent, _)) if host == "169.254.170.2" => parent,
        _ => path,
    }
}

fn milliseconds(begun: Instant) -> u64 {
    u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX)
}

/// Which object a request is about: the path of a REST service, the names and IDs of a query.
fn asked(request: &HttpRequest) -> String {
    const NAMES: [&str; 6] = [
        "LaunchTemplateId",
        "LaunchTemplateName",
        "LaunchTemplateVersion",
        "ResourceId",
        "SetDefaultVersion",
        "DefaultVersion",
    ];
    let body = request.body().bytes().unwrap_or_default();
    let body = String::from_utf8_lossy(body);
    let named: Vec<&str> = body
        .split('&')
        .filter(|pair| {
            let name = pair.split(['=', '.']).next().unwrap_or_default();
            NAMES.contains(&name)
        })
        .collect();
    if named.is_empty() {
        let uri = request.uri();
        uri.parse::<http::Uri>()
            .map_or_else(|_| String::new(), |uri| uri.path().to_owned())
    } else {
        named.join(" ")
    }
}

/// What came back: a status with the service's code and its ID of the request, or why there is no answer.
fn answered(context: &FinalizerInterceptorContextRef<'_>) -> String {
    let Some(response) = context.response() else {
        let error = context.output_or_error().and_then(Result::err);
        let error = error.and_then(|error| error.as_connector_error());
        return error.map_or_else(|| "no answer".to_owned(), |error| scrub(&chain(error)));
    };
    status(response)
}

/// Status, the service's code of an error where its body has been read, and its ID of the request.
fn status(response: &HttpResponse) -> String {
    let id = response.headers().get("x-amzn-requestid");
    let id = id.map_or_else(String::new, |id| format!(", request ID {id}"));
    let code = code(response).map_or_else(String::new, |code| format!(" {code}"));
    format!("{}{code}{id}", response.status().as_u16())
}

/// EC2 names the error in the body, EKS in a header.
fn code(response: &HttpResponse) -> Option<String> {
    if response.status().is_success() {
        return None;
    }
    if let Some(code) = response.headers().get("x-amzn-errortype") {
        return Some(code.split(':').next().unwrap_or(code).to_owned());
    }
    let body = String::from_utf8_lossy(response.body().bytes()?);
    let (_, rest) = body.split_once("<Code>")?;
    Some(rest.split_once("</Code>")?.0.to_owned())
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use aws_smithy_types::body::SdkBody;
    use tracing::field::Field;
    use tracing::{Event, Subscriber};
    use tracing_subscriber::Layer;
    use tracing_subscriber::layer::{Context, SubscriberExt};

    use super::*;

    /// Refuses every call.
    #[derive(Debug)]
    struct Refusing;

    impl HttpConnector for Refusing {
        fn call(&self, _: HttpRequest) -> HttpConnectorFuture {
            let status = 403.try_into().unwrap();
            HttpConnectorFuture::ready(Ok(HttpResponse::new(status, SdkBody::from("hunter2"))))
        }
    }

    /// Keeps what is logged.
    struct Lines(Arc<Mutex<Vec<String>>>);

    impl<S: Subscriber> Layer<S> for Lines {
        fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
            let mut line = String::new();
            event.record(&mut |field: &Field, value: &dyn std::fmt::Debug| {
                line += &format!("{field}={value:?} ");
            });
            self.0.lock().unwrap().push(line);
        }
    }

    #[tokio::test]
    async fn calls_for_credentials_are_logged_without_secrets() {
        let lines = Arc::new(Mutex::new(Vec::new()));
        let layer = Lines(Arc::clone(&lines));
        let _logged = tracing::subscriber::set_default(tracing_subscriber::registry().with(layer));
        let client = Logged(SharedHttpConnector::new(Refusing));
        for url in [
            "https://sts.us-east-1.amazonaws.com/?X-Amz-Signature=hunter2",
            "http://169.254.170.2/v2/credentials/hunter2",
        ] {
            let mut request = HttpRequest::new(SdkBody::from("hunter2"));
            request.set_uri(url).unwrap();
            request.headers_mut().insert("authorization", "hunter2");
            client.call(request).await.unwrap();
        }
        let lines = lines.lock().unwrap();
        let [sts, ecs] = lines.as_slice() else {
            panic!("{lines:?}")
        };
        assert!(sts.contains("AWS credentials: 403") && sts.contains("sts.us-east-1.amazonaws.com"));
        assert!(ecs.contains("\"/v2/credentials\""), "{ecs}");
        assert!(!lines.concat().contains("hunter2"), "{lines:?}");
    }
}
