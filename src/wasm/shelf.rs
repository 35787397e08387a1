//! What JavaScript has loaded, by number, so that each is parsed once.

use std::collections::BTreeMap;
use std::rc::Rc;

/// Things by number. No number is given a second time: one that was freed too early is missing then, and no other thing.
pub(super) struct Shelf<T> {
    next: u32,
    things: BTreeMap<u32, Rc<T>>,
}

impl<T> Shelf<T> {
    pub(super) const fn new() -> Self {
        Self {
            next: 0,
            things: BTreeMap::new(),
        }
    }

    pub(super) fn add(&mut self, thing: T) -> u32 {
        let number = self.next;
        self.next = number.saturating_add(1);
        self.things.insert(number, Rc::new(thing));
        number
    }

    pub(super) fn get(&self, number: u32) -> Option<Rc<T>> {
        self.things.get(&number).cloned()
    }

    /// Whether there was one.
    pub(super) fn remove(&mut self, number: u32) -> bool {
        self.things.remove(&number).is_some()
    }
}
