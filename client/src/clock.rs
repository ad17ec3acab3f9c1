//! The browser's calendar: pages ask here and hand the day on.

use crate::display::date_time::Day;

/// Today where the person is.
pub(crate) fn today() -> Day {
    let now = js_sys::Date::new_0();
    Day {
        year: i32::try_from(now.get_full_year()).unwrap_or(i32::MAX),
        month: now.get_month() + 1,
        day: now.get_date(),
    }
}
