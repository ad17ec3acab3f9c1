//! The current time, from two clocks that each may be wrong: the computer's, which may be set wrong,
//! and the page's, which may stop while the computer sleeps.
//!
//! The server's `Date` header sets the clock, which then advances with the faster of the two: renewing
//! a token too early is better than using it too late. When the two diverge, the clock must be set
//! again, since sleep cannot be told from a change of the computer's clock.

/// Two clocks that diverge by more than this do not measure the same time.
const APART_SECONDS: f64 = 60.0;

/// Both clocks read at one moment, in seconds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reading {
    /// Since 1970, by the computer's clock.
    pub wall: f64,
    /// Since the page was opened; never runs backwards.
    pub monotonic: f64,
}

/// A clock that was set, or that trusts the computer until it is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Clock {
    /// Seconds since 1970 at the moment of `read`.
    time: f64,
    read: Reading,
    by_server: bool,
}

impl Clock {
    /// Trusts the computer's clock.
    pub fn unset(read: Reading) -> Self {
        Self {
            time: read.wall,
            read,
            by_server: false,
        }
    }

    /// Trusts a server that answered with `date` between two readings. A `Date` is truncated to the
    /// second.
    pub fn set(date: f64, asked: Reading, answered: Reading) -> Self {
        let travel = (answered.monotonic - asked.monotonic).max(0.0);
        Self {
            time: date + 0.5 + travel / 2.0,
            read: answered,
            by_server: true,
        }
    }

    /// Seconds since 1970.
    pub fn now(&self, read: Reading) -> u64 {
        let wall = read.wall - self.read.wall;
        let monotonic = read.monotonic - self.read.monotonic;
        (self.time + wall.max(monotonic)).max(0.0) as u64
    }

    /// True when the computer slept or its clock was changed since this one was set.
    pub fn must_be_set(&self, read: Reading) -> bool {
        let wall = read.wall - self.read.wall;
        let monotonic = read.monotonic - self.read.monotonic;
        (wall - monotonic).abs() > APART_SECONDS
    }

    /// True when a server set it.
    pub fn by_server(&self) -> bool {
        self.by_server
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRUE_TIME: f64 = 1_700_000_000.0;
    const HOUR: f64 = 3_600.0;

    fn read(wall: f64, monotonic: f64) -> Reading {
        Reading { wall, monotonic }
    }

    /// Set at page second 1 by a server, on a computer that is wrong by `skew`.
    fn clock(skew: f64) -> Clock {
        let at = |seconds| read(TRUE_TIME + skew + seconds, seconds);
        Clock::set(TRUE_TIME, at(0.0), at(1.0))
    }

    #[test]
    fn a_wrong_computer_clock_does_not_matter_once_a_server_answered() {
        for skew in [-3.0 * HOUR, 0.0, 3.0 * HOUR, 100_000.0 * HOUR] {
            let later = read(TRUE_TIME + skew + 601.0, 601.0);
            let now = clock(skew).now(later);
            assert!(now.abs_diff(TRUE_TIME as u64 + 601) <= 1, "{skew}: {now}");
            assert!(!clock(skew).must_be_set(later));
        }
    }

    #[test]
    fn an_unset_clock_is_the_computer_s() {
        let clock = Clock::unset(read(TRUE_TIME, 5.0));
        assert_eq!(
            clock.now(read(TRUE_TIME + 10.0, 15.0)),
            TRUE_TIME as u64 + 10
        );
        assert!(!clock.by_server());
    }

    #[test]
    fn sleep_counts_although_the_page_s_clock_stopped() {
        let woken = read(TRUE_TIME + 2.0 * HOUR, 2.0);
        assert!(clock(0.0).now(woken) >= (TRUE_TIME + 2.0 * HOUR) as u64 - 1);
        assert!(clock(0.0).must_be_set(woken));
    }

    #[test]
    fn a_clock_turned_back_does_not_make_tokens_younger() {
        let turned = read(TRUE_TIME - 3.0 * HOUR, 1_001.0);
        assert!(clock(0.0).now(turned) >= TRUE_TIME as u64 + 1_000);
        assert!(clock(0.0).must_be_set(turned));
    }

    #[test]
    fn a_small_correction_of_the_computer_s_clock_goes_unnoticed() {
        assert!(!clock(0.0).must_be_set(read(TRUE_TIME + 131.0, 101.0)));
    }

    #[test]
    fn no_reading_makes_time_negative() {
        assert_eq!(Clock::unset(read(-5.0, 0.0)).now(read(-5.0, 0.0)), 0);
    }
}
