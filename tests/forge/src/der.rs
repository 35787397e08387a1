//! A writer of DER, by hand, so that nothing stops a test from writing what no library would.

use const_oid::ObjectIdentifier;

pub(crate) const BOOLEAN: u8 = 0x01;
pub(crate) const INTEGER: u8 = 0x02;
pub(crate) const BIT_STRING: u8 = 0x03;
pub(crate) const OCTET_STRING: u8 = 0x04;
pub(crate) const OBJECT_IDENTIFIER: u8 = 0x06;
pub(crate) const ENUMERATED: u8 = 0x0a;
pub(crate) const UTF8_STRING: u8 = 0x0c;
pub(crate) const PRINTABLE_STRING: u8 = 0x13;
pub(crate) const UTC_TIME: u8 = 0x17;
pub(crate) const GENERALIZED_TIME: u8 = 0x18;
pub(crate) const SEQUENCE: u8 = 0x30;
pub(crate) const SET: u8 = 0x31;

/// A context-specific, primitive tag.
pub(crate) const fn implicit(number: u8) -> u8 {
    0x80 | number
}

/// A context-specific, constructed tag.
pub(crate) const fn explicit(number: u8) -> u8 {
    0xa0 | number
}

/// Tag, length, content.
pub(crate) fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut bytes = vec![tag];
    let length = content.len().to_be_bytes();
    let significant = &length[length.iter().take_while(|byte| **byte == 0).count()..];
    match content.len() {
        0..0x80 => bytes.push(length[length.len() - 1]),
        _ => {
            bytes.push(0x80 | significant.len() as u8);
            bytes.extend(significant);
        }
    }
    bytes.extend(content);
    bytes
}

/// The parts, one after the other, under one tag.
pub(crate) fn constructed(tag: u8, parts: impl IntoIterator<Item = Vec<u8>>) -> Vec<u8> {
    tlv(tag, &parts.into_iter().flatten().collect::<Vec<u8>>())
}

pub(crate) fn sequence(parts: impl IntoIterator<Item = Vec<u8>>) -> Vec<u8> {
    constructed(SEQUENCE, parts)
}

pub(crate) fn octets(content: &[u8]) -> Vec<u8> {
    tlv(OCTET_STRING, content)
}

/// A BIT STRING of whole bytes.
pub(crate) fn bits(content: &[u8]) -> Vec<u8> {
    tlv(BIT_STRING, &[&[0], content].concat())
}

pub(crate) fn boolean(value: bool) -> Vec<u8> {
    tlv(BOOLEAN, &[if value { 0xff } else { 0 }])
}

/// An unsigned INTEGER from big-endian bytes, in its shortest form.
pub(crate) fn unsigned(big_endian: &[u8]) -> Vec<u8> {
    let leading = big_endian.iter().take_while(|byte| **byte == 0).count();
    let mut content = big_endian[leading..].to_vec();
    if content.first().is_none_or(|byte| byte & 0x80 != 0) {
        content.insert(0, 0);
    }
    tlv(INTEGER, &content)
}

pub(crate) fn integer(value: u64) -> Vec<u8> {
    unsigned(&value.to_be_bytes())
}

/// An OBJECT IDENTIFIER from its dotted form.
pub(crate) fn oid(dotted: &str) -> Vec<u8> {
    let oid = ObjectIdentifier::new(dotted).expect("a dotted object identifier");
    tlv(OBJECT_IDENTIFIER, oid.as_bytes())
}

/// A moment written as `2040-01-01T00:00:00Z`: UTCTime until 2049, GeneralizedTime after (RFC 5280, 4.1.2.5).
pub(crate) fn time(rfc3339: &str) -> Vec<u8> {
    let digits: String = rfc3339.chars().filter(char::is_ascii_digit).collect();
    assert!(
        rfc3339.len() == 20 && digits.len() == 14 && rfc3339.ends_with('Z'),
        "not a time like 2040-01-01T00:00:00Z: {rfc3339}"
    );
    if ("1950".."2050").contains(&&digits[..4]) {
        tlv(UTC_TIME, format!("{}Z", &digits[2..]).as_bytes())
    } else {
        tlv(GENERALIZED_TIME, format!("{digits}Z").as_bytes())
    }
}

/// An ECDSA signature r ‖ s as `Ecdsa-Sig-Value`.
pub(crate) fn ecdsa_signature(raw: &[u8; 64]) -> Vec<u8> {
    sequence([unsigned(&raw[..32]), unsigned(&raw[32..])])
}
