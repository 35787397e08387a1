//! Addresses that were seen, against the data centre's prefixes.
//!
//! The prefixes come from a RIR's delegated-statistics file (RIR statistics exchange format, "delegated-extended"), of
//! which the records of one holder count, or from a plain list. Either is what the user supplies: nothing is looked up.
//! A range is not a location: it says who was given the addresses, not where they are used.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::Code;
use super::evidence::{Addresses, Direction};
use super::report::{Check, CheckId, Fact, Finding, Found};
use crate::moment::in_words;
use crate::report::Outcome;
use crate::rows::LISTED_A_CODE;
use crate::text::{count, quoted};

/// Largest list of prefixes: the largest RIR's file has some 20 MB.
pub const MAX_PREFIXES: usize = 32 * 1024 * 1024;
/// Most lines of one file, empty ones too: three times as many as all registries' joint file has.
const MAX_LINES: usize = 2_000_000;
/// Longest line.
const MAX_LINE: usize = 1024;
/// Most ranges of one file: all registries together have given out about half as many.
const MAX_RANGES: usize = 1_000_000;
/// Most ranges of the data centre's, of all its lists.
const MAX_OURS: usize = 100_000;
/// Most columns of a record that are told apart: eight, and those that a registry added.
const MAX_COLUMNS: usize = 12;
/// Most wrong lines: behind them the rest is not looked at.
const MOST_WRONG: usize = 100_000;
/// Ranges, and addresses with theirs, that are shown; of more it is said how many.
const SHOWN: usize = 20;

/// What the registries' joint file (of the NRO, their organisation) names in the place of a registry.
const JOINT: &str = "nro";
/// Whose lines stand in it.
const OF_JOINT: [&str; 6] = ["afrinic", "apnic", "arin", "iana", "lacnic", "ripencc"];

/// What every answer of this kind says.
pub const NOT_A_LOCATION: &str = "A range says who was given the addresses. It is not a location: the holder can use them \
     elsewhere, and a tunnel can bring them anywhere.";

/// Addresses one after the other, of one family.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Range {
    /// The first.
    pub first: IpAddr,
    /// The last.
    pub last: IpAddr,
}

impl Range {
    /// Whether an address is one of them; families never mix.
    pub fn contains(&self, address: IpAddr) -> bool {
        self.first.is_ipv4() == address.is_ipv4() && self.first <= address && address <= self.last
    }

    fn overlaps(&self, other: &Self) -> bool {
        self.contains(other.first) || other.contains(self.first)
    }
}

impl std::fmt::Display for Range {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match prefix_of(*self) {
            Some(length) => write!(f, "{}/{length}", self.first),
            None => write!(f, "{}-{}", self.first, self.last),
        }
    }
}

/// The prefix length, where a range is a prefix.
fn prefix_of(range: Range) -> Option<u32> {
    let (bits, width) = match (range.first, range.last) {
        (IpAddr::V4(first), IpAddr::V4(last)) => {
            (u128::from(u32::from(first) ^ u32::from(last)), 32_u32)
        }
        (IpAddr::V6(first), IpAddr::V6(last)) => (u128::from(first) ^ u128::from(last), 128),
        _ => return None,
    };
    let host_bits = 128_u32.saturating_sub(bits.leading_zeros());
    let length = width.saturating_sub(host_bits);
    // All bits after the prefix are zero in the first address, and one in the last.
    (from_prefix(range.first, length) == Some(range)).then_some(length)
}

/// The addresses of a prefix; `None` when bits are set after it, or it is too long.
fn from_prefix(first: IpAddr, length: u32) -> Option<Range> {
    let last = match first {
        IpAddr::V4(v4) => {
            let host = u32::MAX.checked_shr(length).unwrap_or(0);
            (length <= 32 && u32::from(v4) & host == 0)
                .then(|| IpAddr::V4(Ipv4Addr::from(u32::from(v4) | host)))
        }
        IpAddr::V6(v6) => {
            let host = u128::MAX.checked_shr(length).unwrap_or(0);
            (length <= 128 && u128::from(v6) & host == 0)
                .then(|| IpAddr::V6(Ipv6Addr::from(u128::from(v6) | host)))
        }
    }?;
    Some(Range { first, last })
}

/// Blocks that nobody is given, from IANA's registries of special-purpose addresses (RFC 6890, and later entries):
/// an address of these shows nothing. In IPv6, all but 2000::/3 is special.
const SPECIAL: [(Range, &str); 24] = [
    (v4([0, 0, 0, 0], 8), "this network"),
    (v4([10, 0, 0, 0], 8), "private"),
    (v4([100, 64, 0, 0], 10), "shared by a provider's customers"),
    (v4([127, 0, 0, 0], 8), "this computer"),
    (v4([169, 254, 0, 0], 16), "link-local"),
    (v4([172, 16, 0, 0], 12), "private"),
    (v4([192, 0, 0, 0], 24), "reserved for protocols"),
    (v4([192, 0, 2, 0], 24), "for documentation"),
    (v4([192, 88, 99, 0], 24), "reserved"),
    (v4([192, 168, 0, 0], 16), "private"),
    (v4([198, 18, 0, 0], 15), "for benchmarks"),
    (v4([198, 51, 100, 0], 24), "for documentation"),
    (v4([203, 0, 113, 0], 24), "for documentation"),
    (v4([224, 0, 0, 0], 4), "multicast"),
    (v4([240, 0, 0, 0], 4), "reserved"),
    (v6(0x0, 0x0, 3), "not global unicast"),
    (v6(0x2001, 0x0, 23), "reserved for protocols"),
    (v6(0x2001, 0xdb8, 32), "for documentation"),
    (v6(0x2002, 0x0, 16), "6to4"),
    (v6(0x3fff, 0x0, 20), "for documentation"),
    (v6(0x4000, 0x0, 2), "not global unicast"),
    (v6(0x8000, 0x0, 2), "not global unicast"),
    (v6(0xc000, 0x0, 3), "not global unicast"),
    (v6(0xe000, 0x0, 3), "not global unicast"),
];

/// A block of the table above, which is made when this is compiled: no line of a list has it read again.
const fn v4(first: [u8; 4], length: u32) -> Range {
    let first = u32::from_be_bytes(first);
    let host = match u32::MAX.checked_shr(length) {
        Some(host) => host,
        None => 0,
    };
    Range {
        first: IpAddr::V4(Ipv4Addr::from_bits(first)),
        last: IpAddr::V4(Ipv4Addr::from_bits(first | host)),
    }
}

/// The same, by its first two groups.
const fn v6(one: u16, two: u16, length: u32) -> Range {
    let first = Ipv6Addr::new(one, two, 0, 0, 0, 0, 0, 0).to_bits();
    let host = match u128::MAX.checked_shr(length) {
        Some(host) => host,
        None => 0,
    };
    Range {
        first: IpAddr::V6(Ipv6Addr::from_bits(first)),
        last: IpAddr::V6(Ipv6Addr::from_bits(first | host)),
    }
}

/// What is special about any of these addresses.
fn special(range: Range) -> Option<&'static str> {
    SPECIAL
        .iter()
        .find_map(|(block, what)| block.overlaps(&range).then_some(*what))
}

fn is_mapped(address: IpAddr) -> bool {
    matches!(address, IpAddr::V6(v6) if v6.to_ipv4_mapped().is_some())
}

/// What a list of prefixes says.
#[derive(Debug, Clone, Default)]
struct Prefixes {
    /// The data centre's ranges, with the file and the line of each.
    ranges: Vec<(Range, usize, usize)>,
    findings: Findings,
    facts: Vec<Fact>,
}

/// Findings, each code listed a few times and counted always.
#[derive(Debug, Clone, Default)]
struct Findings {
    list: Vec<Finding>,
    counts: BTreeMap<Code, usize>,
    all: usize,
}

impl Findings {
    /// Whether another of this code is listed. Of the others nothing is put into words.
    fn lists(&self, code: Code) -> bool {
        self.counts
            .get(&code)
            .is_none_or(|seen| *seen < LISTED_A_CODE)
    }

    fn add(&mut self, place: Option<String>, code: Code, detail: impl FnOnce() -> String) {
        self.all = self.all.saturating_add(1);
        let seen = self.counts.entry(code).or_default();
        *seen = seen.saturating_add(1);
        if *seen <= LISTED_A_CODE {
            let finding = Finding::fail(code, detail());
            self.list.push(match place {
                Some(place) => finding.at(place),
                None => finding,
            });
        }
    }

    /// The list; where a code was found more often than it is listed, its first finding says how often.
    fn done(mut self) -> Vec<Finding> {
        for (code, seen) in &self.counts {
            if *seen > LISTED_A_CODE
                && let Some(first) = self.list.iter_mut().find(|finding| finding.code == *code)
            {
                first.detail = format!(
                    "{} This is the first of {seen} such findings.",
                    first.detail
                );
            }
        }
        self.list
    }
}

/// One file, while it is read.
struct Reader<'a> {
    name: &'a str,
    index: usize,
    is_alone: bool,
    holder: Option<&'a str>,
    out: &'a mut Prefixes,
    /// Every range of the file, and whether it is the holder's.
    all: Vec<(Range, usize, bool)>,
    registry: Option<&'a str>,
    /// Of which registry the holder's records are.
    holder_registry: Option<&'a str>,
    header_records: Option<u64>,
    /// Whether a line was read already: the header can only be the first.
    is_begun: bool,
    /// Whether there are more ranges than are read.
    is_full: bool,
    records: u64,
    /// By type: what the summary says, and what was counted.
    summaries: BTreeMap<&'a str, (u64, usize)>,
    counted: BTreeMap<&'a str, u64>,
    of_holder: usize,
}

impl<'a> Reader<'a> {
    fn place(&self, line: usize) -> String {
        crate::text::work::done();
        if self.is_alone {
            format!("line {line}")
        } else {
            format!("{}, line {line}", quoted(self.name, 60))
        }
    }

    fn find(&mut self, line: usize, code: Code, detail: impl FnOnce() -> String) {
        let place = self.out.findings.lists(code).then(|| self.place(line));
        self.out.findings.add(place, code, detail);
    }

    fn read(mut self, bytes: &'a [u8]) {
        if bytes.len() > MAX_PREFIXES {
            self.out.findings.add(None, Code::PrefixesTooLarge, || {
                format!(
                    "The list has {} bytes; at most {MAX_PREFIXES} are read.",
                    bytes.len()
                )
            });
            return;
        }
        let lines = bytes.iter().filter(|byte| **byte == b'\n').count();
        if lines > MAX_LINES {
            self.out.findings.add(None, Code::PrefixesTooLarge, || {
                format!("The list has {lines} lines; at most {MAX_LINES} are read.")
            });
            return;
        }
        let text = match plain_text(bytes) {
            Ok(text) => text,
            Err(line) => {
                self.find(line, Code::PrefixesEncoding, || {
                    "The list is not plain text in UTF-8.".to_owned()
                });
                return;
            }
        };
        let is_content = |line: &&str| !line.trim().is_empty() && !line.starts_with('#');
        let Some(first) = text.lines().find(is_content) else {
            self.out.findings.add(None, Code::PrefixesEmpty, || {
                "The list holds no prefix.".to_owned()
            });
            return;
        };
        let is_delegated = first.contains('|');
        if !is_delegated && let Some(what) = other_form(first) {
            let what = what.words();
            self.out
                .findings
                .add(None, Code::PrefixesForm, || what.to_owned());
            return;
        }
        // At once: a list that grows is there twice while it does.
        let most = if is_delegated { MAX_RANGES } else { MAX_OURS };
        self.all.reserve_exact(lines.saturating_add(1).min(most));
        for (number, line) in (1_usize..).zip(text.lines()) {
            if !is_content(&line) {
                continue;
            }
            if line.len() > MAX_LINE {
                self.find(number, Code::PrefixLine, || {
                    format!(
                        "The line has {} bytes; at most {MAX_LINE} are read.",
                        line.len()
                    )
                });
            } else if is_delegated {
                self.record(number, line);
            } else {
                self.plain(number, line);
            }
            if self.is_full {
                return;
            }
            if self.out.findings.all >= MOST_WRONG {
                self.find(number, Code::PrefixesForm, || {
                    format!("The check of the lists ended here: {MOST_WRONG} lines are wrong.")
                });
                return;
            }
        }
        if is_delegated {
            self.require_whole();
            self.require_holder();
        } else if let Some(holder) = self.holder {
            self.out.findings.add(None, Code::HolderUnexpected, || {
                format!(
                    "The list has no holders, but {} was chosen.",
                    quoted(holder, 60)
                )
            });
        }
        self.require_apart();
    }

    /// A line of a plain list: a prefix, an address, or a range; what follows `#` is for people.
    fn plain(&mut self, number: usize, line: &str) {
        let text = line.split('#').next().unwrap_or_default().trim();
        let range = if let Some((first, last)) = text.split_once('-') {
            self.address(number, first.trim())
                .zip(self.address(number, last.trim()))
                .and_then(|(first, last)| self.range(number, first, last))
        } else if let Some((first, length)) = text.split_once('/') {
            self.address(number, first)
                .and_then(|first| self.prefix(number, first, length))
        } else {
            self.address(number, text).map(|address| Range {
                first: address,
                last: address,
            })
        };
        if let Some(range) = range {
            self.ours(number, range);
        }
    }

    /// A line of a delegated-statistics file: header, summary or record.
    fn record(&mut self, number: usize, line: &'a str) {
        let is_first = !std::mem::replace(&mut self.is_begun, true);
        let mut fields = [""; MAX_COLUMNS];
        let columns = fields
            .iter_mut()
            .zip(line.trim_end().splitn(MAX_COLUMNS, '|'))
            .map(|(field, text)| *field = text)
            .count();
        match fields.get(..columns).unwrap_or_default() {
            // version|registry|serial|records|startdate|enddate|UTCoffset
            [version, registry, _serial, records, _from, to, _offset]
                if version.starts_with(|first: char| first.is_ascii_digit()) =>
            {
                self.header(is_first, number, registry, records, to);
            }
            [
                registry,
                "*",
                kind @ ("ipv4" | "ipv6" | "asn"),
                "*",
                total,
                "summary",
            ] => {
                self.require_registry(number, registry, false);
                match total.parse() {
                    Ok(_) if self.summaries.contains_key(kind) => {
                        self.find(number, Code::PrefixLine, || {
                            format!("The summary of {kind} stands twice.")
                        });
                    }
                    Ok(total) => {
                        self.summaries.insert(kind, (total, number));
                    }
                    Err(_) => self.find(number, Code::PrefixLine, || {
                        format!("The summary counts {}.", quoted(total, 40))
                    }),
                }
            }
            [
                registry,
                _country,
                kind @ ("ipv4" | "ipv6" | "asn"),
                start,
                value,
                _date,
                status,
                rest @ ..,
            ] => {
                self.records = self.records.saturating_add(1);
                let counted = self.counted.entry(kind).or_default();
                *counted = counted.saturating_add(1);
                self.require_registry(number, registry, true);
                if *kind == "asn" {
                    return;
                }
                let is_ours = self
                    .holder
                    .is_some_and(|holder| rest.first() == Some(&holder));
                let range = self.address(number, start).and_then(|first| {
                    if first.is_ipv4() == (*kind == "ipv4") {
                        self.sized(number, first, value)
                    } else {
                        self.find(number, Code::PrefixAddress, || {
                            format!("{first} is no address of the type {kind}.")
                        });
                        None
                    }
                });
                if is_ours {
                    self.of_holder = self.of_holder.saturating_add(1);
                    self.require_one_registry(number, registry);
                    if !matches!(*status, "allocated" | "assigned") {
                        self.find(number, Code::PrefixStatus, || {
                            format!("The holder's record is {}.", quoted(status, 40))
                        });
                        return;
                    }
                }
                match range {
                    Some(range) if is_ours => self.ours(number, range),
                    Some(range) => self.keep(number, range, false),
                    None => {}
                }
            }
            _ => self.find(number, Code::PrefixLine, || {
                format!("{} is no record.", quoted(line, 80))
            }),
        }
    }

    /// The format has one header, and it comes first: another is a malformed line, whatever it says.
    fn header(
        &mut self,
        is_first: bool,
        number: usize,
        registry: &'a str,
        records: &str,
        to: &str,
    ) {
        let records = records.parse().ok().filter(|_| is_first);
        if records.is_none() {
            self.find(number, Code::PrefixLine, || {
                "The header stands twice, or not first, or counts no records.".to_owned()
            });
        }
        if !is_first {
            return;
        }
        self.registry = Some(registry);
        self.header_records = records;
        let label = match registry {
            JOINT => "All registries' file",
            _ => "RIR's file",
        };
        self.out.facts.push(Fact {
            label: label.to_owned(),
            value: format!("{}, of {}", quoted(registry, 20), quoted(to, 20)),
        });
    }

    fn require_registry(&mut self, number: usize, registry: &str, is_record: bool) {
        let Some(known) = self.registry else { return };
        let is_of_it = match known {
            JOINT if is_record => OF_JOINT.contains(&registry),
            _ => known == registry,
        };
        if !is_of_it {
            self.find(number, Code::PrefixRegistry, || {
                format!(
                    "The line is {}'s; the file is {}'s.",
                    quoted(registry, 20),
                    quoted(known, 20)
                )
            });
        }
    }

    /// An opaque id is one registry's own: another's of the same letters is somebody else.
    fn require_one_registry(&mut self, number: usize, registry: &'a str) {
        let first = *self.holder_registry.get_or_insert(registry);
        if first != registry {
            self.find(number, Code::PrefixRegistry, || {
                format!(
                    "The holder's id stands in lines of {} and of {}; they can be two holders.",
                    quoted(first, 20),
                    quoted(registry, 20)
                )
            });
        }
    }

    /// Keeps a range for the comparison of all.
    fn keep(&mut self, number: usize, range: Range, is_ours: bool) {
        let most = if self.all.len() >= MAX_RANGES {
            MAX_RANGES
        } else if is_ours && self.out.ranges.len() >= MAX_OURS {
            MAX_OURS
        } else {
            self.all.push((range, number, is_ours));
            if is_ours {
                self.out.ranges.push((range, self.index, number));
            }
            return;
        };
        self.is_full = true;
        self.find(number, Code::PrefixesTooLarge, || {
            let whose = if is_ours { " of the data centre" } else { "" };
            format!("Here is one range{whose} more than the {most} that are read.")
        });
    }

    /// As many records as the file says itself.
    fn require_whole(&mut self) {
        let Some(said) = self.header_records else {
            let finding = Finding::warn(
                Code::PrefixesExcerpt,
                "The file has no header that says how many records there are.",
            );
            self.out.findings.list.push(finding);
            return;
        };
        if said != self.records {
            let records = self.records;
            self.find(1, Code::PrefixesCut, || {
                format!("The header counts {said} records; the file has {records}.")
            });
        }
        for (kind, (said, number)) in std::mem::take(&mut self.summaries) {
            let counted = self.counted.get(kind).copied().unwrap_or(0);
            if said != counted {
                self.find(number, Code::PrefixesCut, || {
                    format!(
                        "The summary counts {said} records of {}; the file has {counted}.",
                        quoted(kind, 20)
                    )
                });
            }
        }
    }

    fn require_holder(&mut self) {
        match self.holder {
            None => self.out.findings.add(None, Code::HolderNotGiven, || {
                "The file has many holders, and none was chosen.".to_owned()
            }),
            Some(holder) if self.of_holder == 0 => {
                self.out.findings.add(None, Code::HolderMissing, || {
                    format!(
                        "The file has no addresses of the holder {}.",
                        quoted(holder, 60)
                    )
                });
            }
            Some(holder) => self.out.facts.push(Fact {
                label: "Holder".to_owned(),
                value: format!("{}, chosen by the user", quoted(holder, 60)),
            }),
        }
    }

    /// No two ranges with an address in common, as far as they concern the data centre's.
    fn require_apart(&mut self) {
        let mut all = std::mem::take(&mut self.all);
        all.sort_unstable();
        let mut widest: Option<(Range, usize, bool)> = None;
        for (range, number, is_ours) in all {
            if let Some((before, line, was_ours)) = widest
                && before.overlaps(&range)
                && (is_ours || was_ours)
            {
                self.find(number.max(line), Code::PrefixOverlap, || {
                    format!("{range} overlaps {before} in line {}.", number.min(line))
                });
            }
            if widest.is_none_or(|(before, ..)| {
                before.first.is_ipv4() != range.first.is_ipv4() || range.last > before.last
            }) {
                widest = Some((range, number, is_ours));
            }
        }
    }

    /// A range of the data centre's.
    fn ours(&mut self, number: usize, range: Range) {
        if is_mapped(range.first) {
            self.find(number, Code::PrefixMapped, || {
                format!("{range} is IPv4, written as IPv6.")
            });
            return;
        }
        if let Some(what) = special(range) {
            self.find(number, Code::PrefixSpecial, || {
                format!("{range} holds addresses that are {what}.")
            });
            return;
        }
        self.keep(number, range, true);
    }

    fn address(&mut self, number: usize, text: &str) -> Option<IpAddr> {
        let address = text.parse().ok();
        if address.is_none() {
            self.find(number, Code::PrefixAddress, || {
                format!("{} is no address.", quoted(text, 60))
            });
        }
        address
    }

    fn range(&mut self, number: usize, first: IpAddr, last: IpAddr) -> Option<Range> {
        if first.is_ipv4() != last.is_ipv4() {
            self.find(number, Code::PrefixAddress, || {
                format!("{first} and {last} are of two families.")
            });
            return None;
        }
        if last < first {
            self.find(number, Code::PrefixReversed, || {
                format!("The range ends with {last}, before its beginning {first}.")
            });
            return None;
        }
        Some(Range { first, last })
    }

    fn prefix(&mut self, number: usize, first: IpAddr, length: &str) -> Option<Range> {
        let most = if first.is_ipv4() { 32 } else { 128 };
        let Some(length) = decimal(length).and_then(|length| u32::try_from(length).ok()) else {
            self.find(number, Code::PrefixLength, || {
                format!("{} is no prefix length.", quoted(length, 40))
            });
            return None;
        };
        if length > most {
            self.find(number, Code::PrefixLength, || {
                format!("The prefix length {length} is more than {most}.")
            });
            return None;
        }
        let range = from_prefix(first, length);
        if range.is_none() {
            self.find(number, Code::PrefixHostBits, || {
                format!("{first} has bits set after the first {length}.")
            });
        }
        range
    }

    /// A record's value: a number of addresses in IPv4, which need not be a power of two; a prefix length in IPv6.
    fn sized(&mut self, number: usize, first: IpAddr, value: &str) -> Option<Range> {
        let IpAddr::V4(start) = first else {
            return self.prefix(number, first, value);
        };
        let last = decimal(value)
            .and_then(|value| value.checked_sub(1))
            .and_then(|more| u32::try_from(more).ok())
            .and_then(|more| u32::from(start).checked_add(more));
        if last.is_none() {
            self.find(number, Code::PrefixLength, || {
                format!(
                    "From {first} on there are not {} addresses.",
                    quoted(value, 40)
                )
            });
        }
        Some(Range {
            first,
            last: IpAddr::V4(Ipv4Addr::from(last?)),
        })
    }
}

/// What people have instead of a list of prefixes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum OtherForm {
    Geofeed,
    Whois,
    Json,
    Markup,
}

impl OtherForm {
    const fn words(self) -> &'static str {
        match self {
            Self::Geofeed => {
                "This is a table with commas, as a geofeed (RFC 8805) is: it says where a network's holder says that its \
                 addresses are used, of all its places."
            }
            Self::Whois => {
                "These are whois objects (RPSL), or another answer of a whois service: what people wrote about a network, \
                 beside its prefixes."
            }
            Self::Json => "This is JSON, not a list.",
            Self::Markup => "This is a web page, not a list.",
        }
    }
}

/// Which other form a list's first line is of.
fn other_form(line: &str) -> Option<OtherForm> {
    let line = line.split('#').next().unwrap_or_default().trim();
    // An attribute's name ends with a colon and space; an IPv6 address has no space in it.
    let is_attribute = |line: &str| {
        line.split_once(':').is_some_and(|(name, value)| {
            !name.is_empty()
                && name
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
                && (value.is_empty() || value.starts_with([' ', '\t']))
        })
    };
    if line.starts_with(['{', '[']) {
        Some(OtherForm::Json)
    } else if line.starts_with('<') {
        Some(OtherForm::Markup)
    } else if line.starts_with('%') || is_attribute(line) {
        Some(OtherForm::Whois)
    } else if line.contains(',') {
        Some(OtherForm::Geofeed)
    } else {
        None
    }
}

/// Digits only, without a sign or a zero before others.
fn decimal(text: &str) -> Option<u64> {
    let is_plain = text.bytes().all(|byte| byte.is_ascii_digit())
        && (text.len() == 1 || !text.starts_with('0'));
    is_plain.then(|| text.parse().ok()).flatten()
}

/// UTF-8 without a byte order mark and without zeros, which UTF-16 would have; else the first line that is not so.
fn plain_text(bytes: &[u8]) -> Result<&str, usize> {
    let line = |before: &[u8]| before.split(|byte| *byte == b'\n').count();
    let text = std::str::from_utf8(bytes)
        .map_err(|error| line(bytes.get(..error.valid_up_to()).unwrap_or_default()))?;
    if text.starts_with('\u{feff}') {
        return Err(1);
    }
    text.split_once('\0')
        .map_or(Ok(text), |(before, _)| Err(line(before.as_bytes())))
}

/// The rows of an item of this kind: what people entered, and the lists of prefixes as (name, bytes).
pub fn found(entered: &Addresses, lists: &[(&str, &[u8])], at: u64) -> Found {
    let mut prefixes = Prefixes::default();
    for (index, (name, bytes)) in lists.iter().enumerate() {
        Reader {
            name,
            index,
            is_alone: lists.len() == 1,
            holder: entered.holder.as_deref(),
            out: &mut prefixes,
            all: Vec::new(),
            registry: None,
            holder_registry: None,
            header_records: None,
            is_begun: false,
            is_full: false,
            records: 0,
            summaries: BTreeMap::new(),
            counted: BTreeMap::new(),
            of_holder: 0,
        }
        .read(bytes);
    }
    if lists.is_empty() {
        prefixes.findings.add(None, Code::PrefixesEmpty, || {
            "No list of prefixes was given.".to_owned()
        });
    }
    let Prefixes {
        ranges,
        findings,
        mut facts,
    } = prefixes;
    let known = Check::ran(
        CheckId::AddressesPrefixes,
        format!(
            "The data centre's prefixes can be read: {}.",
            count(ranges.len(), "range")
        ),
        findings.done(),
    );
    facts.push(Fact {
        label: "Prefixes".to_owned(),
        value: shown(&ranges),
    });
    facts.push(Fact {
        label: "What a range shows".to_owned(),
        value: NOT_A_LOCATION.to_owned(),
    });
    let inside = if known.outcome == Outcome::Fail {
        Check::not_reached(CheckId::AddressesInside)
    } else {
        inside(entered, &ranges)
    };
    Found {
        checks: vec![known, inside, seen(entered, at)],
        facts,
        timeline: None,
    }
}

fn shown(ranges: &[(Range, usize, usize)]) -> String {
    if ranges.is_empty() {
        return "none".to_owned();
    }
    let words = ranges.iter().map(|(range, ..)| range.to_string());
    listed(words.take(SHOWN).collect(), ranges.len())
}

/// The first of `all`, and how many more there are.
fn listed(mut first: Vec<String>, all: usize) -> String {
    if let Some(more) = all.checked_sub(first.len()).filter(|more| *more > 0) {
        first.push(format!("and {more} more"));
    }
    first.join(", ")
}

/// Of the first list that has an address, its range: each list is in order, and no two of its ranges overlap.
fn holding<'a>(
    lists: &[&'a [(Range, usize, usize)]],
    address: IpAddr,
) -> Option<&'a (Range, usize, usize)> {
    lists.iter().find_map(|list| {
        let behind = list.partition_point(|(range, ..)| range.first <= address);
        list.get(behind.checked_sub(1)?)
            .filter(|(range, ..)| range.contains(address))
    })
}

/// Every address that was seen lies in the ranges, of which none of one list overlap.
fn inside(entered: &Addresses, ranges: &[(Range, usize, usize)]) -> Check {
    let mut ranges = ranges.to_vec();
    ranges.sort_unstable_by_key(|(range, list, _)| (*list, *range));
    let lists: Vec<_> = ranges.chunk_by(|one, next| one.1 == next.1).collect();
    let mut findings = Findings::default();
    let (mut places, mut held) = (Vec::new(), 0_usize);
    for (number, seen) in (1_usize..).zip(&entered.seen) {
        // What is no address is a finding of the row after.
        let Ok(address) = seen.address.parse::<IpAddr>() else {
            continue;
        };
        match holding(&lists, address) {
            Some((range, _, line)) => {
                held = held.saturating_add(1);
                if held <= SHOWN {
                    places.push(format!("{address} in {range} (line {line})"));
                }
            }
            None => findings.add(
                Some(format!("address {number}")),
                Code::AddressOutside,
                || format!("{address} lies in none of the prefixes."),
            ),
        }
    }
    if places.is_empty() && findings.list.is_empty() {
        return Check::not_given(CheckId::AddressesInside, "No address was seen.")
            .saying(Code::AddressesNone);
    }
    Check::ran(
        CheckId::AddressesInside,
        format!("{}. {NOT_A_LOCATION}", listed(places, held)),
        findings.done(),
    )
}

/// What was seen are addresses of the whole internet, both ways.
fn seen(entered: &Addresses, at: u64) -> Check {
    let mut findings = Findings::default();
    if entered.seen.is_empty() {
        return Check::not_given(CheckId::AddressesSeen, "No address was seen.")
            .saying(Code::AddressesNone);
    }
    for (number, seen) in (1_usize..).zip(&entered.seen) {
        let place = || Some(format!("address {number}"));
        let Ok(address) = seen.address.parse::<IpAddr>() else {
            findings.add(place(), Code::AddressInvalid, || {
                format!("{} is no address.", quoted(&seen.address, 60))
            });
            continue;
        };
        let alone = Range {
            first: address,
            last: address,
        };
        if is_mapped(address) {
            findings.add(place(), Code::AddressMapped, || {
                format!("{address} is IPv4, written as IPv6.")
            });
        } else if let Some(what) = special(alone) {
            findings.add(place(), Code::AddressSpecial, || {
                format!("{address} is {what}.")
            });
        }
        if seen.seen_at > at {
            findings.add(place(), Code::TimeLater, || {
                format!(
                    "{address} was seen at {}, after the moment of this check.",
                    in_words(seen.seen_at)
                )
            });
        }
    }
    for (direction, word) in [(Direction::Inbound, "to"), (Direction::Outbound, "from")] {
        if !entered.seen.iter().any(|seen| seen.direction == direction) {
            findings.add(None, Code::AddressOneWay, || {
                format!("No connection {word} the machine was seen.")
            });
        }
    }
    let has = |v4: bool| {
        entered
            .seen
            .iter()
            .filter_map(|seen| seen.address.parse::<IpAddr>().ok())
            .any(|address| address.is_ipv4() == v4)
    };
    let families = match (has(true), has(false)) {
        (true, true) => "IPv4 and IPv6",
        (true, false) => "IPv4 alone",
        _ => "IPv6 alone",
    };
    Check::ran(
        CheckId::AddressesSeen,
        format!(
            "{} seen, to and from the machine; {families}.",
            count(entered.seen.len(), "connection")
        ),
        findings.done(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::colocation::evidence::Seen;

    const AT: u64 = 1_790_000_000;
    const HOLDER: &str = "5d1b9e0c-holder";

    /// A small file of the RIPE NCC's form; the networks are its own.
    const DELEGATED: &str = "\
2|ripencc|1789900000|6|19830705|20260921|+0200
ripencc|*|ipv4|*|3|summary
ripencc|*|asn|*|1|summary
ripencc|*|ipv6|*|2|summary
ripencc|NL|asn|3333|1|19930901|allocated|5d1b9e0c-holder
ripencc|NL|ipv4|193.0.0.0|2048|19930901|assigned|5d1b9e0c-holder
ripencc|NL|ipv4|193.0.8.0|768|19930901|assigned|other
ripencc||ipv4|193.0.11.0|256||available|
ripencc|NL|ipv6|2001:67c:2e8::|48|20110101|assigned|5d1b9e0c-holder
ripencc|NL|ipv6|2001:67c:64::|48|20110101|assigned|other
";

    fn entered(seen: &[(&str, Direction)], holder: Option<&str>) -> Addresses {
        Addresses {
            data_centre: "A data centre".to_owned(),
            prefixes_source: "its peering page".to_owned(),
            holder: holder.map(str::to_owned),
            seen: seen
                .iter()
                .map(|(address, direction)| Seen {
                    address: (*address).to_owned(),
                    direction: *direction,
                    seen_by: "Ada, curl".to_owned(),
                    seen_at: AT - 100,
                })
                .collect(),
        }
    }

    const BOTH: [(&str, Direction); 3] = [
        ("193.0.6.139", Direction::Inbound),
        ("193.0.6.140", Direction::Outbound),
        ("2001:67c:2e8:22::c100:68b", Direction::Outbound),
    ];

    fn of_file(file: &[u8], holder: Option<&str>) -> Found {
        found(&entered(&BOTH, holder), &[("list", file)], AT)
    }

    fn codes(check: &Check) -> Vec<(Code, Option<String>)> {
        check
            .findings
            .iter()
            .map(|finding| (finding.code, finding.place.clone()))
            .collect()
    }

    /// The list alone is at fault, here.
    #[track_caller]
    fn names(file: impl AsRef<[u8]>, holder: Option<&str>, code: Code, line: Option<usize>) {
        let found = of_file(file.as_ref(), holder);
        let place = line.map(|line| format!("line {line}"));
        assert!(
            codes(&found.checks[0]).contains(&(code, place)),
            "{:#?}",
            found.checks[0]
        );
        assert_eq!(found.checks[0].outcome, Outcome::Fail);
        assert_eq!(found.checks[1].outcome, Outcome::NotReached);
    }

    fn plain(list: &str, code: Code, line: usize) {
        names(list, None, code, Some(line));
    }

    #[test]
    fn addresses_in_the_holders_ranges_pass_and_the_range_is_no_location() {
        let found = of_file(DELEGATED.as_bytes(), Some(HOLDER));
        for check in &found.checks {
            assert_eq!(check.outcome, Outcome::Pass, "{check:#?}");
        }
        assert!(
            found.checks[1]
                .detail
                .contains("193.0.6.139 in 193.0.0.0/21 (line 6)")
        );
        assert!(found.checks[1].detail.contains("not a location"));
        let holder = found
            .facts
            .iter()
            .find(|fact| fact.label == "Holder")
            .unwrap();
        assert!(holder.value.contains(HOLDER));
    }

    #[test]
    fn addresses_in_a_plain_list_pass() {
        let list = "# of the data centre's peering page\n193.0.0.0/21 # hall 2\n\n2001:67c:2e8::-2001:67c:2e8:ffff:ffff:ffff:ffff:ffff\r\n";
        let found = of_file(list.as_bytes(), None);
        for check in &found.checks {
            assert_eq!(check.outcome, Outcome::Pass, "{check:#?}");
        }
        assert!(
            found.facts[0]
                .value
                .contains("193.0.0.0/21, 2001:67c:2e8::/48")
        );
    }

    #[test]
    fn an_address_outside_is_named() {
        for (address, direction) in [
            ("193.0.8.0", Direction::Inbound),
            ("192.255.255.255", Direction::Inbound),
            ("2001:67c:2e9::", Direction::Outbound),
        ] {
            let mut seen = BOTH.to_vec();
            seen.push((address, direction));
            let found = found(
                &entered(&seen, Some(HOLDER)),
                &[("list", DELEGATED.as_bytes())],
                AT,
            );
            assert_eq!(
                codes(&found.checks[1]),
                [(Code::AddressOutside, Some("address 4".to_owned()))]
            );
        }
    }

    #[test]
    fn another_holders_range_does_not_count() {
        let found = of_file(DELEGATED.as_bytes(), Some("other"));
        assert_eq!(found.checks[1].outcome, Outcome::Fail);
        assert_eq!(found.checks[1].findings.len(), 3);
    }

    #[test]
    fn a_count_that_is_no_power_of_two_is_a_range() {
        let seen = [
            ("193.0.10.255", Direction::Inbound),
            ("193.0.11.0", Direction::Outbound),
        ];
        let found = found(
            &entered(&seen, Some("other")),
            &[("list", DELEGATED.as_bytes())],
            AT,
        );
        assert_eq!(
            codes(&found.checks[1]),
            [(Code::AddressOutside, Some("address 2".to_owned()))]
        );
        assert!(
            found
                .facts
                .iter()
                .any(|f| f.value.contains("193.0.8.0-193.0.10.255"))
        );
    }

    #[test]
    fn an_empty_list_is_named() {
        for list in ["", "\n\n", "# nothing\n"] {
            names(list, None, Code::PrefixesEmpty, None);
        }
        let none = found(&entered(&BOTH, None), &[], AT);
        assert_eq!(codes(&none.checks[0]), [(Code::PrefixesEmpty, None)]);
    }

    #[test]
    fn a_huge_list_is_refused_before_it_is_read() {
        names(
            vec![b'1'; MAX_PREFIXES + 1],
            None,
            Code::PrefixesTooLarge,
            None,
        );
        plain(&"1".repeat(MAX_LINE + 1), Code::PrefixLine, 1);
    }

    #[test]
    fn a_list_of_more_lines_than_any_has_is_refused_before_one_is_read() {
        for line in ["\n", "x\n", "|\n"] {
            let of = |lines: usize| {
                crate::text::work::reset();
                let text = format!("8.8.8.0/24\n{}", line.repeat(lines - 1));
                let found = of_file(text.as_bytes(), None);
                (codes(&found.checks[0]), crate::text::work::count())
            };
            let (found, least) = of(MAX_LINES + 1);
            assert_eq!(found, [(Code::PrefixesTooLarge, None)], "{line}");
            let (found, _) = of(MAX_LINES);
            assert!(
                found
                    .iter()
                    .all(|(code, _)| *code != Code::PrefixesTooLarge),
                "{line}"
            );
            // What is put into words has nothing to do with the lines.
            assert_eq!(
                of(MAX_LINES * 2),
                (vec![(Code::PrefixesTooLarge, None)], least)
            );
        }
    }

    #[test]
    fn another_encoding_is_named() {
        let utf16: Vec<u8> = DELEGATED.bytes().flat_map(|byte| [byte, 0]).collect();
        names(utf16, Some(HOLDER), Code::PrefixesEncoding, Some(1));
        names(
            format!("\u{feff}{DELEGATED}"),
            Some(HOLDER),
            Code::PrefixesEncoding,
            Some(1),
        );
        names(
            b"193.0.0.0/21\n# caf\xe9\n",
            None,
            Code::PrefixesEncoding,
            Some(2),
        );
    }

    #[test]
    fn a_truncated_file_is_named() {
        let lines: Vec<_> = DELEGATED.lines().collect();
        let cut = lines[..lines.len() - 1].join("\n");
        names(&cut, Some(HOLDER), Code::PrefixesCut, Some(1));
        names(&cut, Some(HOLDER), Code::PrefixesCut, Some(4));
        names(
            &DELEGATED[..DELEGATED.len() - 30],
            Some(HOLDER),
            Code::PrefixLine,
            Some(10),
        );
    }

    #[test]
    fn an_excerpt_is_said_to_be_one() {
        let excerpt: String = DELEGATED.split_inclusive('\n').skip(4).collect();
        let found = of_file(excerpt.as_bytes(), Some(HOLDER));
        assert_eq!(codes(&found.checks[0]), [(Code::PrefixesExcerpt, None)]);
        assert_eq!(found.checks[0].outcome, Outcome::Warn);
        assert_eq!(found.checks[1].outcome, Outcome::Pass);
    }

    #[test]
    fn a_line_that_is_no_record_is_named() {
        for junk in [
            "x|y|z",
            "ripencc|NL|ipv5|1|1|1|assigned|o",
            "||||||||||",
            "2|ripencc|x",
        ] {
            names(
                DELEGATED.replace(
                    "ripencc|NL|asn|3333|1|19930901|allocated|5d1b9e0c-holder",
                    junk,
                ),
                Some(HOLDER),
                Code::PrefixLine,
                Some(5),
            );
        }
        names(
            format!("{DELEGATED}{DELEGATED}"),
            Some(HOLDER),
            Code::PrefixLine,
            Some(11),
        );
    }

    #[test]
    fn a_record_of_another_registry_is_named() {
        let mixed = DELEGATED.replace("ripencc|NL|asn", "apnic|NL|asn");
        names(mixed, Some(HOLDER), Code::PrefixRegistry, Some(5));
    }

    #[test]
    fn what_is_no_address_is_named() {
        for text in [
            "193.00.0.0/21",
            "193.0.0/21",
            "256.0.0.0/8",
            "2001:::/48",
            "example.com",
            "fe80::1%eth0",
        ] {
            plain(&format!("193.0.16.0/21\n{text}\n"), Code::PrefixAddress, 2);
        }
        names(
            DELEGATED.replace("193.0.0.0|", "193.0.0.00|"),
            Some(HOLDER),
            Code::PrefixAddress,
            Some(6),
        );
        names(
            DELEGATED.replace("ipv4|193.0.0.0|", "ipv4|2a00::|"),
            Some(HOLDER),
            Code::PrefixAddress,
            Some(6),
        );
        plain("193.0.0.0-2001:67c::\n", Code::PrefixAddress, 1);
    }

    #[test]
    fn bad_counts_and_lengths_are_named() {
        for value in ["0", "-1", "4294967297", "2048.0", "", "02048", "1056964609"] {
            names(
                DELEGATED.replace("|2048|", &format!("|{value}|")),
                Some(HOLDER),
                Code::PrefixLength,
                Some(6),
            );
        }
        names(
            DELEGATED.replace("2e8::|48|", "2e8::|129|"),
            Some(HOLDER),
            Code::PrefixLength,
            Some(9),
        );
        for text in [
            "193.0.0.0/33",
            "2a00::/129",
            "193.0.0.0/",
            "193.0.0.0/x",
            "193.0.0.0/+8",
            "193.0.0.0/021",
        ] {
            plain(text, Code::PrefixLength, 1);
        }
    }

    #[test]
    fn host_bits_are_named() {
        plain("193.0.0.1/21", Code::PrefixHostBits, 1);
        plain("2001:67c:2e8:1::/48", Code::PrefixHostBits, 1);
        names(
            DELEGATED.replace("2e8::|48|", "2e8::|40|"),
            Some(HOLDER),
            Code::PrefixHostBits,
            Some(9),
        );
    }

    #[test]
    fn a_reversed_range_is_named() {
        plain("193.0.7.255-193.0.0.0", Code::PrefixReversed, 1);
    }

    #[test]
    fn overlapping_ranges_are_named() {
        plain(
            "193.0.0.0/21\n2001:67c:2e8::/48\n193.0.4.0/24\n",
            Code::PrefixOverlap,
            3,
        );
        plain("193.0.0.0/21\n193.0.0.0/21\n", Code::PrefixOverlap, 2);
        // One that hides behind a wider one.
        plain(
            "193.0.0.0/16\n193.0.2.0/24\n193.0.255.0/24\n",
            Code::PrefixOverlap,
            3,
        );
        names(
            DELEGATED.replace("193.0.8.0|768", "193.0.7.255|768"),
            Some(HOLDER),
            Code::PrefixOverlap,
            Some(7),
        );
    }

    #[test]
    fn overlaps_that_do_not_concern_the_holder_are_not_the_holders_fault() {
        let list = DELEGATED.replace("193.0.11.0|256", "193.0.10.0|256");
        let found = of_file(list.as_bytes(), Some(HOLDER));
        assert_eq!(
            found.checks[0].outcome,
            Outcome::Pass,
            "{:#?}",
            found.checks[0]
        );
    }

    #[test]
    fn special_ranges_are_named() {
        for range in [
            "0.0.0.0/8",
            "10.1.0.0/16",
            "100.64.0.0/10",
            "127.0.0.0/8",
            "169.254.0.0/16",
            "172.16.0.0/12",
            "192.0.0.0/24",
            "192.0.2.0/24",
            "192.88.99.0/24",
            "192.168.7.0/24",
            "198.18.0.0/15",
            "198.51.100.0/24",
            "203.0.113.0/24",
            "224.0.0.0/4",
            "240.0.0.0/4",
            "255.255.255.255",
            "::1",
            "64:ff9b::/96",
            "fe80::/10",
            "fc00::/7",
            "ff00::/8",
            "2001::/32",
            "2001:db8:1::/48",
            "2002::/16",
            "3fff::/20",
            "4000::/3",
            "8000::/1",
            "c000::/4",
            "e000::/5",
            // Wider than any special block.
            "0.0.0.0/0",
            "::/0",
            "192.0.0.0/8",
        ] {
            plain(&format!("193.0.16.0/21\n{range}\n"), Code::PrefixSpecial, 2);
        }
    }

    #[test]
    fn an_ipv4_address_that_is_written_as_ipv6_is_named() {
        plain("::ffff:193.0.0.0/117", Code::PrefixMapped, 1);
        let seen = [("::ffff:193.0.6.139", Direction::Inbound), BOTH[1]];
        let found = found(
            &entered(&seen, Some(HOLDER)),
            &[("list", DELEGATED.as_bytes())],
            AT,
        );
        assert_eq!(codes(&found.checks[2])[0].0, Code::AddressMapped);
        assert_eq!(
            found.checks[1].outcome,
            Outcome::Fail,
            "no family passes for another"
        );
    }

    #[test]
    fn a_holders_record_that_is_not_in_use_is_named() {
        let list = DELEGATED.replace("2048|19930901|assigned", "2048|19930901|reserved");
        names(list, Some(HOLDER), Code::PrefixStatus, Some(6));
    }

    #[test]
    fn the_holder_is_chosen_and_must_be_there() {
        names(DELEGATED, None, Code::HolderNotGiven, None);
        names(DELEGATED, Some("nobody"), Code::HolderMissing, None);
        // Not what a free address is marked with.
        names(DELEGATED, Some("5d1b9e0c"), Code::HolderMissing, None);
        names("193.0.0.0/21\n", Some(HOLDER), Code::HolderUnexpected, None);
    }

    #[test]
    fn what_was_seen_must_be_addresses_of_the_internet() {
        for (address, code) in [
            ("193.00.6.139", Code::AddressInvalid),
            ("bmc.example", Code::AddressInvalid),
            ("fe80::1%eth0", Code::AddressInvalid),
            ("", Code::AddressInvalid),
            ("10.0.0.7", Code::AddressSpecial),
            ("203.0.113.9", Code::AddressSpecial),
            ("2001:db8::7", Code::AddressSpecial),
        ] {
            let mut seen = BOTH.to_vec();
            seen.push((address, Direction::Inbound));
            let found = found(
                &entered(&seen, Some(HOLDER)),
                &[("list", DELEGATED.as_bytes())],
                AT,
            );
            assert_eq!(
                codes(&found.checks[2]),
                [(code, Some("address 4".to_owned()))],
                "{address}"
            );
        }
    }

    #[test]
    fn both_directions_must_be_seen_and_none_in_the_future() {
        let list = [("list", DELEGATED.as_bytes())];
        for only in [BOTH[0], BOTH[1]] {
            let found = found(&entered(&[only], Some(HOLDER)), &list, AT);
            assert_eq!(codes(&found.checks[2]), [(Code::AddressOneWay, None)]);
            assert_eq!(found.checks[1].outcome, Outcome::Pass);
        }
        let none = found(&entered(&[], Some(HOLDER)), &list, AT);
        assert_eq!(none.checks[1].outcome, Outcome::NotGiven);
        assert_eq!(none.checks[2].outcome, Outcome::NotGiven);
        let early = found(&entered(&BOTH, Some(HOLDER)), &list, AT - 101);
        assert_eq!(codes(&early.checks[2])[0].0, Code::TimeLater);
    }

    #[test]
    fn of_two_lists_that_hold_an_address_the_first_is_named() {
        let lists = [
            ("wide", &b"193.0.8.0/24\n193.0.0.0/21\n2001:67c::/32\n"[..]),
            ("narrow", b"193.0.6.128/25\n2001:67c:2e8::/48\n"),
        ];
        let found = found(&entered(&BOTH, None), &lists, AT);
        assert_eq!(found.checks[1].outcome, Outcome::Pass);
        let detail = &found.checks[1].detail;
        for place in [
            "193.0.6.139 in 193.0.0.0/21 (line 2)",
            "2001:67c:2e8:22::c100:68b in 2001:67c::/32 (line 3)",
        ] {
            assert!(detail.contains(place), "{detail}");
        }
    }

    #[test]
    fn each_address_is_looked_up_without_a_look_at_every_range() {
        // 300,000 of either: were each compared with each, this would last for hours.
        let many = 300_000_u32;
        let address = |number: u32| IpAddr::V4(Ipv4Addr::from(0x1400_0000 + 2 * number));
        let ranges: Vec<_> = (0..many)
            .map(|number| {
                let first = address(number);
                (Range { first, last: first }, 0, 1)
            })
            .collect();
        let mut entered = entered(&[("0.0.0.0", Direction::Inbound)], None);
        let seen = entered.seen.remove(0);
        entered.seen = (0..many)
            .map(|number| Seen {
                address: address(many - number).to_string(),
                ..seen.clone()
            })
            .collect();
        let check = inside(&entered, &ranges);
        assert_eq!(
            codes(&check),
            [(Code::AddressOutside, Some("address 1".to_owned()))]
        );
    }

    #[test]
    fn several_lists_are_read_and_each_is_named() {
        let lists = [
            ("v4.txt", &b"193.0.0.0/21\n"[..]),
            ("v6.txt", b"2001:67c:2e8::/48\nx\n"),
        ];
        let found = found(&entered(&BOTH, None), &lists, AT);
        assert_eq!(
            codes(&found.checks[0]),
            [(Code::PrefixAddress, Some("\"v6.txt\", line 2".to_owned()))]
        );
    }

    #[test]
    fn findings_are_bounded_and_counted() {
        let found = of_file("x\n".repeat(1000).as_bytes(), None);
        assert_eq!(found.checks[0].findings.len(), 10);
        assert!(found.checks[0].detail.contains("first of 1000"));
    }

    #[test]
    fn special_blocks_are_written_as_prefixes() {
        for (block, what) in SPECIAL {
            assert!(prefix_of(block).is_some(), "{what}: {block}");
        }
    }

    #[test]
    fn of_a_list_of_bad_lines_only_those_are_put_into_words_that_are_listed() {
        for (list, holder, code) in [
            ("x\n", None, Code::PrefixAddress),
            ("193.0.0.1/21\n", None, Code::PrefixHostBits),
            ("10.0.0.0/8\n", None, Code::PrefixSpecial),
            ("193.0.0.0/21\n", None, Code::PrefixOverlap),
            ("|\n", Some(HOLDER), Code::PrefixLine),
            ("2|a|b|1|d|e|f\n", Some(HOLDER), Code::PrefixLine),
        ] {
            let formatted = |lines: usize| {
                crate::text::work::reset();
                let found = of_file(list.repeat(lines).as_bytes(), holder);
                assert!(codes(&found.checks[0]).iter().any(|(of, _)| *of == code));
                crate::text::work::count()
            };
            assert_eq!(formatted(50), formatted(50_000), "{list}");
        }
    }

    #[test]
    fn the_check_ends_where_too_many_lines_are_wrong() {
        plain(
            &"x\n".repeat(MOST_WRONG + 7),
            Code::PrefixesForm,
            MOST_WRONG,
        );
        let fewer = of_file("x\n".repeat(MOST_WRONG - 1).as_bytes(), None);
        assert!(
            codes(&fewer.checks[0])
                .iter()
                .all(|(code, _)| *code == Code::PrefixAddress)
        );
    }

    #[test]
    fn a_second_header_is_a_bad_line_and_no_fact() {
        let header = "1|a|b|1|d|e|f\n";
        let found = of_file(header.repeat(130_000).as_bytes(), Some("AAA"));
        assert!(codes(&found.checks[0]).contains(&(Code::PrefixLine, Some("line 2".to_owned()))));
        assert!(found.checks[0].findings.len() < 20);
        let labels: Vec<_> = found.facts.iter().map(|fact| fact.label.as_str()).collect();
        assert_eq!(labels, ["RIR's file", "Prefixes", "What a range shows"]);
        let late = format!(
            "{}2|ripencc|1|1|1|1|1\n",
            DELEGATED.split_once('\n').unwrap().1
        );
        names(late, Some(HOLDER), Code::PrefixLine, Some(10));
    }

    #[test]
    fn a_summary_is_of_a_known_type_and_stands_once() {
        let twice = DELEGATED.replace("ripencc|*|asn", "ripencc|*|ipv4");
        names(twice, Some(HOLDER), Code::PrefixLine, Some(3));
        let unknown = DELEGATED.replace("ripencc|*|asn", "ripencc|*|ipv5");
        names(unknown, Some(HOLDER), Code::PrefixLine, Some(3));
    }

    #[test]
    fn more_ranges_than_are_read_are_named() {
        use std::fmt::Write as _;

        let list = |many: usize, line: &dyn Fn(usize) -> String| {
            (0..many).fold(String::new(), |mut text, number| {
                let _ = writeln!(text, "{}", line(number));
                text
            })
        };
        let ours = |many| {
            list(many, &|number| {
                format!("2a{:02x}::{:x}", number >> 16, number & 0xffff)
            })
        };
        assert_eq!(
            of_file(ours(MAX_OURS).as_bytes(), None).checks[0].outcome,
            Outcome::Pass
        );
        plain(&ours(MAX_OURS + 1), Code::PrefixesTooLarge, MAX_OURS + 1);
        let all = list(MAX_RANGES + 1, &|_| {
            "a||ipv4|1.1.1.1|1||assigned|o".to_owned()
        });
        names(
            all,
            Some(HOLDER),
            Code::PrefixesTooLarge,
            Some(MAX_RANGES + 1),
        );
    }

    #[test]
    fn what_was_seen_is_listed_a_few_times_and_counted() {
        let seen = vec![BOTH[0]; 1000];
        let found = found(&entered(&seen, None), &[("list", b"193.0.0.0/21\n")], AT);
        assert!(found.checks[1].detail.contains("and 980 more. A range"));
        assert!(found.checks[1].detail.len() < 2000);
    }

    /// The registries' joint file, small; with a ninth column, as it has one.
    const OF_ALL: &str = "\
2|nro|20260921|5|19821213|20260921|+0000
nro|*|asn|*|1|summary
nro|*|ipv4|*|3|summary
nro|*|ipv6|*|1|summary
iana|ZZ|ipv4|0.0.0.0|16777216|19810901|reserved|ietf|iana
apnic|AU|ipv4|1.0.0.0|256|20110811|assigned|A91872ED|e-stats
ripencc|NL|ipv4|193.0.0.0|2048|19930901|assigned|5d1b9e0c-holder|e-stats
arin|US|asn|1|1|20010920|assigned|e5e3b9c1|e-stats
ripencc|NL|ipv6|2001:67c:2e8::|48|20110101|assigned|5d1b9e0c-holder|e-stats
";

    #[test]
    fn the_registries_joint_file_is_read_with_every_registrys_lines() {
        let found = of_file(OF_ALL.as_bytes(), Some(HOLDER));
        for check in &found.checks {
            assert_eq!(check.outcome, Outcome::Pass, "{check:#?}");
        }
        assert_eq!(found.facts[0].label, "All registries' file");
        let strange = OF_ALL.replace("apnic|AU", "somebody|AU");
        names(strange, Some(HOLDER), Code::PrefixRegistry, Some(6));
        // A summary is of the whole file.
        let summary = OF_ALL.replace("nro|*|asn", "arin|*|asn");
        names(summary, Some(HOLDER), Code::PrefixRegistry, Some(2));
        // No registry's own file has another's lines, the joint file's neither.
        names(
            DELEGATED.replace("ripencc|NL|asn", "iana|NL|asn"),
            Some(HOLDER),
            Code::PrefixRegistry,
            Some(5),
        );
    }

    #[test]
    fn an_id_that_two_registries_gave_is_no_one_holder() {
        let both = OF_ALL.replace("A91872ED", HOLDER);
        names(&both, Some(HOLDER), Code::PrefixRegistry, Some(7));
        // The same of lines without a header.
        let excerpt: String = both.split_inclusive('\n').skip(4).collect();
        names(excerpt, Some(HOLDER), Code::PrefixRegistry, Some(3));
    }

    #[test]
    fn a_file_of_another_form_is_named_once_and_by_what_it_is() {
        for (file, form) in [
            (
                "# geofeed\n193.0.0.0/21,NL,NL-NH,Amsterdam,\n2001:67c:2e8::/48,NL,,,\n",
                OtherForm::Geofeed,
            ),
            (
                "ip_prefix,alpha2code,region,city,postal_code\n",
                OtherForm::Geofeed,
            ),
            (
                "inetnum:        193.0.0.0 - 193.0.7.255\nnetname:        RIPE-NCC\n",
                OtherForm::Whois,
            ),
            (
                "% This is the RIPE Database query service.\n\nroute6: 2001:67c:2e8::/48\n",
                OtherForm::Whois,
            ),
            ("route:\t193.0.0.0/21\norigin:\tAS3333\n", OtherForm::Whois),
            ("NetRange:       8.8.8.0 - 8.8.8.255\n", OtherForm::Whois),
            ("{\"prefixes\":[]}\n", OtherForm::Json),
            ("<!DOCTYPE html>\n", OtherForm::Markup),
        ] {
            let found = of_file(file.as_bytes(), None);
            assert_eq!(
                codes(&found.checks[0]),
                [(Code::PrefixesForm, None)],
                "{file}"
            );
            assert_eq!(found.checks[0].detail, form.words(), "{file}");
            assert_eq!(found.checks[1].outcome, Outcome::NotReached);
        }
        // Nothing that a list can hold is taken for another form.
        for line in [
            "193.0.0.0/21",
            "2a00::-2a01::",
            "::1",
            "2a00::/48 # hall 2, rack 3: here",
            "fe::",
            "193.0.0.0 - 193.0.0.1",
        ] {
            assert_eq!(other_form(line), None, "{line}");
        }
    }
}
