//! Small pieces for messages: hex, plurals, and text from outside made safe to show.

use sha2::{Digest as _, Sha256};

/// SHA-256 of `bytes`.
///
/// In parts: an engine that runs wasm makes a function fast between two calls of it, not during one, so a large file in
/// one part would be hashed slowly from its first byte to its last.
pub(crate) fn sha256(bytes: &[u8]) -> [u8; 32] {
    const PART: usize = 16 * 1024;
    let mut hasher = Sha256::new();
    for part in bytes.chunks(PART) {
        hasher.update(part);
    }
    hasher.finalize().into()
}

/// SHA-256 of `bytes` as lower-case hex.
pub(crate) fn sha256_hex(bytes: &[u8]) -> String {
    hex::encode(sha256(bytes))
}

/// `1 byte`, `2 bytes`.
pub(crate) fn count(number: usize, thing: &str) -> String {
    format!("{number} {thing}{}", if number == 1 { "" } else { "s" })
}

/// Text from outside for a message: at most `limit` characters, everything but printable ASCII escaped.
pub(crate) fn quoted(text: &str, limit: usize) -> String {
    let shown: String = text
        .chars()
        .take(limit)
        .flat_map(char::escape_default)
        .collect();
    let more = if text.chars().nth(limit).is_some() {
        "…"
    } else {
        ""
    };
    format!("\"{shown}{more}\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn o27_text_from_outside_is_shown_as_printable_ascii() {
        assert_eq!(
            quoted("a\u{202e}b\u{1b}[2J", 20),
            "\"a\\u{202e}b\\u{1b}[2J\""
        );
        assert_eq!(quoted("abcdef", 3), "\"abc…\"");
    }
}
