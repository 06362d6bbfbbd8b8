//! Launch templates as EC2 has them, past the provider: a colleague with another tool.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::{MOTO, REGION};

/// Calls an EC2 action; a refusal fails the test.
pub(crate) fn call(region: &str, action: &str, parameters: &[(&str, &str)]) -> String {
    let fixed = [("Action", action), ("Version", "2016-11-15")];
    let answer = MOTO
        .query("ec2", region, &[&fixed[..], parameters].concat())
        .unwrap();
    assert_eq!(answer.status, 200, "{action}: {}", answer.body);
    answer.body
}

/// The texts of all elements of this name, in their order.
pub(crate) fn texts(xml: &str, element: &str) -> Vec<String> {
    let (open, close) = (format!("<{element}>"), format!("</{element}>"));
    let inner = |rest: &str| rest.split_once(&close).map(|(text, _)| text.to_owned());
    xml.split(&open).skip(1).filter_map(inner).collect()
}

fn text(xml: &str, element: &str) -> Option<String> {
    texts(xml, element).into_iter().next()
}

/// The names of a region's templates that begin so: what a test counts to see that none was made twice.
pub(crate) fn names_in(region: &str, prefix: &str) -> Vec<String> {
    let all = call(region, "DescribeLaunchTemplates", &[("MaxResults", "10000")]);
    let mut names = texts(&all, "launchTemplateName");
    names.retain(|name| name.starts_with(prefix));
    names
}

/// The same in the usual region.
pub(crate) fn names(prefix: &str) -> Vec<String> {
    names_in(REGION, prefix)
}

/// A template.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Template {
    pub(crate) id: String,
    pub(crate) default_version: i64,
    pub(crate) latest_version: i64,
    /// EC2's answer, for its tags.
    pub(crate) xml: String,
}

/// The template of this name, which exists.
pub(crate) fn template(name: &str) -> Template {
    template_in(REGION, name)
}

/// The same in another region.
pub(crate) fn template_in(region: &str, name: &str) -> Template {
    let xml = call(
        region,
        "DescribeLaunchTemplates",
        &[("LaunchTemplateName.1", name)],
    );
    let number = |element| text(&xml, element).unwrap().parse().unwrap();
    Template {
        id: text(&xml, "launchTemplateId").unwrap(),
        default_version: number("defaultVersionNumber"),
        latest_version: number("latestVersionNumber"),
        xml: xml.clone(),
    }
}

impl Template {
    /// Its tags, as EC2 lists them.
    pub(crate) fn tags(&self) -> Vec<(String, String)> {
        let (keys, values) = (texts(&self.xml, "key"), texts(&self.xml, "value"));
        assert_eq!(keys.len(), values.len(), "{}", self.xml);
        keys.into_iter().zip(values).collect()
    }

    pub(crate) fn has_tag(&self, key: &str, value: &str) -> bool {
        self.xml
            .contains(&format!("<key>{key}</key><value>{value}</value>"))
    }
}

/// EC2's answer about the latest version's data, without what differs between equal versions.
pub(crate) fn latest_data(name: &str) -> String {
    let parameters = [
        ("LaunchTemplateName", name),
        ("LaunchTemplateVersion.1", "$Latest"),
    ];
    let xml = call(REGION, "DescribeLaunchTemplateVersions", &parameters);
    let data = text(&xml, "launchTemplateData").unwrap();
    let description = text(&xml, "versionDescription").unwrap_or_default();
    format!("{description}\n{data}")
}

/// The user data of the latest version, as nodes get it.
pub(crate) fn user_data(name: &str) -> String {
    let encoded = text(&latest_data(name), "userData").unwrap();
    String::from_utf8(STANDARD.decode(encoded).unwrap()).unwrap()
}

/// Makes a version by hand, which has these parameters and no others.
pub(crate) fn new_version(name: &str, parameters: &[(&str, &str)]) {
    let all = [&[("LaunchTemplateName", name)], parameters].concat();
    call(REGION, "CreateLaunchTemplateVersion", &all);
}

/// Deletes a template by hand.
pub(crate) fn delete(name: &str) {
    call(REGION, "DeleteLaunchTemplate", &[("LaunchTemplateName", name)]);
}
