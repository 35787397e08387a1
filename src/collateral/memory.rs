//! The collateral texts that were read last, each with what reading it gave.
//!
//! Every quote of one kind of machine comes with the same collateral, and reading it took a third of a verification. What
//! a text says is a function of its bytes alone, so it is looked up by all of them. Nothing that was verified is in here:
//! dates, revocation, signatures and every other check run each time.

use std::cell::RefCell;
use std::rc::Rc;

use super::Document;
use crate::memory::Recent;

/// A batch has machines of a few kinds, not of every kind that Intel knows.
const MOST: usize = 8;

/// Largest text that is kept. Intel's are of 14 to 25 kB; a text of anyone's own could be of 12 MiB.
const LARGEST: usize = 128 * 1024;

thread_local! {
    static READ: RefCell<Recent<Vec<u8>, Rc<Document>>> = const { RefCell::new(Recent::new(MOST)) };
}

/// What reading exactly this text gave, when it is remembered.
pub(super) fn recall(text: &[u8]) -> Option<Rc<Document>> {
    READ.with(|read| read.borrow().recall(|known| known == text))
}

/// Reads a text that is no bundle, and remembers it.
pub(super) fn read(text: &[u8]) -> Rc<Document> {
    let document = Rc::new(Document::read(text));
    if text.len() <= LARGEST {
        READ.with(|read| {
            read.borrow_mut().add(text.to_vec(), Rc::clone(&document));
        });
    }
    document
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_recalled_by_all_of_its_bytes() {
        let text = b"{\"tcb_info\": 1}".to_vec();
        assert!(recall(&text).is_none());
        let first = read(&text);
        assert!(recall(&text).is_some_and(|again| Rc::ptr_eq(&again, &first)));
        for at in 0..text.len() {
            let mut other = text.clone();
            other[at] ^= 1;
            assert!(recall(&other).is_none(), "byte {at}");
        }
        assert!(recall(&text[1..]).is_none());
        assert!(recall(&[text.as_slice(), b" "].concat()).is_none());
    }

    #[test]
    fn a_large_text_is_not_kept() {
        let text = vec![b' '; LARGEST + 1];
        read(&text);
        assert!(recall(&text).is_none());
        read(&text[1..]);
        assert!(recall(&text[1..]).is_some());
    }
}
