//! The `timeouts` attribute: how long an object's changes may last.

use std::time::Duration;

use tfplug::{Attr, Model};

use crate::duration;

/// How long each change may last, such as `20m` or `1h30m`.
#[derive(Debug, Clone, Default, PartialEq, Model)]
pub struct TimeoutsModel {
    /// Of making the object.
    #[attr(validate = duration::between("1s", "24h"), same_meaning = duration::same)]
    pub create: Attr<String>,
    /// Of changing it.
    #[attr(validate = duration::between("1s", "24h"), same_meaning = duration::same)]
    pub update: Attr<String>,
    /// Of deleting it.
    #[attr(validate = duration::between("1s", "24h"), same_meaning = duration::same)]
    pub delete: Attr<String>,
}

/// The times in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// Of making the object.
    pub create: Duration,
    /// Of changing it.
    pub update: Duration,
    /// Of deleting it.
    pub delete: Duration,
}

impl TimeoutsModel {
    /// The times that are written; the resource's own where one is not, or where the whole attribute is left out.
    pub fn or(attr: &Attr<Self>, own: Timeouts) -> Timeouts {
        let Some(written) = attr.known() else {
            return own;
        };
        let time = |text: &Attr<String>, own| text.as_str().and_then(duration::parse).unwrap_or(own);
        Timeouts {
            create: time(&written.create, own.create),
            update: time(&written.update, own.update),
            delete: time(&written.delete, own.delete),
        }
    }
}

#[cfg(test)]
mod tests {
    use tfplug::{AttributeValue, Diagnostics, Path, Value};

    use super::*;

    const OWN: Timeouts = Timeouts {
        create: Duration::from_secs(1200),
        update: Duration::from_secs(3600),
        delete: Duration::from_secs(1800),
    };

    fn read(value: &Value) -> Attr<TimeoutsModel> {
        let mut diags = Diagnostics::new();
        let model = TimeoutsModel::decode(value, &Path::attr("timeouts"), &mut diags);
        assert!(diags.is_empty(), "{diags:?}");
        model
    }

    #[test]
    fn what_is_not_written_is_the_resources_own() {
        let update = read(&Value::object([
            ("create", Value::Null),
            ("update", "1h30m".into()),
            ("delete", Value::unknown()),
        ]));
        let expected = Timeouts {
            update: Duration::from_secs(5400),
            ..OWN
        };
        assert_eq!(TimeoutsModel::or(&update, OWN), expected);
        assert_eq!(TimeoutsModel::or(&Attr::default(), OWN), OWN);
    }
}
