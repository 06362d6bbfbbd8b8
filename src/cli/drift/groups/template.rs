//! The version of a launch template that a group uses, and the layout that its nodes get by it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use mig::boot::labelled_layout;

use crate::aws::{AwsError, Ec2, TemplateRef};

/// A version, as far as it is judged.
pub(super) struct Version {
    pub(super) template: String,
    pub(super) number: i64,
    /// The layout that its user data gives to nodes; none where it names none.
    pub(super) boots: Option<String>,
}

/// That version of a template: a number, `$Latest` or `$Default`. None where there is no such version any more.
pub(super) async fn version(api: &dyn Ec2, id: &str, version: &str) -> Result<Option<Version>, AwsError> {
    let template = TemplateRef::Id(id.to_owned());
    let versions = [version.to_owned()];
    let found = match api.describe_launch_template_versions(&template, &versions).await {
        Err(error) if error.is_not_found() => return Ok(None),
        found => found?,
    };
    let Some(found) = found.into_iter().next() else {
        return Ok(None);
    };
    let data = found.launch_template_data();
    let encoded = data.and_then(|data| data.user_data()).unwrap_or_default();
    let text = STANDARD.decode(encoded).unwrap_or_default();
    Ok(Some(Version {
        template: id.to_owned(),
        number: found.version_number.unwrap_or_default(),
        boots: labelled_layout(&String::from_utf8_lossy(&text)).map(str::to_owned),
    }))
}
