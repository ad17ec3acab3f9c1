//! What any resource is about and when it happened, in one line each.

use serde_json::Value;

use super::{codeable_concept, datatype, human_name, list, observation, readable, text};

/// What a resource is about, in one line.
pub fn title(resource: &Value) -> String {
    let resource_type = text(resource, "resourceType").unwrap_or("Resource");
    let specific = match resource_type {
        "Observation" => return observation::title(resource),
        "Encounter" => first_concept(resource, &["type", "serviceType"])
            .or_else(|| codeable_concept::coding(resource.get("class")?)),
        "MedicationRequest" | "MedicationStatement" | "MedicationAdministration" => {
            datatype::choice_words(resource, "medication")
        }
        "Immunization" => first_concept(resource, &["vaccineCode"]),
        "DocumentReference" => text(resource, "description")
            .map(str::to_owned)
            .or_else(|| first_concept(resource, &["type"])),
        "Goal" => first_concept(resource, &["description"]),
        "FamilyMemberHistory" => first_concept(resource, &["relationship"]),
        "Patient" | "Practitioner" | "Person" | "RelatedPerson" => {
            human_name::preferred(list(resource, "name")).map(human_name::full)
        }
        _ => None,
    };
    specific
        .or_else(|| first_concept(resource, &["code", "category", "type"]))
        .or_else(|| text(resource, "title").map(str::to_owned))
        .or_else(|| text(resource, "name").map(str::to_owned))
        .unwrap_or_else(|| readable::label(resource_type))
}

/// When a resource happened, as written.
pub fn date(resource: &Value) -> Option<&str> {
    ["effective", "performed", "occurrence", "onset"]
        .iter()
        .find_map(|name| datatype::choice_date(resource, name))
        .or_else(|| {
            let period = resource.get("period")?;
            text(period, "start").or_else(|| text(period, "end"))
        })
        .or_else(|| {
            [
                "date",
                "authoredOn",
                "authored",
                "recordedDate",
                "assertedDate",
                "dateAsserted",
                "started",
                "startDate",
                "created",
                "indexed",
                "issued",
            ]
            .iter()
            .find_map(|name| text(resource, name))
        })
        .or_else(|| resource.pointer("/billablePeriod/start")?.as_str())
        .or_else(|| resource.pointer("/meta/lastUpdated")?.as_str())
}

/// The first of several elements that is a concept with words. A plain code is not one.
pub(super) fn first_concept(resource: &Value, names: &[&str]) -> Option<String> {
    names
        .iter()
        .flat_map(|name| list(resource, name))
        .filter(|value| value.is_object())
        .find_map(codeable_concept::words)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn any_resource_has_a_title() {
        for (resource, expected) in [
            (
                json!({"resourceType": "Goal", "description": {"text": "Walk"}}),
                "Walk",
            ),
            (
                json!({"resourceType": "CarePlan", "category": [{"text": "Diet"}]}),
                "Diet",
            ),
            (
                json!({"resourceType": "Patient", "name": [{"family": "Kirk"}]}),
                "Kirk",
            ),
            (
                json!({"resourceType": "Organization", "name": "Clinic"}),
                "Clinic",
            ),
            (json!({"resourceType": "CareTeam"}), "Care team"),
            (json!({}), "Resource"),
        ] {
            assert_eq!(title(&resource), expected, "{resource}");
        }
    }

    #[test]
    fn any_resource_has_a_date_if_it_tells_one() {
        for (resource, expected) in [
            (json!({"effectivePeriod": {"start": "2019"}}), Some("2019")),
            (
                json!({"occurrenceDateTime": "2011-01-01"}),
                Some("2011-01-01"),
            ),
            (json!({"period": {"end": "2020"}}), Some("2020")),
            (json!({"assertedDate": "2001"}), Some("2001")),
            (json!({"billablePeriod": {"start": "2002"}}), Some("2002")),
            (json!({"meta": {"lastUpdated": "2003"}}), Some("2003")),
            (json!({}), None),
        ] {
            assert_eq!(date(&resource), expected, "{resource}");
        }
    }
}
