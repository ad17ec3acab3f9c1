//! DiagnosticReport (<https://hl7.org/fhir/R4/diagnosticreport.html>).

use serde_json::{Value, json};

use super::{Chart, Visit};
use crate::code::{self, Code};
use crate::laboratory::Panel;
use crate::measure::Measure;
use crate::practice;

impl Chart {
    /// A laboratory panel: its values as Observations and the report that groups them.
    pub(crate) fn panel(
        &mut self,
        visit: &Visit,
        panel: &Panel,
        values: &[(&Measure, f64)],
        conclusion: &str,
    ) {
        let results: Vec<Value> = values
            .iter()
            .map(|&(measure, value)| {
                let reference = self.measure(visit, measure, value);
                json!({"reference": reference, "display": measure.name})
            })
            .collect();
        self.report(
            visit,
            panel.slug,
            ("LAB", "Laboratory"),
            panel.code.concept_saying(panel.name),
            json!(results),
            conclusion,
        );
    }

    /// A report of images.
    pub(crate) fn imaging(&mut self, visit: &Visit, code: Code, conclusion: &str) {
        self.report(
            visit,
            "imaging",
            ("RAD", "Radiology"),
            code.concept(),
            Value::Null,
            conclusion,
        );
    }

    fn report(
        &mut self,
        visit: &Visit,
        slug: &'static str,
        (section, section_display): (&str, &str),
        code: Value,
        results: Value,
        conclusion: &str,
    ) {
        let version = self.version;
        let category = code::concept(&version.code_system("v2-0074"), section, section_display);
        let performer = practice::LABORATORY.reference();
        let report = json!({
            "resourceType": "DiagnosticReport",
            "status": "final",
            "category": version.either(json!([category.clone()]), category),
            "code": code,
            "subject": self.subject(),
            "encounter": version.r4(visit.as_reference()),
            "context": version.stu3(visit.as_reference()),
            "effectiveDateTime": visit.at.to_string(),
            "issued": visit.at.plus_minutes(6 * 60).to_string(),
            "performer": version.either(json!([performer.clone()]), json!([{"actor": performer}])),
            "result": results,
            "conclusion": if conclusion.is_empty() { Value::Null } else { json!(conclusion) },
        });
        self.add(slug, report);
    }
}
