//! How long to wait before repeating a request to a busy provider.
//! <https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3>

/// More tries than this only add to the provider's load.
const MOST_TRIES: u32 = 3;

/// Nobody waits longer for a page; the message says when to come back.
const LONGEST_WAIT_SECONDS: u64 = 10;

/// What to do after a try that the provider was too busy for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// Try again after this time.
    After {
        /// Milliseconds.
        millis: u32,
    },
    /// Show the failure.
    GiveUp {
        /// When it may work, where the provider said so.
        seconds: Option<u64>,
    },
}

/// True for the statuses that mean the server is too busy.
pub fn is_busy(status: u16) -> bool {
    matches!(status, 429 | 502 | 503 | 504)
}

/// Decides after try number `tried` (from 1), with what `Retry-After` said, in seconds.
pub fn next(tried: u32, retry_after: Option<u64>) -> Next {
    let wait = retry_after.unwrap_or(1 << tried.min(8).saturating_sub(1));
    if tried >= MOST_TRIES || wait > LONGEST_WAIT_SECONDS {
        return Next::GiveUp {
            seconds: retry_after,
        };
    }
    let millis = u32::try_from(wait.saturating_mul(1_000)).unwrap_or(u32::MAX);
    Next::After { millis }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tries_are_spaced_out_and_end() {
        assert_eq!(next(1, None), Next::After { millis: 1_000 });
        assert_eq!(next(2, None), Next::After { millis: 2_000 });
        assert_eq!(next(3, None), Next::GiveUp { seconds: None });
        assert_eq!(next(u32::MAX, None), Next::GiveUp { seconds: None });
    }

    #[test]
    fn the_provider_s_own_time_is_kept_unless_it_is_long() {
        assert_eq!(next(1, Some(0)), Next::After { millis: 0 });
        assert_eq!(next(1, Some(10)), Next::After { millis: 10_000 });
        assert_eq!(next(1, Some(11)), Next::GiveUp { seconds: Some(11) });
        assert_eq!(
            next(1, Some(u64::MAX)),
            Next::GiveUp {
                seconds: Some(u64::MAX)
            }
        );
    }

    #[test]
    fn only_passing_troubles_are_waited_for() {
        for status in [429, 502, 503, 504] {
            assert!(is_busy(status));
        }
        for status in [400, 401, 404, 500, 501] {
            assert!(!is_busy(status));
        }
    }
}
