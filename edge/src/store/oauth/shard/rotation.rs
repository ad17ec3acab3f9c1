//! Which refresh token of an authorization may be used, as a state machine without a database: the
//! newest one, and for a while the one before it, whose answer may have got lost.
//! <https://www.rfc-editor.org/rfc/rfc9700#section-4.14.2>

/// The refresh tokens of an authorization that was not revoked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Rotation {
    /// Which of its refresh tokens is the newest.
    pub(super) newest: i64,
    /// When the one before was used, in milliseconds since 1970.
    pub(super) advanced: i64,
    /// Whether it was used once more since.
    pub(super) is_repeated: bool,
}

/// What a use of a refresh token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Use {
    /// The newest one was used; the state afterwards.
    Advanced(Rotation),
    /// The one before was used once more; the state afterwards.
    Repeated(Rotation),
    /// Two parties have the token: the authorization ends.
    Reused,
}

impl Rotation {
    /// Uses the refresh token of `generation` at `now`.
    pub(super) fn take(self, generation: i64, now: i64, grace: i64) -> Use {
        if generation >= self.newest {
            return Use::Advanced(Self {
                newest: generation.saturating_add(1),
                advanced: now,
                is_repeated: false,
            });
        }
        let is_the_one_before = generation.saturating_add(1) == self.newest;
        let is_soon = now.saturating_sub(self.advanced) < grace;
        if is_the_one_before && is_soon && !self.is_repeated {
            return Use::Repeated(Self {
                is_repeated: true,
                ..self
            });
        }
        Use::Reused
    }

    /// Undoes an advance from `before` to `after`, of which nothing came. Only the use that
    /// advanced may do so, and only while nobody has relied on the advance: whoever used the token
    /// once more may have got the next one.
    pub(super) fn retreat(self, before: Self, after: Self) -> Self {
        if self == after { before } else { self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::{BTreeSet, HashSet};

    const GRACE: i64 = 2;
    const START: Rotation = Rotation {
        newest: 0,
        advanced: 0,
        is_repeated: false,
    };

    /// A use that waits for the provider.
    #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
    struct Waiting {
        generation: i64,
        advance: Option<(i64, i64, bool, i64)>,
    }

    /// Everything that tells two moments of the model apart.
    #[derive(Clone, Debug, PartialEq, Eq, Hash)]
    struct World {
        rotation: Rotation,
        has_ended: bool,
        now: i64,
        /// The refresh tokens that somebody has got.
        issued: BTreeSet<i64>,
        /// How often each was used with success.
        successes: Vec<u8>,
        waiting: Vec<Waiting>,
        uses: u8,
    }

    impl World {
        fn start_use(&self, generation: i64) -> Self {
            let mut next = self.clone();
            next.uses += 1;
            let before = self.rotation;
            let advance = match before.take(generation, self.now, GRACE) {
                Use::Advanced(after) => {
                    next.rotation = after;
                    Some((before.newest, before.advanced, before.is_repeated, self.now))
                }
                Use::Repeated(after) => {
                    next.rotation = after;
                    None
                }
                Use::Reused => {
                    next.has_ended = true;
                    return next;
                }
            };
            let waiting = Waiting {
                generation,
                advance,
            };
            next.waiting.push(waiting);
            next.waiting.sort();
            next
        }

        fn finish(&self, at: usize, is_accepted: bool) -> Self {
            let mut next = self.clone();
            let Waiting {
                generation,
                advance,
            } = next.waiting.remove(at);
            if is_accepted {
                let successes = &mut next.successes[usize::try_from(generation).unwrap()];
                *successes += 1;
                next.issued.insert(generation + 1);
            } else if let Some((newest, advanced, is_repeated, used)) = advance {
                let before = Rotation {
                    newest,
                    advanced,
                    is_repeated,
                };
                let after = Rotation {
                    newest: generation + 1,
                    advanced: used,
                    is_repeated: false,
                };
                next.rotation = self.rotation.retreat(before, after);
            }
            next
        }

        /// What can happen next.
        fn successors(&self) -> Vec<Self> {
            let mut all = Vec::new();
            for at in 0..self.waiting.len() {
                all.extend([true, false].map(|is_accepted| self.finish(at, is_accepted)));
            }
            if self.uses < 6 && self.waiting.len() < 3 && !self.has_ended {
                all.extend(self.issued.iter().map(|token| self.start_use(*token)));
            }
            if self.now < 3 {
                all.push(Self {
                    now: self.now + 1,
                    ..self.clone()
                });
            }
            all
        }
    }

    /// Every order in which up to six uses by anybody can begin, be accepted and be refused.
    #[test]
    fn no_order_of_uses_and_refusals_revives_a_replaced_token() {
        let first = World {
            rotation: START,
            has_ended: false,
            now: 0,
            issued: BTreeSet::from([0]),
            successes: vec![0; 8],
            waiting: Vec::new(),
            uses: 0,
        };
        let mut seen = HashSet::from([first.clone()]);
        let mut open = vec![first];
        while let Some(world) = open.pop() {
            let newest = world.issued.iter().copied().max().unwrap();
            assert!(
                world.rotation.newest >= newest,
                "a token was issued that is newer than the newest: {world:?}"
            );
            assert!(
                world.successes.iter().all(|successes| *successes <= 2),
                "a token was used more than twice: {world:?}"
            );
            for next in world.successors() {
                if seen.insert(next.clone()) {
                    open.push(next);
                }
            }
        }
        assert!(seen.len() > 10_000, "{}", seen.len());
    }

    #[test]
    fn a_refused_advance_is_taken_back_whole() {
        let repeated = Rotation {
            newest: 4,
            advanced: 10,
            is_repeated: true,
        };
        let Use::Advanced(after) = repeated.take(4, 11, GRACE) else {
            panic!("the newest advances");
        };
        assert_eq!(after.retreat(repeated, after), repeated);
        // Not back to a rotation that would let the one before be used a third time.
        assert_eq!(repeated.take(3, 11, GRACE), Use::Reused);
    }

    #[test]
    fn nothing_is_taken_back_after_a_repeated_use() {
        let Use::Advanced(after) = START.take(0, 1, GRACE) else {
            panic!("the first advances");
        };
        let Use::Repeated(repeated) = after.take(0, 2, GRACE) else {
            panic!("the one before is taken once more");
        };
        assert_eq!(repeated.retreat(START, after), repeated);
        assert_eq!(repeated.take(0, 2, GRACE), Use::Reused);
        assert_eq!(after.take(0, 1 + GRACE, GRACE), Use::Reused, "too late");
    }
}
