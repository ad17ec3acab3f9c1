//! Small resources to send.

use serde_json::{Value, json};

/// The system of the identifiers that tests find their own resources by.
pub(crate) const SYSTEM: &str = "urn:test";

/// A Patient whose identifier has the value `tag`.
pub(crate) fn patient(tag: &str) -> Value {
    json!({
        "resourceType": "Patient",
        "identifier": [{ "system": SYSTEM, "value": tag }],
        "name": [{ "family": "Test", "given": ["Ann"] }],
    })
}

/// The same with an id of its own, for PUT.
pub(crate) fn patient_with_id(id: &str) -> Value {
    with(&patient(id), "id", json!(id))
}

/// An Observation of a subject, its identifier's value `tag`.
pub(crate) fn observation(tag: &str, subject: &str) -> Value {
    json!({
        "resourceType": "Observation",
        "identifier": [{ "system": SYSTEM, "value": tag }],
        "status": "final",
        "code": { "coding": [{ "system": "http://loinc.org", "code": "8867-4" }] },
        "subject": { "reference": subject },
        "valueQuantity": { "value": 72, "unit": "beats/minute" },
    })
}

/// `resource` with one property set.
pub(crate) fn with(resource: &Value, name: &str, value: Value) -> Value {
    let mut resource = resource.clone();
    resource[name] = value;
    resource
}

/// The query for what has the identifier `tag`.
pub(crate) fn by_identifier(tag: &str) -> String {
    format!("identifier={SYSTEM}%7C{tag}")
}

/// A Bundle of the given type.
pub(crate) fn bundle(kind: &str, entries: &[Value]) -> Value {
    json!({ "resourceType": "Bundle", "type": kind, "entry": entries })
}

/// An entry that posts a resource to its type.
pub(crate) fn post(resource: &Value) -> Value {
    let url = &resource["resourceType"];
    json!({ "resource": resource, "request": { "method": "POST", "url": url } })
}

/// An entry that puts a resource under its id.
pub(crate) fn put(resource: &Value) -> Value {
    let text = |name: &str| resource[name].as_str().unwrap_or_default();
    let url = format!("{}/{}", text("resourceType"), text("id"));
    json!({ "resource": resource, "request": { "method": "PUT", "url": url } })
}

/// An entry without a resource.
pub(crate) fn request(method: &str, url: &str) -> Value {
    json!({ "request": { "method": method, "url": url } })
}
