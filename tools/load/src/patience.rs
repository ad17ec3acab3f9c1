//! How long to wait for a server that is busy (429, 503) or not there: Retry-After when it says so
//! (<https://www.rfc-editor.org/rfc/rfc9110#field.retry-after>), else twice as long each time.

use std::time::Duration;

const FIRST_PAUSE: Duration = Duration::from_millis(200);
const LONGEST_PAUSE: Duration = Duration::from_secs(20);

/// What is left of the willingness to wait for one request.
pub(crate) struct Patience {
    next_pause: Duration,
    left: Duration,
}

impl Patience {
    /// For the first contact: somebody is watching, and the server is either there or not.
    pub(crate) fn short() -> Self {
        Self::lasting(Duration::from_secs(3))
    }

    /// For a load that is under way.
    pub(crate) fn long() -> Self {
        Self::lasting(Duration::from_secs(120))
    }

    fn lasting(left: Duration) -> Self {
        Self {
            next_pause: FIRST_PAUSE,
            left,
        }
    }

    /// How long to wait now, none when patience is at its end. A server that names a time is
    /// believed, but every pause costs at least the backoff, so that one which always says "at
    /// once" is not asked forever.
    pub(crate) fn pause(&mut self, retry_after: Option<Duration>) -> Option<Duration> {
        let backoff = self.next_pause;
        let pause = retry_after.unwrap_or(backoff);
        let cost = pause.max(backoff);
        if cost > self.left {
            return None;
        }
        self.left -= cost;
        self.next_pause = (backoff * 2).min(LONGEST_PAUSE);
        Some(pause)
    }
}

/// Reads `x-ms-retry-after-ms` or `Retry-After` in seconds; a date is not read, and then the
/// backoff decides.
pub(crate) fn retry_after(milliseconds: Option<&str>, seconds: Option<&str>) -> Option<Duration> {
    let number = |text: Option<&str>| text.and_then(|text| text.trim().parse::<u64>().ok());
    number(milliseconds)
        .map(Duration::from_millis)
        .or_else(|| number(seconds).map(Duration::from_secs))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_until_patience_ends() {
        let mut patience = Patience::short();
        let pauses: Vec<u128> = std::iter::from_fn(|| patience.pause(None))
            .map(|pause| pause.as_millis())
            .collect();
        assert_eq!(pauses, [200, 400, 800, 1_600]);
    }

    #[test]
    fn a_named_time_is_kept_and_bounded() {
        let mut patience = Patience::long();
        assert_eq!(
            patience.pause(Some(Duration::from_secs(7))),
            Some(Duration::from_secs(7))
        );
        assert_eq!(patience.pause(Some(Duration::from_secs(600))), None);
    }

    #[test]
    fn a_server_that_always_says_zero_does_not_hold_us_forever() {
        let mut patience = Patience::long();
        let tries = std::iter::from_fn(|| patience.pause(Some(Duration::ZERO))).count();
        assert!((8..20).contains(&tries), "{tries}");
    }

    #[test]
    fn headers_are_read() {
        for (milliseconds, seconds, expected) in [
            (Some("250"), Some("9"), Some(Duration::from_millis(250))),
            (None, Some(" 2 "), Some(Duration::from_secs(2))),
            (None, Some("Fri, 31 Dec 1999 23:59:59 GMT"), None),
            (None, None, None),
        ] {
            assert_eq!(retry_after(milliseconds, seconds), expected);
        }
    }
}
