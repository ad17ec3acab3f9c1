//! DocumentReference with its text inside (<https://hl7.org/fhir/R4/documentreference.html>).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use super::{Chart, Visit};
use crate::code::Code;
use crate::practice;

impl Chart {
    /// A letter or note written at a visit.
    pub(crate) fn document(&mut self, visit: &Visit, code: Code, title: &str, text: &str) {
        let version = self.version;
        let written = visit.at.plus_minutes(45).to_string();
        let encounter = visit.as_reference();
        let document = json!({
            "resourceType": "DocumentReference",
            "status": "current",
            "docStatus": "final",
            "type": code.concept(),
            "subject": self.subject(),
            "date": version.r4(written.clone()),
            "created": version.stu3(written.clone()),
            "indexed": version.stu3(written.clone()),
            "author": [visit.clinician.reference()],
            "custodian": practice::CLINIC.reference(),
            "description": title,
            "content": [{"attachment": {
                "contentType": "text/plain; charset=utf-8",
                "language": "en-US",
                "data": STANDARD.encode(text),
                "title": title,
                "creation": written,
            }}],
            "context": {"encounter": version.either(json!([encounter.clone()]), encounter)},
        });
        self.add("document", document);
    }
}
