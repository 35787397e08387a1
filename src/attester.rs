//! The attester's text output, every generation of its format.
//!
//! Source: proofofcloud/attester, `App/App.cpp`. The same function that prints the lines for a quote is used
//! to check a file: every line that the attester prints is derived again from the quote and its certificate,
//! and compared (O5). Nothing that is printed is ever believed.

use serde::Serialize;

use crate::code::Code;
use crate::evidence::decode_hex;
use crate::identity::PckIdentity;
use crate::quote::{Body, Quote};
use crate::report::{Compared, Finding, FindingOutcome};
use crate::text::quoted;

/// A generation of the format, named by the day of the change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Generation {
    /// The first: header `report_body`, no `Machine-ID:`.
    Oct2025,
    /// `SGX report_body` or `TDX report_body`.
    Dec2025,
    /// Adds `Machine-ID:`.
    MachineId,
    /// Adds `FMSPC:`.
    Fmspc,
}

impl Generation {
    /// Every generation, oldest first.
    pub const ALL: [Self; 4] = [Self::Oct2025, Self::Dec2025, Self::MachineId, Self::Fmspc];

    /// The day since which the attester prints so.
    pub const fn since(self) -> &'static str {
        match self {
            Self::Oct2025 => "2025-10-27",
            Self::Dec2025 => "2025-12-04",
            Self::MachineId => "2025-12-14",
            Self::Fmspc => "2026-02-15",
        }
    }

    /// From the lines that tell generations apart.
    fn of(lines: &[Line]) -> Self {
        let has = |start: &str| lines.iter().any(|line| line.text.starts_with(start));
        if has("FMSPC: ") {
            Self::Fmspc
        } else if has("Machine-ID: ") {
            Self::MachineId
        } else if has("\tSGX report_body") || has("\tTDX report_body") {
            Self::Dec2025
        } else {
            Self::Oct2025
        }
    }
}

/// The attester's file without its quote: lines that are still to be checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttesterOutput {
    /// Number of the line that holds the quote.
    quote_line: usize,
    /// Every line but the quote's and blank ones.
    lines: Vec<Line>,
}

/// One line of the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Line {
    /// From 1.
    pub number: usize,
    /// As printed, without its line end.
    pub text: String,
}

/// The attester's file, taken apart and shown. Nothing of it is checked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AttesterOutputView {
    /// [`Generation::since`]; null when nothing besides the quote was printed.
    pub generation: Option<&'static str>,
    /// Lower-case hex.
    pub quote: String,
    /// The line that holds the quote.
    pub quote_line: usize,
    /// Every other line that is not blank: the attester's word.
    pub lines: Vec<Line>,
}

const RAW_QUOTE: &str = "RAW Quote: ";
const CHECKING: &str = "Checking quote...";
const STATUS: &str = "\tVerification status: ";
const EXPIRED: &str = "\tWarning: collateral expired";

impl AttesterOutput {
    /// Whether text is the attester's output rather than a bare quote.
    pub fn is_like(text: &str) -> bool {
        text.lines()
            .any(|line| line.trim_start().starts_with("RAW Quote:") || line.trim_end() == CHECKING)
    }

    /// Takes the one `RAW Quote:` line out of the file, and keeps the others to be checked.
    ///
    /// # Errors
    /// A finding when there is no such line, more than one, or its hex cannot be decoded.
    pub fn parse(text: &str) -> Result<(Vec<u8>, Self), Finding> {
        let lines: Vec<Line> = (1..)
            .zip(text.lines())
            .map(|(number, text)| Line {
                number,
                text: text.trim_end_matches('\r').to_owned(),
            })
            .filter(|line| !line.text.trim().is_empty())
            .collect();
        let (quotes, lines): (Vec<Line>, Vec<Line>) = lines
            .into_iter()
            .partition(|line| line.text.trim_start().starts_with("RAW Quote:"));
        let quote = match quotes.as_slice() {
            [quote] => quote,
            [] => {
                return Err(Finding::fail(
                    Code::RawQuoteMissing,
                    "The attester's output has no line `RAW Quote:`.",
                ));
            }
            [_, second, ..] => {
                return Err(Finding::fail(
                    Code::RawQuoteTwice,
                    format!(
                        "The file has {} lines `RAW Quote:`; one run of the attester prints one.",
                        quotes.len()
                    ),
                )
                .at(format!("line {}", second.number)));
            }
        };
        let quote_line = quote.number;
        let place = format!("line {quote_line}");
        let digits = quote.text.strip_prefix(RAW_QUOTE).ok_or_else(|| {
            Finding::fail(
                Code::HexInvalid,
                "The line `RAW Quote:` is not as the attester prints it.",
            )
            .at(place.clone())
        })?;
        let quote = decode_hex(digits, 0).map_err(|finding| {
            let place = match &finding.place {
                Some(inner) => format!("{place}, {inner}"),
                None => place,
            };
            finding.at(place)
        })?;
        Ok((quote, Self { quote_line, lines }))
    }

    /// Whether anything besides the quote was printed: more than the one line that always follows it.
    pub fn has_printed_fields(&self) -> bool {
        match &self.lines[..] {
            [] => false,
            [only] => only.text != CHECKING || only.number < self.quote_line,
            _ => true,
        }
    }

    /// Which generation it is; none when only the quote was printed, which tells nothing.
    fn generation(&self) -> Option<Generation> {
        self.has_printed_fields()
            .then(|| Generation::of(&self.lines))
    }

    /// Plain words.
    pub fn description(&self) -> String {
        match self.generation() {
            Some(generation) => format!("the attester's output (format of {})", generation.since()),
            None => "the attester's output, only the quote".to_owned(),
        }
    }

    /// Quote and lines side by side, for people and programs.
    pub(crate) fn view(self, quote: &[u8]) -> AttesterOutputView {
        AttesterOutputView {
            generation: self.generation().map(Generation::since),
            quote: hex::encode(quote),
            quote_line: self.quote_line,
            lines: self.lines,
        }
    }

    /// Derives every line again from the quote and its certificate, and compares (O5).
    ///
    /// What depends on the attester's own collateral, its status and its warning, must stand in its place and
    /// be one of the attester's words; what it says is compared by the caller: see
    /// [`AttesterOutput::printed_status`] and [`AttesterOutput::printed_collateral_expired`].
    pub fn compare(&self, quote: &Quote, identity: &PckIdentity) -> (Vec<Finding>, Vec<Compared>) {
        let expected = lines_for(quote, identity, Generation::of(&self.lines));
        let mut findings = Vec::new();
        let mut compared = Vec::new();
        // Index of the next line that the attester would print.
        let mut next = 0_usize;
        for line in &self.lines {
            let key = key_of(&line.text);
            let printed = line.text.get(key.len()..).unwrap_or_default();
            let found = expected.iter().enumerate().find(|(_, e)| e.key == key);
            let Some((position, derived)) = found else {
                findings.push(line.unknown());
                continue;
            };
            let skipped = expected.get(next..position);
            let in_place = line.number > self.quote_line
                && skipped.is_some_and(|skipped| skipped.iter().all(|e| e.optional));
            if !in_place {
                findings.push(
                    Finding::fail(
                        Code::PrintedLineMisplaced,
                        format!(
                            "Line {} ({}) does not stand where the attester prints it.",
                            line.number,
                            quoted(label(key), 40)
                        ),
                    )
                    .at(line.place()),
                );
                next = next.max(position.saturating_add(1));
                continue;
            }
            next = position.saturating_add(1);
            let Some(value) = &derived.value else {
                if !is_status_word(printed) {
                    findings.push(line.unknown());
                }
                continue;
            };
            let comparison = Compared {
                equal: printed.eq_ignore_ascii_case(value),
                ..Compared::new(
                    format!("line {}: {}", line.number, label(key)),
                    value.as_str(),
                    printed,
                )
            };
            if !comparison.equal {
                findings.push(
                    Finding::fail(
                        Code::PrintedFieldMismatch,
                        format!(
                            "Line {} prints {} as {}, but the quote says {}.",
                            line.number,
                            label(key),
                            quoted(&comparison.actual, 40),
                            quoted(&comparison.expected, 40)
                        ),
                    )
                    .at(line.place()),
                );
            }
            // A heading has no value to show.
            if !value.is_empty() {
                compared.push(comparison);
            }
        }
        if let Some(missing) = expected.iter().skip(next).find(|e| !e.optional) {
            findings.push(Finding::warn(
                Code::PrintedOutputIncomplete,
                format!(
                    "The attester's output ends before its line {}.",
                    quoted(label(&missing.key), 40)
                ),
            ));
        }
        (bounded(findings), compared)
    }

    /// The TCB status that the attester printed, and its line.
    pub fn printed_status(&self) -> Option<(&str, usize)> {
        self.lines
            .iter()
            .find_map(|line| Some((line.text.strip_prefix(STATUS)?, line.number)))
    }

    /// The line of the warning that the attester's own collateral had expired.
    pub fn printed_collateral_expired(&self) -> Option<usize> {
        self.lines
            .iter()
            .find(|line| line.text == EXPIRED)
            .map(|line| line.number)
    }

    /// The PPID that the file recorded: its `Machine-ID:` line, or the PPID inside its `PPID:` line (O12).
    pub fn recorded_ppid(&self) -> Option<String> {
        let value = |start: &str| {
            self.lines
                .iter()
                .find_map(|line| line.text.strip_prefix(start))
        };
        value("Machine-ID: ")
            .map(str::to_ascii_lowercase)
            .or_else(|| {
                let extensions = value("PPID: ")?;
                Some(
                    hex::decode(extensions)
                        .ok()
                        .and_then(|raw| PckIdentity::from_extensions(&raw).ok())
                        .map_or_else(
                            || extensions.to_ascii_lowercase(),
                            |identity| hex::encode(identity.ppid),
                        ),
                )
            })
    }
}

impl Line {
    fn place(&self) -> String {
        format!("line {}", self.number)
    }

    fn unknown(&self) -> Finding {
        Finding::warn(
            Code::PrintedLineUnknown,
            format!(
                "Line {} is none of the attester's: {}.",
                self.number,
                quoted(&self.text, 60)
            ),
        )
        .at(self.place())
    }
}

/// A file of a hundred thousand wrong lines is told in twenty, refusals first.
fn bounded(mut findings: Vec<Finding>) -> Vec<Finding> {
    const MOST: usize = 20;
    findings.sort_by_key(|finding| finding.outcome == FindingOutcome::Warn);
    let more = findings.len().saturating_sub(MOST);
    findings.truncate(MOST);
    if more > 0
        && let Some(last) = findings.last().cloned()
    {
        findings.push(Finding {
            detail: format!("{more} more lines are not as the attester prints them."),
            ..last
        });
    }
    findings
}

/// A line that the attester prints: what comes before the value, and the value where it can be derived.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Printed {
    key: String,
    value: Option<String>,
    /// The attester prints it only sometimes.
    optional: bool,
}

/// What comes before a printed line's value.
fn key_of(text: &str) -> &str {
    const FAMILY: &str = "\t\tisv_family_id";
    if text == EXPIRED {
        return EXPIRED;
    }
    let end = [" = ", ": "]
        .iter()
        .filter_map(|separator| {
            text.find(separator)
                .map(|at| at.saturating_add(separator.len()))
        })
        .min();
    match end {
        Some(end) => text.get(..end).unwrap_or(text),
        // The one field that is printed without a separator.
        None if text.starts_with(FAMILY) => FAMILY,
        None => text,
    }
}

/// A key for people: without tabs and separator.
fn label(key: &str) -> &str {
    key.trim().trim_end_matches([':', '=']).trim_end()
}

/// Intel's TCB statuses, and the attester's words for them.
const STATUS_WORDS: [(&str, &str); 9] = [
    ("UpToDate", "OK"),
    ("ConfigurationNeeded", "CONFIG_NEEDED"),
    ("OutOfDate", "OUT_OF_DATE"),
    ("OutOfDateConfigurationNeeded", "OUT_OF_DATE_CONFIG_NEEDED"),
    ("SWHardeningNeeded", "SW_HARDENING_NEEDED"),
    (
        "ConfigurationAndSWHardeningNeeded",
        "CONFIG_AND_SW_HARDENING_NEEDED",
    ),
    ("TDRelaunchAdvised", "TD_RELAUNCH_ADVISED"),
    (
        "TDRelaunchAdvisedConfigurationNeeded",
        "TD_RELAUNCH_ADVISED_CONFIG_NEEDED",
    ),
    ("Revoked", "REVOKED"),
];

/// The word that the attester prints for Intel's TCB status.
pub fn status_word(status: &str) -> Option<&'static str> {
    STATUS_WORDS
        .iter()
        .find(|(intels, _)| *intels == status)
        .map(|(_, word)| *word)
}

/// Whether the attester can print this after `Verification status:`.
fn is_status_word(word: &str) -> bool {
    let number = |digits: &str| digits.len() == 8 && digits.chars().all(|c| c.is_ascii_hexdigit());
    STATUS_WORDS.iter().any(|(_, known)| *known == word)
        || matches!(word, "INVALID_SIGNATURE" | "UNSPECIFIED")
        || word.strip_prefix("0x").is_some_and(number)
}

/// The attester's output for a quote, as `get` prints it: for samples and tests.
///
/// `raw` is the quote with its padding, `status` the word after `Verification status:`.
pub fn print(
    raw: &[u8],
    quote: &Quote,
    identity: &PckIdentity,
    generation: Generation,
    status: &str,
) -> String {
    let mut text = format!("{RAW_QUOTE}{}\n", hex::encode_upper(raw));
    for line in lines_for(quote, identity, generation) {
        if !line.optional {
            let value = line.value.as_deref().unwrap_or(status);
            text.push_str(&format!("{}{value}\n", line.key));
        }
    }
    text
}

/// Every line that the attester prints after the quote.
fn lines_for(quote: &Quote, identity: &PckIdentity, generation: Generation) -> Vec<Printed> {
    let mut lines = Lines::default();
    lines.heading(CHECKING);
    lines.0.push(Printed {
        key: STATUS.to_owned(),
        value: None,
        optional: false,
    });
    lines.0.push(Printed {
        key: EXPIRED.to_owned(),
        value: Some(String::new()),
        optional: true,
    });
    lines.number("\tversion", quote, "header.version");
    lines.number("\tsign_type", quote, "header.attestation_key_type");
    match (quote.version(), quote.body()) {
        (3, Body::Sgx) => lines.sgx(quote, generation),
        (4, Body::Td10) => lines.tdx(quote, generation),
        // The attester prints nothing more for version 5.
        _ => return lines.0,
    }
    lines.heading("Analyzing certificate chain...");
    lines.pair("PPID: ", &hex::encode_upper(&identity.sgx_extensions));
    if generation >= Generation::MachineId {
        lines.pair("Machine-ID: ", &hex::encode_upper(identity.ppid));
    }
    if generation >= Generation::Fmspc {
        lines.pair("FMSPC: ", &hex::encode_upper(identity.fmspc));
    }
    lines.0
}

#[derive(Default)]
struct Lines(Vec<Printed>);

impl Lines {
    /// `sgx_quote_t`: the header of version 3 by its older names, then the report body.
    fn sgx(&mut self, quote: &Quote, generation: Generation) {
        let header = |range: std::ops::Range<usize>| {
            hex::encode_upper(quote.canonical().get(range).unwrap_or_default())
        };
        self.pair("\tepid_group_id = ", &header(4..8));
        self.number("\tqe_svn", quote, "header.qe_svn");
        self.number("\tpce_svn", quote, "header.pce_svn");
        self.pair("\txeid = ", &header(12..16));
        self.pair("\tbasename = ", &header(16..48));
        self.body_heading("SGX", generation);
        for (printed, field) in [
            ("mr_enclave", "report_body.mr_enclave"),
            ("mr_signer", "report_body.mr_signer"),
            ("report_data", "report_body.report_data"),
            ("cpu_svn", "report_body.cpu_svn"),
            ("misc_select", "report_body.misc_select"),
            ("isv_ext_prod_id", "report_body.isv_ext_prod_id"),
            ("attributes", "report_body.attributes"),
            ("config_id", "report_body.config_id"),
        ] {
            self.hex(printed, quote, field);
        }
        self.number("\t\tisv_prod_id", quote, "report_body.isv_prod_id");
        self.number("\t\tisv_svn", quote, "report_body.isv_svn");
        self.number("\t\tconfig_svn", quote, "report_body.config_svn");
        self.pair(
            "\t\tisv_family_id",
            &hex::encode_upper(quote.bytes("report_body.isv_family_id")),
        );
    }

    fn tdx(&mut self, quote: &Quote, generation: Generation) {
        self.number("\tqe_svn", quote, "header.qe_svn");
        self.number("\tpce_svn", quote, "header.pce_svn");
        self.body_heading("TDX", generation);
        for (printed, field) in [
            ("tcb_svn", "report_body.tee_tcb_svn"),
            ("mr_seam", "report_body.mr_seam"),
            ("mr_signer_seam", "report_body.mr_signer_seam"),
            ("seam_attributes", "report_body.seam_attributes"),
            ("td_attributes", "report_body.td_attributes"),
            ("xfam", "report_body.xfam"),
            ("mr_td", "report_body.mr_td"),
            ("mr_config_id", "report_body.mr_config_id"),
            ("mr_owner", "report_body.mr_owner"),
            ("mr_config", "report_body.mr_owner_config"),
            ("rtmr0", "report_body.rtmr0"),
            ("rtmr1", "report_body.rtmr1"),
            ("rtmr2", "report_body.rtmr2"),
            ("rtmr3", "report_body.rtmr3"),
            ("report_data", "report_body.report_data"),
        ] {
            self.hex(printed, quote, field);
        }
    }

    fn heading(&mut self, text: &str) {
        self.0.push(Printed {
            key: text.to_owned(),
            value: Some(String::new()),
            optional: false,
        });
    }

    fn body_heading(&mut self, tee: &str, generation: Generation) {
        if generation >= Generation::Dec2025 {
            self.heading(&format!("\t{tee} report_body"));
        } else {
            self.heading("\treport_body");
        }
    }

    fn pair(&mut self, key: &str, value: &str) {
        self.0.push(Printed {
            key: key.to_owned(),
            value: Some(value.to_owned()),
            optional: false,
        });
    }

    fn number(&mut self, printed: &str, quote: &Quote, field: &str) {
        self.pair(&format!("{printed} = "), &quote.number(field).to_string());
    }

    fn hex(&mut self, printed: &str, quote: &Quote, field: &str) {
        self.pair(
            &format!("\t\t{printed} = "),
            &hex::encode_upper(quote.bytes(field)),
        );
    }
}
