//! State that came from another resource type, until its object has been looked up.
//!
//! Such state only names the object. A plan from it would change attributes that were never read, and a look that finds nothing would make
//! the host create a second object beside the one that was moved. Both are refused; the private data says which state it is.

use crate::diag::Diagnostic;

/// The private data of state that was moved and not read yet. It is no JSON, so no resource's own data looks like it.
const UNREAD: &[u8] = b"tfplug: moved, not read";

/// What is remembered beside state that has just been moved.
pub(crate) fn unread() -> Vec<u8> {
    UNREAD.to_vec()
}

/// Whether the private data belongs to state that was moved and not read yet.
pub(crate) fn is_unread(private: &[u8]) -> bool {
    private == UNREAD
}

/// What the resource itself remembers: nothing, where the state has just been moved.
pub(crate) fn own(private: &[u8]) -> Vec<u8> {
    if is_unread(private) {
        return Vec::new();
    }
    private.to_vec()
}

/// The object that the moved state names is not there.
pub(crate) fn not_found(type_name: &str) -> Diagnostic {
    let detail = format!(
        "The state of another resource was moved to {type_name}, and the object that it names was not found. Nothing was changed: without \
         it the plan would create a second object. Check that this provider has the account, region and cluster of the provider that \
         managed the object; if the object is gone for good, remove the `moved` block and the old resource from the state."
    );
    Diagnostic::error("The moved object was not found", detail)
}

/// The state was moved, and this run did not look at the object.
pub(crate) fn not_read(type_name: &str) -> Diagnostic {
    let detail = format!(
        "The state of another resource was moved to {type_name}, and the object has not been read since, so nothing can be planned for it. \
         Plan once with a refresh (without `-refresh=false`) and with the settings of the provider known."
    );
    Diagnostic::error("The moved object has not been read", detail)
}
