//! Writes points in time as FHIR's `instant`.

use super::calendar::date;

const MILLISECONDS_PER_DAY: i64 = 86_400_000;

/// A point in time, taken apart.
pub(super) struct Parts {
    pub(super) year: i64,
    pub(super) month: i64,
    pub(super) day: i64,
    /// 0 is Sunday.
    pub(super) weekday: i64,
    pub(super) hour: i64,
    pub(super) minute: i64,
    pub(super) second: i64,
    millisecond: i64,
}

/// Takes apart milliseconds since 1970.
pub(super) fn parts(milliseconds: i64) -> Parts {
    let day_number = milliseconds.div_euclid(MILLISECONDS_PER_DAY);
    let within = milliseconds.rem_euclid(MILLISECONDS_PER_DAY);
    let (year, month, day) = date(day_number);
    Parts {
        year,
        month,
        day,
        weekday: (day_number + 4).rem_euclid(7),
        hour: within / 3_600_000,
        minute: within / 60_000 % 60,
        second: within / 1000 % 60,
        millisecond: within % 1000,
    }
}

/// A point in time, in milliseconds since 1970-01-01T00:00:00Z, as a FHIR `instant` in UTC.
/// <https://hl7.org/fhir/R4/datatypes.html#instant>
pub fn instant(milliseconds: i64) -> String {
    let Parts {
        year,
        month,
        day,
        hour,
        minute,
        second,
        millisecond,
        ..
    } = parts(milliseconds);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{millisecond:03}Z")
}

#[cfg(test)]
mod tests {
    use super::super::http_date;
    use super::*;

    #[test]
    fn points_in_time_are_written_in_both_notations() {
        let cases = [
            (
                0,
                "1970-01-01T00:00:00.000Z",
                "Thu, 01 Jan 1970 00:00:00 GMT",
            ),
            (
                784_111_777_123,
                "1994-11-06T08:49:37.123Z",
                "Sun, 06 Nov 1994 08:49:37 GMT",
            ),
            (
                -1,
                "1969-12-31T23:59:59.999Z",
                "Wed, 31 Dec 1969 23:59:59 GMT",
            ),
        ];
        for (milliseconds, fhir, http) in cases {
            assert_eq!(instant(milliseconds), fhir);
            assert_eq!(http_date(milliseconds), http);
        }
    }
}
