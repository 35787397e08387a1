//! The closed list of what can be wrong with a ceremony's record, each with what to do next.

use serde::Serialize;

crate::code::codes! {
    /// A closed, stable code of a ceremony. Its JSON is the name in SCREAMING_SNAKE_CASE.
    enum Code;

    // record.format
    /// More than 32 MiB were given (O1).
    RecordTooLarge => "A ceremony's file has about 200 kB. Check that this is the right file.",
    /// More signatures or additions than a file is read for.
    RecordTooManySignatures => "A record has one signature a participant, and few additions. Ask those who took part for a copy of their own.",
    /// Not JSON.
    RecordNotJson => "Choose the file ceremony.dsse.json as it was saved. It may have been cut on its way.",
    /// A key stands twice in one JSON object.
    RecordKeyTwice => "Two readers could read this file in two ways. Do not sign; ask for the original file.",
    /// A field is missing, unknown, or of the wrong form.
    RecordField => "This is no ceremony's file, or a later version wrote it. Ask for the original file, or use a newer verifier.",
    /// The same content, written in another way than RFC 8785.
    RecordNotCanonical => "A record has one text, and this is another. Ask for the original file, byte for byte, or have it written in that text.",
    /// The payload's base64 cannot be decoded.
    RecordBase64 => "A record's payload is written so. Ask for the original file.",
    /// The envelope is not about an in-toto statement.
    RecordPayloadType => "This envelope holds something else. Choose the ceremony's file.",
    /// The statement is of another kind or version.
    RecordVersionUnsupported => "Another version of the record, or another kind of statement. Use a verifier that knows it.",

    // participants
    /// No prover takes part.
    ProverMissing => "Say who shows the machine.",
    /// More than one prover takes part.
    ProverTwice => "Name one prover: the one who signs for the machine's owner.",
    /// Fewer than two witnesses take part.
    WitnessesTooFew => "At least two witnesses from two different projects are needed.",
    /// More participants than a file is read for.
    ParticipantsTooMany => "Name those who sign, at most 32 of them.",
    /// The witnesses come from fewer than two projects.
    WitnessesOfOneProject => "Ask for a witness of another project: two of one project count once.",
    /// A witness is of the prover's own project.
    WitnessOfProversProject => "Ask for a witness of another project: one of the prover's own does not count.",
    /// A participant has no name.
    NameMissing => "Enter the name that was said on the call.",
    /// One name stands twice.
    NameTwice => "One person takes part once, for one project. Tell two people of one name apart by an initial.",
    /// A participant has no project.
    ProjectMissing => "Enter the project that the participant speaks for.",
    /// A project's name has other characters than printable ASCII.
    ProjectCharacter => "Write the project's name in plain letters, digits and signs (ASCII): look-alikes must not pass for another project.",
    /// A text holds a control character, or one that turns the direction of writing around.
    TextCharacter => "Remove the invisible characters: they could show another text than is signed.",
    /// A text is too long.
    TextTooLong => "Shorten the text.",
    /// A participant has no key.
    KeyMissing => "Every participant gives a public key before the record is made: of this browser, or of ssh.",
    /// A key is no OpenSSH public-key line.
    KeyUnreadable => "Paste the whole line of the .pub file, for example: ssh-ed25519 AAAA…",
    /// A key of a kind that is not verified here.
    KeyUnsupported => "Use an Ed25519 or ECDSA P-256 key (also on a security key): ssh-keygen -t ed25519.",
    /// A key that anybody can sign for.
    KeyWeak => "This key is broken: signatures under it prove nothing. Make a new one.",
    /// One key stands for two participants.
    KeyTwice => "Every participant signs with a key of their own.",

    // times
    /// A step ended before the one before it.
    TimeSetBack => "A clock went back between two steps, or the steps were not done in order. Do not sign; repeat the ceremony.",
    /// The ceremony took longer than a day.
    TimeTooLong => "One call does not take so long. Ask what happened between the steps.",
    /// A time that is no date in years 1970 to 9999.
    TimeInvalid => "Enter the step again: its time is none.",

    // console
    /// Provider, product, region, kind of console or machine was not entered.
    ConsoleMissing => "Enter what was seen on the provider's console.",
    /// It was not shown that the machine is not in colocation.
    ColocationNotExcluded => "A machine in colocation needs other evidence than the provider's console: this record is for bare metal.",
    /// The participants say that the machine is not in colocation, for which the record is.
    ColocationDenied => "For a machine of a cloud, make a record for bare metal.",

    // colocation
    /// A record for a machine in colocation without evidence of it.
    ColocationMissing => "Add evidence: a claim, mails, pledges, a heartbeat, addresses.",
    /// Evidence of colocation in a record for bare metal.
    ColocationUnexpected => "The record contradicts itself. Do not sign; ask how it was made.",
    /// A file inside is not the one that is named, or larger than any that is put there.
    ColocationFileDamaged => "The record does not hold the file that it names. Do not sign; ask for the original record.",
    /// A file that is too large to be inside is not here.
    ColocationFileAway => "Ask those who took part for the file, and give it beside the record.",
    /// An item of evidence does not check out.
    ColocationRefused => "Put it right, or leave the item out: what does not check out is not signed.",
    /// An item of evidence checks out with a reservation.
    ColocationReserved => "Look at the item's rows, and decide whether the reservation matters.",
    /// Nothing of the evidence proves anything against a third party.
    ColocationUnproven => "Promises alone do not show where a machine stands: ask for proof of hosting, or a pledge of notification.",
    /// The record says otherwise than its evidence.
    ColocationDiffers => "Rely on the rows shown here, not on those inside: another version wrote them, or they were changed.",

    // challenge
    /// The challenge cannot be one.
    ChallengeInvalid => "Make the challenge again.",
    /// The challenge was not made by a witness.
    ChallengeMaker => "Say which witness made the challenge.",
    /// The file came after the challenge's window (O25).
    ChallengeExpired => "Make a new challenge and have it answered while everyone watches.",
    /// The same challenge stands in another ceremony's record (O25).
    ChallengeReused => "A challenge is good for one ceremony: its answer may have been kept. Do not sign; repeat with a new one.",
    /// The drand round cannot be read, or belongs to another chain.
    DrandUnreadable => "Paste the round as drand's API gives it: {\"round\": …, \"signature\": \"…\"}, from the chain quicknet.",
    /// The drand round is not drand's.
    DrandSignature => "This is no round of drand's chain quicknet. Do not use it.",
    /// The challenge is not what the round and the witness's bytes give.
    DrandMix => "The challenge may have been chosen. Do not sign; repeat with a new one.",
    /// The challenge is older than the round that it was mixed from.
    DrandRoundLater => "The challenge is said to be made before its round was known. Check the clock of the one who made it.",
    /// The round was long known when the challenge was made.
    DrandRoundOld => "The round shows less than it could: mix the newest round into the challenge.",

    // evidence
    /// The evidence's bytes are not those of its SHA-256, or too many.
    EvidenceDamaged => "The record does not hold the file that it names. Do not sign; ask for the original record.",
    /// A hash was noted, but not by a witness.
    EvidenceNotedBy => "Say which witness noted the file's hash.",

    // collateral.fresh
    /// The collateral was older than the policy allows when the ceremony was held (O16).
    CollateralOldThen => "The ceremony used old collateral, which can hide a revocation. Look at what is known today.",

    // appraisal
    /// The policy, list or collateral source in the record cannot be read.
    AppraisalInput => "The record was made with a policy or list that this verifier does not take. Ask how it was made.",
    /// The Report inside names another machine than the evidence.
    AppraisalOtherMachine => "The record speaks of another machine than its evidence. Do not sign.",
    /// The Report inside differs from the one that the evidence gives.
    AppraisalDiffers => "Rely on the rows shown here, not on the Report inside: another version wrote it, or it was changed.",

    // subject
    /// The statement is about another machine than the evidence.
    SubjectMismatch => "The record speaks of another machine than its evidence. Do not sign.",

    // outcome
    /// A record of evidence that must not be signed.
    OutcomeNotSignable => "`none` and `contraindicated` are never signed.",
    /// The recorded verdict is not the one that the evidence gives.
    OutcomeDiffers => "Rely on the verdict shown here.",
    /// A warning without a reason to sign all the same.
    OutcomeReasonMissing => "Type why the participants sign although the verdict is a warning.",
    /// A recording's link is not one.
    RecordingLink => "Give the recording's link as it opens in a browser, beginning with https://.",

    // signatures
    /// A signature that cannot be read.
    SignatureUnreadable => "Paste the whole signature, from BEGIN SSH SIGNATURE to END SSH SIGNATURE.",
    /// A signature that does not fit the record and its key.
    SignatureRefused => "The record or the signature was changed, or other bytes were signed. Do not rely on either.",
    /// A signature made for another purpose.
    SignatureNamespace => "Sign again with: ssh-keygen -Y sign -n ceremony@cloud-witness",
    /// A signature that fits the record after a conversion of its text: other line ends, another encoding.
    SignatureConverted => "Sign the payload again, in a file of exactly its bytes: no line end behind it, no byte order mark, UTF-8.",
    /// A signature of a security key that nobody touched.
    SignatureUntouched => "Sign again and touch the security key. One that was made with -O no-touch-required does not ask: make another key.",
    /// A signature by a key that is not a participant's; it counts for nothing.
    SignatureByStranger => "Only participants sign. Ask whose key this is.",
    /// A second signature by one key; it counts once.
    SignatureTwice => "One signature a participant is enough.",

    // quorum
    /// Not yet signed by the prover and witnesses of two other projects, or by one who is said to have done a part.
    QuorumMissing => "Send the file to those who have not signed yet, and merge what comes back.",

    // signers
    /// No list of known signers was given.
    SignersNotGiven => "Give a list of signers that you trust: without it the keys are not known to you.",
    /// A signer's project is not on the list.
    SignerProjectUnknown => "Ask the project for its key by another way than this file, and add it to your list.",
    /// The project is on the list, with other keys.
    SignerKeyUnknown => "You know the project, and not this key of it. Ask the project.",
    /// The key is listed for another project.
    SignerOfOtherProject => "The key belongs to another project than its participant said. Do not rely on this record.",
    /// The key was not valid when the ceremony was held.
    SignerKeyNotValidThen => "The list says that the key was not in use then. Ask the project.",

    // attester
    /// No list of attester builds was given by the one who opens the record.
    AttestersNotGiven => "Give a list of the attester builds that you know: the list in the record is what its makers took.",
    /// The enclave is not on the list of the one who opens the record.
    AttesterUnknown => "The record's makers took this enclave for the attester. Find out which build it is before you rely on it.",

    // before_signing
    /// The ceremony is said to have ended more than a day ago.
    TodayLater => "You sign what you saw. If you were on the call, ask why it is signed so late.",
    /// The ceremony is said to end in the future.
    TodayEarlier => "Do not sign: compare this computer's clock with the one on which the record was made.",
    /// Today the hardware is contraindicated, its machine revoked, or the revoked list not usable whole.
    TodayNotSignable => "Do not sign before you know what changed since: look at what is known today.",

    // addenda
    /// A later addition that nobody among the participants signed, or that is not about this record.
    AddendumRefused => "Do not rely on what was added later.",

    // merging
    /// The two files are about different records.
    PayloadsDiffer => "Signatures can be merged for one record only. Find out which record everyone looked at.",
}
