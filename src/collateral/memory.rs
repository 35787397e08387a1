//! The collateral texts that were read last, each with what reading it gave.
//!
//! Every quote of one kind of machine comes with the same collateral, and reading it took a third of a verification. What
//! a text says is a function of its bytes alone, so it is looked up by all of them. Nothing that was verified is in here:
//! dates, revocation, signatures and every other check run each time.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

use super::Document;

/// How many texts are kept: a batch has machines of a few kinds, not of every kind that Intel knows.
const MOST: usize = 8;

/// Largest text that is kept. Intel's are of 14 to 25 kB; a text of anyone's own could be of 12 MiB.
const LARGEST: usize = 128 * 1024;

thread_local! {
    /// Oldest first.
    static READ: RefCell<VecDeque<(Vec<u8>, Rc<Document>)>> = const { RefCell::new(VecDeque::new()) };
}

/// What reading exactly this text gave, when it is remembered.
pub(super) fn recall(text: &[u8]) -> Option<Rc<Document>> {
    READ.with(|read| {
        read.borrow()
            .iter()
            .rev()
            .find(|(known, _)| known == text)
            .map(|(_, document)| Rc::clone(document))
    })
}

/// Reads a text that is no bundle, and remembers it.
pub(super) fn read(text: &[u8]) -> Rc<Document> {
    let document = Rc::new(Document::read(text));
    if text.len() <= LARGEST {
        READ.with(|read| {
            let mut read = read.borrow_mut();
            if read.len() >= MOST {
                read.pop_front();
            }
            read.push_back((text.to_vec(), Rc::clone(&document)));
        });
    }
    document
}

#[cfg(test)]
mod tests {
    use super::*;

    fn remembered() -> usize {
        READ.with(|read| read.borrow().len())
    }

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
    fn the_memory_is_bounded_and_forgets_the_oldest() {
        for number in 0..MOST + 3 {
            read(number.to_string().as_bytes());
        }
        assert_eq!(remembered(), MOST);
        assert!(recall(b"2").is_none() && recall(b"3").is_some());
        read(&vec![b' '; LARGEST + 1]);
        assert_eq!(remembered(), MOST);
        assert!(recall(&vec![b' '; LARGEST + 1]).is_none());
    }
}
