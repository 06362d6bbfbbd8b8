//! Which attributes of a cluster go together.

use tfplug::{Diagnostics, Path};

use super::{ClusterModel, ProviderClusterModel};

/// The ways to name a cluster; exactly one is to be used.
const WAYS: &str = "Give name (an EKS cluster), kubeconfig, or host.";

impl ClusterModel {
    /// What is wrong with the combination of attributes, whatever is unknown left out.
    pub fn validate(&self, at: &Path, diags: &mut Diagnostics) {
        let ways = [
            ("name", &self.name),
            ("kubeconfig", &self.kubeconfig),
            ("host", &self.host),
        ];
        let given: Vec<_> = ways
            .iter()
            .filter(|(_, v)| !v.is_null())
            .map(|(n, _)| *n)
            .collect();
        if given.is_empty() {
            diags.error_at(at.clone(), "The cluster is not named", WAYS);
        }
        if given.len() > 1 {
            let detail = format!("Found {} together. {WAYS}", given.join(" and "));
            diags.error_at(at.clone(), "The cluster is named in more than one way", detail);
        }
        self.check_attributes_of_other_ways(at, diags);
        self.validate_credentials(at, diags);
        let url = self
            .host
            .as_str()
            .is_none_or(|h| h.starts_with("https://") || h.starts_with("http://"));
        if !url {
            let detail = "Give the API server's URL, such as https://10.0.0.1:6443.";
            diags.error_at(at.attribute("host"), "The host is not a URL", detail);
        }
    }

    /// Each way has attributes of its own. They would be ignored with another way.
    fn check_attributes_of_other_ways(&self, at: &Path, diags: &mut Diagnostics) {
        let ways = [
            ("name", &self.name, self.attributes_of_name()),
            (
                "kubeconfig",
                &self.kubeconfig,
                vec![("context", !self.context.is_null())],
            ),
            ("host", &self.host, self.attributes_of_host()),
        ];
        if ways.iter().all(|(_, way, _)| way.is_null()) {
            return;
        }
        for (way, _, attributes) in ways.iter().filter(|(_, way, _)| way.is_null()) {
            for (attribute, _) in attributes.iter().filter(|(_, given)| *given) {
                let detail =
                    format!("{attribute} is for {way}, which is not given. Remove one, or give the other.");
                diags.error_at(at.attribute(*attribute), "The attribute has no effect", detail);
            }
        }
    }

    fn attributes_of_name(&self) -> Vec<(&'static str, bool)> {
        vec![
            ("region", !self.region.is_null()),
            ("assume_role", !self.assume_role.is_null()),
        ]
    }

    fn attributes_of_host(&self) -> Vec<(&'static str, bool)> {
        vec![
            ("cluster_ca_certificate", !self.cluster_ca_certificate.is_null()),
            ("tls_server_name", !self.tls_server_name.is_null()),
            ("insecure", self.insecure.known() == Some(&true)),
            ("token_file", !self.token_file.is_null()),
            ("client_certificate_file", !self.client_certificate_file.is_null()),
            ("client_key_file", !self.client_key_file.is_null()),
            ("exec", !self.exec.is_null()),
        ]
    }

    fn validate_credentials(&self, at: &Path, diags: &mut Diagnostics) {
        if self.host.is_null() {
            return;
        }
        let certificate = !self.client_certificate_file.is_null();
        if certificate == self.client_key_file.is_null() {
            let detail = "client_certificate_file and client_key_file are given together or not at all.";
            diags.error_at(at.clone(), "Half a client certificate", detail);
        }
        let credentials = [!self.exec.is_null(), !self.token_file.is_null(), certificate];
        if credentials.iter().filter(|given| **given).count() != 1 {
            let detail = "With host, give one of exec, token_file, or client_certificate_file and client_key_file. A \
                          token or key as text is taken by the provider's kubernetes block alone, since a resource's \
                          attributes are kept in state.";
            diags.error_at(at.clone(), "The cluster needs one kind of credentials", detail);
        }
    }
}

impl ProviderClusterModel {
    /// What is wrong with the combination of attributes, whatever is unknown left out.
    pub fn validate(&self, at: &Path, diags: &mut Diagnostics) {
        let certificate = !self.client_certificate.is_null() || !self.client_key.is_null();
        match (!self.token.is_null(), certificate) {
            (false, false) => self.shared.validate(at, diags),
            (token, certificate) => self.validate_inline(token && certificate, at, diags),
        }
    }

    /// The same with credentials as text, of both kinds or of one.
    fn validate_inline(&self, both: bool, at: &Path, diags: &mut Diagnostics) {
        let mut rest = self.shared.clone();
        if self.shared.host.is_null() {
            let detail = "Credentials as text are for host, which is not given. Remove them, or give host.";
            diags.error_at(at.clone(), "The credentials have no effect", detail);
        } else {
            // To what is checked below, text is as good as a file.
            rest.token_file = "-".into();
        }
        let files = [&self.shared.token_file, &self.shared.client_certificate_file];
        let others = !self.shared.exec.is_null() || files.iter().any(|file| !file.is_null());
        if others || both {
            let detail = "Give one of token, client_certificate and client_key, exec, token_file.";
            diags.error_at(at.clone(), "The cluster needs one kind of credentials", detail);
        }
        if self.client_certificate.is_null() != self.client_key.is_null() {
            let detail = "client_certificate and client_key are given together or not at all.";
            diags.error_at(at.clone(), "Half a client certificate", detail);
        }
        rest.validate(at, diags);
    }
}
