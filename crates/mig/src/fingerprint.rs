//! Short stable names for what was rendered.

const OFFSET_BASIS: u64 = 0xcbf2_9ce4_8422_2325;
const PRIME: u64 = 0x0000_0100_0000_01b3;

/// FNV-1a, 64 bits, as 16 hexadecimal digits. It names things (labels, object names) and must be the same in every
/// release; it protects nothing. `std`'s hashers promise no stability between releases.
pub(crate) fn fingerprint(text: &str) -> String {
    let hash = text.bytes().fold(OFFSET_BASIS, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(PRIME)
    });
    format!("{hash:016x}")
}

#[cfg(test)]
mod tests {
    use super::fingerprint;

    /// Values published with the algorithm (draft-eastlake-fnv, appendix C).
    #[test]
    fn agrees_with_the_published_vectors() {
        assert_eq!(fingerprint(""), "cbf29ce484222325");
        assert_eq!(fingerprint("a"), "af63dc4c8601ec8c");
        assert_eq!(fingerprint("foobar"), "85944171f73967e8");
    }
}
