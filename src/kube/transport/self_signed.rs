//! Server certificates that are named as the CA themselves, as kubectl treats them.
//!
//! Go's `crypto/x509` takes a server certificate that is among the trusted ones; rustls refuses each that may sign others
//! ("CA used as end entity"). Clusters made by hand have such certificates.

use std::sync::Arc;

use kube::Config;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{WebPkiServerVerifier, verify_server_name};
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};

/// The same settings, which also take a server certificate that is one of the cluster's CA certificates. Nothing changes
/// where no CA is named, or where certificates are not verified.
pub(super) fn accepted(mut tls: ClientConfig, config: &Config) -> ClientConfig {
    let Some(named) = config.root_cert.as_ref().filter(|_| !config.accept_invalid_certs) else {
        return tls;
    };
    let named: Vec<CertificateDer<'static>> = named.iter().cloned().map(CertificateDer::from).collect();
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(named.iter().cloned());
    let provider = Arc::new(aws_lc_rs::default_provider());
    // Roots that make no verifier make none in kube either, which has reported that by now.
    if let Ok(usual) = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider).build() {
        tls.dangerous()
            .set_certificate_verifier(Arc::new(Verifier { usual, named }));
    }
    tls
}

#[derive(Debug)]
struct Verifier {
    usual: Arc<WebPkiServerVerifier>,
    named: Vec<CertificateDer<'static>>,
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        server: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let usual = self
            .usual
            .verify_server_cert(server, intermediates, name, ocsp_response, now);
        match usual {
            // The certificate's own dates are verified before its role is.
            Err(error) if may_sign_others(&error) && self.named.iter().any(|own| own == server) => {
                verify_server_name(&ParsedCertificate::try_from(server)?, name)?;
                Ok(ServerCertVerified::assertion())
            }
            usual => usual,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.usual.verify_tls12_signature(message, certificate, signed)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.usual.verify_tls13_signature(message, certificate, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.usual.supported_verify_schemes()
    }
}

/// Whether a certificate was refused for this alone: it is one that may sign others.
fn may_sign_others(error: &Error) -> bool {
    match error {
        Error::InvalidCertificate(CertificateError::Other(other)) => {
            other.to_string().contains("CaUsedAsEndEntity")
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use rcgen::{BasicConstraints, CertificateParams, IsCa, KeyPair, date_time_ymd};

    use super::*;

    fn certificate(name: &str, last_year: i32) -> CertificateDer<'static> {
        let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.not_before = date_time_ymd(2020, 1, 1);
        params.not_after = date_time_ymd(last_year, 1, 1);
        let key = KeyPair::generate().unwrap();
        params.self_signed(&key).unwrap().der().clone()
    }

    /// What becomes of a server's certificate where `named` is the cluster's CA.
    fn verified(server: &CertificateDer<'_>, named: &CertificateDer<'static>) -> Result<(), Error> {
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates([named.clone()]);
        let provider = Arc::new(aws_lc_rs::default_provider());
        let usual = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider);
        let verifier = Verifier {
            usual: usual.build().unwrap(),
            named: vec![named.clone()],
        };
        let name = ServerName::try_from("api.example").unwrap();
        let verified = verifier.verify_server_cert(server, &[], &name, &[], UnixTime::now());
        verified.map(|_| ())
    }

    #[test]
    fn a_certificate_that_is_its_own_ca_is_taken() {
        let own = certificate("api.example", 2100);
        assert_eq!(verified(&own, &own), Ok(()));
    }

    #[test]
    fn another_one_a_wrong_name_and_an_old_one_are_not() {
        let own = certificate("api.example", 2100);
        assert!(verified(&certificate("api.example", 2100), &own).is_err());
        let elsewhere = certificate("elsewhere.example", 2100);
        assert!(verified(&elsewhere, &elsewhere).is_err());
        let old = certificate("api.example", 2021);
        let refused = verified(&old, &old).unwrap_err();
        assert!(format!("{refused:?}").contains("Expired"), "{refused:?}");
    }
}
