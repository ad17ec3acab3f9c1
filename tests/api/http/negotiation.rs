//! Media types and preferences.

use crate::samples::{patient, patient_with_id};
use api::{Server, assert_outcome, assert_refused, unique};

#[test]
fn json_is_answered_whatever_the_caller_calls_it() {
    let client = Server::shared().admin();
    for accept in [
        "application/fhir+json",
        "application/json",
        "text/json",
        "*/*",
        "application/*",
        "application/fhir+json; fhirVersion=4.0",
        "text/html, application/json;q=0.5",
        "APPLICATION/JSON",
    ] {
        let answer = client
            .request("GET", "/Patient?_count=1")
            .header("accept", accept)
            .send();
        assert_eq!(answer.status, 200, "{accept}: {answer}");
        let content_type = answer.header("content-type");
        assert_eq!(
            content_type.as_deref(),
            Some("application/fhir+json; charset=utf-8")
        );
    }
}

#[test]
fn what_is_not_json_is_not_acceptable() {
    let client = Server::shared().admin();
    for accept in [
        "application/fhir+xml",
        "application/xml",
        "text/html",
        "image/png",
    ] {
        for path in ["/Patient/x", "/Patient", "/metadata", "/$versions"] {
            let answer = client.request("GET", path).header("accept", accept).send();
            assert_outcome(&answer, 406, "not-supported", "application/fhir+json");
        }
    }
}

#[test]
fn the_format_parameter_overrides_accept() {
    let client = Server::shared().admin();
    let get = |format: &str| {
        let path = format!("/Patient?_count=1&_format={format}");
        client
            .request("GET", &path)
            .header("accept", "text/html")
            .send()
    };
    for format in [
        "json",
        "application/json",
        "application/fhir%2Bjson",
        "application/fhir+json",
    ] {
        assert_eq!(get(format).status, 200, "{format}");
    }
    for format in ["xml", "application/fhir%2Bxml", "html", ""] {
        assert_outcome(&get(format), 406, "not-supported", "application/json");
    }
}

#[test]
fn a_body_without_a_json_type_is_not_supported() {
    let client = Server::shared().admin();
    let id = unique("negotiation");
    let body = patient_with_id(&id).to_string();
    for content_type in [
        "application/fhir+xml",
        "text/plain",
        "application/x-www-form-urlencoded",
        "json",
    ] {
        for (method, path) in [
            ("POST", "/Patient"),
            ("PUT", &format!("/Patient/{id}")),
            ("POST", "/"),
        ] {
            let request = client
                .request(method, path)
                .header("content-type", content_type);
            let answer = request.body(body.clone()).send();
            assert_outcome(&answer, 415, "not-supported", "application/fhir+json");
        }
    }
    let none = client.request("POST", "/Patient").body(body.clone()).send();
    assert_outcome(&none, 415, "not-supported", "Content-Type");
    client.get(&format!("/Patient/{id}")).expect(404);
    for content_type in [
        "application/json",
        "application/fhir+json; charset=UTF-8",
        "text/json",
    ] {
        let request = client.request("PUT", &format!("/Patient/{id}"));
        let answer = request
            .header("content-type", content_type)
            .body(body.clone())
            .send();
        assert!(
            matches!(answer.status, 200 | 201),
            "{content_type}: {answer}"
        );
    }
}

#[test]
fn a_request_id_comes_back_as_the_correlation_id() {
    let client = Server::shared().admin();
    let answer = client
        .request("GET", "/Patient/nobody-has-it")
        .header("x-request-id", "my-id-1")
        .send();
    assert_eq!(
        answer.header("x-correlation-id").as_deref(),
        Some("my-id-1")
    );
    assert_ne!(answer.header("x-request-id").as_deref(), Some("my-id-1"));
    assert_outcome(&answer, 404, "not-found", "");
    let other = client.get("/Patient/nobody-has-it");
    assert_ne!(other.header("x-request-id"), answer.header("x-request-id"));
    assert_eq!(other.header("x-correlation-id"), None);
}

#[test]
fn every_answer_forbids_sniffing_and_framing() {
    let client = Server::shared().admin();
    for answer in [
        client.get("/metadata"),
        client.get("/Patient/nobody-has-it"),
        client.post("/Patient", &patient("x")),
    ] {
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "SAMEORIGIN"),
            ("content-security-policy", "frame-src 'self';"),
        ] {
            assert_eq!(answer.header(name).as_deref(), Some(value), "{name}");
        }
    }
}

#[test]
fn a_consistency_level_that_is_none_is_refused() {
    let client = Server::shared().admin();
    for level in ["strong", "Weak", "", "Eventual,Strong"] {
        let request = client
            .request("GET", "/Patient/1")
            .header("x-ms-consistency-level", level);
        assert_refused(
            &request.send(),
            400,
            "invalid",
            "Eventual",
            "http.x-ms-consistency-level",
        );
    }
}
