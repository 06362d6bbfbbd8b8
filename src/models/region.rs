//! The check of every attribute that names a region.

use tfplug::schema::Validator;

/// The name of an AWS region.
pub(crate) fn region() -> Validator {
    Validator::string(
        "The code of an AWS region, such as `us-east-1`.",
        crate::aws::region::check,
    )
}
