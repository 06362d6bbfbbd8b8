//! One connection per region, made when first asked for, shared by everything that follows.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use aws_config::environment::EnvironmentVariableRegionProvider;
use aws_config::meta::region::RegionProviderChain;
use aws_config::profile::ProfileFileRegionProvider;
use aws_config::provider_config::ProviderConfig;
use aws_config::{AppName, BehaviorVersion, Region, SdkConfig};
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use tokio::sync::OnceCell;

use super::auto_scaling::{AutoScaling, AutoScalingClient};
use super::ec2::{Ec2, Ec2Client};
use super::eks::{Eks, EksClient};
use super::error::{AwsError, AwsErrorKind};
use super::service_quotas::{ServiceQuotas, ServiceQuotasClient};
use super::settings::{AssumeRole, AwsSettings};
use super::ssm::{Ssm, SsmClient};
use super::token::TokenSource;
use super::{call_log, credentials, region, retry, sts_endpoint, transport, trust};

/// All AWS connections of one provider block.
#[derive(Debug)]
pub struct Aws {
    settings: AwsSettings,
    /// What all regions share, with the HTTP client of the services: they log their calls themselves, and the client of the
    /// configuration logs those of the sources of credentials.
    base: OnceCell<(SdkConfig, SharedHttpClient)>,
    default_region: OnceCell<String>,
    regions: Mutex<BTreeMap<String, Arc<Regional>>>,
}

impl Aws {
    /// Keeps the settings; does no I/O.
    pub fn new(settings: AwsSettings) -> Self {
        Self {
            settings,
            base: OnceCell::new(),
            default_region: OnceCell::new(),
            regions: Mutex::default(),
        }
    }

    /// Connections of one region, where these answer.
    #[cfg(test)]
    pub fn answered_by(region: &str, services: Services) -> Self {
        let aws = Self::new(AwsSettings {
            region: Some(region.to_owned()),
            ..AwsSettings::default()
        });
        let regional = aws.regional(region, &SdkConfig::builder().build(), None);
        services.ec2.map(|it| regional.ec2.get_or_init(|| it));
        services.eks.map(|it| regional.eks.get_or_init(|| it));
        let auto_scaling = services.auto_scaling;
        auto_scaling.map(|it| regional.auto_scaling.get_or_init(|| it));
        aws.regions().insert(region.to_owned(), regional);
        aws
    }

    /// The settings that it was made with.
    pub fn settings(&self) -> &AwsSettings {
        &self.settings
    }

    /// The connections of a region, or of the default region where none is given.
    ///
    /// # Errors
    /// [`AwsErrorKind::RegionMissing`] where no region is given, set or found.
    pub async fn region(&self, region: Option<&str>) -> Result<Arc<Regional>, AwsError> {
        let region = match region {
            Some(region) => region.to_owned(),
            None => self.default_region().await?,
        };
        region::check(&region).map_err(|why| {
            let why = format!("{why} It is from the object, the provider block, AWS_REGION, AWS_DEFAULT_REGION or the profile");
            AwsError::local(AwsErrorKind::RegionMissing, ("AWS", "configuration"), why)
        })?;
        if let Some(made) = self.regions().get(&region) {
            return Ok(made.clone());
        }
        let base = self.base.get_or_try_init(|| self.load(region.clone())).await?;
        let made = self.regional(&region, &base.0, Some(base.1.clone()));
        Ok(self.regions().entry(region).or_insert(made).clone())
    }

    /// The region of objects that name none: the settings', the environment's, the profile's.
    ///
    /// # Errors
    /// [`AwsErrorKind::RegionMissing`] where there is none.
    pub async fn default_region(&self) -> Result<String, AwsError> {
        let found = self.default_region.get_or_try_init(|| self.find_region());
        found.await.cloned()
    }

    async fn find_region(&self) -> Result<String, AwsError> {
        if let Some(region) = &self.settings.region {
            return Ok(region.clone());
        }
        let profile = ProfileFileRegionProvider::builder()
            .configure(&ProviderConfig::without_region())
            .profile_files(credentials::files(&self.settings));
        let profile = match &self.settings.profile {
            Some(name) => profile.profile_name(name).build(),
            None => profile.build(),
        };
        let chain = RegionProviderChain::first_try(EnvironmentVariableRegionProvider::new()).or_else(profile);
        let found = chain.region().await.map(|region| region.as_ref().to_owned());
        found.ok_or_else(|| self.no_region())
    }

    fn no_region(&self) -> AwsError {
        let profile = self.settings.profile.as_deref().unwrap_or("in use");
        AwsError::local(
            AwsErrorKind::RegionMissing,
            ("AWS", "configuration"),
            format!(
                "no region: looked at the object, the provider block, AWS_REGION, AWS_DEFAULT_REGION and the shared configuration of the profile {profile}"
            ),
        )
    }

    fn regions(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, Arc<Regional>>> {
        // The map is whole after every statement, so a panic elsewhere cannot have broken it.
        self.regions.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The region is for those credential sources that call a service.
    async fn load(&self, region: String) -> Result<(SdkConfig, SharedHttpClient), AwsError> {
        let settings = &self.settings;
        let bundle = trust::bundle(settings, &credentials::files(settings)).await;
        let services = transport::http_client(trust::context(bundle.as_ref())?);
        let http = sts_endpoint::redirected(services.clone(), settings.endpoints.sts.as_deref());
        let http = call_log::logged(http);
        let region = Region::new(region);
        let provider = ProviderConfig::without_region()
            .with_http_client(http.clone())
            .with_region(Some(region.clone()));
        let mut loader = aws_config::defaults(BehaviorVersion::latest())
            .region(region)
            .http_client(http)
            .profile_files(credentials::files(settings))
            .timeout_config(transport::timeouts())
            .retry_config(retry::config(settings));
        if let Ok(name) = AppName::new("terraform-provider-mig") {
            loader = loader.app_name(name);
        }
        if let Some(profile) = &settings.profile {
            loader = loader.profile_name(profile);
        }
        if let Some(fips) = settings.use_fips_endpoint {
            loader = loader.use_fips(fips);
        }
        if let Some(dual) = settings.use_dualstack_endpoint {
            loader = loader.use_dual_stack(dual);
        }
        if let Some(source) = credentials::named_source(settings, &provider) {
            loader = loader.credentials_provider(source);
        }
        Ok((self.with_credentials(loader.load().await).await, services))
    }

    /// Puts a cache before the credentials' source, and assumes the role, if one is set.
    async fn with_credentials(&self, config: SdkConfig) -> SdkConfig {
        let Some(source) = config.credentials_provider() else {
            return config;
        };
        let mut source = credentials::cached(source);
        if let Some(role) = &self.settings.assume_role {
            source = credentials::assumed(role, &self.sts(&config), source).await;
        }
        config.into_builder().credentials_provider(source).build()
    }

    fn sts(&self, config: &SdkConfig) -> SdkConfig {
        let mut builder = config.to_builder();
        if let Some(url) = &self.settings.endpoints.sts {
            builder.set_endpoint_url(Some(url.clone()));
        }
        builder.build()
    }

    fn regional(&self, region: &str, base: &SdkConfig, http: Option<SharedHttpClient>) -> Arc<Regional> {
        let here = base.to_builder().region(Region::new(region.to_owned())).build();
        let sts = self.sts(&here);
        let mut config = here.into_builder();
        if http.is_some() {
            config.set_http_client(http);
        }
        Arc::new(Regional {
            region: region.to_owned(),
            sts,
            config: config.build(),
            settings: self.settings.clone(),
            ec2: OnceLock::new(),
            eks: OnceLock::new(),
            auto_scaling: OnceLock::new(),
            ssm: OnceLock::new(),
            service_quotas: OnceLock::new(),
        })
    }
}

/// What answers in the place of AWS' services, for tests.
#[cfg(test)]
#[derive(Debug, Default)]
pub struct Services {
    /// For EC2.
    pub ec2: Option<Arc<dyn Ec2>>,
    /// For EKS.
    pub eks: Option<Arc<dyn Eks>>,
    /// For Auto Scaling.
    pub auto_scaling: Option<Arc<dyn AutoScaling>>,
}

/// The connections of one region. Clients are made when first used.
#[derive(Debug)]
pub struct Regional {
    region: String,
    config: SdkConfig,
    sts: SdkConfig,
    settings: AwsSettings,
    ec2: OnceLock<Arc<dyn Ec2>>,
    eks: OnceLock<Arc<dyn Eks>>,
    auto_scaling: OnceLock<Arc<dyn AutoScaling>>,
    ssm: OnceLock<Arc<dyn Ssm>>,
    service_quotas: OnceLock<Arc<dyn ServiceQuotas>>,
}

impl Regional {
    /// The region's name, such as `us-east-1`.
    pub fn region(&self) -> &str {
        &self.region
    }

    /// Amazon EC2 of this region.
    pub fn ec2(&self) -> Arc<dyn Ec2> {
        let make = || -> Arc<dyn Ec2> {
            Arc::new(Ec2Client::new(
                &self.config,
                self.settings.endpoints.ec2.as_deref(),
                &self.region,
            ))
        };
        self.ec2.get_or_init(make).clone()
    }

    /// Amazon EKS of this region.
    pub fn eks(&self) -> Arc<dyn Eks> {
        let make = || -> Arc<dyn Eks> {
            Arc::new(EksClient::new(
                &self.config,
                self.settings.endpoints.eks.as_deref(),
                &self.region,
            ))
        };
        self.eks.get_or_init(make).clone()
    }

    /// Amazon EC2 Auto Scaling of this region.
    pub fn auto_scaling(&self) -> Arc<dyn AutoScaling> {
        let make = || -> Arc<dyn AutoScaling> {
            Arc::new(AutoScalingClient::new(
                &self.config,
                self.settings.endpoints.autoscaling.as_deref(),
                &self.region,
            ))
        };
        self.auto_scaling.get_or_init(make).clone()
    }

    /// AWS Systems Manager of this region.
    pub fn ssm(&self) -> Arc<dyn Ssm> {
        let make = || -> Arc<dyn Ssm> {
            Arc::new(SsmClient::new(
                &self.config,
                self.settings.endpoints.ssm.as_deref(),
                &self.region,
            ))
        };
        self.ssm.get_or_init(make).clone()
    }

    /// AWS Service Quotas of this region.
    pub fn service_quotas(&self) -> Arc<dyn ServiceQuotas> {
        let make = || -> Arc<dyn ServiceQuotas> {
            Arc::new(ServiceQuotasClient::new(
                &self.config,
                self.settings.endpoints.servicequotas.as_deref(),
                &self.region,
            ))
        };
        self.service_quotas.get_or_init(make).clone()
    }

    /// Tokens for an EKS cluster of this region, as the identity in use or as a role assumed by it.
    ///
    /// # Errors
    /// Where there is no source of credentials, or the region has no STS.
    pub async fn token_source(
        &self,
        cluster: &str,
        role: Option<&AssumeRole>,
    ) -> Result<TokenSource, AwsError> {
        let base = self.credentials()?;
        let credentials = match role {
            Some(role) => credentials::assumed(role, &self.sts, base).await,
            None => base,
        };
        TokenSource::new(
            cluster,
            &self.region,
            self.config.use_fips().unwrap_or(false),
            credentials,
        )
    }

    fn credentials(&self) -> Result<SharedCredentialsProvider, AwsError> {
        self.config.credentials_provider().ok_or_else(|| {
            let call = ("AWS", "configuration");
            AwsError::local(AwsErrorKind::CredentialsMissing, call, "no source of credentials")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn aws() -> Aws {
        Aws::new(AwsSettings {
            region: Some("us-east-1".into()),
            access_key: Some("AKID".into()),
            secret_key: Some("hunter2".into()),
            ..AwsSettings::default()
        })
    }

    #[tokio::test]
    async fn a_region_is_made_once_and_shared() {
        let aws = aws();
        let default = aws.region(None).await.unwrap();
        let named = aws.region(Some("us-east-1")).await.unwrap();
        let other = aws.region(Some("eu-west-1")).await.unwrap();
        assert!(Arc::ptr_eq(&default, &named));
        assert_eq!(other.region(), "eu-west-1");
        assert!(Arc::ptr_eq(&default.ec2(), &named.ec2()));
    }

    #[tokio::test]
    async fn no_region_says_where_it_was_looked_for() {
        let error = aws().no_region();
        assert_eq!(error.kind, AwsErrorKind::RegionMissing);
        let text = error.to_string();
        assert!(
            text.contains("AWS_REGION") && text.contains("provider block"),
            "{text}"
        );
    }

    #[tokio::test]
    async fn debug_shows_no_secret() {
        let aws = aws();
        let region = aws.region(None).await.unwrap();
        assert!(!format!("{aws:?} {region:?}").contains("hunter2"));
    }
}
