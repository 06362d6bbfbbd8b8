//! Credentials: found once, shared by all regions, services and cluster tokens.

use std::error::Error as _;
use std::time::{Duration, SystemTime};

use aws_config::SdkConfig;
use aws_config::ecs::EcsCredentialsProvider;
use aws_config::environment::EnvironmentVariableCredentialsProvider;
use aws_config::meta::credentials::CredentialsProviderChain;
use aws_config::profile::ProfileFileCredentialsProvider;
use aws_config::provider_config::ProviderConfig;
use aws_config::sts::AssumeRoleProvider;
use aws_config::web_identity_token::WebIdentityTokenCredentialsProvider;
use aws_credential_types::Credentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{self, ProvideCredentials, SharedCredentialsProvider, future};
use aws_runtime::env_config::file::{EnvConfigFileKind, EnvConfigFiles};
use tokio::sync::Mutex;
use tokio::time::Instant;

use super::error::chain;
use super::secret::scrub;
use super::settings::{AssumeRole, AwsSettings};

/// Credentials are renewed this long before they end.
const RENEW_BEFORE: Duration = Duration::from_secs(5 * 60);
/// A source that failed is not asked again for this long: two hundred objects that find no
/// credentials should ask the metadata service once, not two hundred times.
const HOLD_FAILURE: Duration = Duration::from_secs(5);

/// The shared configuration files of these settings.
pub(super) fn files(settings: &AwsSettings) -> EnvConfigFiles {
    let mut files = EnvConfigFiles::builder()
        .include_default_config_file(settings.shared_config_files.is_empty())
        .include_default_credentials_file(settings.shared_credentials_files.is_empty());
    for path in &settings.shared_config_files {
        files = files.with_file(EnvConfigFileKind::Config, path);
    }
    for path in &settings.shared_credentials_files {
        files = files.with_file(EnvConfigFileKind::Credentials, path);
    }
    files.build()
}

/// The source that the settings name, if they name one; otherwise the SDK's default chain is right.
pub(super) fn named_source(
    settings: &AwsSettings,
    provider: &ProviderConfig,
) -> Option<SharedCredentialsProvider> {
    if let (Some(key), Some(secret)) = (&settings.access_key, &settings.secret_key) {
        let token = settings.token.as_ref().map(|token| token.expose().to_owned());
        let fixed = Credentials::new(key, secret.expose(), token, None, "provider block");
        return Some(SharedCredentialsProvider::new(fixed));
    }
    if settings.profile.is_some() {
        return Some(SharedCredentialsProvider::new(profile(settings, provider)));
    }
    settings.skip_metadata_api_check.then(|| {
        let environment = EnvironmentVariableCredentialsProvider::new();
        let web_identity = WebIdentityTokenCredentialsProvider::builder()
            .configure(provider)
            .build();
        let container = EcsCredentialsProvider::builder().configure(provider).build();
        SharedCredentialsProvider::new(
            CredentialsProviderChain::first_try("Environment", environment)
                .or_else("Profile", profile(settings, provider))
                .or_else("WebIdentityToken", web_identity)
                .or_else("EcsContainer", container),
        )
    })
}

fn profile(settings: &AwsSettings, provider: &ProviderConfig) -> ProfileFileCredentialsProvider {
    let builder = ProfileFileCredentialsProvider::builder()
        .configure(provider)
        .profile_files(files(settings));
    match &settings.profile {
        Some(name) => builder.profile_name(name).build(),
        None => builder.build(),
    }
}

/// Credentials of a role, assumed with `base`. `config` gives region, HTTP client and STS endpoint.
pub(super) async fn assumed(
    role: &AssumeRole,
    config: &SdkConfig,
    base: SharedCredentialsProvider,
) -> SharedCredentialsProvider {
    let mut builder = AssumeRoleProvider::builder(&role.role_arn)
        .configure(config)
        .session_name(role.session_name.as_deref().unwrap_or("terraform-provider-mig"));
    if let Some(id) = &role.external_id {
        builder = builder.external_id(id);
    }
    if let Some(duration) = role.duration {
        builder = builder.session_length(duration);
    }
    if let Some(policy) = &role.policy {
        builder = builder.policy(policy);
    }
    cached(builder.build_from_provider(base).await)
}

/// The same source, asked only when what it gave is about to end.
pub(super) fn cached(source: impl ProvideCredentials + 'static) -> SharedCredentialsProvider {
    SharedCredentialsProvider::new(Cached {
        source: Box::new(source),
        held: Mutex::new(Held::Nothing),
    })
}

#[derive(Debug)]
struct Cached {
    source: Box<dyn ProvideCredentials>,
    held: Mutex<Held>,
}

/// `Credentials` hides its secret in `Debug`.
#[derive(Debug)]
enum Held {
    Nothing,
    Credentials(Credentials),
    Failure(Instant, Failure),
}

/// What is kept of a `CredentialsError`, which cannot be cloned.
#[derive(Debug, Clone)]
struct Failure {
    not_found: bool,
    text: String,
}

impl Cached {
    async fn get(&self) -> provider::Result {
        // Held over the await on purpose: whoever comes meanwhile takes the first one's result.
        let mut held = self.held.lock().await;
        match &*held {
            Held::Credentials(credentials) if lasts(credentials, SystemTime::now()) => {
                return Ok(credentials.clone());
            }
            Held::Failure(at, failure) if at.elapsed() < HOLD_FAILURE => return Err(failure.error()),
            _ => {}
        }
        match self.source.provide_credentials().await {
            Ok(credentials) => {
                *held = Held::Credentials(credentials.clone());
                Ok(credentials)
            }
            Err(error) => {
                *held = Held::Failure(Instant::now(), Failure::of(&error));
                Err(error)
            }
        }
    }
}

impl Failure {
    fn of(error: &CredentialsError) -> Self {
        Self {
            not_found: matches!(error, CredentialsError::CredentialsNotLoaded(_)),
            // The outermost text is the kind's own, which `error` below brings back.
            text: error
                .source()
                .map_or_else(|| error.to_string(), |cause| scrub(&chain(cause))),
        }
    }

    fn error(&self) -> CredentialsError {
        if self.not_found {
            CredentialsError::not_loaded(self.text.clone())
        } else {
            CredentialsError::provider_error(self.text.clone())
        }
    }
}

fn lasts(credentials: &Credentials, now: SystemTime) -> bool {
    credentials.expiry().is_none_or(|end| end > now + RENEW_BEFORE)
}

impl ProvideCredentials for Cached {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(self.get())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    /// Gives what it was told to, and counts how often it was asked.
    #[derive(Debug)]
    struct Source {
        asked: Arc<AtomicU32>,
        lifetime: Option<Duration>,
    }

    impl ProvideCredentials for Source {
        fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
        where
            Self: 'a,
        {
            self.asked.fetch_add(1, Ordering::SeqCst);
            future::ProvideCredentials::ready(match self.lifetime {
                Some(lifetime) => {
                    let end = SystemTime::now() + lifetime;
                    Ok(Credentials::new("AKID", "secret", None, Some(end), "test"))
                }
                None => Err(CredentialsError::not_loaded("nothing there")),
            })
        }
    }

    async fn asked_by_fifty(lifetime: Option<Duration>) -> u32 {
        let asked = Arc::new(AtomicU32::new(0));
        let provider = cached(Source {
            asked: asked.clone(),
            lifetime,
        });
        let calls = (0..50).map(|_| provider.provide_credentials());
        let results = futures::future::join_all(calls).await;
        assert!(results.iter().all(|result| result.is_ok() == lifetime.is_some()));
        asked.load(Ordering::SeqCst)
    }

    #[tokio::test]
    async fn lasting_credentials_are_fetched_once() {
        assert_eq!(asked_by_fifty(Some(Duration::from_secs(3600))).await, 1);
    }

    #[tokio::test]
    async fn ending_credentials_are_fetched_again() {
        assert_eq!(asked_by_fifty(Some(Duration::from_secs(60))).await, 50);
    }

    #[tokio::test]
    async fn a_failure_is_shared_by_those_who_wait() {
        assert_eq!(asked_by_fifty(None).await, 1);
    }

    #[tokio::test]
    async fn debug_shows_no_secret() {
        let fixed = Credentials::new("AKID", "hunter2", Some("token9".into()), None, "test");
        let provider = cached(fixed);
        provider.provide_credentials().await.unwrap();
        let text = format!("{provider:?}");
        assert!(!text.contains("hunter2") && !text.contains("token9"), "{text}");
    }
}
