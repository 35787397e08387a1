//! Participants' keys, and what they sign: OpenSSH public-key lines, raw signatures, and SSH signatures.
//!
//! Formats are the `ssh-key` crate's (RFC 4253, RFC 5656, RFC 8709, OpenSSH's PROTOCOL.u2f and PROTOCOL.sshsig),
//! Ed25519 is `ed25519-dalek`'s, ECDSA on P-256 the same `crrl` that verifies quotes.

use der::Encode as _;
use der::asn1::UintRef;
use ssh_key::public::{Ed25519PublicKey, KeyData};
use ssh_key::{EcdsaCurve, HashAlg, Mpint, PublicKey, SshSig};

use super::Code;
use crate::crypto::verify_p256;
use crate::evidence::foreign_encoding;
use crate::text::{quoted, sha256};

/// What an SSH signature must have been made for: `ssh-keygen -Y sign -n ceremony@cloud-witness`.
pub const NAMESPACE: &str = "ceremony@cloud-witness";

/// Longest public-key line or SSH signature that is read.
const MAX_LENGTH: usize = 8 * 1024;
/// Longest message that is looked at in other writings, when a signature does not fit it as it is.
const MAX_CONVERTED: usize = 256 * 1024;

/// A participant's public key: Ed25519 or ECDSA P-256, in software or on a security key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key(KeyData);

/// A key as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct KeyView {
    /// The OpenSSH public-key line, without a comment.
    pub line: String,
    /// OpenSSH's fingerprint, `SHA256:…`.
    pub fingerprint: String,
    /// OpenSSH's name for the kind of key, for example "ssh-ed25519".
    pub algorithm: String,
}

/// Why a line is no key that can sign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyError {
    /// Not an OpenSSH public-key line.
    Unreadable,
    /// The text is from a file that was saved in another encoding than OpenSSH writes.
    Encoding {
        /// Which.
        saved_as: &'static str,
    },
    /// A kind of key that is not verified here.
    Unsupported {
        /// OpenSSH's name of it.
        algorithm: String,
    },
    /// A point of small order, or none of the curve.
    Weak,
}

impl KeyError {
    /// The code of row `participants`.
    pub const fn code(&self) -> Code {
        match self {
            Self::Unreadable | Self::Encoding { .. } => Code::KeyUnreadable,
            Self::Unsupported { .. } => Code::KeyUnsupported,
            Self::Weak => Code::KeyWeak,
        }
    }
}

impl std::fmt::Display for KeyError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Unreadable => f.write_str("no OpenSSH public-key line"),
            Self::Encoding { saved_as } => write!(
                f,
                "the line is saved as {saved_as}; OpenSSH writes plain text"
            ),
            Self::Unsupported { algorithm } => {
                write!(
                    f,
                    "keys of the kind {} are not verified here",
                    quoted(algorithm, 60)
                )
            }
            Self::Weak => f.write_str("the point is not on the curve, or of small order"),
        }
    }
}

impl std::error::Error for KeyError {}

/// Why a signature does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// It cannot be read.
    Unreadable,
    /// Its file was saved in another encoding than OpenSSH writes.
    Encoding {
        /// Which.
        saved_as: &'static str,
    },
    /// It was made for another purpose than [`NAMESPACE`].
    Namespace,
    /// It fits, and nobody touched the security key that made it.
    Untouched,
    /// It does not fit the bytes, but fits what they become on their way from one system to another.
    Converted(Conversion),
    /// It does not fit the key and the bytes.
    Refused,
}

/// What turns a text into the one that was signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Conversion {
    /// UTF-16, as some editors and shells save.
    to_utf16: bool,
    /// A byte order mark is put before it, or taken away.
    byte_order_mark: Option<Change>,
    /// All line ends are written in this way.
    line_ends: Option<LineEnds>,
    /// A line end is put behind it, or taken away.
    last_line_end: Option<Change>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Change {
    Added,
    Taken,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum LineEnds {
    CrLf,
    Lf,
}

impl Conversion {
    /// All of them that change this text, with what it becomes.
    fn of(text: &str) -> impl Iterator<Item = (Self, Vec<u8>)> {
        const MARK: char = '\u{feff}';
        let bare = text.strip_prefix(MARK);
        let marked = (None, bare.is_some());
        let other_mark = match bare {
            Some(_) => (Some(Change::Taken), false),
            None => (Some(Change::Added), true),
        };
        let bare = bare.unwrap_or(text).replace("\r\n", "\n");
        let is_crlf = text.contains("\r\n");
        let ends = [
            (None, is_crlf),
            (Some(LineEnds::CrLf), true),
            (Some(LineEnds::Lf), false),
        ];
        let tails = [
            None,
            Some(if bare.ends_with('\n') {
                Change::Taken
            } else {
                Change::Added
            }),
        ];
        let was = text.as_bytes().to_vec();
        ends.into_iter()
            .flat_map(move |ends| tails.map(|tail| (ends, tail)))
            .flat_map(move |((line_ends, crlf), last_line_end)| {
                let mut text = bare.clone();
                match last_line_end {
                    None => {}
                    Some(Change::Added) => text.push('\n'),
                    Some(Change::Taken) => {
                        text.pop();
                    }
                }
                if crlf {
                    text = text.replace('\n', "\r\n");
                }
                let conversion = |byte_order_mark, to_utf16| Self {
                    to_utf16,
                    byte_order_mark,
                    line_ends,
                    last_line_end,
                };
                let in_utf8 = |is_marked: bool| {
                    let mark = if is_marked { "\u{feff}" } else { "" };
                    [mark, &text].concat().into_bytes()
                };
                let in_utf16 = std::iter::once(MARK)
                    .chain(text.chars())
                    .flat_map(|c| c.encode_utf16(&mut [0; 2]).to_vec())
                    .flat_map(u16::to_le_bytes)
                    .collect();
                [
                    (conversion(marked.0, false), in_utf8(marked.1)),
                    (conversion(other_mark.0, false), in_utf8(other_mark.1)),
                    (conversion(None, true), in_utf16),
                ]
            })
            .filter(move |(_, made)| *made != was)
    }
}

impl std::fmt::Display for Conversion {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let parts = [
            self.to_utf16.then_some("in UTF-16"),
            self.byte_order_mark.map(|change| match change {
                Change::Added => "with a byte order mark before it",
                Change::Taken => "without its byte order mark",
            }),
            self.line_ends.map(|ends| match ends {
                LineEnds::CrLf => "with CR LF line ends",
                LineEnds::Lf => "with LF line ends",
            }),
            self.last_line_end.map(|change| match change {
                Change::Added => "with a line end behind it",
                Change::Taken => "without its last line end",
            }),
        ];
        let parts: Vec<&str> = parts.into_iter().flatten().collect();
        f.write_str(&parts.join(" and "))
    }
}

impl Refusal {
    /// The code of row `signatures`.
    pub const fn code(self) -> Code {
        match self {
            Self::Unreadable | Self::Encoding { .. } => Code::SignatureUnreadable,
            Self::Untouched => Code::SignatureUntouched,
            Self::Converted(_) => Code::SignatureConverted,
            Self::Namespace => Code::SignatureNamespace,
            Self::Refused => Code::SignatureRefused,
        }
    }
}

impl Key {
    /// Reads a public-key line: type, base64, and any comment.
    ///
    /// # Errors
    /// [`KeyError`]
    pub fn parse(line: &str) -> Result<Self, KeyError> {
        let line = line.trim();
        if let Some(saved_as) = saved_as(line) {
            return Err(KeyError::Encoding { saved_as });
        }
        if line.len() > MAX_LENGTH {
            return Err(KeyError::Unreadable);
        }
        let key = PublicKey::from_openssh(line).map_err(|_| KeyError::Unreadable)?;
        Self::of(key.key_data().clone())
    }

    /// The key that these 32 bytes are, as WebCrypto exports an Ed25519 key in its format `raw`.
    ///
    /// # Errors
    /// [`KeyError::Weak`]
    pub fn from_ed25519(bytes: [u8; 32]) -> Result<Self, KeyError> {
        Self::of(KeyData::Ed25519(Ed25519PublicKey(bytes)))
    }

    /// How a page or a program shows the key.
    pub fn view(&self) -> KeyView {
        KeyView {
            line: self.line(),
            fingerprint: self.fingerprint(),
            algorithm: self.0.algorithm().to_string(),
        }
    }

    fn of(data: KeyData) -> Result<Self, KeyError> {
        let sound = match &data {
            KeyData::Ed25519(key) => ed25519(&key.0).is_some(),
            KeyData::SkEd25519(key) => ed25519(&key.public_key().0).is_some(),
            KeyData::Ecdsa(key) if key.curve() == EcdsaCurve::NistP256 => {
                is_whole_point(key.as_sec1_bytes())
            }
            KeyData::SkEcdsaSha2NistP256(key) => is_whole_point(key.ec_point().as_bytes()),
            other => {
                return Err(KeyError::Unsupported {
                    algorithm: other.algorithm().to_string(),
                });
            }
        };
        if sound {
            Ok(Self(data))
        } else {
            Err(KeyError::Weak)
        }
    }

    /// The line without a comment: one text for one key.
    pub fn line(&self) -> String {
        // Encoding what was decoded cannot fail.
        PublicKey::new(self.0.clone(), "")
            .to_openssh()
            .map(|line| line.trim_end().to_owned())
            .unwrap_or_default()
    }

    /// The point of the curve alone: one key is one, under whatever type and application it is written.
    pub fn point(&self) -> Vec<u8> {
        match &self.0 {
            KeyData::Ed25519(key) => key.0.to_vec(),
            KeyData::SkEd25519(key) => key.public_key().0.to_vec(),
            KeyData::Ecdsa(key) => key.as_sec1_bytes().to_vec(),
            KeyData::SkEcdsaSha2NistP256(key) => key.ec_point().as_bytes().to_vec(),
            // No other kind is ever taken in.
            _ => Vec::new(),
        }
    }

    /// OpenSSH's fingerprint, `SHA256:…`: the `keyid` of signatures.
    pub fn fingerprint(&self) -> String {
        self.0.fingerprint(HashAlg::Sha256).to_string()
    }

    /// Verifies 64 bytes of Ed25519, as WebCrypto makes them, over exactly `message` (RFC 8032, strict: small orders and
    /// unreduced values are refused).
    ///
    /// # Errors
    /// [`Refusal::Refused`]
    pub fn verifies_raw(&self, message: &[u8], signature: &[u8]) -> Result<(), Refusal> {
        match &self.0 {
            KeyData::Ed25519(key) if verifies_ed25519(&key.0, message, signature) => Ok(()),
            _ => Err(Refusal::Refused),
        }
    }

    /// Verifies an SSH signature of `ssh-keygen -Y sign` over a file with the content `message`.
    ///
    /// # Errors
    /// [`Refusal`]
    pub fn verifies_ssh(&self, message: &[u8], signature: &SshSignature) -> Result<(), Refusal> {
        self.verifies_in(NAMESPACE, message, signature)
    }

    /// The same, made for another purpose.
    ///
    /// # Errors
    /// [`Refusal`]
    pub(crate) fn verifies_in(
        &self,
        namespace: &str,
        message: &[u8],
        signature: &SshSignature,
    ) -> Result<(), Refusal> {
        let signature = &signature.0;
        if signature.namespace() != namespace {
            return Err(Refusal::Namespace);
        }
        // The crate reads version 0 too, which nobody makes and which the signed bytes do not hold.
        let of_this_key = *signature.public_key() == self.0
            && signature.version() == SshSig::VERSION
            && signature.algorithm() == self.0.algorithm()
            && signature.reserved().is_empty();
        let signed = SshSig::signed_data(namespace, signature.hash_alg(), message);
        match signed {
            Ok(signed) if of_this_key => self.verifies(&signed, signature.signature_bytes()),
            _ => Err(Refusal::Refused),
        }
    }

    /// The same, and where the signature does not fit, whether it fits what the message becomes when a system converts
    /// it. That is named; it never counts: what was signed is other bytes than those at hand.
    ///
    /// # Errors
    /// [`Refusal`]
    pub(crate) fn explained(
        &self,
        namespace: &str,
        message: &[u8],
        signature: &SshSignature,
    ) -> Result<(), Refusal> {
        let refusal = match self.verifies_in(namespace, message, signature) {
            Err(Refusal::Refused) if message.len() <= MAX_CONVERTED => Refusal::Refused,
            other => return other,
        };
        let Ok(text) = std::str::from_utf8(message) else {
            return Err(refusal);
        };
        let fits = |converted: &[u8]| self.verifies_in(namespace, converted, signature).is_ok();
        Err(Conversion::of(text)
            .find(|(_, converted)| fits(converted))
            .map_or(refusal, |(conversion, _)| Refusal::Converted(conversion)))
    }

    fn verifies(&self, signed: &[u8], signature: &[u8]) -> Result<(), Refusal> {
        let (fits, is_touched) = match &self.0 {
            KeyData::Ed25519(key) => (verifies_ed25519(&key.0, signed, signature), true),
            KeyData::Ecdsa(key) => (verifies_ecdsa(key.as_sec1_bytes(), signed, signature), true),
            KeyData::SkEd25519(key) => {
                let is_touched = has_user_presence(signature);
                let (signature, signed) = on_security_key(key.application(), signed, signature);
                let fits = verifies_ed25519(&key.public_key().0, &signed, signature);
                (fits, is_touched)
            }
            KeyData::SkEcdsaSha2NistP256(key) => {
                let is_touched = has_user_presence(signature);
                let (signature, signed) = on_security_key(key.application(), signed, signature);
                let fits = verifies_ecdsa(key.ec_point().as_bytes(), &signed, signature);
                (fits, is_touched)
            }
            _ => (false, false),
        };
        match (fits, is_touched) {
            (true, true) => Ok(()),
            (true, false) => Err(Refusal::Untouched),
            (false, _) => Err(Refusal::Refused),
        }
    }
}

/// An SSH signature as `ssh-keygen -Y sign` makes it (OpenSSH's PROTOCOL.sshsig).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SshSignature(SshSig);

impl SshSignature {
    /// Reads the armoured text, from `-----BEGIN SSH SIGNATURE-----` on.
    ///
    /// # Errors
    /// [`Refusal::Unreadable`], [`Refusal::Encoding`]
    pub fn from_armoured(text: &str) -> Result<Self, Refusal> {
        let text = text.trim();
        if let Some(saved_as) = saved_as(text) {
            return Err(Refusal::Encoding { saved_as });
        }
        if text.len() > MAX_LENGTH {
            return Err(Refusal::Unreadable);
        }
        // Pasted text may have come by a way that ends lines otherwise.
        SshSig::from_pem(text.replace("\r\n", "\n") + "\n")
            .map(Self)
            .map_err(|_| Refusal::Unreadable)
    }

    /// The same of a file's bytes.
    ///
    /// # Errors
    /// [`Refusal::Unreadable`], [`Refusal::Encoding`]
    pub fn from_file(bytes: &[u8]) -> Result<Self, Refusal> {
        if let Some(saved_as) = foreign_encoding(bytes) {
            return Err(Refusal::Encoding { saved_as });
        }
        std::str::from_utf8(bytes)
            .map_err(|_| Refusal::Unreadable)
            .and_then(Self::from_armoured)
    }

    /// Reads the bytes inside the armour. They must be exactly those that the signature is written as.
    ///
    /// # Errors
    /// [`Refusal::Unreadable`]
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Refusal> {
        use ssh_key::encoding::Decode as _;

        let read = SshSig::decode(&mut &*bytes)
            .map(Self)
            .map_err(|_| Refusal::Unreadable)?;
        if read.to_bytes() == bytes {
            Ok(read)
        } else {
            Err(Refusal::Unreadable)
        }
    }

    /// The bytes inside the armour.
    pub fn to_bytes(&self) -> Vec<u8> {
        use ssh_key::encoding::Encode as _;

        // Encoding what was decoded cannot fail.
        self.0.encode_vec().unwrap_or_default()
    }

    /// The armoured text, for `ssh-keygen -Y verify`.
    pub fn armoured(&self) -> String {
        self.0.to_pem(ssh_key::LineEnding::LF).unwrap_or_default()
    }

    /// The key that it says it was made with.
    ///
    /// # Errors
    /// [`KeyError`]
    pub fn key(&self) -> Result<Key, KeyError> {
        Key::of(self.0.public_key().clone())
    }
}

/// Whether bytes are an SSH signature rather than 64 raw ones.
pub fn is_ssh_signature(bytes: &[u8]) -> bool {
    bytes.starts_with(b"SSHSIG")
}

/// The key, unless it is of small order.
fn ed25519(bytes: &[u8; 32]) -> Option<ed25519_dalek::VerifyingKey> {
    ed25519_dalek::VerifyingKey::from_bytes(bytes)
        .ok()
        .filter(|key| !key.is_weak())
}

fn verifies_ed25519(key: &[u8; 32], message: &[u8], signature: &[u8]) -> bool {
    match (
        ed25519(key),
        ed25519_dalek::Signature::from_slice(signature),
    ) {
        (Some(key), Ok(signature)) => key.verify_strict(message, &signature).is_ok(),
        _ => false,
    }
}

/// A point of P-256, uncompressed: compressed, it would be the same key in another text.
fn is_whole_point(sec1: &[u8]) -> bool {
    sec1.first() == Some(&4) && crrl::p256::PublicKey::decode(sec1).is_some()
}

/// ECDSA on P-256 with SHA-256; the signature is two SSH integers, r and s (RFC 5656, section 3.1.2).
fn verifies_ecdsa(key: &[u8], message: &[u8], signature: &[u8]) -> bool {
    der_signature(signature).is_some_and(|signature| verify_p256(key, &sha256(message), &signature))
}

/// The same two integers as DER `ECDSA-Sig-Value`.
fn der_signature(mut signature: &[u8]) -> Option<Vec<u8>> {
    use ssh_key::encoding::Decode as _;

    let integers = [
        Mpint::decode(&mut signature).ok()?,
        Mpint::decode(&mut signature).ok()?,
    ];
    if !signature.is_empty() {
        return None;
    }
    let sequence = integers
        .iter()
        .map(|integer| UintRef::new(integer.as_positive_bytes()?).ok())
        .collect::<Option<Vec<_>>>()?;
    sequence.to_der().ok()
}

/// The encoding that a text was saved in, where it shows. What a program read as UTF-8 although it was UTF-16 has a
/// replacement character in the place of each half of the byte order mark.
fn saved_as(text: &str) -> Option<&'static str> {
    foreign_encoding(text.trim_start_matches('\u{fffd}').as_bytes())
}

/// Whether somebody touched the security key: bit 0 of the flags (PROTOCOL.u2f). It is always demanded here.
/// `ssh-keygen -Y verify` does not ask for it, nor has a list of allowed signers a word for it: that program shows the
/// flags to who debugs it. `sshd` demands it of logins, unless a key's line says `no-touch-required`. So a signature of a
/// key that was made with `-O no-touch-required` can be good there and is refused here, by name.
fn has_user_presence(signature: &[u8]) -> bool {
    let flags = signature
        .len()
        .checked_sub(5)
        .and_then(|at| signature.get(at));
    flags.is_some_and(|flags| flags & 1 == 1)
}

/// What a security key signs instead of a message (OpenSSH's PROTOCOL.u2f, "SSH U2F Signatures"): the application's
/// hash, flags and counter, and the message's hash. Flags and counter are the last five bytes of the signature.
fn on_security_key<'a>(
    application: &str,
    message: &[u8],
    signature: &'a [u8],
) -> (&'a [u8], Vec<u8>) {
    const FLAGS_AND_COUNTER: usize = 5;
    let (signature, trailer) = signature
        .split_at_checked(signature.len().saturating_sub(FLAGS_AND_COUNTER))
        .unwrap_or_default();
    let signed = [
        &sha256(application.as_bytes())[..],
        trailer,
        &sha256(message)[..],
    ]
    .concat();
    (signature, signed)
}

#[cfg(test)]
mod tests {
    use super::*;

    // Made by OpenSSH with security keys over "testing"; from the tests of the ssh-key crate.
    const SK_ED25519: &str = "sk-ssh-ed25519@openssh.com AAAAGnNrLXNzaC1lZDI1NTE5QG9wZW5zc2guY29tAAAAINSoElFleH+nN83FoLqqepJjN+y7Gs5lrn7qXjBqQZyuAAAABHNzaDo=";
    const SK_ED25519_SIGNATURE: &str = "-----BEGIN SSH SIGNATURE-----
U1NIU0lHAAAAAQAAAEoAAAAac2stc3NoLWVkMjU1MTlAb3BlbnNzaC5jb20AAAAg1KgSUW
V4f6c3zcWguqp6kmM37LsazmWufupeMGpBnK4AAAAEc3NoOgAAAAdleGFtcGxlAAAAAAAA
AAZzaGE1MTIAAABnAAAAGnNrLXNzaC1lZDI1NTE5QG9wZW5zc2guY29tAAAAQC9WcLb5NG
XRdCOHinQIS/MxdnAx7SQMYnyOt5q4+huTWh/Zk/UvWhP+wXl/ikNPlDpgliRq6o3VyKqS
LLo9lQYBAAAACQ==
-----END SSH SIGNATURE-----";
    const SK_P256: &str = "sk-ecdsa-sha2-nistp256@openssh.com AAAAInNrLWVjZHNhLXNoYTItbmlzdHAyNTZAb3BlbnNzaC5jb20AAAAIbmlzdHAyNTYAAABBBNdo6XfhTK080uz5UbGyOcNMo+R3nPXMBxurwH2M1bDtQYbDT6qBE7EdQGkcy/EJDXbzT0KlU9rROjcX+JsgtGAAAAAEc3NoOg==";
    const SK_P256_SIGNATURE: &str = "000000201b35a1c6469a43a3d09d490d6ff8ca1bc2486a2edeb8aa7d119e4c70b9c1811000000021009724a2a4449a90357485ed1df0161274d20083342b02756794bc3f068fcdc15e01000000ec";

    #[test]
    fn a_security_key_that_nobody_touched_does_not_count() {
        assert!(has_user_presence(&[1, 0, 0, 0, 9]));
        assert!(has_user_presence(&[7, 5, 0, 0, 0, 9]));
        for signature in [&[0, 0, 0, 0, 9][..], &[4, 0, 0, 0, 9], &[1, 0, 0, 9], &[]] {
            assert!(!has_user_presence(signature), "{signature:?}");
        }
    }

    #[test]
    fn a_key_and_a_signature_of_the_longest_text_are_read_and_no_longer_one() {
        let line =
            |length: usize| format!("{SK_ED25519} {}", "c".repeat(length - SK_ED25519.len() - 1));
        assert!(Key::parse(&line(MAX_LENGTH)).is_ok());
        let made = SshSig::from_pem(SK_ED25519_SIGNATURE).unwrap();
        let text = |namespace: usize| {
            SshSig::new(
                made.public_key().clone(),
                "n".repeat(namespace),
                made.hash_alg(),
                made.signature().clone(),
            )
            .unwrap()
            .to_pem(ssh_key::LineEnding::LF)
            .unwrap()
            .trim()
            .to_owned()
        };
        let just_below = (5500..)
            .map(text)
            .take_while(|text| text.len() <= MAX_LENGTH)
            .last()
            .unwrap();
        // Lines may end with one byte more.
        let lacking = MAX_LENGTH - just_below.len();
        let armoured = |more: usize| just_below.replacen('\n', "\r\n", lacking + more);
        assert_eq!(armoured(0).len(), MAX_LENGTH);
        assert!(SshSignature::from_armoured(&armoured(0)).is_ok());
        for more in [1, 2] {
            assert!(Key::parse(&line(MAX_LENGTH + more)).is_err());
            assert!(SshSignature::from_armoured(&armoured(more)).is_err());
        }
    }

    #[test]
    fn one_point_is_one_key_and_has_one_text() {
        let on_security_key = Key::parse(SK_ED25519).unwrap();
        let KeyData::SkEd25519(data) = &on_security_key.0 else {
            panic!("a security key")
        };
        let plain = Key::from_ed25519(data.public_key().0).unwrap();
        assert_ne!(plain.fingerprint(), on_security_key.fingerprint());
        assert_eq!(plain.point(), on_security_key.point());
        assert!(!is_whole_point(&[2; 33]), "compressed");
    }

    #[test]
    fn a_security_keys_ed25519_signature_verifies_and_no_other() {
        let key = Key::parse(SK_ED25519).unwrap();
        let signature = SshSignature::from_armoured(SK_ED25519_SIGNATURE).unwrap();
        assert_eq!(signature.key().unwrap(), key);
        let verify = |message: &[u8]| key.verifies_in("example", message, &signature);
        assert_eq!(verify(b"testing"), Ok(()));
        assert_eq!(verify(b"testinG"), Err(Refusal::Refused));
        assert_eq!(
            key.verifies_ssh(b"testing", &signature),
            Err(Refusal::Namespace)
        );
        // Flags and counter, the last five bytes, are signed as well.
        let bytes = signature.to_bytes();
        for at in bytes.len() - 5..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] ^= 1;
            let changed = SshSignature::from_bytes(&changed).unwrap();
            assert_eq!(
                key.verifies_in("example", b"testing", &changed),
                Err(Refusal::Refused)
            );
        }
    }

    #[test]
    fn a_security_keys_p256_signature_verifies_and_no_other() {
        let key = Key::parse(SK_P256).unwrap();
        let signature = hex::decode(SK_P256_SIGNATURE).unwrap();
        let refused = Err(Refusal::Refused);
        assert_eq!(key.verifies(b"testing", &signature), Ok(()));
        assert_eq!(key.verifies(b"testinG", &signature), refused);
        for at in 0..signature.len() {
            let mut changed = signature.clone();
            changed[at] ^= 1;
            assert_eq!(key.verifies(b"testing", &changed), refused, "{at}");
        }
        assert_eq!(key.verifies(b"testing", &[]), refused);
        let cut = &signature[..signature.len() - 1];
        assert_eq!(key.verifies(b"testing", cut), refused);
        // Nothing stands between r, s and the key's own five bytes.
        let (integers, trailer) = signature.split_at(signature.len() - 5);
        let longer = [integers, &[0], trailer].concat();
        assert_eq!(key.verifies(b"testing", &longer), refused);
    }

    /// A signature of ssh-keygen's form over a message, by a plain key or as a security key with these flags makes it.
    fn made(message: &[u8], flags: Option<u8>) -> (Key, SshSignature) {
        use ed25519_dalek::Signer as _;
        use ssh_key::encoding::Encode as _;

        let secret = ed25519_dalek::SigningKey::from_bytes(&[7; 32]);
        let public = secret.verifying_key().to_bytes();
        let string = |bytes: &[u8]| bytes.encode_vec().unwrap();
        let signed = SshSig::signed_data("example", HashAlg::Sha256, message).unwrap();
        let (kind, application, trailer) = match flags {
            None => ("ssh-ed25519", Vec::new(), Vec::new()),
            Some(flags) => (
                "sk-ssh-ed25519@openssh.com",
                string(b"ssh:"),
                vec![flags, 0, 0, 0, 1],
            ),
        };
        let signed = match flags {
            None => signed,
            Some(_) => [&sha256(b"ssh:")[..], &trailer, &sha256(&signed)].concat(),
        };
        let point = string(&public);
        let key = [string(kind.as_bytes()), point, application].concat();
        let signature = string(&secret.sign(&signed).to_bytes());
        let signature = [string(kind.as_bytes()), signature, trailer].concat();
        let parts = [&key[..], b"example", b"", b"sha256", &signature];
        let parts: Vec<u8> = parts.iter().flat_map(|part| string(part)).collect();
        let bytes = [&b"SSHSIG\0\0\0\x01"[..], &parts].concat();
        let signature = SshSignature::from_bytes(&bytes).unwrap();
        (signature.key().unwrap(), signature)
    }

    #[test]
    fn a_signature_that_fits_and_that_nobody_touched_the_key_for_is_named() {
        for (flags, outcome) in [
            (None, Ok(())),
            (Some(1), Ok(())),
            (Some(5), Ok(())),
            (Some(0), Err(Refusal::Untouched)),
            // The user was verified, by a PIN say, and did not touch the key.
            (Some(4), Err(Refusal::Untouched)),
        ] {
            let (key, signature) = made(b"testing", flags);
            let verify = |message: &[u8]| key.explained("example", message, &signature);
            assert_eq!(verify(b"testing"), outcome, "{flags:?}");
            assert_eq!(verify(b"testinG"), Err(Refusal::Refused), "{flags:?}");
        }
    }

    #[test]
    fn a_signature_over_what_a_system_converts_a_text_into_is_named_and_never_counts() {
        let utf16 = |text: &str| -> Vec<u8> {
            let units = std::iter::once(0xfeff).chain(text.encode_utf16());
            units.flat_map(u16::to_le_bytes).collect()
        };
        let bytes = |text: &str| text.as_bytes().to_vec();
        for (signed, at_hand, words) in [
            (bytes("a\r\nb\r\n"), "a\nb\n", "with CR LF line ends"),
            (bytes("a\nb\n"), "a\r\nb\r\n", "with LF line ends"),
            (bytes("a\nb\n"), "a\nb", "with a line end behind it"),
            (bytes("a\nb"), "a\nb\n", "without its last line end"),
            (
                bytes("a\r\nb\r\n"),
                "a\nb",
                "with CR LF line ends and with a line end behind it",
            ),
            (
                bytes("\u{feff}a\nb"),
                "a\nb",
                "with a byte order mark before it",
            ),
            (bytes("a\nb"), "\u{feff}a\nb", "without its byte order mark"),
            (
                bytes("\u{feff}a\r\nb"),
                "a\nb",
                "with a byte order mark before it and with CR LF line ends",
            ),
            (utf16("a\nb"), "a\nb", "in UTF-16"),
            (
                utf16("a\r\nb\r\n"),
                "a\nb",
                "in UTF-16 and with CR LF line ends and with a line end behind it",
            ),
        ] {
            let (key, signature) = made(&signed, None);
            let at_hand = at_hand.as_bytes();
            assert_eq!(
                key.verifies_in("example", at_hand, &signature),
                Err(Refusal::Refused)
            );
            match key.explained("example", at_hand, &signature) {
                Err(Refusal::Converted(found)) => assert_eq!(found.to_string(), words),
                other => panic!("{words}: {other:?}"),
            }
            assert_eq!(key.explained("example", &signed, &signature), Ok(()));
        }
        // Another text is another text, and so is a longer one than is looked at.
        let (key, signature) = made(b"a\nb", None);
        let refused = Err(Refusal::Refused);
        for other in [&b"a\nc"[..], b"a b", b"a\n\nb", b"", b"\xff"] {
            assert_eq!(key.explained("example", other, &signature), refused);
        }
        let long = |length: usize| "x".repeat(length);
        for (length, is_looked_at) in [(MAX_CONVERTED, true), (MAX_CONVERTED + 1, false)] {
            let (key, signature) = made(format!("{}\n", long(length)).as_bytes(), None);
            let found = key.explained("example", long(length).as_bytes(), &signature);
            assert_eq!(found != refused, is_looked_at, "{length}");
        }
    }

    #[test]
    fn a_key_or_signature_that_was_saved_in_another_encoding_is_named() {
        let utf16: Vec<u8> = SK_ED25519_SIGNATURE
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        let with_mark = [&[0xff, 0xfe], &utf16[..]].concat();
        let utf8_with_mark = format!("\u{feff}{SK_ED25519_SIGNATURE}");
        for (file, saved) in [
            (&with_mark[..], "UTF-16 (little endian)"),
            (&utf16, "UTF-16 (little endian) without a byte order mark"),
            (utf8_with_mark.as_bytes(), "UTF-8 with a byte order mark"),
        ] {
            let named = Err(Refusal::Encoding { saved_as: saved });
            assert_eq!(SshSignature::from_file(file), named);
            // The same when it was read as UTF-8 on its way here.
            match SshSignature::from_armoured(&String::from_utf8_lossy(file)) {
                Err(Refusal::Encoding { saved_as }) => {
                    assert!(saved.starts_with(saved_as.get(..6).unwrap()))
                }
                other => panic!("{saved}: {other:?}"),
            }
        }
        let crlf = SK_ED25519_SIGNATURE.replace('\n', "\r\n");
        assert!(SshSignature::from_file(crlf.as_bytes()).is_ok());
        let line: String = SK_ED25519.chars().flat_map(|c| [c, '\0']).collect();
        for line in [
            format!("\u{feff}{SK_ED25519}"),
            format!("\u{fffd}\u{fffd}{line}"),
        ] {
            let error = Key::parse(&line).unwrap_err();
            assert!(matches!(error, KeyError::Encoding { .. }), "{error:?}");
            assert!(error.to_string().contains("saved as UTF-"), "{error}");
            assert_eq!(error.code(), Code::KeyUnreadable);
        }
        assert!(Key::parse(&format!("{SK_ED25519} comment\r\n")).is_ok());
    }

    #[test]
    fn a_signature_has_one_text() {
        let text = format!("\r\n{}\n\n", SK_ED25519_SIGNATURE.replace('\n', "\r\n"));
        let signature = SshSignature::from_armoured(&text).unwrap();
        assert_eq!(signature.armoured().trim(), SK_ED25519_SIGNATURE);
        assert!(is_ssh_signature(&signature.to_bytes()));
        let longer = [signature.to_bytes(), vec![0]].concat();
        assert_eq!(SshSignature::from_bytes(&longer), Err(Refusal::Unreadable));
    }
}
