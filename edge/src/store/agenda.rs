//! What the ledger does beside answering requests, and when: one alarm serves several kinds of work.
//!
//! Each kind that is due has one turn an alarm, the one that waited longest first, and rests before
//! its next turn: none can starve another, and none can spin.

/// A kind of work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Work {
    /// Bring new versions to Workers KV.
    Outbox,
    /// Index stored resources anew, where the definitions have changed.
    Reindex,
}

/// How a turn ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    /// Nothing is left.
    Done,
    /// There is more of it.
    More,
    Failed,
}

const KINDS: [Work; 2] = [Work::Outbox, Work::Reindex];

/// The longest rest after failures, in milliseconds.
const LONGEST: i64 = 5 * 60_000;

impl Work {
    /// How long it gathers or rests before a turn, in milliseconds.
    pub(super) fn rest(self) -> i64 {
        match self {
            Self::Outbox => 500,
            Self::Reindex => 50,
        }
    }

    /// How long it rests after a failure; longer with each that follows.
    fn retry(self) -> i64 {
        match self {
            Self::Outbox => 10_000,
            Self::Reindex => 5_000,
        }
    }
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    work: Work,
    /// When its turn comes; `None` while there is nothing to do.
    due: Option<i64>,
    /// How many turns have failed in a row.
    failures: u32,
}

/// What is to be done. All times are milliseconds since 1970.
#[derive(Clone, Debug)]
pub(super) struct Agenda([Entry; KINDS.len()]);

impl Agenda {
    pub(super) fn new() -> Self {
        Self(KINDS.map(|work| Entry {
            work,
            due: None,
            failures: 0,
        }))
    }

    /// Notes that there is something to do. What is due already keeps its time: whoever asks again
    /// and again does not put it off.
    pub(super) fn want(&mut self, work: Work, now: i64) {
        for entry in self.entry(work) {
            entry.due = entry.due.or(Some(now + work.rest()));
        }
    }

    /// The work whose turn is next, in the alarm that rang at `rang`; work that has had its turn in
    /// this alarm is not due before a later one.
    pub(super) fn next(&self, rang: i64) -> Option<Work> {
        let due = self.0.iter().filter(|entry| entry.due <= Some(rang));
        let due = due.filter_map(|entry| Some((entry.due?, entry.work)));
        due.min_by_key(|(due, _)| *due).map(|(_, work)| work)
    }

    /// Notes how a turn ended.
    pub(super) fn ended(&mut self, work: Work, turn: Turn, now: i64) {
        for entry in self.entry(work) {
            entry.failures = match turn {
                Turn::Failed => entry.failures.saturating_add(1),
                Turn::Done | Turn::More => 0,
            };
            let doublings = entry.failures.saturating_sub(1).min(16);
            entry.due = match turn {
                Turn::Done => None,
                Turn::More => Some(now + work.rest()),
                Turn::Failed => Some(now + (work.retry() << doublings).min(LONGEST)),
            };
        }
    }

    /// When the alarm has to ring; `None` while there is nothing to do.
    pub(super) fn alarm(&self) -> Option<i64> {
        self.0.iter().filter_map(|entry| entry.due).min()
    }

    fn entry(&mut self, work: Work) -> impl Iterator<Item = &mut Entry> {
        self.0.iter_mut().filter(move |entry| entry.work == work)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rings the alarm until `end` and gives every turn the same ending; when each turn was.
    fn turns(agenda: &mut Agenda, end: i64, ending: fn(Work) -> Turn) -> Vec<(i64, Work)> {
        let mut turns = Vec::new();
        while let Some(rang) = agenda.alarm().filter(|alarm| *alarm <= end) {
            let mut of_alarm = Vec::new();
            while let Some(work) = agenda.next(rang) {
                assert!(
                    !of_alarm.contains(&work),
                    "{work:?} has a second turn at {rang}"
                );
                of_alarm.push(work);
                turns.push((rang, work));
                agenda.ended(work, ending(work), rang);
            }
            assert!(!of_alarm.is_empty(), "the alarm rang at {rang} for nothing");
            assert!(turns.len() < 100_000, "it spins");
        }
        turns
    }

    #[test]
    fn nothing_to_do_sets_no_alarm() {
        let mut agenda = Agenda::new();
        assert_eq!(agenda.alarm(), None);
        assert_eq!(agenda.next(i64::MAX), None);
        agenda.want(Work::Outbox, 1000);
        assert_eq!(agenda.alarm(), Some(1500));
        assert_eq!(agenda.next(1499), None);
        assert_eq!(
            turns(&mut agenda, 9999, |_| Turn::Done),
            [(1500, Work::Outbox)]
        );
        assert_eq!(agenda.alarm(), None);
    }

    #[test]
    fn asking_again_does_not_put_work_off() {
        let mut agenda = Agenda::new();
        for now in 0..400 {
            agenda.want(Work::Outbox, now);
        }
        assert_eq!(agenda.alarm(), Some(500));
    }

    #[test]
    fn endless_work_starves_no_other() {
        let mut agenda = Agenda::new();
        for work in KINDS {
            agenda.want(work, 0);
        }
        let turns = turns(&mut agenda, 60_000, |_| Turn::More);
        for (work, least, most) in [(Work::Outbox, 119, 120), (Work::Reindex, 1199, 1200)] {
            let count = turns.iter().filter(|(_, own)| *own == work).count();
            assert!((least..=most).contains(&count), "{work:?}: {count}");
        }
    }

    #[test]
    fn work_that_is_late_has_its_turn_before_work_that_is_less_late() {
        let mut agenda = Agenda::new();
        agenda.want(Work::Outbox, 0);
        agenda.want(Work::Reindex, 100);
        // A turn took long, or the object was away: all are due.
        assert_eq!(agenda.next(10_000), Some(Work::Reindex));
        agenda.ended(Work::Reindex, Turn::More, 10_000);
        assert_eq!(agenda.next(10_000), Some(Work::Outbox));
        agenda.ended(Work::Outbox, Turn::More, 10_000);
        assert_eq!(agenda.next(10_000), None);
        assert_eq!(agenda.alarm(), Some(10_050));
    }

    #[test]
    fn failures_are_tried_again_later_and_later_and_delay_nothing_else() {
        let mut agenda = Agenda::new();
        for work in KINDS {
            agenda.want(work, 0);
        }
        let ending = |work| match work {
            Work::Outbox => Turn::Failed,
            Work::Reindex => Turn::More,
        };
        let turns = turns(&mut agenda, 1_000_000, ending);
        let failed: Vec<i64> = turns
            .iter()
            .filter(|(_, work)| *work == Work::Outbox)
            .map(|(at, _)| *at)
            .collect();
        let rests: Vec<i64> = failed.windows(2).map(|pair| pair[1] - pair[0]).collect();
        let expected = [10_000, 20_000, 40_000, 80_000, 160_000, 300_000, 300_000];
        assert_eq!(rests, expected);
        assert!(turns.len() > 19_000, "{}", turns.len());
        agenda.ended(Work::Outbox, Turn::More, 2_000_000);
        agenda.ended(Work::Outbox, Turn::Failed, 2_000_000);
        assert!(
            agenda.0[0].due == Some(2_010_000),
            "a success is a new beginning"
        );
    }
}
