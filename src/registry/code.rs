//! What can be wrong with a list or an enrolment: a closed list, each with what to do next.

use serde::Serialize;

crate::code::codes! {
    /// A closed, stable code. Its JSON is the name in SCREAMING_SNAKE_CASE.
    enum Code;

    // A line of a list that cannot be used.
    /// A line without an ID: by today's rule of prefixes it would match every machine.
    IdEmpty => "Write the machine's ID before the comma, or remove the line.",
    /// An odd number of digits: half a byte is no ID.
    IdOddDigits => "A digit is missing or too many. Copy the whole ID again.",
    /// Something else than hexadecimal digits.
    IdNotHex => "An ID is written in the digits 0-9 and a-f only. Copy it again.",
    /// Neither a whole ID nor a prefix of the declared length.
    IdLength => "Write the whole ID: 32 digits (PPID), 64 (SHA-256 of the SGX extensions) or 128 (AMD chip ID). For prefixes, declare their length in a line such as `# prefix-digits: 24` before them.",
    /// A key of another form than the charter's.
    IdSchemeUnknown => "The charter's keys are intel:sgx:ppid:…, intel:tdx:ppid:… and amd:snp:chipid:….",
    /// A declared prefix that is too short to name one machine, or no length of a prefix.
    PrefixLength => "Declare an even number of digits from 16 (64 bits) to 62, but not 32, which is a whole PPID.",
    /// A label that begins with a quote which does not end with the line.
    LabelQuotes => "Close the quote at the end of the line, and write a quote inside as two.",
    /// Something inside of a line ends a line elsewhere: another program finds a machine there that is none here.
    LineEnd => "Save the list with plain line ends (LF), one machine in a line.",
    /// An entry that has not the charter's fields.
    EntryField => "An entry has method, level (1 to 3), evidences, timestamp and endorsements.",
    /// A record that does not verify.
    RecordRefused => "Open the record by itself to see which row fails.",

    // A line of a list that is used, with a remark.
    /// A record by signers who are not on the list of signers, or no list was given.
    RecordSigners => "Give the list of signers that you trust. Anyone can make keys and sign a record with them.",
    /// An ID that stands in the list already.
    IdTwice => "Keep one line for each machine.",
    /// An ID that stands in the list already, with another label.
    IdTwiceLabels => "Ask who keeps the list which label is right, and keep one line.",
    /// A label that a spreadsheet would run as a formula.
    LabelFormula => "Do not open this list in a spreadsheet. Ask who keeps it to write the label without = + - @ in front.",
    /// A label with characters that are not seen, or that steer a terminal.
    LabelCharacter => "Ask who keeps the list to write the label in plain characters.",
    /// A label, or what follows it, with digits enough for another ID. That one is not known by it, and not absent either.
    LabelId => "Are these two lines in one? Then part them. Else write the label without such a number, or with marks in it.",
    /// More than an ID and a label in a line.
    ColumnExtra => "Only the ID and the label are read. Remove what follows the second comma, or put the label in quotes.",
    /// A byte order mark before the first line.
    ByteOrderMark => "Save the list as UTF-8 without a byte order mark.",

    // Proposing a machine.
    /// The record's witnesses do not suffice.
    WitnessesMissing => "The prover and witnesses of two other projects sign the record. Their keys must be on the list of signers before the machine is proposed.",
    /// The record has no usable link to the call's recording.
    RecordingMissing => "Have a witness add the recording's https link to the record, and sign it.",
    /// The machine is on the list of known machines already.
    EnrolTwice => "A machine is enrolled once. Compare the entry that is there.",
    /// The machine is on the list of revoked machines.
    EnrolRevoked => "Do not add the machine. Ask who keeps the list why it was revoked.",
    /// The list of known machines cannot be read.
    ListUnreadable => "Give the registry's known.csv as it is.",
    /// Lines of the list of revoked machines cannot be used.
    RevokedLines => "Have the list of revoked machines put right first, in a change of its own.",
    /// Lines of the list of known machines cannot be used.
    ListLines => "Have these lines put right first, in a change of its own.",
    /// The list of known machines has line ends that a patch loses.
    ListLineEnds => "Have the list saved with plain line ends (LF) first, in a change of its own.",
    /// The author's name cannot stand in a commit.
    AuthorName => "Give a name in one line, of at most 60 bytes, without < > @ \\ and double quotes.",
    /// The author's address cannot stand in a commit.
    AuthorEmail => "Give an e-mail address in ASCII.",
    /// The commit's time is none.
    CommitTime => "Give a time in the years 1970 to 9999.",

    // patch.format
    /// More than 33 MiB, or more than 1,000 files.
    PatchTooLarge => "Check that this is the right file.",
    /// Not UTF-8, or with carriage returns or NULs.
    PatchText => "Ask for the patch as it was made, byte for byte.",
    /// The head is not as git format-patch writes it.
    PatchHeader => "Ask for the patch as cloud-witness or git format-patch writes it, one commit in plain UTF-8.",
    /// The message holds what git would take for something else.
    PatchMessage => "Ask for a patch whose message is words only, followed by the files.",
    /// A path twice, or one with other characters.
    PatchPath => "Ask for a patch that adds one machine and nothing else.",
    /// Something else than new files and changed lines: a rename, a mode, binary data.
    PatchKind => "Ask for a patch that adds one machine and nothing else.",
    /// A hunk that does not hold together.
    PatchHunk => "Ask for the patch as it was made, byte for byte.",
    /// Something follows the last file.
    PatchTrailing => "Ask for the patch as it was made: something stands behind it.",

    // patch.applies
    /// The patch is for another state of the registry.
    PatchDoesNotApply => "Have the patch made again for the registry as it is now.",

    // patch.files
    /// A file that has no part in adding a machine.
    FileOther => "Do not merge. Adding a machine changes the list, and adds an entry and a record; anything else belongs in a change of its own.",
    /// One of the three files is not there.
    FileMissing => "Adding a machine takes its line in the list, its entry, and its record.",
    /// A file goes away, or one that must be new was there before.
    FileNotNew => "Do not merge. An entry and a record are added, never changed.",
    /// A link, or a file that can be run.
    FileKind => "Do not merge. The registry has plain files only.",
    /// A file is named after another machine.
    FileName => "Do not merge. Entry and record are named after the PPID that the evidence gives.",

    // record
    /// The record opens with reservations.
    RecordWarning => "Open the record, read its reservations, and decide whether the registry takes the machine with them.",

    // record.same
    /// The record in the change is another than yours.
    RecordOther => "Do not merge. Ask both witnesses which record everyone signed.",

    // entry
    /// The entry is not the one that the record gives.
    EntryDiffers => "Do not merge. Have the entry made again from the record.",

    // list
    /// The line is not the one that the record gives.
    LineDiffers => "Do not merge. Have the line made again from the record.",
    /// Other lines of the list change.
    LinesOther => "Do not merge. Adding a machine adds one line at the end of the list, and changes no other.",
}
