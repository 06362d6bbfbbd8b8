//! Which proxy leads to a server, by the environment: one reader for the clusters and for AWS.
//!
//! The rules are those of Go's `golang.org/x/net/http/httpproxy`, by which kubectl and Terraform's own providers go; a test
//! holds them against it. The AWS CLI differs where noted in `docs/index.md`.

mod bypass;

use std::fmt;

use http::Uri;

use bypass::NoProxy;

/// A proxy, and where it was named. Neither `Debug` nor `Display` shows a login.
#[derive(Clone, PartialEq, Eq)]
pub struct Proxy {
    /// Scheme, host and port, with the login if there is one.
    pub url: Uri,
    /// Who named it: `HTTPS_PROXY`, or `proxy-url of the kubeconfig`.
    pub source: String,
}

/// Text that names no proxy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{origin} names no proxy: {why}. It is written as http://[USER:PASSWORD@]HOST:PORT, https://... or socks5://..."
)]
pub struct NoSuchProxy {
    /// Who named it.
    pub origin: String,
    /// What is wrong with it, without the text itself, which may hold a password.
    pub why: &'static str,
}

impl Proxy {
    /// Reads what a variable or a file says; without a scheme it is an HTTP proxy.
    ///
    /// # Errors
    /// The text is no URL of a proxy.
    pub fn parse(text: &str, source: &str) -> Result<Self, NoSuchProxy> {
        let wrong = |why| NoSuchProxy {
            origin: source.to_owned(),
            why,
        };
        let text = text.trim();
        let text = if text.contains("://") {
            text.to_owned()
        } else {
            format!("http://{text}")
        };
        let url: Uri = text.parse().map_err(|_| wrong("it is not a URL"))?;
        if url.host().is_none_or(str::is_empty) {
            return Err(wrong("it has no host"));
        }
        match url.scheme_str() {
            Some("http" | "https" | "socks5" | "socks5h") => {}
            _ => return Err(wrong("its scheme is not http, https, socks5 or socks5h")),
        }
        Ok(Self {
            url,
            source: source.to_owned(),
        })
    }

    /// Host and port.
    pub fn address(&self) -> String {
        let host = self.url.host().unwrap_or_default();
        format!("{host}:{}", self.port())
    }

    fn port(&self) -> u16 {
        let default = match self.url.scheme_str() {
            Some("https") => 443,
            Some("socks5" | "socks5h") => 1080,
            _ => 80,
        };
        self.url.port_u16().unwrap_or(default)
    }

    /// User and password, decoded.
    pub fn login(&self) -> Option<(String, String)> {
        let authority = self.url.authority()?.as_str();
        let (login, _) = authority.rsplit_once('@')?;
        let (user, password) = login.split_once(':').unwrap_or((login, ""));
        Some((decoded(user), decoded(password)))
    }

    /// Scheme, host and port, without the login.
    pub fn bare(&self) -> Uri {
        let scheme = self.url.scheme_str().unwrap_or("http");
        let bare = format!("{scheme}://{}", self.address());
        bare.parse().unwrap_or_else(|_| self.url.clone())
    }
}

/// Percent-encoding undone; what is not UTF-8 then stays encoded.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let hex = after.get(..2).and_then(|two| std::str::from_utf8(two).ok());
        match (first, hex.and_then(|two| u8::from_str_radix(two, 16).ok())) {
            (b'%', Some(byte)) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            _ => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}

impl fmt::Display for Proxy {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "the proxy {} ({})", self.address(), self.source)
    }
}

impl fmt::Debug for Proxy {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, out)
    }
}

/// The environment's word on proxies.
#[derive(Debug, Clone, Default)]
pub struct Environment {
    https: Option<(String, &'static str)>,
    http: Option<(String, &'static str)>,
    no_proxy: NoProxy,
}

impl Environment {
    /// Of this process.
    pub fn of_process() -> Self {
        Self::read(|name| std::env::var(name).ok())
    }

    /// The same of any variables. The upper-case name counts first; `ALL_PROXY` does not count, as for kubectl.
    pub fn read(variable: impl Fn(&str) -> Option<String>) -> Self {
        let first = |names: [&'static str; 2]| {
            let value =
                |name: &'static str| variable(name).filter(|v| !v.trim().is_empty()).map(|v| (v, name));
            names.into_iter().find_map(value)
        };
        let no_proxy = first(["NO_PROXY", "no_proxy"]).map(|(text, _)| text);
        Self {
            https: first(["HTTPS_PROXY", "https_proxy"]),
            http: first(["HTTP_PROXY", "http_proxy"]),
            no_proxy: NoProxy::read(no_proxy.as_deref().unwrap_or_default()),
        }
    }

    /// The proxy of https servers, if the environment names a right one.
    pub fn https_proxy(&self) -> Option<Proxy> {
        let (text, name) = self.https.as_ref()?;
        Proxy::parse(text, name).ok()
    }

    /// Whether http servers have the same proxy as https ones.
    pub fn http_is_the_same(&self) -> bool {
        let text = |named: &Option<(String, &'static str)>| named.as_ref().map(|(text, _)| text.clone());
        text(&self.http) == text(&self.https)
    }

    /// The servers of a port that are reached without a proxy, in the words of hyper's reader: names, which stand for all
    /// below them too, addresses and networks.
    pub fn bypassed_at(&self, port: u16) -> String {
        self.no_proxy.at_port(port).join(",")
    }

    /// The proxy on the way to a server; none where it is reached without one.
    ///
    /// # Errors
    /// The variable that counts names no proxy.
    pub fn proxy_for(&self, server: &Uri) -> Result<Option<Proxy>, NoSuchProxy> {
        let secure = server.scheme_str() != Some("http");
        let named = if secure { &self.https } else { &self.http };
        let Some((text, name)) = named else {
            return Ok(None);
        };
        let host = server.host().unwrap_or_default();
        let port = server.port_u16().unwrap_or(if secure { 443 } else { 80 });
        if self.no_proxy.covers(host, port) {
            return Ok(None);
        }
        Proxy::parse(text, name).map(Some)
    }
}

#[cfg(test)]
mod tests;
