//! Whether one piece is older than another of the same key: what an update must never bring.
//!
//! An old piece is still signed by Intel, so signatures say nothing here; only its own numbers and dates do.

use std::cmp::Ordering;
use std::fmt;

use super::piece::Piece;
use crate::moment::in_words;

/// In what a piece goes back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GoesBack {
    /// The TCB evaluation data number is lower.
    EvaluationNumber {
        /// Of the piece at hand.
        old: u32,
        /// Of the piece offered; `None` when it has none.
        new: Option<u32>,
    },
    /// issueDate is earlier.
    IssueDate {
        /// Of the piece at hand, Unix seconds.
        old: u64,
        /// Of the piece offered.
        new: u64,
    },
    /// A CRL's thisUpdate is earlier.
    ThisUpdate {
        /// Of the list at hand, Unix seconds.
        old: u64,
        /// Of the list offered.
        new: u64,
    },
    /// A CRL's number is lower. Real CRLs nearly all carry number 1, so this alone would find nothing.
    CrlNumber {
        /// Of the list at hand, hex.
        old: String,
        /// Of the list offered, hex; empty when it has none.
        new: String,
    },
}

impl fmt::Display for GoesBack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::EvaluationNumber { old, new } => {
                let new = new.map_or_else(|| "none".to_owned(), |number| number.to_string());
                write!(
                    f,
                    "its TCB evaluation data number is {new}, after {old} before"
                )
            }
            Self::IssueDate { old, new } => write!(
                f,
                "it was issued on {}, before the one at hand of {}",
                in_words(*new),
                in_words(*old)
            ),
            Self::ThisUpdate { old, new } => write!(
                f,
                "its thisUpdate is {}, before that of the one at hand, {}",
                in_words(*new),
                in_words(*old)
            ),
            Self::CrlNumber { old, new } => {
                write!(f, "its CRL number is 0x{new}, after 0x{old} before")
            }
        }
    }
}

/// In what `new` goes back against `old`, a piece of the same key; `None` when it does not.
///
/// The same piece again does not go back.
pub fn goes_back(old: &Piece, new: &Piece) -> Option<GoesBack> {
    match (old.crl(), new.crl()) {
        (Some(old_list), Some(new_list)) => {
            if new.window.from < old.window.from {
                return Some(GoesBack::ThisUpdate {
                    old: old.window.from,
                    new: new.window.from,
                });
            }
            let number = |list: &crate::x509::Crl| list.number.clone().unwrap_or_default();
            let (old, new) = (number(old_list), number(new_list));
            (by_value(&new, &old) == Ordering::Less).then(|| GoesBack::CrlNumber {
                old: hex::encode(old),
                new: hex::encode(new),
            })
        }
        _ => {
            let number = |piece: &Piece| piece.facts()?.tcb_evaluation_data_number;
            if let Some(old_number) = number(old)
                && number(new).is_none_or(|new_number| new_number < old_number)
            {
                return Some(GoesBack::EvaluationNumber {
                    old: old_number,
                    new: number(new),
                });
            }
            (new.window.from < old.window.from).then_some(GoesBack::IssueDate {
                old: old.window.from,
                new: new.window.from,
            })
        }
    }
}

/// Big-endian numbers without leading zeros: the longer is the larger.
fn by_value(left: &[u8], right: &[u8]) -> Ordering {
    left.len().cmp(&right.len()).then_with(|| left.cmp(right))
}
