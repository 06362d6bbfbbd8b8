//! What one request asks of the server.

use http::request::Parts;
use url::form_urlencoded;

/// One request that came to the proxy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// The AWS action (`CreateLaunchTemplate`), from the body, the query or `X-Amz-Target`; for REST services such as
    /// EKS the method and path (`GET /clusters/prod`).
    pub action: String,
    /// The HTTP method.
    pub method: String,
    /// Path with query.
    pub target: String,
    /// Path without query.
    pub path: String,
    /// The signed region, if the request is signed.
    pub region: Option<String>,
    /// The signed service (`ec2`), if the request is signed.
    pub service: Option<String>,
    /// The form parameters of a query service (EC2, STS, IAM, Auto Scaling), in their order.
    pub parameters: Vec<(String, String)>,
    /// The type of the body, empty without one.
    pub content_type: String,
    /// The body as text.
    pub body: String,
    /// What the proxy did.
    pub outcome: Outcome,
}

/// What the proxy did with a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Nothing yet: it is being delayed.
    Held,
    /// It went to the server behind.
    Forwarded,
    /// The proxy answered itself, with this status.
    Answered(u16),
    /// The connection was closed; the server behind never saw it.
    Dropped,
}

impl Call {
    pub(super) fn of(head: &Parts, body: &[u8]) -> Self {
        let (region, service) =
            scope(head).map_or((None, None), |(region, service)| (Some(region), Some(service)));
        let mut parameters: Vec<(String, String)> =
            form_urlencoded::parse(head.uri.query().unwrap_or_default().as_bytes())
                .into_owned()
                .collect();
        if is_form(head) {
            parameters.extend(form_urlencoded::parse(body).into_owned());
        }
        Self {
            action: action(head, &parameters),
            method: head.method.to_string(),
            target: head
                .uri
                .path_and_query()
                .map_or("/", |target| target.as_str())
                .to_owned(),
            path: head.uri.path().to_owned(),
            region,
            service,
            parameters,
            content_type: header(head, "content-type").to_owned(),
            body: String::from_utf8_lossy(body).into_owned(),
            outcome: Outcome::Held,
        }
    }

    /// The value of a form parameter, for example `ClientToken`.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    /// Whether the server behind saw it.
    #[must_use]
    pub fn reached_server(&self) -> bool {
        self.outcome == Outcome::Forwarded
    }
}

fn header<'a>(head: &'a Parts, name: &str) -> &'a str {
    head.headers
        .get(name)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
}

fn is_form(head: &Parts) -> bool {
    header(head, "content-type").starts_with("application/x-www-form-urlencoded")
}

fn action(head: &Parts, parameters: &[(String, String)]) -> String {
    if let Some((_, action)) = parameters.iter().find(|(name, _)| name == "Action") {
        return action.clone();
    }
    match header(head, "x-amz-target").rsplit_once('.') {
        Some((_, action)) => action.to_owned(),
        None => format!("{} {}", head.method, head.uri.path()),
    }
}

/// Region and service of `Authorization: AWS4-HMAC-SHA256 Credential=KEY/DATE/REGION/SERVICE/aws4_request, ...`.
fn scope(head: &Parts) -> Option<(String, String)> {
    let credential = header(head, "authorization").split_once("Credential=")?.1;
    let mut parts = credential.split([',', ' ']).next()?.split('/').skip(2);
    Some((parts.next()?.to_owned(), parts.next()?.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::Request;

    fn call(request: http::request::Builder, body: &str) -> Call {
        let (head, ()) = request.body(()).unwrap().into_parts();
        Call::of(&head, body.as_bytes())
    }

    #[test]
    fn a_query_service_names_its_action_in_the_body() {
        let request = Request::post("/")
            .header("content-type", "application/x-www-form-urlencoded; charset=utf-8")
            .header(
                "authorization",
                "AWS4-HMAC-SHA256 Credential=AK/20261123/eu-west-1/ec2/aws4_request, SignedHeaders=host",
            );
        let call = call(request, "Action=CreateLaunchTemplate&ClientToken=a%2Fb");
        assert_eq!(call.action, "CreateLaunchTemplate");
        assert_eq!(call.parameter("ClientToken"), Some("a/b"));
        assert_eq!(
            (call.region.as_deref(), call.service.as_deref()),
            (Some("eu-west-1"), Some("ec2"))
        );
    }

    #[test]
    fn json_and_rest_services_name_it_elsewhere() {
        let json = Request::post("/").header("x-amz-target", "AmazonSSM.GetParameter");
        assert_eq!(call(json, "{}").action, "GetParameter");
        assert_eq!(
            call(Request::get("/clusters/prod?x=1"), "").action,
            "GET /clusters/prod"
        );
        assert_eq!(
            call(Request::get("/?Action=GetCallerIdentity"), "").action,
            "GetCallerIdentity"
        );
    }
}
