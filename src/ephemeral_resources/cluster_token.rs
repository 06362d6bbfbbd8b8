//! `ephemeral.mig_cluster_token`: a token for an EKS cluster, which is in no state and no plan.

use k8s_openapi::jiff::Timestamp;
use tfplug::{
    Attr, Context, Diagnostic, Diagnostics, EphemeralResource, Model, OpenRequest, Opened, Path, async_trait,
};

use crate::aws::{AwsError, ClusterToken};
use crate::connections::Connections;
use crate::models::AssumeRoleModel;

/// A token for an EKS cluster, made from the AWS credentials in use. It is in no state and no plan.
///
/// It is good for 14 minutes and is not renewed: where an apply may take longer, give the other provider an exec plugin instead. The resources here need no
/// token: they make theirs themselves.
#[derive(Debug, Clone, Default, PartialEq, Model)]
pub struct ClusterTokenModel {
    /// Name of the cluster.
    #[attr(required)]
    pub cluster_name: Attr<String>,
    /// Region of the cluster; the provider's if left out.
    #[attr(optional, computed, validate = crate::models::region())]
    pub region: Attr<String>,
    /// Role to assume, whom the token speaks for.
    pub assume_role: Attr<AssumeRoleModel>,
    /// The token.
    #[attr(computed, sensitive)]
    pub token: Attr<String>,
    /// When it ends, such as `2026-11-29T18:14:00Z`.
    #[attr(computed)]
    pub expires_at: Attr<String>,
}

/// The ephemeral resource.
#[derive(Debug)]
pub struct ClusterTokenResource;

#[async_trait]
impl EphemeralResource for ClusterTokenResource {
    type Provider = Connections;
    type Model = ClusterTokenModel;
    type Private = ();

    fn type_name(&self) -> &'static str {
        "mig_cluster_token"
    }

    async fn open(
        &self,
        cx: &Context<Connections>,
        request: OpenRequest<'_, Self>,
    ) -> Result<Opened<ClusterTokenModel>, Diagnostics> {
        let OpenRequest { config, .. } = request;
        if !cx.provider()?.aws_is_known() {
            let detail = "A part of the provider block is known only after apply, so that the token would speak for another identity.";
            return Err(Diagnostic::error("The token cannot be made yet", detail).into());
        }
        let cluster = config.cluster_name.as_str().unwrap_or_default().to_owned();
        let role = config.assume_role.known().map(AssumeRoleModel::role);
        let regional = cx.provider()?.region(config.region.as_str()).await;
        let regional = regional.map_err(|error| failed(&error, "region"))?;
        let made = async {
            let source = regional.token_source(&cluster, role.as_ref()).await?;
            source.token().await
        };
        let token = tokio::select! {
            made = made => made.map_err(|error| failed(&error, "cluster_name"))?,
            () = cx.cancel().cancelled() => {
                return Err(Diagnostic::error("Interrupted", "The token was not made.").into());
            }
        };
        Ok(Opened::new(ClusterTokenModel {
            region: regional.region().to_owned().into(),
            expires_at: text(&token).into(),
            token: token.secret.expose().to_owned().into(),
            ..config
        }))
    }
}

/// When a token ends, to the second.
fn text(token: &ClusterToken) -> Option<String> {
    let at = Timestamp::try_from(token.expires_at).ok()?;
    let seconds = Timestamp::from_second(at.as_second()).ok()?;
    Some(seconds.to_string())
}

fn failed(error: &AwsError, attribute: &str) -> Diagnostics {
    Diagnostic::error("The token cannot be made", error.to_string())
        .at(Path::attr(attribute))
        .into()
}
