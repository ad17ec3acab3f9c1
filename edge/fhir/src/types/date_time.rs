//! Dates of any precision as closed intervals of time: `2026-05` is all of that May.
//! <https://hl7.org/fhir/R4/search.html#date>

use super::calendar::{day_number, days_in_month};

/// Time in steps of 100 ns since 1970-01-01T00:00:00Z: the finest that FHIR's seven fraction
/// digits can say, and every year from 1 to 9999 fits.
pub type Ticks = i64;

const SECOND: Ticks = 10_000_000;
const MINUTE: Ticks = 60 * SECOND;
const DAY: Ticks = 24 * 60 * MINUTE;

/// A closed interval of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interval {
    /// The first tick in it.
    pub low: Ticks,
    /// The last tick in it.
    pub high: Ticks,
}

impl Interval {
    /// Where an open end of a Period lies.
    pub const EVER: Self = Self {
        low: i64::MIN / 2,
        high: i64::MAX / 2,
    };

    /// Reads a `date`, `dateTime` or `instant`, or the shorter forms that search allows
    /// (`2026-05-01T10:30`). No zone means UTC.
    ///
    /// # Errors
    /// What is wrong with the text, in words that end a sentence.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let mut reader = Reader { rest: text };
        let year = reader
            .number(4)
            .ok_or("a date starts with a year of four digits")?;
        if year == 0 {
            return Err("the year 0000 does not exist");
        }
        if reader.rest.is_empty() {
            return Ok(days(day_number(year, 1, 1), day_number(year, 12, 31)));
        }
        let month = reader
            .after('-', 2)
            .filter(|month| (1..=12).contains(month));
        let month = month.ok_or("the month must be two digits from 01 to 12")?;
        let last = days_in_month(year, month);
        if reader.rest.is_empty() {
            return Ok(days(
                day_number(year, month, 1),
                day_number(year, month, last),
            ));
        }
        let day = reader.after('-', 2).filter(|day| (1..=last).contains(day));
        let day = day_number(year, month, day.ok_or("that month has no such day")?);
        if reader.rest.is_empty() {
            return Ok(days(day, day));
        }
        reader.time(day * DAY)
    }

    /// The interval from the start of `first` to the end of `last`; an absent side is open.
    pub fn between(first: Option<Self>, last: Option<Self>) -> Self {
        Self {
            low: first.map_or(Self::EVER.low, |interval| interval.low),
            high: last.map_or(Self::EVER.high, |interval| interval.high),
        }
    }
}

fn days(first: i64, last: i64) -> Interval {
    Interval {
        low: first * DAY,
        high: (last + 1) * DAY - 1,
    }
}

struct Reader<'a> {
    rest: &'a str,
}

impl Reader<'_> {
    fn number(&mut self, digits: usize) -> Option<i64> {
        let (number, rest) = self.rest.split_at_checked(digits)?;
        if !number.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        self.rest = rest;
        number.parse().ok()
    }

    fn after(&mut self, mark: char, digits: usize) -> Option<i64> {
        self.rest = self.rest.strip_prefix(mark)?;
        self.number(digits)
    }

    fn time(&mut self, midnight: Ticks) -> Result<Interval, &'static str> {
        const WRONG_TIME: &str = "the time must be hh:mm, hh:mm:ss or hh:mm:ss.fff";
        let hour = self
            .after('T', 2)
            .filter(|hour| *hour <= 23)
            .ok_or(WRONG_TIME)?;
        let minute = self
            .after(':', 2)
            .filter(|minute| *minute <= 59)
            .ok_or(WRONG_TIME)?;
        let mut low = midnight + (hour * 60 + minute) * MINUTE;
        let mut width = MINUTE;
        if self.rest.starts_with(':') {
            // A leap second counts as the last second before it.
            let second = self
                .after(':', 2)
                .filter(|second| *second <= 60)
                .ok_or(WRONG_TIME)?;
            low += second.min(59) * SECOND;
            width = SECOND;
            if let Some(rest) = self.rest.strip_prefix('.') {
                let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
                if digits == 0 || digits > 9 {
                    return Err("a second can have one to nine fraction digits");
                }
                self.rest = rest;
                let fraction = self.number(digits).ok_or(WRONG_TIME)?;
                width = power_of_ten(7_usize.saturating_sub(digits));
                low += fraction * width / power_of_ten(digits.saturating_sub(7));
            }
        }
        let offset = self.zone()?;
        Ok(Interval {
            low: low - offset,
            high: low - offset + width - 1,
        })
    }

    fn zone(&mut self) -> Result<Ticks, &'static str> {
        const WRONG_ZONE: &str = "the zone must be Z, +hh:mm or -hh:mm";
        let sign = match self.rest {
            "" | "Z" => return Ok(0),
            zone if zone.starts_with('+') => 1,
            zone if zone.starts_with('-') => -1,
            _ => return Err(WRONG_ZONE),
        };
        let mark = if sign == 1 { '+' } else { '-' };
        let hour = self
            .after(mark, 2)
            .filter(|hour| *hour <= 14)
            .ok_or(WRONG_ZONE)?;
        let minute = self
            .after(':', 2)
            .filter(|minute| *minute <= 59)
            .ok_or(WRONG_ZONE)?;
        if !self.rest.is_empty() {
            return Err(WRONG_ZONE);
        }
        Ok(sign * (hour * 60 + minute) * MINUTE)
    }
}

fn power_of_ten(exponent: usize) -> i64 {
    10_i64.pow(u32::try_from(exponent).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn seconds(text: &str) -> (i64, i64) {
        let Interval { low, high } = Interval::parse(text).expect(text);
        (low / SECOND, (high + 1) / SECOND)
    }

    #[test]
    fn a_date_covers_all_the_time_that_its_precision_leaves_open() {
        let cases = [
            ("1970", (0, 365 * 86_400)),
            ("1970-02", (31 * 86_400, 59 * 86_400)),
            ("2000-02-29", (951_782_400, 951_868_800)),
            ("1970-01-01T00:01", (60, 120)),
            ("1970-01-01T00:00:01Z", (1, 2)),
            ("1970-01-01T01:00:01+01:00", (1, 2)),
            ("1969-12-31T23:00:01-01:00", (1, 2)),
        ];
        for (text, expected) in cases {
            assert_eq!(seconds(text), expected, "{text}");
        }
        let tenth = Interval::parse("1970-01-01T00:00:00.1Z").unwrap();
        assert_eq!((tenth.low, tenth.high), (1_000_000, 1_999_999));
        let finest = Interval::parse("1970-01-01T00:00:00.123456789Z").unwrap();
        assert_eq!((finest.low, finest.high), (1_234_567, 1_234_567));
    }

    #[test]
    fn texts_that_are_no_dates_are_refused() {
        for text in [
            "",
            "19",
            "0000",
            "1980-1",
            "1980-001",
            "1980-13",
            "1980-00",
            "1981-02-29",
            "1980-02-30",
            "1980-01-01T",
            "1980-01-01T10",
            "1980-01-01T24:00",
            "1980-01-01T10:60",
            "1980-01-01T10:00:61",
            "1980-01-01T10:00:00.",
            "1980-01-01T10:00:00.1234567890",
            "1980-01-01T10:00:00+1",
            "1980-01-01T10:00:00+15:00",
            "1980-01-01 10:00",
            "1980-01-01Z",
            "１９８０",
            "198é",
        ] {
            assert!(Interval::parse(text).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,40}") {
            let _ = Interval::parse(&text);
        }

        #[test]
        fn an_interval_is_never_empty(text in "[0-9]{4}(-[01][0-9](-[0-3][0-9](T[0-2][0-9]:[0-5][0-9](:[0-5][0-9](\\.[0-9]{1,9})?)?(Z|[+-]0[0-9]:30)?)?)?)?") {
            if let Ok(interval) = Interval::parse(&text) {
                prop_assert!(interval.low <= interval.high);
            }
        }
    }
}
