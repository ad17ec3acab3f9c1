//! What can be measured: a LOINC term, its unit and its normal range.

use serde_json::{Number, Value, json};

use crate::code::{Code, UCUM};

/// The kind of Observation a measure gives.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Category {
    /// Taken at the bedside.
    VitalSigns,
    /// From the laboratory.
    Laboratory,
    /// Found on examining.
    Exam,
    /// Scores and questionnaires.
    Survey,
    /// Habits.
    SocialHistory,
}

impl Category {
    /// Code and display in HL7's `observation-category`.
    pub(crate) fn code(self) -> (&'static str, &'static str) {
        match self {
            Self::VitalSigns => ("vital-signs", "Vital Signs"),
            Self::Laboratory => ("laboratory", "Laboratory"),
            Self::Exam => ("exam", "Exam"),
            Self::Survey => ("survey", "Survey"),
            Self::SocialHistory => ("social-history", "Social History"),
        }
    }
}

/// One measurable thing.
#[derive(Clone, Copy)]
pub(crate) struct Measure {
    /// The part of the Observation's id that names it.
    pub(crate) slug: &'static str,
    /// What clinicians call it.
    pub(crate) name: &'static str,
    /// The LOINC term.
    pub(crate) code: Code,
    /// The kind of Observation.
    pub(crate) category: Category,
    /// The unit as people read it.
    pub(crate) unit: &'static str,
    /// The unit in UCUM.
    pub(crate) ucum: &'static str,
    /// Digits after the point.
    pub(crate) decimals: usize,
    /// The lowest normal value.
    pub(crate) low: Option<f64>,
    /// The highest normal value.
    pub(crate) high: Option<f64>,
}

impl Measure {
    /// A vital sign without a normal range.
    pub(crate) const fn vital(
        slug: &'static str,
        name: &'static str,
        code: Code,
        unit: &'static str,
        ucum: &'static str,
        decimals: usize,
    ) -> Self {
        Self {
            slug,
            name,
            code,
            category: Category::VitalSigns,
            unit,
            ucum,
            decimals,
            low: None,
            high: None,
        }
    }

    /// A laboratory value whose unit reads as its UCUM code.
    pub(crate) const fn laboratory(
        slug: &'static str,
        name: &'static str,
        code: Code,
        ucum: &'static str,
        decimals: usize,
    ) -> Self {
        Self {
            slug,
            name,
            code,
            category: Category::Laboratory,
            unit: ucum,
            ucum,
            decimals,
            low: None,
            high: None,
        }
    }

    /// The same measure with a normal range.
    pub(crate) const fn between(self, low: f64, high: f64) -> Self {
        Self {
            low: Some(low),
            high: Some(high),
            ..self
        }
    }

    /// The same measure, normal up to a value.
    pub(crate) const fn up_to(self, high: f64) -> Self {
        Self {
            high: Some(high),
            ..self
        }
    }

    /// The same measure, normal from a value on.
    pub(crate) const fn at_least(self, low: f64) -> Self {
        Self {
            low: Some(low),
            ..self
        }
    }

    /// The same measure with its unit in words.
    pub(crate) const fn in_words(self, unit: &'static str) -> Self {
        Self { unit, ..self }
    }

    /// The same measure as another kind of Observation.
    pub(crate) const fn of(self, category: Category) -> Self {
        Self { category, ..self }
    }

    /// The LOINC term with the clinicians' name.
    pub(crate) fn concept(&self) -> Value {
        self.code.concept_saying(self.name)
    }

    /// A value as a Quantity, with exactly the measure's digits.
    pub(crate) fn quantity(&self, value: f64) -> Value {
        json!({
            "value": decimal(value, self.decimals),
            "unit": self.unit,
            "system": UCUM,
            "code": self.ucum,
        })
    }

    /// The normal range as `Observation.referenceRange`, null when there is none.
    pub(crate) fn reference_range(&self) -> Value {
        if self.low.is_none() && self.high.is_none() {
            return Value::Null;
        }
        let text = match (self.low, self.high) {
            (Some(low), Some(high)) => format!("{low}-{high} {}", self.unit),
            (Some(low), None) => format!("at least {low} {}", self.unit),
            (None, Some(high)) => format!("up to {high} {}", self.unit),
            (None, None) => String::new(),
        };
        let bound = |limit: Option<f64>| limit.map(|limit| self.quantity(limit));
        json!([{"low": bound(self.low), "high": bound(self.high), "text": text}])
    }

    /// Code and display of the interpretation of a value, none without a range.
    pub(crate) fn interpretation(&self, value: f64) -> Option<(&'static str, &'static str)> {
        let below = self.low.is_some_and(|low| value < low);
        let above = self.high.is_some_and(|high| value > high);
        match (below, above) {
            (true, _) => Some(("L", "Low")),
            (_, true) => Some(("H", "High")),
            _ if self.low.is_some() || self.high.is_some() => Some(("N", "Normal")),
            _ => None,
        }
    }

    /// A value as the measure's digits would show it.
    pub(crate) fn rounded(&self, value: f64) -> f64 {
        let factor = 10_f64.powi(i32::try_from(self.decimals).unwrap_or(0));
        (value * factor).round() / factor
    }
}

/// A JSON number with a fixed count of digits, so that 7.0 stays 7.0.
pub(crate) fn decimal(value: f64, decimals: usize) -> Value {
    format!("{value:.decimals$}")
        .parse::<Number>()
        .map_or(Value::Null, Value::Number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::code::loinc;

    const POTASSIUM: Measure =
        Measure::laboratory("k", "Potassium", loinc("2823-3", "Potassium"), "mmol/L", 1)
            .between(3.5, 5.1);

    #[test]
    fn digits_are_kept() {
        assert_eq!(POTASSIUM.quantity(4.0)["value"].to_string(), "4.0");
        assert_eq!(POTASSIUM.quantity(4.26)["value"].to_string(), "4.3");
        assert_eq!(decimal(72.4, 0).to_string(), "72");
    }

    #[test]
    fn values_are_interpreted_against_the_range() {
        for (value, code) in [(3.4, "L"), (3.5, "N"), (5.1, "N"), (5.2, "H")] {
            assert_eq!(POTASSIUM.interpretation(value).unwrap().0, code, "{value}");
        }
        let open = Measure {
            low: None,
            high: None,
            ..POTASSIUM
        };
        assert_eq!(open.interpretation(9.0), None);
        assert_eq!(open.reference_range(), Value::Null);
    }
}
