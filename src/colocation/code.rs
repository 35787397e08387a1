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

    // claim.machine
    /// No machine was named to look for.
    MachineMissing => "Name the machine by its charter key, such as intel:sgx:ppid:…, or open its record.",
    /// The statement does not name the machine.
    MachineUnnamed => "Ask the owner for a statement that names this machine by its charter key.",
    /// The statement is not UTF-8 text.
    StatementEncoding => "Ask for the statement as plain text: what is signed must be what is read.",

    // claim.signature, pledge.signature
    /// A signature that cannot be read.
    SignatureUnreadable => "Give the file that ssh-keygen wrote, from BEGIN SSH SIGNATURE to END SSH SIGNATURE, or 64 bytes.",
    /// A signature made for another purpose.
    SignatureNamespace => "Sign again with: ssh-keygen -Y sign -n colocation@cloud-witness",
    /// A signature that does not fit the file and the key.
    SignatureRefused => "The file, the signature or the key is another one. Do not rely on it.",

    // claim.certificates
    /// No certificate was given.
    CertificatesNone => "A claim can do without; with audit certificates it says more.",
    /// A certificate is no longer valid.
    CertificateExpired => "Ask the owner for the current certificate, or leave this one out.",
    /// A certificate is not valid yet.
    CertificateLater => "Ask the owner for the current certificate, or leave this one out.",

    // video.watched
    /// The video has no length.
    VideoEmpty => "Enter the video's length in seconds.",
    /// Nobody watched the video.
    VideoUnwatched => "Watch it from start to end, at least two of you, and enter who did.",
    /// Only one person watched the video.
    VideoWatchedByOne => "Let a second person watch it, from another project.",

    // mail.read
    /// The mail is not text as it was received.
    MailEncoding => "Save the mail again as it was received (.eml, \"download original\"), unedited.",
    /// The file is no e-mail.
    MailUnreadable => "Save the mail again as it was received (.eml, \"download original\"), unedited.",
    /// A header field that must stand once stands twice.
    MailFieldTwice => "One of the two may be forged: do not rely on this mail. Ask for another.",

    // mail.key
    /// The key record cannot be read, or holds no key that is verified here.
    KeyRecordUnreadable => "Look the TXT record of SELECTOR._domainkey.DOMAIN up again, and paste it whole.",
    /// The key record was revoked.
    KeyRecordRevoked => "The domain says not to trust this key any more. Ask for a new mail.",
    /// The key is too short (RFC 8301).
    KeyRecordWeak => "Such a key can be broken: ask for a mail signed with a longer one.",
    /// The key is shorter than good practice.
    KeyRecordShort => "Ask the data centre whether it has a key of 2048 bits.",
    /// The domain only tests DKIM.
    KeyRecordTesting => "Ask the data centre whether it stands behind its DKIM signatures.",

    // mail.signature
    /// The mail has no DKIM signature.
    DkimMissing => "Save the mail as it was received: forwarding or exporting drops the signature.",
    /// The mail has too many DKIM signatures.
    DkimTooMany => "Somebody put in what does not count. Ask for another mail.",
    /// A DKIM signature that cannot be read.
    DkimUnreadable => "Save the mail as it was received (.eml), unedited; or ask for another.",
    /// An algorithm that is not verified.
    DkimAlgorithm => "Ask for a mail signed with rsa-sha256 or ed25519-sha256.",
    /// The sender is not among the signed fields.
    DkimFromUnsigned => "Anyone can have put in the sender. Do not rely on this mail.",
    /// The signature is for a user of another domain.
    DkimUser => "The signature contradicts itself. Do not rely on this mail.",
    /// The signature names the body's length.
    DkimLength => "Ask for a mail whose whole body is signed (no l=).",
    /// How the body is divided into parts is not among the signed fields.
    DkimTypeUnsigned => "Compare what is shown with the mail's source: how it is read could have been changed.",
    /// The body was changed.
    DkimBody => "The mail was changed on its way or after. Ask for the original, or do not rely on it.",
    /// The signature does not fit.
    DkimRefused => "The mail was changed, or the key record is of another selector or domain. Look it up for the selector that is named.",

    // mail.time
    /// The signature has expired.
    DkimExpired => "Ask for a new mail: after its end the domain no longer stands behind the signature.",
    /// The mail is from after the moment that is checked for.
    MailLater => "Compare the clocks: the mail says to be from later.",
    /// Nothing that is signed tells when the mail was made.
    MailUndated => "The mail can be of any age. Ask for one that says when.",
    /// The mail is more than a year old.
    MailOld => "Ask whether what it says still holds.",

    // mail.domain
    /// Another domain signed.
    DomainDiffers => "The mail is not vouched for by the data centre. Ask for one from its own domain.",
    /// The sender is not exactly one address.
    SenderUnclear => "Do not rely on this mail: ask for one from one sender.",
    /// The sender is of another domain.
    SenderDiffers => "The mail is not from the data centre. Ask for one from its own domain.",

    // pledge.document
    /// The mail does not name or attach the document.
    DocumentUntied => "Ask for a mail that attaches the document, or holds its SHA-256 in its text.",

    // beacon.noted
    /// Nothing of a beacon can be checked yet.
    BeaconWorkInProgress => "Keep it for later: it proves nothing yet.",
}
