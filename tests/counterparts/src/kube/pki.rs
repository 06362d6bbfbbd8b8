//! Certificates and keys of one control plane.

use std::fmt;

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, date_time_ymd,
};

use crate::error::Result;

/// When a certificate is good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Validity {
    /// Now.
    Good,
    /// It was, years ago.
    Expired,
}

/// A certificate with its key, both in PEM.
#[derive(Clone, PartialEq, Eq)]
pub struct Certificate {
    /// The certificate.
    pub certificate: String,
    /// Its key.
    pub key: String,
}

impl fmt::Debug for Certificate {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Certificate").finish_non_exhaustive()
    }
}

/// Everything in PEM.
pub(crate) struct Pki {
    issuer: Issuer<'static, KeyPair>,
    /// The authority that clients trust.
    pub(crate) ca: String,
    /// What the servers show for 127.0.0.1.
    pub(crate) server: Certificate,
    /// Signs service account tokens.
    pub(crate) service_account_key: String,
    /// Verifies them.
    pub(crate) service_account_public: String,
}

impl fmt::Debug for Pki {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Pki").finish_non_exhaustive()
    }
}

impl Pki {
    pub(crate) fn generate() -> Result<Self> {
        let ca_key = KeyPair::generate()?;
        let mut ca = CertificateParams::new(Vec::new())?;
        // EKS calls its authorities so.
        ca.distinguished_name.push(DnType::CommonName, "kubernetes");
        ca.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        ca.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::DigitalSignature];
        let ca_certificate = ca.self_signed(&ca_key)?;
        let issuer = Issuer::new(ca, ca_key);
        let service_account = KeyPair::generate()?;
        Ok(Self {
            ca: ca_certificate.pem(),
            server: server(&issuer, Validity::Good)?,
            issuer,
            service_account_key: service_account.serialize_pem(),
            service_account_public: service_account.public_key_pem(),
        })
    }

    /// Another certificate for the servers.
    pub(crate) fn server(&self, validity: Validity) -> Result<Certificate> {
        server(&self.issuer, validity)
    }

    /// A certificate that says who its holder is.
    pub(crate) fn client(&self, user: &str, groups: &[&str], validity: Validity) -> Result<Certificate> {
        let mut client = CertificateParams::new(Vec::new())?;
        client.distinguished_name.push(DnType::CommonName, user);
        for group in groups {
            client.distinguished_name.push(DnType::OrganizationName, *group);
        }
        client.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        signed(client, &self.issuer, validity)
    }
}

fn server(issuer: &Issuer<'static, KeyPair>, validity: Validity) -> Result<Certificate> {
    let names = ["127.0.0.1", "localhost", "kubernetes", "kubernetes.default.svc"].map(str::to_owned);
    let mut server = CertificateParams::new(names)?;
    server
        .distinguished_name
        .push(DnType::CommonName, "kube-apiserver");
    server.use_authority_key_identifier_extension = true;
    signed(server, issuer, validity)
}

fn signed(
    mut params: CertificateParams,
    issuer: &Issuer<'static, KeyPair>,
    validity: Validity,
) -> Result<Certificate> {
    if validity == Validity::Expired {
        params.not_before = date_time_ymd(2020, 1, 1);
        params.not_after = date_time_ymd(2020, 1, 2);
    }
    let key = KeyPair::generate()?;
    Ok(Certificate {
        certificate: params.signed_by(&key, issuer)?.pem(),
        key: key.serialize_pem(),
    })
}
