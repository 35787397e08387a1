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
    /// More than an ID and a label in a line.
    ColumnExtra => "Only the ID and the label are read. Remove what follows the second comma, or put the label in quotes.",
    /// A byte order mark before the first line.
    ByteOrderMark => "Save the list as UTF-8 without a byte order mark.",
}
