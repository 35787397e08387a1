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

/// How often something was put into words: what a reader of long files does once for each line that is shown, never for
/// each line that there is. Counted in tests alone.
pub(crate) mod work {
    #[cfg(test)]
    thread_local! {
        static DONE: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
    }

    #[cfg(not(test))]
    pub(crate) const fn done() {}

    #[cfg(test)]
    pub(crate) fn done() {
        DONE.with(|done| done.set(done.get() + 1));
    }

    #[cfg(test)]
    pub(crate) fn reset() {
        DONE.with(|done| done.set(0));
    }

    #[cfg(test)]
    pub(crate) fn count() -> usize {
        DONE.with(std::cell::Cell::get)
    }
}

/// Text from outside for a message: at most `limit` characters, everything but printable ASCII escaped.
pub(crate) fn quoted(text: &str, limit: usize) -> String {
    work::done();
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

/// A name as it is compared: case, space around, and how much of it is inside, tell no two apart.
pub(crate) fn folded(name: &str) -> String {
    let words: Vec<&str> = name.split_whitespace().collect();
    words.join(" ").to_lowercase()
}

/// What is not seen, or turns the direction of writing: Unicode's format characters (general category Cf), the
/// separators that end a line, and the fillers and selectors that draw nothing. Two names must not look alike by them.
pub(crate) const fn is_unseen(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{34f}' | '\u{600}'..='\u{605}' | '\u{61c}' | '\u{6dd}' | '\u{70f}' | '\u{890}' | '\u{891}'
            | '\u{8e2}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{2800}'
            | '\u{3164}' | '\u{16fe4}'
            | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}' | '\u{110bd}'
            | '\u{110cd}' | '\u{13430}'..='\u{1343f}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d159}' | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}'
    )
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
