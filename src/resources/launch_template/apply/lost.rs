//! A launch template whose create was not answered: is the one of that name ours?

use std::collections::BTreeMap;
use std::time::SystemTime;

use aws_sdk_ec2::types as ec2;

use super::super::TYPE_NAME;
use super::super::model::LaunchTemplate;
use super::super::observe::observe;
use super::{NOUN, look_up};
use crate::aws::{Ec2, TemplateRef};
use crate::resources::aws::apply::lost::{Asked, LostAnswer, made_since};

/// What was asked of EC2.
pub(super) struct CreateCall<'a> {
    pub(super) planned: &'a LaunchTemplate,
    pub(super) name: &'a str,
    /// The name is one that nobody else can have chosen.
    pub(super) made_up: bool,
    /// When it was asked for.
    pub(super) asked: SystemTime,
}

impl CreateCall<'_> {
    /// The template, if it is certain that our call made it.
    pub(super) async fn look(&self, api: &dyn Ec2) -> Result<ec2::LaunchTemplate, LostAnswer> {
        let found = look_up(api, &TemplateRef::Name(self.name.to_owned())).await;
        let ours = LostAnswer::judge(found, |(found, versions)| {
            self.made_up || self.is_ours(found, versions)
        });
        ours.map(|(found, _)| found)
    }

    /// The same for messages.
    pub(super) fn in_words(&self) -> Asked<'_> {
        Asked {
            type_name: TYPE_NAME,
            noun: NOUN,
            name: self.name,
            service: "EC2",
            import_id: self.name,
        }
    }

    /// Nobody else makes, in these very moments and under this name, a template with the same content and tags.
    fn is_ours(&self, found: &ec2::LaunchTemplate, versions: &[ec2::LaunchTemplateVersion]) -> bool {
        let [only] = versions else { return false };
        let seen = observe(self.planned.clone(), found, only, &BTreeMap::new());
        let made = found.create_time().and_then(|t| SystemTime::try_from(*t).ok());
        only.version_number() == Some(1)
            && made_since(made, self.asked)
            && seen.tags_all == self.planned.tags_all
            && !seen.needs_new_version(self.planned)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

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
        let wanted = CreateCall {
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
