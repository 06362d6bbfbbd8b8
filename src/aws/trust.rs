//! Which certificate authorities AWS' endpoints are checked against: the system's, and those of a bundle, which companies
//! give that open TLS on the way.

use std::path::{Path, PathBuf};

use aws_config::profile;
use aws_runtime::env_config::file::EnvConfigFiles;
use aws_smithy_http_client::tls::{TlsContext, TrustStore};
use aws_types::os_shim_internal::{Env, Fs};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rustls::RootCertStore;
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject as _;

use super::error::{AwsError, AwsErrorKind};
use super::settings::AwsSettings;

const CALL: (&str, &str) = ("AWS", "configuration");

/// A file of certificates, and who named it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Bundle {
    path: PathBuf,
    origin: String,
}

/// The bundle that `AWS_CA_BUNDLE` or the profile's `ca_bundle` names, in this order, as for the AWS CLI.
pub(super) async fn bundle(settings: &AwsSettings, files: &EnvConfigFiles) -> Option<Bundle> {
    let variable = std::env::var_os("AWS_CA_BUNDLE").filter(|path| !path.is_empty());
    if let Some(path) = variable {
        return Some(Bundle {
            path: path.into(),
            origin: "AWS_CA_BUNDLE".to_owned(),
        });
    }
    let name = settings.profile.clone().map(Into::into);
    // A file that cannot be read is reported where credentials are looked for in it.
    let profiles = profile::load(&Fs::real(), &Env::real(), files, name).await.ok()?;
    let path = profiles.get("ca_bundle").filter(|path| !path.is_empty())?;
    Some(Bundle {
        path: path.into(),
        origin: format!("ca_bundle of the profile {}", profiles.selected_profile()),
    })
}

/// What the HTTP client trusts.
///
/// The certificates are handed to it one by one: told to look for the system's, it would look a second time for what is looked for
/// here to know that there are any, and it ends the process over one that it cannot use.
///
/// # Errors
/// The bundle cannot be read, or has no certificate in it that can be used.
pub(super) fn context(bundle: Option<&Bundle>) -> Result<TlsContext, AwsError> {
    let mut trusted = usable(rustls_native_certs::load_native_certs().certs);
    if let Some(bundle) = bundle {
        trusted.extend(read(bundle)?);
    }
    let trust = TrustStore::empty().with_pem_certificate(pem(&trusted));
    let context = TlsContext::builder().with_trust_store(trust).build();
    context.map_err(|error| wrong(&error.to_string()))
}

fn read(bundle: &Bundle) -> Result<Vec<CertificateDer<'static>>, AwsError> {
    let of = |why: String| {
        wrong(&format!(
            "{} names {}, {why}",
            bundle.origin,
            bundle.path.display()
        ))
    };
    let bytes = std::fs::read(home_expanded(&bundle.path))
        .map_err(|error| of(format!("which cannot be read: {error}")))?;
    let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&bytes).collect();
    let certificates = certificates.map_err(|error| of(format!("which is no PEM: {error}")))?;
    if certificates.is_empty() {
        return Err(of("in which there is no certificate (PEM)".to_owned()));
    }
    match usable(certificates) {
        none if none.is_empty() => Err(of(
            "in which no certificate can be used as an authority".to_owned()
        )),
        found => Ok(found),
    }
}

/// Those that can be an authority's.
fn usable(mut certificates: Vec<CertificateDer<'static>>) -> Vec<CertificateDer<'static>> {
    let mut roots = RootCertStore::empty();
    certificates.retain(|certificate| roots.add(certificate.clone()).is_ok());
    certificates
}

fn pem(certificates: &[CertificateDer<'_>]) -> String {
    let block = |certificate: &CertificateDer<'_>| {
        let body = STANDARD.encode(certificate);
        format!("-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----\n")
    };
    certificates.iter().map(block).collect()
}

fn home_expanded(path: &Path) -> PathBuf {
    match (path.strip_prefix("~"), std::env::home_dir()) {
        (Ok(rest), Some(home)) => home.join(rest),
        _ => path.to_owned(),
    }
}

fn wrong(message: &str) -> AwsError {
    AwsError::local(AwsErrorKind::TrustInvalid, CALL, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(path: &Path) -> Bundle {
        Bundle {
            path: path.to_owned(),
            origin: "AWS_CA_BUNDLE".to_owned(),
        }
    }

    #[test]
    fn a_bundle_that_is_none_is_told_with_its_file() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("ca.pem");
        let missing = context(Some(&of(&file))).unwrap_err().to_string();
        assert!(
            missing.contains("AWS_CA_BUNDLE names") && missing.contains("cannot be read"),
            "{missing}"
        );
        std::fs::write(&file, "no PEM").unwrap();
        let empty = context(Some(&of(&file))).unwrap_err().to_string();
        assert!(
            empty.contains("no certificate") && empty.contains("ca.pem"),
            "{empty}"
        );
        std::fs::write(&file, pem(&[CertificateDer::from(&b"no certificate"[..])])).unwrap();
        let other = context(Some(&of(&file))).unwrap_err().to_string();
        assert!(other.contains("no certificate can be used"), "{other}");
        assert!(context(None).is_ok());
    }

    #[test]
    fn what_cannot_be_used_is_left_out() {
        let key = rcgen::KeyPair::generate().unwrap();
        let parameters = rcgen::CertificateParams::new(["company.example".to_owned()]).unwrap();
        let good: CertificateDer<'static> = parameters.self_signed(&key).unwrap().into();
        let odd = CertificateDer::from(&b"no certificate"[..]);
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("ca.pem");
        std::fs::write(&file, pem(&[odd, good.clone()])).unwrap();
        assert_eq!(read(&of(&file)), Ok(vec![good]));
    }

    #[tokio::test]
    async fn the_profile_in_use_may_name_it() {
        let text = "[default]\n[profile dev]\nca_bundle = /etc/company.pem\n";
        let files = EnvConfigFiles::builder()
            .with_contents(aws_runtime::env_config::file::EnvConfigFileKind::Config, text)
            .build();
        let of = |profile: &str| AwsSettings {
            profile: Some(profile.to_owned()),
            ..AwsSettings::default()
        };
        if std::env::var_os("AWS_CA_BUNDLE").is_some() {
            return;
        }
        let found = bundle(&of("dev"), &files).await.unwrap();
        assert_eq!(found.path, Path::new("/etc/company.pem"));
        assert!(found.origin.contains("profile dev"));
        assert_eq!(bundle(&of("default"), &files).await, None);
    }
}
