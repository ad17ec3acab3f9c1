//! How long a fetched document counts, and what happens while it cannot be fetched again.
//! <https://www.rfc-editor.org/rfc/rfc9111#section-4>

use std::rc::Rc;

/// After an attempt the server is left alone for so long, in milliseconds.
const PAUSE: i64 = 30 * 1000;
/// A publisher that is down does not lock out those who signed in before, for so long.
const STALE: i64 = 24 * 60 * 60 * 1000;

/// A document, and when it was last fetched and asked for.
#[derive(Debug)]
pub(super) struct Fetched<T> {
    pub(super) value: Rc<T>,
    at: i64,
    tried: i64,
}

impl<T> Clone for Fetched<T> {
    fn clone(&self) -> Self {
        Self {
            value: Rc::clone(&self.value),
            ..*self
        }
    }
}

impl<T> Fetched<T> {
    /// A document that was fetched at `now` (milliseconds).
    pub(super) fn new(value: T, now: i64) -> Self {
        Self {
            value: Rc::new(value),
            at: now,
            tried: now,
        }
    }

    /// Marks that it is being fetched again.
    pub(super) fn try_again(&mut self, now: i64) {
        self.tried = now;
    }

    /// Whether it is as good as new.
    pub(super) fn is_fresh(&self, lifetime: i64, now: i64) -> bool {
        now - self.at < lifetime
    }

    /// Whether somebody tried a moment ago, or is trying right now.
    pub(super) fn was_tried(&self, now: i64) -> bool {
        now - self.tried < PAUSE
    }

    /// Whether it may stand in for one that cannot be fetched.
    pub(super) fn may_stand_in(&self, now: i64) -> bool {
        now - self.at < STALE
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_ages_and_ends() {
        let mut fetched = Fetched::new((), 0);
        assert!(fetched.is_fresh(50, 49) && !fetched.is_fresh(50, 50));
        assert!(fetched.was_tried(PAUSE - 1) && !fetched.was_tried(PAUSE));
        fetched.try_again(PAUSE);
        assert!(fetched.was_tried(PAUSE + 1), "others do not try as well");
        assert!(!fetched.is_fresh(50, PAUSE), "trying is not having");
        assert!(fetched.may_stand_in(STALE - 1) && !fetched.may_stand_in(STALE));
    }
}
