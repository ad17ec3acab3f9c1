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

impl Criterion {
    /// Adds the condition on the row named `i`.
    pub fn condition(&self, sql: &mut Sql) {
        self.compare(sql, "i.low", "i.high");
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
        rounded.compare(sql, column, column);
    }

    fn compare(&self, sql: &mut Sql, low: &str, high: &str) {
        sql.push("(");
        for (at, (comparison, Interval { low: a, high: b })) in self.alternatives.iter().enumerate()
        {
            if at > 0 {
                sql.push(" OR ");
            }
            let mut pair = |left: &str, mark: &str, tick: Ticks| {
                sql.push(left).push(mark).number(tick);
            };
            match comparison {
                Comparison::Equal | Comparison::Approximately => {
                    pair(low, " <= ", *b);
                    sql.push(" AND ");
                    sql.push(high).push(" >= ").number(*a);
                }
                Comparison::NotEqual => {
                    pair(low, " < ", *a);
                    sql.push(" OR ");
                    sql.push(high).push(" > ").number(*b);
                }
                Comparison::Less => pair(low, " < ", *a),
                Comparison::Greater => pair(high, " > ", *b),
                Comparison::LessOrEqual => pair(low, " <= ", *b),
                Comparison::GreaterOrEqual => pair(high, " >= ", *a),
                Comparison::StartsAfter => pair(low, " > ", *b),
                Comparison::EndsBefore => pair(high, " < ", *a),
            }
        }
        sql.push(")");
    }
}
