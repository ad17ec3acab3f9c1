//! Ages as a clinician says them: days for the newborn, months for the small, then years.

use super::date_time::{Day, PartialDate, days_in};

/// The age on a day of someone born on a date of any precision; none before birth.
pub fn age(born: &str, on: Day) -> Option<String> {
    let born = PartialDate::read(born)?;
    let Some(month) = born.month else {
        let years = on.year - born.year;
        return (years >= 0).then(|| format!("about {}", plural(years.unsigned_abs(), "year")));
    };
    let day = born.day.unwrap_or(1);
    let birth = Day {
        year: born.year,
        month,
        day,
    };
    if birth > on {
        return None;
    }
    let mut months = (on.year - birth.year) * 12 + i32::try_from(on.month).ok()?
        - i32::try_from(birth.month).ok()?;
    // Someone born on the 31st completes a short month on its last day.
    if on.day < birth.day.min(days_in(on.year, on.month)) {
        months -= 1;
    }
    let months = months.unsigned_abs();
    Some(if months >= 36 {
        plural(months / 12, "year")
    } else if months >= 1 {
        plural(months, "month")
    } else if born.day.is_some() {
        plural(days_between(birth, on), "day")
    } else {
        "under 1 month".to_owned()
    })
}

/// Days between two days that are at most a month apart.
fn days_between(from: Day, to: Day) -> u32 {
    if from.month == to.month && from.year == to.year {
        to.day - from.day
    } else {
        days_in(from.year, from.month) - from.day + to.day
    }
}

fn plural(count: u32, unit: &str) -> String {
    let s = if count == 1 { "" } else { "s" };
    format!("{count} {unit}{s}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_at_every_stage_of_life() {
        let on = Day {
            year: 2025,
            month: 3,
            day: 15,
        };
        for (born, words) in [
            ("2025-03-15", Some("0 days")),
            ("2025-03-14", Some("1 day")),
            ("2025-02-28", Some("15 days")),
            ("2025-02-15", Some("1 month")),
            ("2025-02-16", Some("27 days")),
            ("2023-03-15", Some("24 months")),
            ("2022-03-16", Some("35 months")),
            ("2022-03-15", Some("3 years")),
            ("1980-03-16", Some("44 years")),
            ("1980-03-15", Some("45 years")),
            ("1980-05", Some("44 years")),
            ("1980", Some("about 45 years")),
            ("2025-03", Some("under 1 month")),
            ("2025-03-16", None),
            ("2233-03-22", None),
            ("2233", None),
            ("unknown", None),
        ] {
            assert_eq!(age(born, on).as_deref(), words, "{born}");
        }
    }

    #[test]
    fn a_birthday_on_the_31st_or_leap_day_falls_on_the_month_s_last_day() {
        let on = |year, month, day| Day { year, month, day };
        assert_eq!(
            age("2025-01-31", on(2025, 2, 28)).as_deref(),
            Some("1 month")
        );
        assert_eq!(
            age("2025-01-31", on(2025, 2, 27)).as_deref(),
            Some("27 days")
        );
        assert_eq!(
            age("2004-02-29", on(2025, 2, 28)).as_deref(),
            Some("21 years")
        );
    }
}
