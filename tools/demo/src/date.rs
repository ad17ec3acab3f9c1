//! A calendar date and a moment on it, as FHIR writes them
//! (<https://hl7.org/fhir/R4/datatypes.html#date>). Only what the stories need: no time zones.

use std::fmt;
use std::str::FromStr;

/// A date of the proleptic Gregorian calendar, kept as days since 1970-01-01.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Date {
    days: i64,
}

/// A text that is not a date of the form `YYYY-MM-DD`.
#[derive(Debug, PartialEq, Eq)]
pub struct DateError(String);

impl fmt::Display for DateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "'{}' is not a date: write it as YYYY-MM-DD", self.0)
    }
}

impl std::error::Error for DateError {}

const DAYS_PER_ERA: i64 = 146_097;
const EPOCH_SHIFT: i64 = 719_468;
const AVERAGE_MONTH: f64 = 30.437;

impl Date {
    /// The date so many days after 1970-01-01.
    #[must_use]
    pub fn from_unix_days(days: i64) -> Self {
        Self { days }
    }

    /// Year, month and day; the algorithm is Howard Hinnant's `civil_from_days`
    /// (<https://howardhinnant.github.io/date_algorithms.html>).
    #[must_use]
    pub fn civil(self) -> (i64, i64, i64) {
        let shifted = self.days + EPOCH_SHIFT;
        let era = shifted.div_euclid(DAYS_PER_ERA);
        let day_of_era = shifted.rem_euclid(DAYS_PER_ERA);
        let year_of_era =
            (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month_from_march = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
        let month = if month_from_march < 10 {
            month_from_march + 3
        } else {
            month_from_march - 9
        };
        let year = year_of_era + era * 400 + i64::from(month <= 2);
        (year, month, day)
    }

    /// The inverse of [`Date::civil`]; days past the end of a month run into the next one.
    #[must_use]
    pub fn from_civil(year: i64, month: i64, day: i64) -> Self {
        let year = if month <= 2 { year - 1 } else { year };
        let era = year.div_euclid(400);
        let year_of_era = year.rem_euclid(400);
        let month_from_march = (month + 9).rem_euclid(12);
        let day_of_year = (153 * month_from_march + 2) / 5 + day - 1;
        let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
        Self {
            days: era * DAYS_PER_ERA + day_of_era - EPOCH_SHIFT,
        }
    }

    /// So many days later (earlier when negative).
    pub(crate) fn plus_days(self, days: i64) -> Self {
        Self {
            days: self.days + days,
        }
    }

    /// About so many months earlier, moved off the weekend to the Friday before.
    pub(crate) fn weekday_months_before(self, months: f64) -> Self {
        let day = self.plus_days(-((months * AVERAGE_MONTH).round() as i64));
        match day.weekday() {
            5 => day.plus_days(-1),
            6 => day.plus_days(-2),
            _ => day,
        }
    }

    /// The given day of the year in which somebody is `age` years old or turns it.
    pub(crate) fn birth(self, age: i64, month: i64, day: i64) -> Self {
        let (year, this_month, this_day) = self.civil();
        let had_birthday = (this_month, this_day) >= (month, day);
        let year = if had_birthday { year } else { year - 1 };
        Self::from_civil(year - age, month, day)
    }

    /// Monday is 0.
    fn weekday(self) -> i64 {
        (self.days + 3).rem_euclid(7)
    }

    /// A moment on this day.
    pub(crate) fn at(self, minute: i64) -> Moment {
        Moment { date: self, minute }
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.civil();
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

impl FromStr for Date {
    type Err = DateError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let error = || DateError(text.to_owned());
        let mut parts = text.splitn(3, '-').map(str::parse::<i64>);
        let mut next = || parts.next().and_then(Result::ok).ok_or_else(error);
        let date = Self::from_civil(next()?, next()?, next()?);
        if date.to_string() == text {
            Ok(date)
        } else {
            Err(error())
        }
    }
}

/// A minute of a day, written as a FHIR instant in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Moment {
    /// The day.
    pub(crate) date: Date,
    minute: i64,
}

impl Moment {
    /// So many minutes later, over midnight if need be.
    pub(crate) fn plus_minutes(self, minutes: i64) -> Self {
        let total = self.minute + minutes;
        Self {
            date: self.date.plus_days(total.div_euclid(1_440)),
            minute: total.rem_euclid(1_440),
        }
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (hour, minute) = (self.minute / 60, self.minute % 60);
        write!(f, "{}T{hour:02}:{minute:02}:00Z", self.date)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn civil_dates_round_trip_over_leap_years() {
        for text in [
            "1900-03-01",
            "1969-12-31",
            "1970-01-01",
            "2000-02-29",
            "2024-02-29",
            "2100-02-28",
        ] {
            let date: Date = text.parse().unwrap();
            assert_eq!(date.to_string(), text);
        }
        assert_eq!("1970-01-02".parse(), Ok(Date::from_unix_days(1)));
    }

    #[test]
    fn impossible_dates_are_refused() {
        for text in ["2023-02-29", "2023-13-01", "2023-1-1", "today", ""] {
            assert!(text.parse::<Date>().is_err(), "{text}");
        }
    }

    #[test]
    fn birthdays_keep_the_age_whatever_today_is() {
        for (today, expected) in [("2026-03-14", "1967-03-14"), ("2026-03-13", "1966-03-14")] {
            let today: Date = today.parse().unwrap();
            assert_eq!(today.birth(59, 3, 14).to_string(), expected);
        }
    }

    #[test]
    fn visits_are_on_weekdays() {
        let sunday: Date = "2026-11-22".parse().unwrap();
        assert_eq!(sunday.weekday_months_before(0.0).to_string(), "2026-11-20");
        for step in 0..400 {
            assert!(
                sunday
                    .weekday_months_before(f64::from(step) * 0.37)
                    .weekday()
                    < 5
            );
        }
    }

    #[test]
    fn moments_pass_midnight() {
        let moment = Date::from_unix_days(0).at(1_430).plus_minutes(20);
        assert_eq!(moment.to_string(), "1970-01-02T00:10:00Z");
    }
}
