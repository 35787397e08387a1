//! The moment that an appraisal speaks of.

use chrono::{DateTime, Utc};

use crate::report::Tense;

/// Date of the build's commit, Unix seconds.
pub const COMMIT_TIME: u64 = parse_decimal(env!("CLOUD_WITNESS_COMMIT_TIME"));

/// The commit that this build was made from, 40 hex digits, or "unknown".
pub const COMMIT: &str = env!("CLOUD_WITNESS_COMMIT");

/// A moment, and whether it is now or a past one.
///
/// There is no clock in this crate: the caller says what time it is. A moment before the build's own
/// commit cannot be now, so it is always `as of` (O17).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    at: u64,
    tense: Tense,
}

impl Moment {
    /// Now, by the caller's clock, in Unix seconds.
    pub const fn now(at: u64) -> Self {
        let tense = if at < COMMIT_TIME {
            Tense::AsOf
        } else {
            Tense::Now
        };
        Self { at, tense }
    }

    /// A moment that the caller chose, in Unix seconds.
    pub const fn as_of(at: u64) -> Self {
        Self {
            at,
            tense: Tense::AsOf,
        }
    }

    /// Unix seconds.
    pub const fn seconds(self) -> u64 {
        self.at
    }

    /// Now, or as of.
    pub const fn tense(self) -> Tense {
        self.tense
    }
}

/// RFC 3339 in UTC, to the second; the bare number where a year has more than four digits.
pub fn rfc3339(seconds: u64) -> String {
    in_years_to_9999(seconds).map_or_else(
        || seconds.to_string(),
        |time| time.format("%Y-%m-%dT%H:%M:%SZ").to_string(),
    )
}

/// A date and time for people, in UTC.
pub fn in_words(seconds: u64) -> String {
    in_years_to_9999(seconds).map_or_else(
        || format!("second {seconds}"),
        |time| time.format("%Y-%m-%d %H:%M:%S UTC").to_string(),
    )
}

/// How long, for people: days, or hours, or minutes.
pub fn duration_in_words(seconds: u64) -> String {
    let (count, unit) = match seconds {
        172_800.. => (seconds / 86_400, "day"),
        7_200.. => (seconds / 3_600, "hour"),
        _ => (seconds / 60, "minute"),
    };
    format!("{count} {unit}{}", if count == 1 { "" } else { "s" })
}

/// Reads an RFC 3339 time as Unix seconds; `None` for anything else, and for times before 1970.
pub fn parse_rfc3339(text: &str) -> Option<u64> {
    DateTime::parse_from_rfc3339(text)
        .ok()
        .and_then(|time| u64::try_from(time.timestamp()).ok())
}

fn in_years_to_9999(seconds: u64) -> Option<DateTime<Utc>> {
    const LAST_SECOND_OF_9999: u64 = 253_402_300_799;
    (seconds <= LAST_SECOND_OF_9999)
        .then(|| i64::try_from(seconds).ok())
        .flatten()
        .and_then(|seconds| DateTime::from_timestamp(seconds, 0))
}

/// Evaluated by the compiler only: a wrong value fails the build.
#[allow(
    clippy::indexing_slicing,
    clippy::as_conversions,
    clippy::arithmetic_side_effects
)]
const fn parse_decimal(text: &str) -> u64 {
    let bytes = text.as_bytes();
    let mut value = 0;
    let mut i = 0;
    while i < bytes.len() {
        assert!(bytes[i].is_ascii_digit(), "a commit time has digits only");
        value = value * 10 + (bytes[i] - b'0') as u64;
        i += 1;
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn o17_a_moment_before_the_build_is_always_as_of() {
        assert_eq!(Moment::now(COMMIT_TIME - 1).tense(), Tense::AsOf);
        assert_eq!(Moment::now(COMMIT_TIME).tense(), Tense::Now);
        assert_eq!(Moment::as_of(u64::MAX).tense(), Tense::AsOf);
    }

    #[test]
    fn times_are_written_and_read_as_rfc3339() {
        assert_eq!(rfc3339(1_750_377_600), "2025-06-20T00:00:00Z");
        assert_eq!(
            parse_rfc3339("2025-06-20T02:00:00+02:00"),
            Some(1_750_377_600)
        );
        assert_eq!(parse_rfc3339("2025-06-20"), None);
        assert_eq!(parse_rfc3339("1960-01-01T00:00:00Z"), None);
        assert_eq!(rfc3339(u64::MAX), u64::MAX.to_string());
    }
}
