//! Dates of HTTP headers. <https://www.rfc-editor.org/rfc/rfc9110#section-5.6.7>

use super::calendar::{day_number, days_in_month};
use super::instant::{Parts, parts};

const WEEKDAYS: [&str; 7] = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

/// A point in time, in milliseconds since 1970, as `Last-Modified` writes it.
pub fn http_date(milliseconds: i64) -> String {
    let Parts {
        year,
        month,
        day,
        weekday,
        hour,
        minute,
        second,
        ..
    } = parts(milliseconds);
    let name = |names: &[&'static str], at: i64| {
        let at = usize::try_from(at).unwrap_or_default();
        names.get(at).copied().unwrap_or_default()
    };
    let weekday = name(&WEEKDAYS, weekday);
    let month = name(&MONTHS, month - 1);
    format!("{weekday}, {day:02} {month} {year:04} {hour:02}:{minute:02}:{second:02} GMT")
}

/// The point in time of a header in milliseconds since 1970, in any of the three forms that HTTP
/// has; `None` when the text is no date. Callers ignore a header that is not one, as HTTP says.
pub fn parse_http_date(text: &str) -> Option<i64> {
    let words: Vec<&str> = text
        .split([' ', '-'])
        .filter(|word| !word.is_empty())
        .collect();
    let [_, day, month, year, time] = match *words.as_slice() {
        // Sun, 06 Nov 1994 08:49:37 GMT, and with a two-digit year Sunday, 06-Nov-94 08:49:37 GMT
        [weekday, day, month, year, time, "GMT"] if weekday.ends_with(',') => {
            [weekday, day, month, year, time]
        }
        // Sun Nov  6 08:49:37 1994
        [weekday, month, day, time, year] => [weekday, day, month, year, time],
        _ => return None,
    };
    let month = MONTHS.iter().position(|name| *name == month)?;
    let month = i64::try_from(month).ok()? + 1;
    let year = match (year.len(), number(year)?) {
        (4, year) => year,
        // Two digits mean the latest such year that is not far in the future.
        (2, year) if year < 70 => 2000 + year,
        (2, year) => 1900 + year,
        _ => return None,
    };
    let day = number(day).filter(|day| (1..=days_in_month(year, month)).contains(day))?;
    let mut time = time.split(':').map(number);
    let [hour, minute, second] = [time.next()??, time.next()??, time.next()??];
    if time.next().is_some() || hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let seconds = ((day_number(year, month, day) * 24 + hour) * 60 + minute) * 60 + second;
    Some(seconds * 1000)
}

fn number(digits: &str) -> Option<i64> {
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| digits.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_three_forms_name_the_same_time() {
        for text in [
            "Sun, 06 Nov 1994 08:49:37 GMT",
            "Sunday, 06-Nov-94 08:49:37 GMT",
            "Sun Nov  6 08:49:37 1994",
        ] {
            assert_eq!(parse_http_date(text), Some(784_111_777_000), "{text}");
        }
    }

    #[test]
    fn text_that_is_no_date_is_none() {
        for text in [
            "",
            "1994-11-06T08:49:37Z",
            "Sun, 06 Nov 1994 08:49:37",
            "Sun, 06 Nov 1994 08:49:37 CET",
            "Sun, 31 Feb 1994 08:49:37 GMT",
            "Sun, 06 Foo 1994 08:49:37 GMT",
            "Sun, 06 Nov 1994 24:00:00 GMT",
            "Sun, 06 Nov 1994 08:49 GMT",
            "Sun, 06 Nov 1994 08:49:37:00 GMT",
            "Sun, 99999999999999999999 Nov 1994 08:49:37 GMT",
            "Sun, 06 Nov 99999999999999999999 08:49:37 GMT",
        ] {
            assert_eq!(parse_http_date(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(seconds in 0_i64..253_402_300_800) {
            prop_assert_eq!(parse_http_date(&http_date(seconds * 1000)), Some(seconds * 1000));
        }

        #[test]
        fn no_text_is_too_odd(text in "\\PC{0,40}") {
            let _ = parse_http_date(&text);
        }
    }
}
