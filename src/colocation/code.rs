//! The closed list of what can be wrong with evidence of colocation, each with what to do next.

use serde::Serialize;

crate::code::codes! {
    /// A closed, stable code of evidence of colocation. Its JSON is the name in SCREAMING_SNAKE_CASE.
    enum Code;

    // entered
    /// Something that the kind needs was not entered.
    EnteredMissing => "Enter it: without it nobody can tell what this evidence is.",
    /// A text holds a control character, or one that turns the direction of writing around.
    EnteredCharacter => "Remove the invisible characters: they could show another text than is signed.",
    /// A text is too long.
    EnteredTooLong => "Shorten the text.",
    /// A key is no OpenSSH public-key line of a kind that is verified here.
    KeyUnreadable => "Paste the whole line of the .pub file, for example: ssh-ed25519 AAAA…",
    /// A digest is not 64 lower-case hex digits.
    DigestInvalid => "Enter the SHA-256 as 64 digits, in lower case, as sha256sum prints it.",
    /// A link is not one.
    LinkInvalid => "Give the link as it opens in a browser, beginning with https://.",
    /// A domain's name is none, or a whole top-level domain.
    DomainInvalid => "Enter the data centre's domain alone, for example example.com.",
    /// A time that is no date in years 1970 to 9999, or an end before its beginning.
    TimeInvalid => "Enter the time again.",
    /// A time after the moment that is checked for.
    TimeLater => "Compare the clocks: evidence cannot come from after its check.",

    // files
    /// A file that the kind needs is not there.
    FileMissing => "Add the file.",
    /// A file of a role that the kind does not take, or one too many of a role.
    FileUnexpected => "Remove the file, or choose the right kind of evidence.",
    /// The bytes are not those of the digest, or not base64.
    FileDamaged => "The file is not the one that was named. Ask for the original.",
    /// The file is empty.
    FileEmpty => "The file holds nothing. Ask for it again.",
    /// The file is larger than one of its role is read.
    FileTooLarge => "Check that this is the right file.",
}
