//! A resource's private data as the bytes that the host keeps beside the state.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::diag::{Diagnostic, Diagnostics};

/// Reads what [`write`] wrote; no bytes are the default.
pub(super) fn read<T: DeserializeOwned + Default>(bytes: &[u8]) -> Result<T, Diagnostics> {
    if bytes.is_empty() {
        return Ok(T::default());
    }
    serde_json::from_slice(bytes).map_err(|e| {
        Diagnostic::bug(format!(
            "The private data kept beside the state cannot be read: {e}."
        ))
        .into()
    })
}

/// JSON; no bytes for data that says nothing, such as `()`.
pub(super) fn write<T: Serialize>(private: &T) -> Result<Vec<u8>, Diagnostics> {
    let bytes = serde_json::to_vec(private)
        .map_err(|e| Diagnostic::bug(format!("Private data cannot be written as JSON: {e}.")))?;
    Ok(if bytes == b"null" { Vec::new() } else { bytes })
}
