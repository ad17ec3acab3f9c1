//! Date search: closed intervals compared with prefixes. <https://hl7.org/fhir/R4/search.html#date>

use crate::definitions::SearchType;
use crate::fhirpath::Item;
use crate::search::extract::{Found, Rows};
use crate::search::kind::{Asked, Column, IndexKind};
use crate::search::query::{Clause, Read, no_such_modifier};
use crate::types::{Interval, Ticks};
use serde_json::Value;

/// The rows of dates: the first and last tick of the value.
pub static KIND: IndexKind = IndexKind {
    name: "date_index",
    columns: &[
        Column::PARAM,
        Column::integer("low"),
        Column::integer("high"),
    ],
    key: &["param", "low", "high", "rid"],
    search_type: SearchType::Date,
    most: 500,
    revision: 1,
    sort: Some(["low", "high"]),
    rank: 6,
    extract,
    read,
};

/// How the stored interval must lie to the one in the query.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Comparison {
    Equal,
    NotEqual,
    Less,
    Greater,
    LessOrEqual,
    GreaterOrEqual,
    StartsAfter,
    EndsBefore,
    Approximately,
}

/// How many steps of 100 ns a millisecond has.
const TICKS: Ticks = 10_000;

/// What a query asks for: any of the comparisons.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Criterion {
    alternatives: Vec<(Comparison, Interval)>,
}

/// Adds the rows of one item: a date of any precision, a Period or a Timing.
fn extract(found: &Found<'_>, rows: &mut Rows) {
    let Item::Node(node) = found.item else {
        return;
    };
    let key = found.parameter.id;
    let mut add = |Interval { low, high }| {
        keys(key, Interval { low, high })
            .for_each(|key| rows.push(&KIND, [key.into(), low.into(), high.into()]));
    };
    let interval = |value: Option<&Value>| Interval::parse(value?.as_str()?).ok();
    let period = |value: &Value| {
        let start = interval(value.get("start"));
        let end = interval(value.get("end"));
        (start.is_some() || end.is_some()).then(|| Interval::between(start, end))
    };
    match node.type_name {
        "Period" => period(node.value).into_iter().for_each(add),
        "Timing" => {
            let events = node.value.get("event").and_then(Value::as_array);
            let events = events.into_iter().flatten();
            events
                .filter_map(|event| interval(Some(event)))
                .for_each(&mut add);
            let bounds = node.value.get("repeat");
            let bounds = bounds.and_then(|repeat| repeat.get("boundsPeriod"));
            bounds.and_then(period).into_iter().for_each(add);
        }
        _ => interval(Some(node.value)).into_iter().for_each(add),
    }
}

/// Reads a clause of a date parameter.
fn read(clause: &Clause<'_>) -> Read {
    if let Some(modifier) = clause.modifier {
        return Err(no_such_modifier(clause.parameter.code, modifier));
    }
    let criterion = parse(clause.values, clause.context.now);
    let criterion = criterion.map_err(|message| clause.wrong(message))?;
    Ok((
        clause.parameter.id,
        crate::search::Criterion::Date(criterion),
        false,
    ))
}

/// Reads the alternatives of one clause. `now` is the tick that `ap` measures its distance from.
///
/// # Errors
/// Which value is no date, and what would be right.
pub fn parse(values: &[&str], now: Ticks) -> Result<Criterion, String> {
    let alternatives = values.iter().map(|value| {
        let (comparison, date) = comparison(value);
        let interval =
            Interval::parse(date).map_err(|reason| format!("`{value}` is no date: {reason}"))?;
        Ok((comparison, widened(comparison, interval, now)))
    });
    Ok(Criterion {
        alternatives: alternatives.collect::<Result<_, String>>()?,
    })
}

fn comparison(value: &str) -> (Comparison, &str) {
    const PREFIXES: [(&str, Comparison); 9] = [
        ("eq", Comparison::Equal),
        ("ne", Comparison::NotEqual),
        ("lt", Comparison::Less),
        ("gt", Comparison::Greater),
        ("le", Comparison::LessOrEqual),
        ("ge", Comparison::GreaterOrEqual),
        ("sa", Comparison::StartsAfter),
        ("eb", Comparison::EndsBefore),
        ("ap", Comparison::Approximately),
    ];
    PREFIXES
        .iter()
        .find_map(|(prefix, comparison)| Some((*comparison, value.strip_prefix(prefix)?)))
        .unwrap_or((Comparison::Equal, value))
}

/// `ap` allows a tenth of the distance to now on either side.
fn widened(comparison: Comparison, interval: Interval, now: Ticks) -> Interval {
    if comparison != Comparison::Approximately {
        return interval;
    }
    Interval {
        low: interval
            .low
            .saturating_sub(now.abs_diff(interval.low).try_into().unwrap_or(0) / 10),
        high: interval
            .high
            .saturating_add(now.abs_diff(interval.high).try_into().unwrap_or(0) / 10),
    }
}

/// The bounds of the first and the last tick of values that an alternative selects, inclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Bounds {
    pub(crate) low: (Ticks, Ticks),
    pub(crate) high: (Ticks, Ticks),
}

impl Bounds {
    const ALL: Self = Self {
        low: (Ticks::MIN, Ticks::MAX),
        high: (Ticks::MIN, Ticks::MAX),
    };

    fn low(first: Ticks, last: Ticks) -> Self {
        Self {
            low: (first, last),
            ..Self::ALL
        }
    }

    fn high(first: Ticks, last: Ticks) -> Self {
        Self {
            high: (first, last),
            ..Self::ALL
        }
    }

    /// What an alternative selects; for `ne` two.
    fn of(comparison: Comparison, Interval { low: a, high: b }: Interval) -> Vec<Self> {
        let (before, after) = (a.saturating_sub(1), b.saturating_add(1));
        let (first, last) = (Ticks::MIN, Ticks::MAX);
        match comparison {
            Comparison::Equal | Comparison::Approximately => vec![Self {
                low: (first, b),
                high: (a, last),
            }],
            Comparison::NotEqual => vec![Self::low(first, before), Self::high(after, last)],
            Comparison::Less => vec![Self::low(first, before)],
            Comparison::Greater => vec![Self::high(after, last)],
            Comparison::LessOrEqual => vec![Self::low(first, b)],
            Comparison::GreaterOrEqual => vec![Self::high(a, last)],
            Comparison::StartsAfter => vec![Self::low(after, last)],
            Comparison::EndsBefore => vec![Self::high(first, before)],
        }
    }

    /// As a JSON array, of whose integers a store reads every digit.
    pub(crate) fn array(self) -> [Ticks; 4] {
        [self.low.0, self.low.1, self.high.0, self.high.1]
    }
}

impl Criterion {
    /// The bounds brought to milliseconds, as the store keeps `meta.lastUpdated`.
    pub(crate) fn in_milliseconds(&self) -> Vec<Bounds> {
        let alternatives = self.alternatives.iter().map(|(comparison, interval)| {
            // The first and the last millisecond that lie in the interval.
            let low =
                interval.low.div_euclid(TICKS) + i64::from(interval.low.rem_euclid(TICKS) > 0);
            let high = interval.high.div_euclid(TICKS).max(low);
            (*comparison, Interval { low, high })
        });
        let rounded = Self {
            alternatives: alternatives.collect(),
        };
        rounded.bounds()
    }

    /// Whether a value is compared with one pair of bounds.
    pub(in crate::search) fn is_one(&self) -> bool {
        self.comparisons() == 1
    }

    /// Where to look among all rows, and where among those of what lasts long: what lasts no longer
    /// than [`SHORT`] begins at most that long before it ends, which bounds where to look for it; the
    /// rest has rows of its own, under [`long_key`].
    pub(crate) fn ranges(&self) -> (Vec<[Ticks; 4]>, Vec<[Ticks; 4]>) {
        let (mut short, mut long) = (Vec::new(), Vec::new());
        for Bounds { low, high } in self.bounds() {
            // What ends by then has begun by then.
            let last = low.1.min(high.1);
            if high.0 == Ticks::MIN {
                short.push([low.0, last, high.0, high.1]);
                continue;
            }
            let begin = high.0.saturating_sub(SHORT);
            short.push([low.0.max(begin), last, high.0, high.1]);
            long.push([low.0, last.min(begin.saturating_sub(1)), high.0, high.1]);
        }
        (short, long)
    }

    pub(crate) fn bounds(&self) -> Vec<Bounds> {
        let alternatives = self.alternatives.iter();
        alternatives
            .flat_map(|(comparison, interval)| Bounds::of(*comparison, *interval))
            .collect()
    }
}

impl Asked for Criterion {
    /// With how many pairs of bounds.
    fn comparisons(&self) -> usize {
        self.bounds().len()
    }
}

/// How long what is called short lasts at the most: what has the precision of a day does.
const SHORT: Ticks = 2 * 24 * 60 * 60 * 1000 * TICKS;

/// The key of the second row of what lasts longer.
pub(crate) fn long_key(key: u32) -> i64 {
    -i64::from(key)
}

/// The keys of a value's rows.
fn keys(key: u32, row: Interval) -> impl Iterator<Item = i64> {
    let is_long = row.high.saturating_sub(row.low) > SHORT;
    std::iter::once(i64::from(key)).chain(is_long.then(|| long_key(key)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn lies_in(row: Interval, ranges: &[[Ticks; 4]]) -> bool {
        ranges.iter().any(|[first, last, from, to]| {
            (*first..=*last).contains(&row.low) && (*from..=*to).contains(&row.high)
        })
    }

    fn comparisons() -> impl Strategy<Value = Comparison> {
        prop::sample::select(vec![
            Comparison::Equal,
            Comparison::NotEqual,
            Comparison::Less,
            Comparison::Greater,
            Comparison::LessOrEqual,
            Comparison::GreaterOrEqual,
            Comparison::StartsAfter,
            Comparison::EndsBefore,
            Comparison::Approximately,
        ])
    }

    fn intervals() -> impl Strategy<Value = Interval> {
        const DAY: Ticks = SHORT / 2;
        let lasting = prop::sample::select(vec![0, DAY - 1, SHORT, SHORT + 1, 40 * DAY]);
        let begin = prop::sample::select(vec![0, 1, DAY, SHORT, SHORT + 1, 39 * DAY, 100 * DAY]);
        let open = prop_oneof![Just((1_i64 << 62, 0)), Just((0, 1_i64 << 62)), Just((0, 0))];
        (begin, lasting, open).prop_map(|(begin, lasting, (before, after))| Interval {
            low: begin - before,
            high: begin + lasting + after,
        })
    }

    proptest! {
        #[test]
        fn seeking_finds_what_comparing_does(
            comparison in comparisons(),
            asked in intervals(),
            row in intervals(),
        ) {
            let criterion = Criterion { alternatives: vec![(comparison, asked)] };
            let compared = criterion.bounds().iter().map(|bounds| bounds.array()).collect::<Vec<_>>();
            let (short, long) = criterion.ranges();
            let is_long = keys(1, row).count() == 2;
            let sought = lies_in(row, &short) || (is_long && lies_in(row, &long));
            prop_assert_eq!(sought, lies_in(row, &compared));
        }
    }
}
