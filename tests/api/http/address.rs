//! The server's own address: whom tokens are for, and how browsers come to it.

use crate::samples::patient_with_id;
use api::{Server, Settings, assert_outcome, unique};

#[test]
fn a_server_that_is_not_told_its_address_takes_no_token_by_a_foreign_host() {
    let settings = Settings::default().variable("BASE_URL", "");
    let running = settings.variable("AUDIENCE", "").start();
    let server = &running.server;
    let admin = server.admin();
    // On the developer's machine the address of the request will do.
    admin.get("/Patient?_count=1").expect(200);
    let paths = [
        "/Patient",
        "/AadSmartOnFhirProxy/authorize?client_id=x",
        "/connect/introspect",
    ];
    for path in paths {
        for host in [
            "fhir.example",
            "localhost.example",
            "localhost.example:8787",
            "127.0.0.2",
        ] {
            let answer = admin.request("GET", path).header("host", host).send();
            assert_outcome(&answer, 500, "exception", "set BASE_URL (or AUDIENCE)");
        }
    }
}

#[test]
fn either_of_the_two_variables_settles_it() {
    for (name, value) in [
        ("BASE_URL", "https://fhir.example"),
        ("AUDIENCE", "api://fhir"),
    ] {
        let other = if name == "BASE_URL" {
            "AUDIENCE"
        } else {
            "BASE_URL"
        };
        let settings = Settings::default()
            .variable(name, value)
            .variable(other, "");
        let running = settings.start();
        let forgery = running.server.forgery().claim("aud", value.into());
        let client = running.server.bearing(&forgery.sign());
        let answer = client
            .request("GET", "/Patient")
            .header("host", "fhir.example")
            .send();
        assert_eq!(answer.status, 200, "{name}: {answer}");
    }
}

#[test]
fn browsers_are_told_to_come_by_https_where_the_server_is_reached_by_it() {
    let settings = Settings::default().variable("BASE_URL", "https://fhir.example");
    let running = settings.start();
    for path in ["/metadata", "/Patient", "/health/check", "/app/"] {
        let answer = running.server.anonymous().get(path);
        let told = answer.header("strict-transport-security");
        assert_eq!(told.as_deref(), Some("max-age=63072000"), "{path}");
        let plain = Server::shared().anonymous().get(path);
        assert_eq!(plain.header("strict-transport-security"), None, "{path}");
    }
}

#[test]
fn a_relaxed_read_takes_no_other_ids_than_a_strong_one() {
    let client = Server::shared().admin();
    let id = unique("relaxed");
    client.save(&patient_with_id(&id));
    let long = "x".repeat(600);
    for odd in [
        &format!("{id}%2F_history%2F1"),
        "%2F",
        "a%20b",
        &long,
        "%00",
        "%F0%9F%98%80",
    ] {
        for suffix in ["", "/_history/1"] {
            for level in ["Strong", "Eventual", "ConsistentPrefix"] {
                let request = client.request("GET", &format!("/Patient/{odd}{suffix}"));
                let answer = request.header("x-ms-consistency-level", level).send();
                assert_outcome(&answer, 404, "not-found", "");
            }
        }
    }
}
