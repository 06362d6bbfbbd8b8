//! All launch templates of a region.

use aws_sdk_ec2::types as ec2;
use futures::future::join_all;
use tfplug::{Attr, Context, Diagnostics, ListResult, ListResults};

use super::{failure, seen};
use crate::aws::{Regional, TemplateRef};
use crate::connections::Connections;
use crate::facts::Facts;
use crate::resources::aws::apply::connect_to_list;
use crate::resources::launch_template::{
    LaunchTemplate, LaunchTemplateIdentity, LaunchTemplateResource, imported, observe,
};

/// Templates whose details are asked for at the same time, so that they share calls.
const AT_ONCE: usize = 50;

/// EKS makes a copy of the template of each managed node group, as this role.
const COPIED_BY_EKS: &str = "/AWSServiceRoleForAmazonEKSNodegroup/";

/// Karpenter's templates are named so. It replaces them itself.
const OF_KARPENTER: &str = "karpenter.k8s.aws/";

/// Which templates are listed.
#[derive(Debug)]
pub(crate) struct Wanted<'a> {
    /// The region; the provider's if null.
    pub(crate) region: &'a Attr<String>,
    /// What their names begin with.
    pub(crate) name_prefix: &'a str,
    /// Also those that were not made with this provider.
    pub(crate) all: bool,
    /// With the object as an import and a read give it.
    pub(crate) whole: bool,
}

impl Wanted<'_> {
    fn has(&self, version: &ec2::LaunchTemplateVersion, facts: &Facts) -> bool {
        let name = version.launch_template_name().unwrap_or_default();
        name.starts_with(self.name_prefix) && (self.all || is_ours(version, name, facts))
    }
}

/// Whether the version has our user data and no controller has copied that from elsewhere.
fn is_ours(version: &ec2::LaunchTemplateVersion, name: &str, facts: &Facts) -> bool {
    let creator = version.created_by().unwrap_or_default();
    let copied = creator.contains(COPIED_BY_EKS) || name.starts_with(OF_KARPENTER);
    let data = version.launch_template_data().filter(|_| !copied);
    data.is_some_and(|data| imported::is_ours(&observe::made_from(data), facts))
}

/// Pushes the wanted templates, page by page.
pub(crate) async fn list(
    cx: &Context<Connections>,
    wanted: &Wanted<'_>,
    facts: &Facts,
    results: &ListResults<'_, LaunchTemplateResource>,
) -> Result<(), Diagnostics> {
    let regional = connect_to_list(cx, wanted.region).await?;
    let mut rest = None;
    loop {
        let page = regional.ec2().newest_versions(rest).await;
        let page = page.map_err(|error| failure("The launch templates cannot be listed", &error))?;
        let mut found = page.items;
        found.retain(|version| wanted.has(version, facts));
        for some in found.chunks(AT_ONCE) {
            let all = some
                .iter()
                .map(|version| result(cx, &regional, version, wanted.whole, facts));
            for one in join_all(all).await {
                if let Some(one) = one? {
                    results.push(one).await;
                }
            }
        }
        if page.rest.is_none() {
            return Ok(());
        }
        rest = page.rest;
    }
}

/// A template; none where it was deleted since it was listed.
async fn result(
    cx: &Context<Connections>,
    regional: &Regional,
    version: &ec2::LaunchTemplateVersion,
    whole: bool,
    facts: &Facts,
) -> Result<Option<ListResult<LaunchTemplateResource>>, Diagnostics> {
    let id = version.launch_template_id().unwrap_or_default().to_owned();
    let identity = LaunchTemplateIdentity {
        id: id.clone().into(),
        region: regional.region().to_owned().into(),
    };
    let name = version.launch_template_name().unwrap_or(&id);
    let listed = ListResult::new(identity, name);
    if !whole {
        return Ok(Some(listed));
    }
    let template = read(cx, regional, &TemplateRef::Id(id), version, facts).await?;
    Ok(template.map(|template| listed.with_resource(template)))
}

/// The template as an import and a read give it.
async fn read(
    cx: &Context<Connections>,
    regional: &Regional,
    reference: &TemplateRef,
    version: &ec2::LaunchTemplateVersion,
    facts: &Facts,
) -> Result<Option<LaunchTemplate>, Diagnostics> {
    let found = match regional.ec2().describe_launch_template(reference).await {
        Ok(found) => found,
        Err(error) if error.is_not_found() => return Ok(None),
        Err(error) => return Err(failure("The launch template cannot be read", &error).into()),
    };
    let template = seen(cx, regional, LaunchTemplate::default(), &found, version)?;
    let (template, warning) = imported::recognised(template, facts);
    warning.into_iter().for_each(|warning| cx.warn(warning));
    Ok(Some(template))
}
