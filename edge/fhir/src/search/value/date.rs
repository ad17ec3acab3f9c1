//! Date search: closed intervals compared with prefixes. <https://hl7.org/fhir/R4/search.html#date>

use crate::fhirpath::Node;
use crate::search::sql::Sql;
use crate::types::{Interval, Ticks};
use serde_json::Value;

/// One row of `date_index`: the first and last tick of the value.
pub type Row = Interval;

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
pub fn extract(node: &Node<'_>, rows: &mut Vec<Row>) {
    let interval = |value: Option<&Value>| Interval::parse(value?.as_str()?).ok();
    let period = |value: &Value| {
        let start = interval(value.get("start"));
        let end = interval(value.get("end"));
        (start.is_some() || end.is_some()).then(|| Interval::between(start, end))
    };
    match node.type_name {
        "Period" => rows.extend(period(node.value)),
        "Timing" => {
            let events = node.value.get("event").and_then(Value::as_array);
            rows.extend(
                events
                    .into_iter()
                    .flatten()
                    .filter_map(|event| interval(Some(event))),
            );
            let repeat = node.value.get("repeat");
            rows.extend(
                repeat
                    .and_then(|repeat| repeat.get("boundsPeriod"))
                    .and_then(period),
            );
        }
        _ => rows.extend(interval(Some(node.value))),
    }
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
struct Bounds {
    low: (Ticks, Ticks),
    high: (Ticks, Ticks),
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

    /// As a JSON array; SQLite reads integers of it to the last digit.
    fn array(self) -> [Ticks; 4] {
        [self.low.0, self.low.1, self.high.0, self.high.1]
    }
}

impl Criterion {
    /// Adds the condition on the row named `i`.
    pub fn condition(&self, sql: &mut Sql) {
        compare(&self.bounds(), sql, "i.low", "i.high");
    }

    /// Adds the condition on a column of milliseconds, as the store keeps `meta.lastUpdated`: the
    /// bounds are brought to the column's unit, so that its index can be used.
    pub fn compare_milliseconds(&self, sql: &mut Sql, column: &str) {
        let alternatives = self.alternatives.iter().map(|(comparison, interval)| {
            // The first and the last millisecond that lie in the interval.
            let low =
                interval.low.div_euclid(TICKS) + i64::from(interval.low.rem_euclid(TICKS) > 0);
            let high = interval.high.div_euclid(TICKS);
            (
                *comparison,
                Interval {
                    low,
                    high: high.max(low),
                },
            )
        });
        let rounded = Self {
            alternatives: alternatives.collect(),
        };
        compare(&rounded.bounds(), sql, column, column);
    }

    /// How many pairs of bounds a value is compared with.
    pub fn alternatives(&self) -> usize {
        self.bounds().len()
    }

    /// Whether a value is compared with one pair of bounds.
    pub fn is_one(&self) -> bool {
        self.alternatives() == 1
    }

    /// Adds the rows, named `i`, of several alternatives: FROM and WHERE.
    pub fn seek_list(&self, key: u32, sql: &mut Sql) {
        let bounds: Vec<_> = self.bounds().into_iter().map(Bounds::array).collect();
        sql.push("json_each(").bind_list(&bounds);
        sql.push(") q CROSS JOIN date_index i WHERE i.param = ")
            .number(key);
        sql.push(" AND i.low >= q.value->>0 AND i.low <= q.value->>1");
        sql.push(" AND i.high >= q.value->>2 AND i.high <= q.value->>3");
    }

    fn bounds(&self) -> Vec<Bounds> {
        let alternatives = self.alternatives.iter();
        alternatives
            .flat_map(|(comparison, interval)| Bounds::of(*comparison, *interval))
            .collect()
    }
}

/// Adds the condition that a value lies within some of the bounds. A list is one expression,
/// however long: SQLite takes them 100 deep.
fn compare(bounds: &[Bounds], sql: &mut Sql, low: &str, high: &str) {
    let [Bounds { low: l, high: h }] = bounds else {
        let bounds: Vec<_> = bounds.iter().map(|bounds| bounds.array()).collect();
        sql.push("EXISTS (SELECT 1 FROM json_each(")
            .bind_list(&bounds);
        sql.push(") q WHERE ")
            .push(low)
            .push(" >= q.value->>0 AND ");
        sql.push(low).push(" <= q.value->>1 AND ");
        sql.push(high).push(" >= q.value->>2 AND ");
        sql.push(high).push(" <= q.value->>3)");
        return;
    };
    let limits = [
        (low, " >= ", l.0),
        (low, " <= ", l.1),
        (high, " >= ", h.0),
        (high, " <= ", h.1),
    ];
    let limits = limits
        .iter()
        .filter(|(_, _, tick)| ![Ticks::MIN, Ticks::MAX].contains(tick));
    let mut joined = "(";
    for (column, mark, tick) in limits {
        sql.push(joined).push(column).push(mark).number(*tick);
        joined = " AND ";
    }
    sql.push(if joined == "(" { "TRUE" } else { ")" });
}
