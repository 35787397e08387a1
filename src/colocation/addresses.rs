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
use crate::text::{count, quoted};

/// Largest list of prefixes: the largest RIR's file has some 20 MB.
pub const MAX_PREFIXES: usize = 32 * 1024 * 1024;
/// Longest line.
const MAX_LINE: usize = 1024;
/// Findings of one code that are listed; all are counted.
const LISTED_A_CODE: usize = 10;
/// Ranges that are shown.
const SHOWN: usize = 20;

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
const SPECIAL: [(&str, u32, &str); 24] = [
    ("0.0.0.0", 8, "this network"),
    ("10.0.0.0", 8, "private"),
    ("100.64.0.0", 10, "shared by a provider's customers"),
    ("127.0.0.0", 8, "this computer"),
    ("169.254.0.0", 16, "link-local"),
    ("172.16.0.0", 12, "private"),
    ("192.0.0.0", 24, "reserved for protocols"),
    ("192.0.2.0", 24, "for documentation"),
    ("192.88.99.0", 24, "reserved"),
    ("192.168.0.0", 16, "private"),
    ("198.18.0.0", 15, "for benchmarks"),
    ("198.51.100.0", 24, "for documentation"),
    ("203.0.113.0", 24, "for documentation"),
    ("224.0.0.0", 4, "multicast"),
    ("240.0.0.0", 4, "reserved"),
    ("::", 3, "not global unicast"),
    ("2001::", 23, "reserved for protocols"),
    ("2001:db8::", 32, "for documentation"),
    ("2002::", 16, "6to4"),
    ("3fff::", 20, "for documentation"),
    ("4000::", 2, "not global unicast"),
    ("8000::", 2, "not global unicast"),
    ("c000::", 3, "not global unicast"),
    ("e000::", 3, "not global unicast"),
];

/// What is special about any of these addresses.
fn special(range: Range) -> Option<&'static str> {
    SPECIAL.iter().find_map(|(first, length, what)| {
        let block = from_prefix(first.parse().ok()?, *length)?;
        block.overlaps(&range).then_some(*what)
    })
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
}

impl Findings {
    fn add(&mut self, place: Option<String>, code: Code, detail: impl FnOnce() -> String) {
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
    header_records: Option<u64>,
    records: u64,
    /// By type: what the summary says, and what was counted.
    summaries: BTreeMap<&'a str, (u64, usize)>,
    counted: BTreeMap<&'a str, u64>,
    of_holder: usize,
}

impl<'a> Reader<'a> {
    fn place(&self, line: usize) -> String {
        if self.is_alone {
            format!("line {line}")
        } else {
            format!("{}, line {line}", quoted(self.name, 60))
        }
    }

    fn find(&mut self, line: usize, code: Code, detail: impl FnOnce() -> String) {
        let place = Some(self.place(line));
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
        let fields: Vec<&str> = line.trim_end().split('|').collect();
        match fields.as_slice() {
            // version|registry|serial|records|startdate|enddate|UTCoffset
            [version, registry, _serial, records, _from, to, _offset]
                if version.starts_with(|first: char| first.is_ascii_digit()) =>
            {
                self.header(number, registry, records, to);
            }
            [registry, "*", kind, "*", total, "summary"] => {
                self.require_registry(number, registry);
                match total.parse() {
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
                self.require_registry(number, registry);
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
                    if !matches!(*status, "allocated" | "assigned") {
                        self.find(number, Code::PrefixStatus, || {
                            format!("The holder's record is {}.", quoted(status, 40))
                        });
                        return;
                    }
                }
                match range {
                    Some(range) if is_ours => self.ours(number, range),
                    Some(range) => self.all.push((range, number, false)),
                    None => {}
                }
            }
            _ => self.find(number, Code::PrefixLine, || {
                format!("{} is no record.", quoted(line, 80))
            }),
        }
    }

    fn header(&mut self, number: usize, registry: &'a str, records: &str, to: &str) {
        let first = self.registry.replace(registry).is_none() && self.records == 0;
        match records.parse() {
            Ok(records) if first => self.header_records = Some(records),
            _ => self.find(number, Code::PrefixLine, || {
                "The header stands twice, or not first, or counts no records.".to_owned()
            }),
        }
        self.out.facts.push(Fact {
            label: "RIR's file".to_owned(),
            value: format!("{}, of {}", quoted(registry, 20), quoted(to, 20)),
        });
    }

    fn require_registry(&mut self, number: usize, registry: &str) {
        if let Some(known) = self.registry
            && known != registry
        {
            self.find(number, Code::PrefixRegistry, || {
                format!(
                    "The line is {}'s; the file is {}'s.",
                    quoted(registry, 20),
                    quoted(known, 20)
                )
            });
        }
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
        self.all.push((range, number, true));
        self.out.ranges.push((range, self.index, number));
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
            header_records: None,
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
    let mut words: Vec<String> = ranges
        .iter()
        .take(SHOWN)
        .map(|(range, ..)| range.to_string())
        .collect();
    if let Some(more) = ranges.len().checked_sub(SHOWN).filter(|more| *more > 0) {
        words.push(format!("and {more} more"));
    }
    if words.is_empty() {
        "none".to_owned()
    } else {
        words.join(", ")
    }
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
    let mut places = Vec::new();
    for (number, seen) in (1_usize..).zip(&entered.seen) {
        // What is no address is a finding of the row after.
        let Ok(address) = seen.address.parse::<IpAddr>() else {
            continue;
        };
        match holding(&lists, address) {
            Some((range, _, line)) => places.push(format!("{address} in {range} (line {line})")),
            None => findings.add(
                Some(format!("address {number}")),
                Code::AddressOutside,
                || format!("{address} lies in none of the prefixes."),
            ),
        }
    }
    if places.is_empty() && findings.list.is_empty() {
        return Check::not_given(
            CheckId::AddressesInside,
            Code::AddressesNone,
            "No address was seen.",
        );
    }
    Check::ran(
        CheckId::AddressesInside,
        format!("{}. {NOT_A_LOCATION}", places.join(", ")),
        findings.done(),
    )
}

/// What was seen are addresses of the whole internet, both ways.
fn seen(entered: &Addresses, at: u64) -> Check {
    let mut findings = Findings::default();
    if entered.seen.is_empty() {
        return Check::not_given(
            CheckId::AddressesSeen,
            Code::AddressesNone,
            "No address was seen.",
        );
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
        for (first, length, _) in SPECIAL {
            assert!(
                from_prefix(first.parse().unwrap(), length).is_some(),
                "{first}/{length}"
            );
        }
    }
}
