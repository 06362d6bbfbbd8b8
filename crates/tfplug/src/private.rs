//! A provider's own data as the bytes that a host keeps for it.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::diag::{Diagnostic, Diagnostics};

/// Reads what [`write`] wrote; no bytes are the default.
pub(crate) fn read<T: DeserializeOwned + Default>(bytes: &[u8]) -> Result<T, Diagnostics> {
    if bytes.is_empty() {
        return Ok(T::default());
    }
    // The error's own words may quote a secret.
    let misread = |error: serde_json::Error| {
        Diagnostic::bug(format!(
            "The provider's private data cannot be read: it has another shape from column {} on.",
            error.column()
        ))
    };
    Ok(serde_json::from_slice(bytes).map_err(misread)?)
}

/// JSON; no bytes for data that says nothing, such as `()`.
pub(crate) fn write<T: Serialize>(private: &T) -> Result<Vec<u8>, Diagnostics> {
    let bytes = serde_json::to_vec(private)
        .map_err(|e| Diagnostic::bug(format!("Private data cannot be written as JSON: {e}.")))?;
    Ok(if bytes == b"null" { Vec::new() } else { bytes })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_does_not_quote_what_was_written() {
        let bytes = write(&"hush").unwrap();
        assert_eq!(read::<String>(&bytes).unwrap(), "hush");
        let faults = read::<u8>(&bytes).unwrap_err();
        let text = faults.iter().next().unwrap().to_string();
        assert!(
            text.contains("private data cannot be read") && !text.contains("hush"),
            "{text}"
        );
        assert!(write(&()).unwrap().is_empty());
        assert!(read::<()>(&[]).is_ok());
    }
}
