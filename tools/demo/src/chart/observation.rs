//! Observation (<https://hl7.org/fhir/R4/observation.html>): vital signs, laboratory values, habits.

use serde_json::{Value, json};

use super::{Chart, Visit};
use crate::code::{self, Code, loinc};
use crate::measure::{Category, Measure};
use crate::vital;

/// The vital signs of a visit; what is not given was not taken.
#[derive(Default)]
pub(crate) struct Vitals {
    /// Systolic and diastolic pressure.
    pub(crate) pressure: Option<(f64, f64)>,
    /// Heart rate.
    pub(crate) pulse: Option<f64>,
    /// Breaths a minute.
    pub(crate) breaths: Option<f64>,
    /// Oxygen saturation.
    pub(crate) oxygen: Option<f64>,
    /// Temperature.
    pub(crate) temperature: Option<f64>,
    /// Weight.
    pub(crate) weight: Option<f64>,
    /// Height; with the weight it gives the body mass index.
    pub(crate) height: Option<f64>,
}

const BLOOD_PRESSURE: Code = loinc("85354-9", "Blood pressure panel with all children optional");
const SMOKING_STATUS: Code = loinc("72166-2", "Tobacco smoking status NHIS");

impl Chart {
    /// The vital signs of a visit.
    pub(crate) fn vitals(&mut self, visit: &Visit, vitals: &Vitals) {
        if let Some((systolic, diastolic)) = vitals.pressure {
            self.blood_pressure(visit, systolic, diastolic);
        }
        for (measure, value) in [
            (&vital::HEART_RATE, vitals.pulse),
            (&vital::RESPIRATORY_RATE, vitals.breaths),
            (&vital::OXYGEN, vitals.oxygen),
            (&vital::TEMPERATURE, vitals.temperature),
            (&vital::WEIGHT, vitals.weight),
            (&vital::HEIGHT, vitals.height),
        ] {
            if let Some(value) = value {
                self.measure(visit, measure, value);
            }
        }
        if let (Some(weight), Some(height)) = (vitals.weight, vitals.height) {
            let metres = vital::HEIGHT.rounded(height) / 100.0;
            self.measure(
                visit,
                &vital::BMI,
                vital::WEIGHT.rounded(weight) / (metres * metres),
            );
        }
    }

    /// One measured value.
    pub(crate) fn measure(&mut self, visit: &Visit, measure: &Measure, value: f64) -> String {
        let value = measure.rounded(value);
        let observation = self.observation(
            visit,
            measure.category,
            measure.concept(),
            json!({
                "valueQuantity": measure.quantity(value),
                "interpretation": self.interpretation(measure, value),
                "referenceRange": measure.reference_range(),
            }),
        );
        self.add(measure.slug, observation)
    }

    fn blood_pressure(&mut self, visit: &Visit, systolic: f64, diastolic: f64) {
        let component = |measure: &Measure, value: f64| {
            let value = measure.rounded(value);
            json!({
                "code": measure.concept(),
                "valueQuantity": measure.quantity(value),
                "interpretation": self.interpretation(measure, value),
                "referenceRange": measure.reference_range(),
            })
        };
        let components = json!([
            component(&vital::SYSTOLIC, systolic),
            component(&vital::DIASTOLIC, diastolic)
        ]);
        let concept = BLOOD_PRESSURE.concept_saying("Blood pressure");
        let observation = self.observation(
            visit,
            Category::VitalSigns,
            concept,
            json!({"component": components}),
        );
        self.add("bp", observation);
    }

    /// Whether the patient smokes.
    pub(crate) fn smoking(&mut self, visit: &Visit, status: Code) {
        let observation = self.observation(
            visit,
            Category::SocialHistory,
            SMOKING_STATUS.concept(),
            json!({"valueCodeableConcept": status.concept()}),
        );
        self.add("smoking", observation);
    }

    /// An observation whose value is something else than a measured quantity.
    pub(crate) fn finding(
        &mut self,
        visit: &Visit,
        slug: &'static str,
        category: Category,
        code: Code,
        value: Value,
    ) -> String {
        let observation = self.observation(visit, category, code.concept(), value);
        self.add(slug, observation)
    }

    fn observation(&self, visit: &Visit, category: Category, code: Value, value: Value) -> Value {
        let version = self.version;
        let (category, category_display) = category.code();
        let mut observation = json!({
            "resourceType": "Observation",
            "status": "final",
            "category": [code::concept(
                &version.code_system("observation-category"), category, category_display,
            )],
            "code": code,
            "subject": self.subject(),
            "encounter": version.r4(visit.as_reference()),
            "context": version.stu3(visit.as_reference()),
            "effectiveDateTime": visit.at.to_string(),
            "issued": visit.at.plus_minutes(10).to_string(),
            "performer": [visit.clinician.reference()],
        });
        if let (Value::Object(members), Value::Object(value)) = (&mut observation, value) {
            members.extend(value);
        }
        observation
    }

    /// STU3 allows one interpretation and names its codes by the v2 table; R4 a list by the v3 one.
    fn interpretation(&self, measure: &Measure, value: f64) -> Value {
        let Some((interpretation, display)) = measure.interpretation(value) else {
            return Value::Null;
        };
        let of = |system: &str| {
            code::concept(&self.version.code_system(system), interpretation, display)
        };
        self.version
            .either(json!([of("v3-ObservationInterpretation")]), of("v2-0078"))
    }
}
