//! Dates, times and periods of any precision, in words that cannot be misread: `22 Mar 2233`.
//! <https://hl7.org/fhir/R4/datatypes.html#dateTime>

use serde_json::Value;

use super::text;

const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

/// A calendar day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day {
    /// Year.
    pub year: i32,
    /// 1 to 12.
    pub month: u32,
    /// 1 to 31.
    pub day: u32,
}

/// The parts of a date as far as it is precise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PartialDate {
    /// Year.
    pub year: i32,
    /// 1 to 12.
    pub month: Option<u32>,
    /// 1 to 31.
    pub day: Option<u32>,
}

impl PartialDate {
    /// Reads `YYYY`, `YYYY-MM`, `YYYY-MM-DD`, or the date part of a dateTime or instant.
    pub fn read(written: &str) -> Option<Self> {
        let date = written.split('T').next()?;
        let mut parts = date.split('-');
        let number = |part: &str, length: usize| -> Option<u32> {
            let digits = part.len() == length && part.bytes().all(|byte| byte.is_ascii_digit());
            digits.then(|| part.parse().ok()).flatten()
        };
        let year = i32::try_from(number(parts.next()?, 4)?).ok()?;
        let month = match parts.next() {
            Some(part) => Some(number(part, 2).filter(|month| (1..=12).contains(month))?),
            None => None,
        };
        let day = match (month, parts.next()) {
            (Some(month), Some(part)) => {
                Some(number(part, 2).filter(|day| (1..=days_in(year, month)).contains(day))?)
            }
            _ => None,
        };
        parts.next().is_none().then_some(Self { year, month, day })
    }
}

/// Days of a month in the Gregorian calendar.
pub fn days_in(year: i32, month: u32) -> u32 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// A date in words; text that is none stays as written.
pub fn date(written: &str) -> String {
    let Some(date) = PartialDate::read(written) else {
        return written.to_owned();
    };
    let month = date
        .month
        .and_then(|month| MONTHS.get(month as usize - 1))
        .copied();
    match (date.day, month) {
        (Some(day), Some(month)) => format!("{day} {month} {:04}", date.year),
        (_, Some(month)) => format!("{month} {:04}", date.year),
        _ => format!("{:04}", date.year),
    }
}

/// A date with its time, where it has one. The time stays in the zone it was written in, which is
/// the zone of the care it tells about; a zone other than UTC is shown.
pub fn date_time(written: &str) -> String {
    let Some((_, time)) = written.split_once('T') else {
        return date(written);
    };
    let zone_start = time.find(['Z', '+', '-']).unwrap_or(time.len());
    let (clock, zone) = time.split_at_checked(zone_start).unwrap_or((time, ""));
    let minutes: String = clock.chars().take("HH:MM".len()).collect();
    let zone = match zone {
        "" => String::new(),
        "Z" | "+00:00" | "-00:00" => " UTC".to_owned(),
        offset => format!(" ({offset})"),
    };
    format!("{}, {minutes}{zone}", date(written))
}

/// A Period in words.
pub fn period(period: &Value) -> Option<String> {
    match (text(period, "start"), text(period, "end")) {
        (Some(start), Some(end)) => {
            let (start, end) = (date(start), date(end));
            Some(if start == end {
                start
            } else {
                format!("{start} – {end}")
            })
        }
        (Some(start), None) => Some(format!("since {}", date(start))),
        (None, Some(end)) => Some(format!("until {}", date(end))),
        (None, None) => None,
    }
}

/// Days since 1970-01-01, with the time as a fraction; the middle of a month or year that is all
/// that is known. For charts: seconds and leap seconds do not matter.
pub fn moment(written: &str) -> Option<f64> {
    let date = PartialDate::read(written)?;
    let day = day_number(Day {
        year: date.year,
        month: date.month.unwrap_or(7),
        day: date
            .day
            .unwrap_or(if date.month.is_some() { 15 } else { 1 }),
    });
    let time = written.split_once('T').map_or(0.0, |(_, time)| {
        let clock = |clock: &str| -> f64 {
            let mut parts = clock.split(':').map(|part| part.parse().unwrap_or(0.0));
            let (hours, minutes): (f64, f64) =
                (parts.next().unwrap_or(0.0), parts.next().unwrap_or(0.0));
            hours / 24.0 + minutes / 1440.0
        };
        let zone = time.rfind(['+', '-']).map_or(0.0, |at| {
            let sign = if time.contains('+') { 1.0 } else { -1.0 };
            sign * time.get(at + 1..).map_or(0.0, clock)
        });
        let own = time.split(['Z', '+', '-']).next().unwrap_or_default();
        clock(own) - zone
    });
    Some(day as f64 + time)
}

/// Days since 1970-01-01 in the Gregorian calendar.
fn day_number(day: Day) -> i64 {
    // Years begin in March, so that the leap day is the last: Howard Hinnant, `days_from_civil`.
    let year = i64::from(day.year) - i64::from(day.month <= 2);
    let month = (i64::from(day.month) + 9) % 12;
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * month + 2) / 5 + i64::from(day.day) - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn dates_of_any_precision_in_words() {
        for (written, words) in [
            ("2233-03-22", "22 Mar 2233"),
            ("1980-05", "May 1980"),
            ("1980", "1980"),
            ("0987-12-01", "1 Dec 0987"),
            ("2024-02-29", "29 Feb 2024"),
            ("2019-05-03T14:22:05Z", "3 May 2019"),
            ("2023-02-29", "2023-02-29"),
            ("80-05-01", "80-05-01"),
            ("1980-13-01", "1980-13-01"),
            ("1980-00", "1980-00"),
            ("1980-1", "1980-1"),
            ("soon", "soon"),
            ("", ""),
        ] {
            assert_eq!(date(written), words, "{written}");
        }
    }

    #[test]
    fn times_keep_their_zone() {
        for (written, words) in [
            ("2019-05-03T14:22:05.123Z", "3 May 2019, 14:22 UTC"),
            ("2019-05-03T14:22:05+00:00", "3 May 2019, 14:22 UTC"),
            ("2019-05-03T14:22:05+02:00", "3 May 2019, 14:22 (+02:00)"),
            ("2019-05-03T14:22:05-05:00", "3 May 2019, 14:22 (-05:00)"),
            ("2019-05-03T14:22", "3 May 2019, 14:22"),
            ("2019-05-03", "3 May 2019"),
            ("2019", "2019"),
        ] {
            assert_eq!(date_time(written), words, "{written}");
        }
    }

    #[test]
    fn periods_may_be_open() {
        for (value, words) in [
            (json!({"start": "2019", "end": "2020"}), Some("2019 – 2020")),
            (
                json!({"start": "2019-05-03T10:00:00Z", "end": "2019-05-03T11:00:00Z"}),
                Some("3 May 2019"),
            ),
            (json!({"start": "2019"}), Some("since 2019")),
            (json!({"end": "2019"}), Some("until 2019")),
            (json!({}), None),
            (json!("2019"), None),
        ] {
            assert_eq!(period(&value).as_deref(), words, "{value}");
        }
    }

    #[test]
    fn moments_are_days_since_1970() {
        for (written, expected) in [
            ("1970-01-01", Some(0.0)),
            ("1969-12-31", Some(-1.0)),
            ("2000-03-01", Some(11_017.0)),
            ("2000-02-29", Some(11_016.0)),
            ("2233-03-22", Some(96_139.0)),
            ("1970-01-01T12:00:00Z", Some(0.5)),
            ("1970-01-02T00:00:00+12:00", Some(0.5)),
            ("1970-01-01T00:00:00.000-12:00", Some(0.5)),
            ("1970-01", Some(14.0)),
            ("1970", Some(181.0)),
            ("never", None),
        ] {
            assert_eq!(moment(written), expected, "{written}");
        }
    }
}
