//! Rows that have ended are deleted by the alarm, in slices, so that no request pays for it. An
//! alarm is set only while there are rows.

use super::{Inner, now};
use crate::binding;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::{JsFuture, spawn_local};

/// How many rows of a table one alarm deletes.
const SLICE: u32 = 500;
/// How long after the first row has ended the alarm rings, in milliseconds: what ends in the
/// meantime goes with it.
const GATHERED: f64 = 60_000.0;
/// How long requests have their turn between two slices, in milliseconds.
const PAUSE: f64 = 50.0;
/// The latest that an alarm is set, in milliseconds from now: any time that a token names is a row's
/// end, the runtime's alarms are less patient.
const LATEST: f64 = 30.0 * 24.0 * 60.0 * 60.0 * 1000.0;

const SWEEPS: [&str; 4] = [
    "DELETE FROM spent WHERE id IN
        (SELECT id FROM spent WHERE expires < ? ORDER BY expires LIMIT ?) RETURNING 1",
    "DELETE FROM authorization WHERE id IN
        (SELECT id FROM authorization WHERE expires < ? ORDER BY expires LIMIT ?) RETURNING 1",
    "DELETE FROM access_token WHERE id IN
        (SELECT id FROM access_token WHERE expires < ? ORDER BY expires LIMIT ?) RETURNING 1",
    "DELETE FROM signed_out WHERE name IN
        (SELECT name FROM signed_out WHERE expires < ? ORDER BY expires LIMIT ?) RETURNING 1",
];

const FIRST_END: &str = "SELECT min(ends) FROM (
    SELECT min(expires) AS ends FROM spent
    UNION ALL SELECT min(expires) FROM authorization
    UNION ALL SELECT min(expires) FROM access_token
    UNION ALL SELECT min(expires) FROM signed_out)";

/// When the alarm is to ring for a row that ends at `expires`.
fn due(expires: f64, now: f64) -> f64 {
    (expires + GATHERED).clamp(now, now + LATEST)
}

impl Inner {
    /// Sees to it that the alarm rings for a row that ends at `expires`.
    pub(super) fn wake_for(&self, expires: f64) -> Result<(), JsValue> {
        let due = due(expires, now());
        if self.alarm.get().is_some_and(|set| set <= due) {
            return Ok(());
        }
        self.wake()
    }

    /// Sets the alarm for the row that ends first, if there is one.
    pub(super) fn wake(&self) -> Result<(), JsValue> {
        let row = self.database.row(FIRST_END, &[])?;
        match row.and_then(|row| row.get(0).as_f64()) {
            Some(first) => self.set_alarm(due(first, now()))?,
            None => self.alarm.set(None),
        }
        Ok(())
    }

    fn set_alarm(&self, time: f64) -> Result<(), JsValue> {
        let set = self.database.set_alarm(time)?;
        self.alarm.set(Some(time));
        spawn_local(async move {
            if let Err(error) = JsFuture::from(set).await {
                binding::log_error(&format!("the alarm of a shard could not be set: {error:?}"));
            }
        });
        Ok(())
    }

    /// Deletes a slice of what has ended and sets the next alarm.
    pub(super) fn sweep(&self) {
        let swept = self.sweep_slice().and_then(|is_whole| {
            if is_whole {
                self.wake()
            } else {
                self.set_alarm(now() + PAUSE)
            }
        });
        if let Err(error) = swept {
            binding::log_error(&format!("a shard could not be swept: {error:?}"));
            // The next write sets an alarm again, whatever this one comes to.
            self.alarm.set(None);
            if let Err(error) = self.set_alarm(now() + GATHERED) {
                binding::log_error(&format!("the alarm of a shard could not be set: {error:?}"));
            }
        }
    }

    /// Whether nothing that has ended is left.
    fn sweep_slice(&self) -> Result<bool, JsValue> {
        let values = [now().into(), SLICE.into()];
        self.database.transaction(|| {
            let mut is_whole = true;
            for statement in SWEEPS {
                is_whole &= self.database.rows(statement, &values)?.length() < SLICE;
            }
            Ok(is_whole)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_alarm_waits_for_more_but_never_too_long() {
        let now = 1e12;
        for (expires, expected) in [
            (now + 5.0, now + 5.0 + GATHERED),
            (now - 5.0, now - 5.0 + GATHERED),
            // Overdue: at once.
            (now - 2.0 * GATHERED, now),
            (0.0, now),
            // A token may say anything.
            (1e300, now + LATEST),
        ] {
            assert_eq!(due(expires, now).to_bits(), expected.to_bits(), "{expires}");
        }
    }
}
