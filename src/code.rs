//! The closed list of codes: one for each thing that a row can find wrong.
//!
//! Codes are the contract: they are stable, and never derived from another library's error text.

use serde::Serialize;

/// What a failure with a code means for the verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    /// The row decides: see the `when_failed` of [`crate::report::CheckId`].
    ByRow,
    /// Refused, whatever the row: the engine refused, skipped or disagreed, and nobody knows why.
    Refused,
    /// The input is sound but beyond this verifier: nothing can be decided.
    Unsupported,
    /// What the one who asks gave beside the evidence cannot be used: nothing can be decided.
    Undecided,
}

/// A closed list of codes, each with what to do next.
macro_rules! codes {
    ($(#[$about:meta])* enum $Codes:ident; $($(#[$doc:meta])* $name:ident => $advice:literal,)*) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
        #[serde(rename_all = "SCREAMING_SNAKE_CASE")]
        pub enum $Codes {
            $($(#[$doc])* $name,)*
        }

        impl $Codes {
            /// Every code, for documentation and tests.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// What the user can do next.
            pub const fn advice(self) -> &'static str {
                match self { $(Self::$name => $advice,)* }
            }
        }

        impl $crate::rows::Coded for $Codes {
            fn advice(self) -> &'static str {
                self.advice()
            }
        }
    };
}
pub(crate) use codes;

codes! {
    /// A closed, stable code. Its JSON is the name in SCREAMING_SNAKE_CASE.
    enum Code;

    // file.decoded
    /// Nothing was given.
    InputEmpty => "Choose the file that the attester wrote, or paste its text.",
    /// More than 256 KiB were given (O1).
    InputTooLarge => "An attester file has about 15 kB. Check that this is the right file.",
    /// UTF-16, or a byte order mark (O4).
    InputEncoding => "The console's editor saved the file in another encoding, which changes its hash. Ask for the file as the attester wrote it (plain ASCII).",
    /// A character that an attester's file cannot hold (O4).
    InputCharacter => "Ask the applicant to send the file again as the attester wrote it, unedited.",
    /// No quote could be found.
    InputNotAQuote => "Give the attester's output file, or a quote as hex, base64, raw bytes, or JSON with one quote field.",
    /// The attester's output has no `RAW Quote:` line.
    RawQuoteMissing => "The attester prints `RAW Quote:` with `get CHALLENGE`, not with `check`. Ask the applicant to run `get` and to send the whole output.",
    /// More than one quote (O4).
    RawQuoteTwice => "Ask for a file with exactly one run of the attester.",
    /// The quote's hex cannot be decoded.
    HexInvalid => "Give the quote as hexadecimal digits alone. If that is what it was, ask the applicant to send the file again, unedited.",
    /// The quote's base64 cannot be decoded.
    Base64Invalid => "Give the quote as base64 alone. If that is what it was, ask for the file again.",
    /// A JSON document with none or several quote fields.
    JsonQuoteField => "Give a JSON document with exactly one field named `quote`, `rawQuote` or `raw_quote` that holds the quote as hex or base64.",
    /// The quote is larger than 64 KiB (O1).
    QuoteTooLarge => "A quote has about 5 kB. Check that this is the right file.",

    /// The same inputs gave other answers each time that they were appraised: see [`crate::Verifier::unsteady`].
    VerifierUnsteady => "Use another browser or another computer. If that one gives an answer twice, rely on it, and report what happened here.",

    // file.digest
    /// The file is not the one whose hash was noted.
    DigestMismatch => "This is not the file that was shown on the call, or it was changed since. Do not sign. Ask for the original file and compare again.",
    /// The noted hash is not hexadecimal, or too long.
    DigestInvalid => "Type the SHA-256 as it was shown: up to 64 hexadecimal digits.",
    /// Only the first digits of the hash were noted (O24b).
    DigestPartial => "Compare all 64 digits: a few digits can be matched by trying many files.",

    // file.consistent
    /// A printed line differs from what the quote says (O5).
    PrintedFieldMismatch => "The file's text was changed, or does not belong to this quote. Do not sign.",
    /// A field is printed more than once, or not where the attester prints it.
    PrintedLineMisplaced => "The file is not one run of the attester as it was printed. Ask for the original file.",
    /// A line that no known attester prints.
    PrintedLineUnknown => "Read the line: nothing in it was checked. Ask the applicant why it is there.",
    /// The output ends before the attester was done.
    PrintedOutputIncomplete => "The attester stopped early. Ask the applicant for its error message, and to run it again.",
    /// The attester printed another TCB status than the one found here.
    PrintedStatusDiffers => "The attester used its own collateral. Rely on the row `tcb.status`, not on the printed line.",
    /// The attester's own collateral had expired.
    PrintedCollateralExpired => "The attester's host had old collateral. Rely on the rows `collateral.*`.",

    // quote.structure
    /// The quote ends before a field does.
    QuoteTruncated => "The quote is not whole. Ask the applicant to send the whole file again.",
    /// Bytes stand where the format has none (O7).
    QuoteTrailingBytes => "Bytes stand there that belong to no field, and nothing signs them. Do not sign; ask for the original file.",
    /// More than 4 KiB of zeros follow the quote (O7).
    QuotePaddingTooLong => "Ask for the quote as the attester wrote it.",
    /// A version that this verifier does not know.
    QuoteVersionUnknown => "Check that this is an Intel SGX or TDX quote.",
    /// A TEE type that this verifier does not know.
    TeeTypeUnknown => "Check that this is an Intel SGX or TDX quote.",
    /// A report body type that this verifier does not know, or one that does not fit the TEE type.
    QuoteBodyUnknown => "Check that this is an Intel SGX or TDX quote.",
    /// The body's declared size is not its type's.
    QuoteBodySize => "The quote is damaged. Ask for the original file.",
    /// A key type that this verifier does not know.
    AttestationKeyTypeUnknown => "Check that this is an Intel SGX or TDX quote.",
    /// The quoting enclave is not Intel's.
    QeVendorUnknown => "Only quotes from Intel's quoting enclave can be appraised.",
    /// Certification data of a type that cannot stand there (O6).
    CertificationDataWrong => "The quote is damaged. Ask for the original file.",
    /// The PCK certificate chain in the quote is not three clean PEM certificates (O7, O8).
    PckChainMalformed => "The quote's certificate chain is damaged. Ask for the original file.",
    /// An EPID quote, of version 2.
    QuoteEpid => "Nothing is said against it, but it names no machine, and Intel's attestation service for such quotes ended on 2 April 2025. Ask for a DCAP quote (version 3 or later).",
    /// An SGX enclave in a quote of version 4 or 5.
    SgxQuoteVersionUnsupported => "This verifier appraises SGX quotes of version 3 only, which is what the attester makes.",
    /// An attestation key on P-384.
    AttestationKeyTypeUnsupported => "This verifier appraises P-256 attestation keys only, which is what Intel's quoting enclave uses.",
    /// Certification data of types 1 to 4: the certificate chain is not in the quote (O6).
    CertificationDataUnsupported => "The machine's certificate is not in this quote. Set up the platform so that quotes carry the PCK certificate chain (type 5), as cloud images do.",

    // collateral.found
    /// No collateral was given.
    CollateralMissing => "Choose collateral for this platform: the built-in set, or a file.",
    /// Collateral that is neither a bundle nor QuoteCollateralV3, or lacks a field.
    CollateralUnreadable => "Give a collateral bundle, or JSON with the fields of QuoteCollateralV3.",
    /// The bundle lacks a piece for this kind of platform.
    CollateralNotInBundle => "Load a newer bundle, or collateral for this TEE, FMSPC and PCK CA. Nothing is said against the quote.",
    /// A single TCB info, QE identity or CRL, as Intel's service gives it.
    CollateralPieceAlone => "Lay this piece over a bundle, which has the other pieces and who signed them; or give all of them as QuoteCollateralV3.",
    /// A collateral field is larger than 1 MiB (O1).
    CollateralTooLarge => "Check that this is the right file: real collateral has about 20 kB.",
    /// The collateral is for the other TEE.
    CollateralTeeMismatch => "Give collateral for this TEE: SGX quotes need SGX TCB info, TDX quotes TDX TCB info.",
    /// The collateral is for another kind of platform.
    CollateralFmspcMismatch => "Give collateral for this FMSPC. Nothing is said against the quote.",
    /// The PCK CRL is from the other PCK CA.
    CollateralCaMismatch => "Give collateral with the CRL of the CA that issued this machine's certificate.",
    /// The TCB info is for another PCE (O13).
    CollateralPceIdMismatch => "Give collateral for this PCEID.",
    /// The TCB info's tcbType is not 0 (O13).
    TcbTypeUnsupported => "This verifier compares TCB levels of type 0 only.",
    /// TCB info of version 2 (O13).
    TcbInfoVersionUnsupported => "This is old collateral in a format that cannot be appraised. Give TCB info of version 3.",
    /// QE identity of another version than 2, the only one that Intel's library knows.
    QeIdentityVersionUnsupported => "Give a QE identity of version 2.",
    /// TCB info that contradicts itself or its format, as Intel's library sees it.
    TcbInfoInvalid => "Get the TCB info again from Intel's service. Nothing is said against the quote.",
    /// QE identity that contradicts itself or its format, as Intel's library sees it.
    QeIdentityInvalid => "Get the QE identity again from Intel's service. Nothing is said against the quote.",
    /// The collateral came from the applicant (O16).
    CollateralFromApplicant => "Use collateral of your own or of this site: an applicant could hand over an old set that hides a revocation.",

    // collateral.current
    /// A piece of the collateral has expired.
    CollateralExpired => "Get fresh collateral, or appraise as of a time inside its window.",
    /// A piece of the collateral is not valid yet.
    CollateralNotYetValid => "Check the time that you appraise for; otherwise get other collateral.",
    /// A piece is older than the policy allows for now (O16).
    CollateralOld => "Get fresh collateral: a newer set could show a revocation that this one does not.",
    /// tcbEvaluationDataNumber is below the policy's minimum (O15).
    TcbEvaluationNumberTooLow => "Get newer collateral: the policy asks for a higher TCB evaluation data number.",

    // collateral.genuine
    /// A collateral certificate is not signed by the root, or has another name than Intel's.
    CollateralSignerUntrusted => "This collateral is not Intel's. Get it from Intel's service or from this site.",
    /// A collateral document's signature does not fit.
    CollateralSignatureInvalid => "This collateral was changed or is not Intel's. Get it again.",
    /// A collateral signer's certificate does not allow what it is used for, or is not as RFC 5280 has it.
    CollateralSignerUnfit => "Get the collateral again from Intel's service or from this site.",
    /// A revocation list that covers a part only, or is not as RFC 5280 has it.
    CollateralCrlUnfit => "Get the revocation lists again from Intel's service or from this site. Nothing is said against the quote.",
    /// A collateral signer has been revoked.
    CollateralSignerRevoked => "Get newer collateral that is signed by a certificate in force.",

    // pck.chain
    /// Not exactly three certificates (O8).
    PckChainLength => "A genuine quote carries three certificates: PCK, PCK CA, root. Do not sign.",
    /// A certificate's name is not the one that Intel gives (O8).
    PckNameWrong => "This is not a PCK certificate of Intel's. Do not sign.",
    /// The PCK certificate or its CA's does not allow what it is used for, or is not as RFC 5280 has it.
    PckCertificateUnfit => "This is not a certificate as Intel issues them. Do not sign.",
    /// The chain ends elsewhere: in another name or key than the root's, or in a certificate that the root's key did not sign.
    RootUntrusted => "The chain does not end in Intel's SGX root. Do not sign.",
    /// The SGX extensions are malformed (O10, O12–O14).
    SgxExtensionsInvalid => "This is not a PCK certificate as Intel issues them. Do not sign.",
    /// The PPID is not exactly one OCTET STRING of 16 bytes, or zero (O10).
    PpidInvalid => "The certificate names no machine. Do not sign.",
    /// CPUSVN and the sixteen components differ (O14).
    CpuSvnMismatch => "The certificate contradicts itself. Do not sign.",
    /// A certificate of the quote's chain has expired.
    PckExpired => "The machine needs a new PCK certificate; or appraise as of a time when this one was valid.",
    /// A certificate of the quote's chain is not valid yet.
    PckNotYetValid => "Check the time that you appraise for.",
    /// The PCK certificate has been revoked.
    PckRevoked => "Intel has revoked this machine's certificate. Do not sign.",
    /// The PCK CA has been revoked.
    PckCaRevoked => "Intel has revoked the CA that issued this machine's certificate. Do not sign.",
    /// A signature in the PCK chain does not fit.
    PckSignatureInvalid => "The certificate is not Intel's. Do not sign.",

    // qe.report
    /// The PCK key did not sign this QE report.
    QeReportSignatureInvalid => "Nothing shows that this quote was made on the machine that its certificate names. Do not sign.",
    /// The quoting enclave is not signed by the key that the QE identity names.
    QeMrSignerMismatch => "This is not the quoting enclave that the QE identity describes. Do not sign.",
    /// Another enclave than the quoting enclave.
    QeIsvProdIdMismatch => "This is not the quoting enclave that the QE identity describes. Do not sign.",
    /// MISCSELECT is not the QE's.
    QeMiscSelectMismatch => "This is not the quoting enclave that the QE identity describes. Do not sign.",
    /// ATTRIBUTES are not the QE's, for example debug mode.
    QeAttributesMismatch => "This is not the quoting enclave that the QE identity describes. Do not sign.",
    /// The quoting enclave is older than any level in the QE identity.
    QeIsvSvnTooLow => "The platform's quoting enclave must be updated before it can be appraised.",

    // quote.key, quote.signature
    /// The QE report does not bind the attestation key.
    AttestationKeyNotBound => "Nothing shows that the key that signed this quote belongs to this machine's quoting enclave. Do not sign.",
    /// The attestation key did not sign this quote.
    QuoteSignatureInvalid => "The quote is not as its key signed it: it was changed, or the signature is another's. Do not sign.",

    // rows 7 to 13: the engine's trace
    /// The engine accepted without having checked a signature that this row claims.
    SignatureNotChecked => "This is a fault of the verifier. Report it, and do not rely on this appraisal.",
    /// The engine refused for a reason that no row explains.
    EngineRefused => "Do not sign. Report the file to the verifier's developers if you believe that it is genuine.",
    /// The engine's claims differ from what was read here.
    EngineDisagrees => "This is a fault of the verifier. Report it, and do not rely on this appraisal.",

    // tcb.status
    /// The platform itself is up to date, its quoting enclave is not.
    QeNotUpToDate => "The operator should update the platform's SGX or TDX software, which brings the quoting enclave, then repeat the ceremony.",
    /// UpToDate, but advisories apply.
    TcbAdvisories => "Read the advisories: they name what the operator must do beyond updates.",
    /// Software must be hardened against the advisories.
    TcbSwHardeningNeeded => "The enclave's software must mitigate the advisories. Ask whether the attester build does.",
    /// The platform's configuration must be changed.
    TcbConfigurationNeeded => "The operator should change the platform's BIOS configuration as the advisories say, then repeat the ceremony.",
    /// Both of the above.
    TcbConfigurationAndSwHardeningNeeded => "The operator should change the platform's BIOS configuration, and the enclave's software must mitigate the advisories.",
    /// Firmware or microcode is out of date.
    TcbOutOfDate => "The operator should update BIOS and microcode, then repeat the ceremony.",
    /// Out of date, and configuration must be changed.
    TcbOutOfDateConfigurationNeeded => "The operator should update BIOS and microcode and change the configuration as the advisories say, then repeat the ceremony.",
    /// The TD should be started again on the updated TDX module.
    TcbTdRelaunchAdvised => "The operator should start the TD again on the updated TDX module, then repeat the ceremony.",
    /// The same, and configuration must be changed.
    TcbTdRelaunchAdvisedConfigurationNeeded => "The operator should change the configuration as the advisories say and start the TD again, then repeat the ceremony.",
    /// The platform's TCB level is revoked.
    TcbRevoked => "Intel has revoked the level that this platform is at. Do not sign.",
    /// No TCB level fits the platform.
    TcbLevelMissing => "The platform is below every level that this collateral lists. The operator must update it before it can be appraised.",
    /// The TDX module is not the one that TCB info names.
    TdxModuleMismatch => "This is not a TDX module that this collateral lists. Do not sign.",
    /// The policy accepts UpToDate without advisories only.
    TcbStatusNotAccepted => "The policy in force accepts only platforms that are UpToDate without advisories.",

    // enclave.attributes
    /// The enclave runs in debug mode: its memory can be read and changed.
    SgxDebug => "A debug enclave proves nothing. Do not sign.",
    /// The enclave was not initialised.
    SgxNotInitialised => "No genuine enclave reports so. Do not sign.",
    /// The TD runs in debug mode.
    TdDebug => "A TD under debug proves nothing. Do not sign.",
    /// The TD can be profiled from outside.
    TdProfiling => "A TD under profiling is not protected from its host. Do not sign.",
    /// The TD can be moved to another machine.
    TdMigratable => "A TD that can migrate says nothing about the machine that it started on. Do not sign.",
    /// SEPT_VE_DISABLE is clear.
    TdSeptVeEnabled => "The TD must run with SEPT_VE_DISABLE set, or its host can attack it.",
    /// A service TD is bound to the TD.
    TdServiceTd => "A TD with a service TD bound is not supported: the service TD could act on it. Do not sign.",
    /// Reserved attribute bits are set.
    TdReservedBits => "The TD has attributes that this verifier does not know. Do not sign.",

    // enclave.attester
    /// No list of attester builds was given, or it is empty (O22).
    AttesterListEmpty => "Add the attester build that your ceremony agreed on, with its source, to the list.",
    /// The enclave is not on the list (O22).
    AttesterUnlisted => "Genuine hardware, not ceremony evidence: any program can make such a quote. Compare MRENCLAVE with the attester build that the ceremony agreed on.",
    /// A TD cannot be the attester (O22).
    AttesterIsTd => "Genuine hardware, not ceremony evidence: the attester makes SGX quotes. Ask for the attester's own file.",
    /// A bare quote, not the attester's file.
    AttesterFileMissing => "Genuine hardware, not ceremony evidence. Ask for the file that the attester wrote during the call.",

    // challenge
    /// `report_data` is another value (O24).
    ChallengeMismatch => "The quote answers another challenge: it may be an old one or from another ceremony. Do not sign. Check the digits, then repeat with a new challenge.",
    /// The challenge is not hexadecimal.
    ChallengeNotHex => "Type the challenge as it was read out: digits 0–9 and letters a–f.",
    /// An odd number of digits (O24).
    ChallengeOddDigits => "A digit is missing or too many: the attester takes an even number only.",
    /// Fewer than 8 bytes, or nothing but zeros (O23).
    ChallengeTooShort => "Use at least 8 bytes (16 digits), better 32 bytes: a shorter one can be guessed beforehand.",
    /// More than 64 bytes.
    ChallengeTooLong => "`report_data` has room for 64 bytes (128 digits).",
    /// Fewer than 16 bytes before the zeros at its end (O23).
    ChallengeShort => "Use 16 bytes or more: the answers to short challenges can be made beforehand.",
    /// Answered outside its window (O25).
    ChallengeWindowMissed => "Make a new challenge and have it answered while everyone watches.",
    /// It is not known when the challenge was made (O25).
    ChallengeWindowUnknown => "Say when the challenge was read out, so that its window can be checked.",

    // ppid.recorded
    /// The certificate names another machine than the file.
    PpidMismatch => "The file records another machine than the one that made the quote. Do not sign.",

    // registry
    /// The machine is on the list of known machines. The row passes.
    MachineKnown => "Compare the label with what was shown on the call.",
    /// The machine is on neither list, both of which can be read whole. The row passes.
    MachineNew => "A machine is new before it is enrolled. If it should be known already, ask for its record.",
    /// The machine is on the list of revoked machines.
    MachineRevoked => "Do not sign. Ask who keeps the list why the machine was revoked.",
    /// The machine is not found in the list of known machines, but lines cannot be used, or its ID stands inside a label.
    RegistryIncomplete => "Look at what is wrong with the list of known machines, and have it put right.",
    /// The machine is not found in the revoked list, but lines cannot be used, or its ID stands inside a label.
    RevokedIncomplete => "Have the list of revoked machines put right first: a line that cannot be used may be this machine's.",
}

impl Code {
    /// What a failure with this code means for the verdict.
    pub const fn weight(self) -> Weight {
        match self {
            Self::SgxQuoteVersionUnsupported
            | Self::QuoteEpid
            | Self::AttestationKeyTypeUnsupported
            | Self::CertificationDataUnsupported
            | Self::TcbInfoVersionUnsupported
            | Self::QeIdentityVersionUnsupported
            | Self::TcbTypeUnsupported => Weight::Unsupported,
            Self::EngineRefused | Self::EngineDisagrees | Self::SignatureNotChecked => {
                Weight::Refused
            }
            Self::RevokedIncomplete => Weight::Undecided,
            _ => Weight::ByRow,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_screaming_snake_case_and_stable() {
        let json = |code: Code| serde_json::to_string(&code).unwrap();
        assert_eq!(json(Code::PckCaRevoked), "\"PCK_CA_REVOKED\"");
        assert_eq!(json(Code::TdSeptVeEnabled), "\"TD_SEPT_VE_ENABLED\"");
        assert_eq!(
            json(Code::TcbConfigurationAndSwHardeningNeeded),
            "\"TCB_CONFIGURATION_AND_SW_HARDENING_NEEDED\""
        );
    }

    #[test]
    fn every_code_says_what_to_do_next() {
        for code in Code::ALL {
            assert!(code.advice().ends_with(['.', ')']), "{code:?}");
        }
    }
}
