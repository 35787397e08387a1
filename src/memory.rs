//! What is remembered from one appraisal to the next: results of pure functions, by the whole of what they were given.
//!
//! Collateral and the certificates of CAs are the same for every machine of a kind. Each memory is a thread's own, small,
//! and changes no answer; who keeps one says why. Nothing of a quote is ever in any but the text of a name in it.

use std::collections::VecDeque;

/// The latest results, up to a number.
pub(crate) struct Recent<Key, Value> {
    most: usize,
    /// Oldest first.
    entries: VecDeque<(Key, Value)>,
}

impl<Key, Value: Clone> Recent<Key, Value> {
    pub(crate) const fn new(most: usize) -> Self {
        Self {
            most,
            entries: VecDeque::new(),
        }
    }

    /// The result for exactly what is asked for; the latest is asked for the most.
    pub(crate) fn recall(&self, is_the_same: impl Fn(&Key) -> bool) -> Option<Value> {
        self.entries
            .iter()
            .rev()
            .find(|(key, _)| is_the_same(key))
            .map(|(_, value)| value.clone())
    }

    /// Adds one that is not there, and forgets the oldest where there are too many.
    pub(crate) fn add(&mut self, key: Key, value: Value) {
        if self.entries.len() >= self.most {
            self.entries.pop_front();
        }
        self.entries.push_back((key, value));
    }

    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_bounded_and_forgets_the_oldest() {
        let mut recent = Recent::new(3);
        for number in 0..5 {
            recent.add(number, number * 10);
        }
        assert_eq!(recent.len(), 3);
        let recall = |number| recent.recall(|key| *key == number);
        assert_eq!([1, 2, 4, 5].map(recall), [None, Some(20), Some(40), None]);
    }
}
