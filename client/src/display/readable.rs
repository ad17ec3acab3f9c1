//! Any resource as labelled words: what a person reads instead of the JSON.
//!
//! Datatypes are told by their shape, so that no table of every resource's elements is shipped.
//! <https://hl7.org/fhir/R4/datatypes.html>

use serde_json::{Map, Value};

use super::reference::{self, Target};
use super::{
    address, codeable_concept, contact_point, datatype, date_time, human_name, identifier,
    quantity, text,
};

/// A labelled element.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Element {
    /// `Clinical status`
    pub label: String,
    /// One for each repetition.
    pub contents: Vec<Content>,
}

/// What an element holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// Words, and codes for the small print.
    Words {
        /// The words.
        words: String,
        /// `SNOMED CT 195967001`
        codes: Vec<String>,
    },
    /// Another resource of this server.
    Link {
        /// The words.
        words: String,
        /// Where it leads.
        target: Target,
    },
    /// Elements of its own.
    Nested(Vec<Element>),
}

/// Elements that the page shows elsewhere or that say nothing to a reader.
const SHOWN_ELSEWHERE: [&str; 5] = ["resourceType", "id", "text", "contained", "implicitRules"];

/// Deeper nesting is left to the JSON view.
const MAX_DEPTH: u32 = 6;

/// The elements of a resource in their order, what the server adds last.
pub fn elements(base: &str, resource: &Value) -> Vec<Element> {
    let Some(object) = resource.as_object() else {
        return Vec::new();
    };
    let mut elements = Reader { base }.elements(object, &SHOWN_ELSEWHERE, 0);
    elements.sort_by_key(|element| element.label == "Meta");
    elements
}

/// `clinicalStatus` is `Clinical status`; the datatype of a choice is left out.
pub fn label(name: &str) -> String {
    let mut label = String::with_capacity(name.len() + 4);
    for (index, letter) in without_datatype(name).chars().enumerate() {
        if index == 0 {
            label.extend(letter.to_uppercase());
        } else if letter.is_uppercase() {
            label.push(' ');
            label.extend(letter.to_lowercase());
        } else {
            label.push(letter);
        }
    }
    label
}

/// Names of choice elements in the resources that people meet.
const CHOICES: [&str; 20] = [
    "value",
    "onset",
    "abatement",
    "effective",
    "performed",
    "occurrence",
    "deceased",
    "multipleBirth",
    "medication",
    "reported",
    "scheduled",
    "product",
    "timing",
    "asNeeded",
    "dose",
    "rate",
    "serviced",
    "start",
    "due",
    "born",
];

fn without_datatype(name: &str) -> &str {
    const DATATYPES: [&str; 16] = [
        "CodeableConcept",
        "DateTime",
        "Quantity",
        "Period",
        "Reference",
        "String",
        "Boolean",
        "Integer",
        "Range",
        "Ratio",
        "Age",
        "Timing",
        "Coding",
        "Date",
        "Attachment",
        "Decimal",
    ];
    DATATYPES
        .iter()
        .find_map(|datatype| name.strip_suffix(datatype))
        .filter(|choice| CHOICES.contains(choice))
        .unwrap_or(name)
}

struct Reader<'a> {
    base: &'a str,
}

impl Reader<'_> {
    fn elements(&self, object: &Map<String, Value>, skip: &[&str], depth: u32) -> Vec<Element> {
        object
            .iter()
            .filter(|(name, _)| !name.starts_with('_') && !skip.contains(&name.as_str()))
            .flat_map(|(name, value)| match name.as_str() {
                "extension" | "modifierExtension" => self.extensions(value, depth),
                _ => self
                    .element(label(name), value, depth)
                    .into_iter()
                    .collect(),
            })
            .collect()
    }

    fn element(&self, label: String, value: &Value, depth: u32) -> Option<Element> {
        let contents: Vec<Content> = match value {
            Value::Array(items) => items
                .iter()
                .filter_map(|item| self.content(item, depth))
                .collect(),
            single => self.content(single, depth).into_iter().collect(),
        };
        (!contents.is_empty()).then_some(Element { label, contents })
    }

    fn content(&self, value: &Value, depth: u32) -> Option<Content> {
        match value {
            Value::String(written) => plain(
                if date_time::PartialDate::read(written).is_some_and(|date| date.day.is_some()) {
                    date_time::date_time(written)
                } else {
                    written.trim().to_owned()
                },
            ),
            Value::Object(object) => self
                .datatype(value, object)
                .or_else(|| self.nested(object, depth)),
            Value::Array(_) => None,
            primitive => plain(datatype::primitive(primitive)?),
        }
    }

    fn nested(&self, object: &Map<String, Value>, depth: u32) -> Option<Content> {
        if depth >= MAX_DEPTH {
            return plain("… see the JSON".to_owned());
        }
        let elements = self.elements(object, &["id"], depth + 1);
        (!elements.is_empty()).then_some(Content::Nested(elements))
    }

    /// An extension is labelled with the last part of its address.
    fn extensions(&self, value: &Value, depth: u32) -> Vec<Element> {
        let Value::Array(extensions) = value else {
            return Vec::new();
        };
        extensions
            .iter()
            .filter_map(|extension| {
                let name = text(extension, "url")?.rsplit(['/', '#']).next()?;
                let label = label(&name.replace('-', " "));
                match datatype::choice(extension, "value") {
                    Some((_, value)) => self.element(label, value, depth),
                    None if depth < MAX_DEPTH => {
                        let nested = self.extensions(extension.get("extension")?, depth + 1);
                        (!nested.is_empty()).then(|| Element {
                            label,
                            contents: vec![Content::Nested(nested)],
                        })
                    }
                    None => None,
                }
            })
            .collect()
    }

    /// The words of a value whose shape is a datatype's.
    fn datatype(&self, value: &Value, object: &Map<String, Value>) -> Option<Content> {
        let has = |name: &str| object.contains_key(name);
        let only = |names: &[&str]| object.keys().all(|key| names.contains(&key.as_str()));
        if object.get("reference").is_some_and(Value::is_string) || only(&["display", "type"]) {
            return self.reference(value);
        }
        if has("coding") || (has("text") && only(&["text", "id", "extension"])) {
            return Some(Content::Words {
                words: codeable_concept::words(value)?,
                codes: codeable_concept::codes(value),
            });
        }
        let words = if has("start") || has("end") {
            only(&["start", "end", "id", "extension"])
                .then(|| date_time::period(value))
                .flatten()
        } else if object.get("value").is_some_and(Value::is_number) {
            if has("currency") {
                datatype::words("Money", value)
            } else {
                quantity::words(value)
            }
        } else if has("low") || has("high") {
            only(&["low", "high", "id", "extension"])
                .then(|| quantity::range(value))
                .flatten()
        } else if has("numerator") {
            quantity::ratio(value)
        } else if has("family") || has("given") {
            Some(human_name::full(value))
        } else if has("city") || has("line") || has("postalCode") {
            Some(address::lines(value).join(", "))
        } else if has("contentType") || (has("url") && has("title")) {
            datatype::words("Attachment", value)
        } else if has("code") && only(&["system", "version", "code", "display", "userSelected"]) {
            codeable_concept::coding(value)
        } else if has("value") && is_contact(object) {
            contact_point::contact(value)
                .map(|contact| format!("{}: {}", contact.label, contact.value))
        } else if has("value") && (has("system") || has("use") || has("type")) {
            identifier::labelled(value)
                .map(|identifier| format!("{}: {}", identifier.label, identifier.value))
        } else {
            None
        };
        plain(words?)
    }

    fn reference(&self, value: &Value) -> Option<Content> {
        let words = reference::words(value)?;
        let target =
            text(value, "reference").and_then(|literal| reference::target(self.base, literal));
        match target {
            Some(target) => Some(Content::Link { words, target }),
            None => plain(words),
        }
    }
}

fn is_contact(object: &Map<String, Value>) -> bool {
    let system = object.get("system").and_then(Value::as_str);
    matches!(
        system,
        Some("phone" | "email" | "fax" | "pager" | "url" | "sms" | "other")
    )
}

fn plain(words: String) -> Option<Content> {
    (!words.is_empty()).then(|| Content::Words {
        words,
        codes: Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const BASE: &str = "https://fhir.example";

    /// `Label: words` lines, nested ones indented.
    fn lines(resource: &Value) -> Vec<String> {
        fn write(elements: &[Element], indent: &str, lines: &mut Vec<String>) {
            for element in elements {
                for content in &element.contents {
                    match content {
                        Content::Words { words, codes } if codes.is_empty() => {
                            lines.push(format!("{indent}{}: {words}", element.label));
                        }
                        Content::Words { words, codes } => lines.push(format!(
                            "{indent}{}: {words} [{}]",
                            element.label,
                            codes.join(", ")
                        )),
                        Content::Link { words, target } => lines.push(format!(
                            "{indent}{}: {words} -> {}/{}",
                            element.label, target.resource_type, target.id
                        )),
                        Content::Nested(elements) => {
                            lines.push(format!("{indent}{}", element.label));
                            write(elements, &format!("{indent}  "), lines);
                        }
                    }
                }
            }
        }
        let mut seen = Vec::new();
        write(&elements(BASE, resource), "", &mut seen);
        seen
    }

    #[test]
    fn datatypes_are_told_by_their_shape() {
        for (value, expected) in [
            (json!("plain"), "plain"),
            (json!("2019-05-03T14:22:05Z"), "3 May 2019, 14:22 UTC"),
            (json!("2019"), "2019"),
            (json!(true), "Yes"),
            (json!(7), "7"),
            (json!({"value": 72, "unit": "/min"}), "72 per min"),
            (json!({"value": 9, "currency": "EUR"}), "9 EUR"),
            (json!({"start": "2019"}), "since 2019"),
            (json!({"low": {"value": 1}}), "≥ 1"),
            (
                json!({"numerator": {"value": 1}, "denominator": {"value": 2}}),
                "1 : 2",
            ),
            (json!({"family": "Kirk", "given": ["James"]}), "James Kirk"),
            (json!({"city": "Riverside"}), "Riverside"),
            (
                json!({"contentType": "text/plain", "data": "AAAA"}),
                "text/plain",
            ),
            (json!({"system": "x", "code": "AMB"}), "AMB"),
            (json!({"system": "phone", "value": "1"}), "Phone: 1"),
            (json!({"system": "urn:mrn", "value": "1"}), "mrn: 1"),
            (json!({"text": "Flu"}), "Flu"),
            (
                json!({"coding": [{"system": "http://loinc.org", "code": "1-2", "display": "HR"}]}),
                "HR [LOINC 1-2]",
            ),
            (json!({"reference": "Patient/1"}), "Patient/1 -> Patient/1"),
            (
                json!({"reference": "https://other.example/Patient/1", "display": "X"}),
                "X",
            ),
            (json!({"display": "Someone"}), "Someone"),
        ] {
            assert_eq!(
                lines(&json!({"item": value})),
                [format!("Item: {expected}")],
                "{value}"
            );
        }
    }

    #[test]
    fn backbone_elements_nest_and_keep_their_order() {
        let resource = json!({
            "resourceType": "Encounter", "id": "1", "meta": {"versionId": "3"}, "status": "finished",
            "_status": {"extension": []},
            "participant": [
                {"individual": {"reference": "Practitioner/9", "display": "Dr. McCoy"},
                 "period": {"start": "2019"}},
                {"type": [{"text": "nurse"}]}
            ],
            "empty": {}, "nothing": [], "text": {"div": "<div/>"}
        });
        assert_eq!(
            lines(&resource),
            [
                "Status: finished",
                "Participant",
                "  Individual: Dr. McCoy -> Practitioner/9",
                "  Period: since 2019",
                "Participant",
                "  Type: nurse",
                "Meta",
                "  Version id: 3"
            ]
        );
    }

    #[test]
    fn extensions_are_labelled_by_the_last_part_of_their_address() {
        let resource = json!({"extension": [
            {"url": "http://hl7.org/fhir/StructureDefinition/patient-mothersMaidenName",
             "valueString": "Winona"},
            {"url": "http://example.org/us-core-race", "extension": [
                {"url": "text", "valueString": "White"}]},
            {"url": "http://example.org/empty"}
        ]});
        assert_eq!(
            lines(&resource),
            [
                "Patient mothers maiden name: Winona",
                "Us core race",
                "  Text: White"
            ]
        );
    }

    #[test]
    fn labels_are_words_without_the_datatype() {
        for (name, expected) in [
            ("clinicalStatus", "Clinical status"),
            ("valueQuantity", "Value"),
            ("onsetDateTime", "Onset"),
            ("medicationCodeableConcept", "Medication"),
            ("birthDate", "Birth date"),
            ("effectiveDate", "Effective"),
            ("timing", "Timing"),
            ("DiagnosticReport", "Diagnostic report"),
            ("", ""),
        ] {
            assert_eq!(label(name), expected, "{name}");
        }
    }

    #[test]
    fn endless_nesting_ends() {
        let mut value = json!({"leaf": 1});
        for _ in 0..100 {
            value = json!({"deeper": value});
        }
        let lines = lines(&json!({"top": value}));
        assert!(lines.len() < 10, "{lines:?}");
        assert!(lines.last().unwrap().ends_with("see the JSON"));
    }

    #[test]
    fn what_is_no_resource_has_no_elements() {
        assert_eq!(elements(BASE, &json!(null)), []);
        assert_eq!(elements(BASE, &json!([1])), []);
    }
}
