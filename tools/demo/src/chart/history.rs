//! Family: FamilyMemberHistory and RelatedPerson
//! (<https://hl7.org/fhir/R4/familymemberhistory.html>, <https://hl7.org/fhir/R4/relatedperson.html>).

use serde_json::json;

use super::{Chart, Visit};
use crate::code::{self, Code};

impl Chart {
    /// What a relative had, and from which age on.
    pub(crate) fn relative(
        &mut self,
        visit: &Visit,
        (relation, words): (&str, &str),
        had: Code,
        age: u32,
    ) {
        let system = self.version.code_system("v3-RoleCode");
        let history = json!({
            "resourceType": "FamilyMemberHistory",
            "status": "completed",
            "patient": self.subject(),
            "date": visit.at.date.to_string(),
            "relationship": code::concept(&system, relation, words),
            "condition": [{
                "code": had.concept(),
                "onsetAge": {"value": age, "unit": "years", "system": code::UCUM, "code": "a"},
            }],
        });
        self.add("relative", history);
    }

    /// Somebody who cares for the patient.
    pub(crate) fn related_person(
        &mut self,
        family: &str,
        given: &str,
        gender: &str,
        (relation, words): (&str, &str),
        phone: &str,
    ) {
        let relationship = code::concept(&self.version.code_system("v3-RoleCode"), relation, words);
        let person = json!({
            "resourceType": "RelatedPerson",
            "active": true,
            "patient": self.subject(),
            "relationship": self.version.either(json!([relationship.clone()]), relationship),
            "name": [{"family": family, "given": [given]}],
            "telecom": [{"system": "phone", "value": phone, "use": "mobile"}],
            "gender": gender,
        });
        self.add("related", person);
    }
}
