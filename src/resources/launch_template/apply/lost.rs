//! A create whose answers were all lost: has EC2 made the template, and is what there is the one that it made?

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use aws_sdk_ec2::types as ec2;
use tfplug::Diagnostic;

use super::super::model::LaunchTemplate;
use super::super::observe::observe;
use super::{failure, import_block, look_up};
use crate::aws::{AwsError, AwsErrorKind, Ec2, TemplateRef};

/// How far our clock may be from EC2's: AWS refuses requests that were signed longer ago or ahead.
const CLOCKS_APART: Duration = Duration::from_secs(15 * 60);

/// Whether a call that failed so may have done its work. The error is that of the last attempt; the answer to an
/// earlier one may have been lost, whatever the last one met.
pub(super) fn may_have_worked(error: &AwsError) -> bool {
    use AwsErrorKind as Kind;
    // Without credentials nothing was sent; a service that refuses them says so with a code.
    let no_credentials =
        error.code.is_none() && matches!(error.kind, Kind::CredentialsInvalid | Kind::CredentialsExpired);
    if no_credentials {
        return false;
    }
    !matches!(
        error.kind,
        Kind::InvalidParameter
            | Kind::AlreadyExists
            | Kind::AccessDenied
            | Kind::CredentialsMissing
            | Kind::EndpointUntrusted
            | Kind::RegionMissing
            | Kind::LimitExceeded
    )
}

/// What was asked of EC2.
pub(super) struct Wanted<'a> {
    pub(super) planned: &'a LaunchTemplate,
    pub(super) name: &'a str,
    /// The name is one that nobody else can have chosen.
    pub(super) made_up: bool,
    /// When it was asked for.
    pub(super) asked: SystemTime,
}

/// Why there is no template to go on with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Doubt {
    /// EC2 says that there is none.
    NotMade,
    /// There is one of this name, which may be anyone's.
    MayBeAnothers,
    /// EC2 does not answer this question either.
    NoAnswer,
}

impl Wanted<'_> {
    /// The template, if it is certain that our call made it.
    pub(super) async fn look(&self, api: &dyn Ec2) -> Result<ec2::LaunchTemplate, Doubt> {
        match look_up(api, &TemplateRef::Name(self.name.to_owned())).await {
            Ok((found, versions)) if self.made_up || self.is_ours(&found, &versions) => Ok(found),
            Ok(_) => Err(Doubt::MayBeAnothers),
            Err(error) if error.is_not_found() => Err(Doubt::NotMade),
            Err(_) => Err(Doubt::NoAnswer),
        }
    }

    /// Nobody else makes, in these very moments and under this name, a template with the same content and tags.
    fn is_ours(&self, found: &ec2::LaunchTemplate, versions: &[ec2::LaunchTemplateVersion]) -> bool {
        let [only] = versions else { return false };
        let seen = observe(self.planned.clone(), found, only, &BTreeMap::new());
        let made = found.create_time().and_then(|t| SystemTime::try_from(*t).ok());
        only.version_number() == Some(1)
            && made.is_some_and(|made| made + CLOCKS_APART >= self.asked)
            && seen.tags_all == self.planned.tags_all
            && !seen.needs_new_version(self.planned)
    }
}

impl Doubt {
    /// The failed create as the user sees it.
    pub(super) fn told(self, error: &AwsError, name: &str) -> Diagnostic {
        let mut told = failure("The launch template cannot be created", error);
        let more = match self {
            Self::NotMade => return told,
            Self::MayBeAnothers => format!(
                "There is a launch template named {name} now; it is not known whether this call made it. If it is \
                 yours, import it:\n\n{}",
                import_block(name)
            ),
            Self::NoAnswer => {
                format!(
                    "It is not known whether EC2 made {name} all the same. If it did, the next apply says how to import it."
                )
            }
        };
        told.detail = format!("{}\n\n{more}", told.detail);
        told
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_secs(3600);

    fn planned() -> LaunchTemplate {
        LaunchTemplate {
            image_id: "ami-1".into(),
            user_data: String::new().into(),
            tags_all: BTreeMap::new().into(),
            ..LaunchTemplate::default()
        }
    }

    fn ours(made: SystemTime, number: i64, image: &str, tags: Option<Vec<ec2::Tag>>) -> bool {
        let template = ec2::LaunchTemplate::builder()
            .create_time(made.into())
            .set_tags(tags)
            .build();
        let data = ec2::ResponseLaunchTemplateData::builder().image_id(image).build();
        let version = ec2::LaunchTemplateVersion::builder()
            .version_number(number)
            .launch_template_data(data)
            .build();
        let planned = planned();
        let wanted = Wanted {
            planned: &planned,
            name: "mig",
            made_up: false,
            asked: SystemTime::now(),
        };
        wanted.is_ours(&template, &[version])
    }

    #[test]
    fn only_what_was_asked_for_just_now_is_ours() {
        let now = SystemTime::now();
        let tag = ec2::Tag::builder().key("team").value("other").build();
        assert!(ours(now, 1, "ami-1", None));
        assert!(!ours(now - HOUR, 1, "ami-1", None), "it was there before");
        assert!(!ours(now, 2, "ami-1", None), "someone has changed it");
        assert!(!ours(now, 1, "ami-2", None), "it is another one");
        assert!(!ours(now, 1, "ami-1", Some(vec![tag])), "it is tagged otherwise");
    }
}
