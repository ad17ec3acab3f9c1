//! Vital signs over time: observations of one code become one chart, their components its lines.

use serde_json::Value;

use super::date_time::{date, date_time, moment};
use super::{codeable_concept, list, observation, quantity, text};

/// One chart.
#[derive(Clone, Debug, PartialEq)]
pub struct Trend {
    /// What is measured.
    pub title: String,
    /// The unit of every line.
    pub unit: Option<String>,
    /// One line, or one for each component.
    pub lines: Vec<Line>,
    /// The latest result in words.
    pub latest: String,
    /// The day of that, in words.
    pub latest_date: String,
}

/// One line of a chart.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// What it is, when the chart has several.
    pub label: String,
    /// Its points, earliest first.
    pub points: Vec<Point>,
}

/// A measurement.
#[derive(Clone, Debug, PartialEq)]
pub struct Point {
    /// Days since 1970.
    pub day: f64,
    /// The number.
    pub value: f64,
    /// When, in words.
    pub date: String,
    /// The result in words.
    pub words: String,
}

/// The order in which a nurse takes them; anything else follows by name. LOINC codes.
const USUAL_ORDER: [&str; 12] = [
    "85354-9", "55284-4", "8867-4", "9279-1", "8310-5", "2708-6", "59408-5", "8302-2", "29463-7",
    "3141-9", "39156-5", "72514-3",
];

/// The charts of some observations. Results that are no numbers have none.
pub fn trends(observations: &[Value]) -> Vec<Trend> {
    let mut groups: Vec<(String, Group)> = Vec::new();
    for observation in observations {
        if matches!(
            text(observation, "status"),
            Some("entered-in-error" | "cancelled")
        ) {
            continue;
        }
        let Some(sample) = sample(observation) else {
            continue;
        };
        match groups.iter_mut().find(|(key, _)| *key == sample.key) {
            Some((_, group)) => group.add(sample),
            None => groups.push((sample.key.clone(), Group::of(sample))),
        }
    }
    let mut groups: Vec<Group> = groups.into_iter().map(|(_, group)| group).collect();
    groups.sort_by(|one, other| {
        (one.rank, one.trend.title.as_str()).cmp(&(other.rank, other.trend.title.as_str()))
    });
    groups.into_iter().map(Group::finish).collect()
}

struct Sample {
    /// Code and unit: pounds and kilograms do not share an axis.
    key: String,
    title: String,
    rank: usize,
    unit: Option<String>,
    day: f64,
    date: String,
    day_words: String,
    words: String,
    parts: Vec<(String, f64, String)>,
}

struct Group {
    trend: Trend,
    rank: usize,
    latest_day: f64,
}

impl Group {
    fn of(sample: Sample) -> Self {
        let mut group = Self {
            trend: Trend {
                title: sample.title.clone(),
                unit: sample.unit.clone(),
                lines: Vec::new(),
                latest: String::new(),
                latest_date: String::new(),
            },
            rank: sample.rank,
            latest_day: f64::NEG_INFINITY,
        };
        group.add(sample);
        group
    }

    fn add(&mut self, sample: Sample) {
        if sample.day > self.latest_day {
            self.latest_day = sample.day;
            self.trend.latest = sample.words;
            self.trend.latest_date = sample.day_words;
        }
        for (label, value, words) in sample.parts {
            let point = Point {
                day: sample.day,
                value,
                date: sample.date.clone(),
                words,
            };
            let lines = &mut self.trend.lines;
            match lines.iter_mut().find(|line| line.label == label) {
                Some(line) => line.points.push(point),
                None => lines.push(Line {
                    label,
                    points: vec![point],
                }),
            }
        }
    }

    fn finish(mut self) -> Trend {
        for line in &mut self.trend.lines {
            line.points
                .sort_by(|one, other| one.day.total_cmp(&other.day));
        }
        self.trend
    }
}

fn sample(observation: &Value) -> Option<Sample> {
    let written = observation::date(observation)?;
    let title = observation::title(observation);
    let part = |holder: &Value, label: String| {
        let value = holder.get("valueQuantity")?;
        Some((label, quantity::number(value)?, quantity::words(value)?))
    };
    let own = part(observation, title.clone());
    let components = list(observation, "component")
        .iter()
        .filter_map(|component| {
            let label = component.get("code").and_then(codeable_concept::words)?;
            part(component, label)
        });
    let parts: Vec<_> = own.into_iter().chain(components).collect();
    if parts.is_empty() {
        return None;
    }
    let unit = observation
        .get("valueQuantity")
        .or_else(|| observation.pointer("/component/0/valueQuantity"))
        .and_then(quantity::unit)
        .map(str::to_owned);
    let code = observation
        .pointer("/code/coding/0/code")
        .and_then(Value::as_str);
    Some(Sample {
        key: format!(
            "{} {}",
            code.unwrap_or(&title),
            unit.as_deref().unwrap_or("")
        ),
        rank: code
            .and_then(|code| USUAL_ORDER.iter().position(|usual| *usual == code))
            .unwrap_or(USUAL_ORDER.len()),
        title,
        unit,
        day: moment(written)?,
        date: date_time(written),
        day_words: date(written),
        words: observation::result(observation)?,
        parts,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn measured(code: &str, title: &str, date: &str, value: f64, unit: &str) -> Value {
        json!({"resourceType": "Observation", "effectiveDateTime": date,
               "code": {"coding": [{"code": code, "display": title}]},
               "valueQuantity": {"value": value, "unit": unit}})
    }

    #[test]
    fn one_chart_for_each_code_in_the_usual_order() {
        let trends = trends(&[
            measured("29463-7", "Body weight", "2020-01-01", 80.0, "kg"),
            measured("8867-4", "Heart rate", "2020-01-02", 72.0, "/min"),
            measured("x", "Anything", "2020-01-02", 1.0, "1"),
            measured("8867-4", "Heart rate", "2020-01-01", 70.0, "/min"),
            measured("29463-7", "Body weight", "2020-01-02", 176.0, "lb"),
        ]);
        let seen: Vec<(&str, Option<&str>, usize)> = trends
            .iter()
            .map(|trend| {
                let points = trend.lines.iter().map(|line| line.points.len()).sum();
                (trend.title.as_str(), trend.unit.as_deref(), points)
            })
            .collect();
        assert_eq!(
            seen,
            [
                ("Heart rate", Some("per min"), 2),
                ("Body weight", Some("kg"), 1),
                ("Body weight", Some("lb"), 1),
                ("Anything", None, 1)
            ]
        );
        let heart = trends.first().unwrap();
        assert_eq!(heart.latest, "72.0 per min");
        assert_eq!(heart.latest_date, "2 Jan 2020");
        let values: Vec<f64> = heart.lines[0].points.iter().map(|p| p.value).collect();
        assert_eq!(values, [70.0, 72.0]);
    }

    #[test]
    fn components_are_lines_of_one_chart() {
        let component = |code: &str, label: &str, value: f64| {
            json!({"code": {"coding": [{"system": "http://loinc.org", "code": code}], "text": label},
                   "valueQuantity": {"value": value, "unit": "mmHg"}})
        };
        let pressure = json!({
            "effectiveDateTime": "2020-01-01T10:00:00Z",
            "code": {"coding": [{"code": "85354-9"}], "text": "Blood pressure"},
            "component": [component("8480-6", "Systolic", 120.0), component("8462-4", "Diastolic", 80.0)]
        });
        let trends = trends(&[pressure]);
        let labels: Vec<&str> = trends[0].lines.iter().map(|l| l.label.as_str()).collect();
        assert_eq!(labels, ["Systolic", "Diastolic"]);
        assert_eq!(trends[0].latest, "120.0 / 80.0 mmHg");
    }

    #[test]
    fn undated_wordy_and_mistaken_results_are_not_charted() {
        let mut mistaken = measured("1", "X", "2020", 1.0, "u");
        mistaken["status"] = json!("entered-in-error");
        let undated = json!({"code": {"text": "X"}, "valueQuantity": {"value": 1}});
        let wordy = json!({"effectiveDateTime": "2020", "valueString": "fine"});
        assert_eq!(trends(&[mistaken, undated, wordy]), []);
    }
}
