//! The clock: what day it is, and how long something takes.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use demo::Date;

const SECONDS_PER_DAY: u64 = 86_400;

/// Today, in UTC.
pub(crate) fn today() -> Date {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    Date::from_unix_days(i64::try_from(since.as_secs() / SECONDS_PER_DAY).unwrap_or_default())
}

/// Measures how long something takes.
#[derive(Clone, Copy)]
pub(crate) struct Stopwatch(Instant);

impl Stopwatch {
    /// Starts it.
    pub(crate) fn start() -> Self {
        Self(Instant::now())
    }

    /// The time since the start.
    pub(crate) fn elapsed(self) -> Duration {
        self.0.elapsed()
    }
}
