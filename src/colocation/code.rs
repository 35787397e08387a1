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
    /// A file of a role that the kind does not take, one too many of a role, or one named too often.
    FileUnexpected => "Remove the file, or choose the right kind of evidence.",
    /// The file is empty.
    FileEmpty => "The file holds nothing. Ask for it again.",
    /// The file is larger than one of its role is read.
    FileTooLarge => "Check that this is the right file.",
    /// All files together are larger than those of one check are read.
    FilesTooLarge => "Check fewer items at a time, or ask for smaller files: a mail needs no pictures.",

    // heartbeat: the file as a whole
    /// Nothing was given.
    LogEmpty => "Choose the log that the recorder wrote.",
    /// More bytes, or more lines, than a log is read for.
    LogTooLarge => "Ask for the log in parts: the recorder begins another file when it is given another name.",
    /// UTF-16, or a byte order mark.
    LogEncoding => "The file was saved anew on its way. Ask for it as the recorder wrote it.",
    /// The last line has no end.
    LogCut => "The file is not whole. Ask for all of it.",

    // heartbeat: single lines
    /// A line is longer than any that the recorder writes.
    LineTooLong => "The recorder writes no such line. Ask for the file as it wrote it.",
    /// An empty line.
    LineBlank => "The file was edited. Ask for it as the recorder wrote it.",
    /// Lines end with CR LF.
    LineEnd => "The file came by a way that changes the ends of lines. Ask for it as the recorder wrote it.",
    /// A character that no line can hold.
    LineCharacter => "The file was changed. Ask for it as the recorder wrote it.",
    /// A line is not JSON.
    LineNotJson => "The file was cut or changed. Ask for it as the recorder wrote it.",
    /// A field is missing, unknown, or of the wrong form.
    LineField => "The file was changed, or a later version wrote it. Ask for the original, or use a newer verifier.",
    /// Readable, but written in another way than the recorder writes.
    LineNotCanonical => "The file was written anew on its way. Ask for it as the recorder wrote it.",

    /// So many lines say nothing that the rest was not looked at.
    LinesUnreadable => "This is no log, or one that was damaged. Ask for it as the recorder wrote it.",

    // heartbeat: the first line
    /// The first line is no header.
    HeaderMissing => "The log's beginning was cut off. Ask for the whole file.",
    /// A header stands further down.
    HeaderTwice => "Ask for each log by itself, as its recorder wrote it.",
    /// A field of the header cannot be.
    HeaderInvalid => "The recorder writes no such header. Ask how the log was made.",
    /// The log is about another machine.
    HeaderOtherMachine => "This is the log of another machine. Ask for the right one.",
    /// The owner declared a shorter maximum gap than the log allows itself.
    HeaderMaxGap => "The shorter of the two is used. Ask which one the owner stands for.",

    // heartbeat: the recorder's key
    /// No key of the recorder was given by the one who checks.
    RecorderKeyNotGiven => "Ask the owner for the recorder's public key by another way than this file, and give it here.",
    /// The log is signed by another key than the recorder's.
    RecorderKeyOther => "Somebody else wrote this log, or the recorder was set up anew. Ask the owner.",

    // heartbeat: chain and order
    /// A line has another number than its place.
    SequenceWrong => "Lines were changed. Do not rely on the stretch around this line.",
    /// Lines are missing.
    LinesMissing => "Lines were taken out. Ask for the whole log.",
    /// A line stands there twice.
    LineRepeated => "Lines were copied. Ask for the file as the recorder wrote it.",
    /// A line stands in another place than it was written.
    LineOutOfOrder => "Lines were moved. Ask for the file as the recorder wrote it.",
    /// A line does not follow from the one before.
    ChainBroken => "This line, or the one before it, was changed. What no signature covers counts for nothing.",

    // heartbeat: signatures
    /// A signature does not fit.
    SignatureWrong => "The recorder did not sign this. Do not rely on what comes before it.",
    /// Signatures that cannot be checked, as no key is known.
    SignatureUnchecked => "Give the recorder's public key.",
    /// Too many polls without a signature.
    SignatureMissing => "A signature was taken out, or the recorder did not sign as it says. Ask the owner.",
    /// More signatures than a log is read for.
    SignaturesTooMany => "The recorder signs every few hundred polls. Ask how the log was made.",
    /// The last lines are not signed.
    TailNotSigned => "The end was cut off, or the recorder did not stop cleanly. What is not signed does not count.",

    // heartbeat: clocks
    /// The time goes back.
    ClockBack => "The recorder's clock went back, so nobody knows when these answers came. Ask the owner.",
    /// The time runs ahead of the recorder's own count of seconds.
    ClockForward => "The recorder's clock was set forward, or the recorder stood still. Ask the owner.",
    /// The recorder's own count of seconds goes back.
    CountBack => "The recorder was started anew without saying so. Ask how the log was made.",
    /// A time lies in the future.
    TimeInFuture => "Compare this computer's clock with the recorder's. Lines of the future do not count.",

    // heartbeat: polls
    /// For longer than the maximum gap there was no good answer.
    LogGap => "The machine may have been elsewhere in this time. Ask the owner what happened.",
    /// A poll came late, but within the maximum gap.
    PollLate => "The recorder did not keep its interval. One is nothing; many ask for a reason.",
    /// A poll came far too early.
    PollEarly => "The recorder asks at its interval. Ask how the log was made.",
    /// A line says that another number of paths was asked.
    PollOther => "The recorder asks for all paths that its header names. Ask how the log was made.",

    // heartbeat: answers
    /// The endpoint did not answer as it should.
    AnswerError => "One is nothing; many ask for a reason. Ask the owner what happened.",
    /// The answer is another machine's.
    AnswerOtherMachine => "Another machine answered: its serial number or UUID differs. Ask the owner.",
    /// The endpoint names neither a serial number nor a UUID.
    AnswerUnnamed => "This endpoint does not say which machine it speaks for. The log shows less than it could.",
    /// The answer lacks a UUID or serial number that was given before.
    AnswerNamesLess => "Some controllers do so while a machine starts. Many ask for a reason: ask the owner.",
    /// The answer has the same UUID, its first three fields in another order of bytes.
    AnswerUuidTurned => "An update of the BIOS can do that. Ask the owner whether there was one.",
    /// The machine was not running.
    PowerNotOn => "The machine was switched off, so it could have been opened or moved. Ask the owner.",
    /// A power supply went away.
    SupplyLost => "A supply failed or was pulled. Ask the owner what happened.",
    /// No power supply at all.
    SupplyNone => "A machine that runs has a power supply. Ask what the endpoint speaks for.",

    // heartbeat: taken together
    /// No stretch of time is covered.
    LogNothingCovered => "The log shows nothing yet. It needs good answers under a good signature.",

    // addresses: the list of prefixes
    /// The list of prefixes is empty.
    PrefixesEmpty => "Choose a RIR's delegated-statistics file, or a list with one prefix a line.",
    /// More bytes, lines or ranges than such a list is read for.
    PrefixesTooLarge => "A registry's own file has some 20 MB, a data centre's list some hundred lines; all registries' joint file is too large. Give the file of the holder's own registry, or the data centre's list.",
    /// Neither a RIR's file nor a list of prefixes: a geofeed, whois objects, JSON, a web page.
    PrefixesForm => "Give the data centre's prefixes alone, one a line, or a RIR's delegated-statistics file.",
    /// Not UTF-8 text, or with a byte order mark.
    PrefixesEncoding => "Save the list as plain text (UTF-8 without a byte order mark).",
    /// The file has another number of records than it says itself.
    PrefixesCut => "The file was cut or edited on its way. Fetch it again.",
    /// The file does not say how many records it has.
    PrefixesExcerpt => "An excerpt does not show what was left out. Give the whole file if you can.",
    /// A line is neither a record nor a prefix.
    PrefixLine => "A line is `registry|cc|type|start|value|date|status|opaque-id`, or one prefix such as 193.0.0.0/21.",
    /// A record of another registry than the file's, or a holder's id in lines of two registries.
    PrefixRegistry => "Give the file of the holder's own registry, by itself.",
    /// An address that is none.
    PrefixAddress => "Write the address in its usual form: IPv4 as four numbers without leading zeros.",
    /// A prefix length or a number of addresses that cannot be.
    PrefixLength => "An IPv4 record counts addresses; an IPv6 record, and a prefix, has a length.",
    /// Bits are set after the prefix.
    PrefixHostBits => "Write the first address of the prefix: which one was meant cannot be guessed.",
    /// A range whose end comes before its beginning.
    PrefixReversed => "Write the lower address first.",
    /// Two ranges overlap.
    PrefixOverlap => "One address would belong to two ranges. Find out which line is right.",
    /// A range that nobody is given: private, reserved, or for documentation.
    PrefixSpecial => "Such addresses are used everywhere and show nothing. Take the range out.",
    /// An IPv4 address written as IPv6.
    PrefixMapped => "Write it as IPv4.",
    /// A record of the holder that is not in use.
    PrefixStatus => "Only what is allocated or assigned is the holder's.",
    /// The file has holders, and none was chosen.
    HolderNotGiven => "Choose the data centre's opaque id: the last field of its records.",
    /// The file has no record of the holder.
    HolderMissing => "Look the data centre's records up in the file, and take the opaque id from there.",
    /// A holder was chosen for a list without holders.
    HolderUnexpected => "A plain list has no holders. Leave the opaque id out, or give the RIR's file.",

    // addresses: what was seen
    /// No address was seen.
    AddressesNone => "Enter the addresses that were seen, each way.",
    /// An address was not seen in both directions.
    AddressOneWay => "Note both: which address the machine was reached at, and which one it came from.",
    /// An address that is none.
    AddressInvalid => "Write the address in its usual form: IPv4 as four numbers without leading zeros, IPv6 without a zone.",
    /// A private, reserved or documentation address.
    AddressSpecial => "Note the address as it is seen from outside.",
    /// An IPv4 address written as IPv6.
    AddressMapped => "Write it as IPv4.",
    /// An address lies outside of the prefixes.
    AddressOutside => "The machine, or what stands before it, is not in the data centre's range. Ask the owner.",

    // claim.machine
    /// No machine was named to look for.
    MachineMissing => "Name the machine by its charter key, such as intel:sgx:ppid:…, or open its record.",
    /// The statement does not name the machine.
    MachineUnnamed => "Ask the owner for a statement that names this machine by its charter key.",
    /// The statement is not UTF-8 text.
    StatementEncoding => "Ask for the statement as plain text: what is signed must be what is read.",

    // claim.signature, pledge.signature
    /// A signature that cannot be read.
    SignatureUnreadable => "Give the file that ssh-keygen wrote, from BEGIN SSH SIGNATURE to END SSH SIGNATURE.",
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
    DkimTooMany => "Ask for another mail: more signatures than that are not looked at.",
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
    /// How the body is read (Content-Type, Content-Transfer-Encoding, Content-Disposition) is not among the signed fields.
    DkimTypeUnsigned => "Compare what is shown with the mail's source: how it is read could have been changed. Where that fails, ask for a mail in plain text.",
    /// A field that programs repeat is not signed.
    DkimFieldsUnsigned => "Ask for a mail whose signature covers Subject and To, as those of most mail servers do, or for one that attaches the document and does not name its SHA-256.",
    /// The body was changed.
    DkimBody => "What is here is not the body that was signed. Ask for the mail as it was received, byte for byte, or do not rely on it.",
    /// The signature does not fit.
    DkimRefused => "The mail was changed, or the key record is of another selector or domain. Look it up for the selector that is named.",

    // mail.time
    /// The signature has expired.
    DkimExpired => "Ask for a new mail whose signature names no end (x=), or a later one; or for a new mail within whose time the ceremony is held: a record is checked as of its own time.",
    /// The mail is from after the moment that is checked for.
    MailLater => "Compare the clocks: the mail says to be from later.",
    /// Nothing that is signed tells when the mail was made.
    MailUndated => "The mail can be of any age. Ask for one that says when.",
    /// The mail is more than a year old.
    MailOld => "Ask whether what it says still holds.",

    // mail.domain
    /// Every signature is another domain's.
    DomainDiffers => "The mail is not vouched for by the data centre. Ask for one from its own domain.",
    /// The sender is not exactly one address.
    SenderUnclear => "Do not rely on this mail: ask for one from one sender.",
    /// The sender is of another domain.
    SenderDiffers => "The mail is not from the data centre. Ask for one from its own domain.",
    /// Something marks the mail as one that a program sent: a report, an automatic answer, a list.
    MailAutomatic => "Ask for a mail that somebody at the data centre writes, from an address of their own: no answer of a program, nothing returned, nothing that came over a list.",

    // pledge.document
    /// The mail does not name or attach the document.
    DocumentUntied => "Ask for a mail that attaches the document, or holds its SHA-256 in its text.",
    /// What names the document stands only where others' words do, or where nobody is shown it.
    DocumentQuoted => "Ask for a new mail, no reply and nothing forwarded, in whose text the sender says that they signed the document, with its SHA-256 in a line above everything else, or with the document attached.",

    // beacon.noted
    /// Nothing of a beacon can be checked yet.
    BeaconWorkInProgress => "Keep it for later: it proves nothing yet.",
}
