//! The server's own address: whom tokens are for, and how browsers come to it.

use crate::samples::{observation, patient_with_id, with};
use api::{Client, Server, Settings, assert_outcome, unique};
use serde_json::{Value, json};

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
fn a_caller_who_chooses_the_host_does_not_choose_which_references_are_ours() {
    let settings = Settings::default().variable("BASE_URL", "");
    let running = settings.variable("AUDIENCE", "http://fhir.example").start();
    let forgery = running.server.forgery();
    let forgery = forgery.claim("aud", "http://fhir.example".into());
    let admin = running.server.bearing(&forgery.sign());
    let own = forgery.claim("roles", json!(["smartUser"]));
    let own = own.claim("fhirUser", "Patient/own".into());
    let own = running.server.bearing(&own.sign());
    let send = |client: &Client, (method, path): (&str, &str), body: Option<&Value>, host: &str| {
        let request = client.request(method, path).header("host", host);
        match body {
            Some(body) => request.json(body).send(),
            None => request.send(),
        }
    };
    let patient = patient_with_id("own");
    send(
        &admin,
        ("PUT", "/Patient/own"),
        Some(&patient),
        "fhir.example",
    )
    .expect(201);
    // Whichever host they came by, rows are the same.
    for host in ["fhir.example", "elsewhere.example"] {
        for base in ["", "http://fhir.example/", "http://elsewhere.example/"] {
            let subject = json!({ "reference": format!("{base}Patient/own") });
            let sample = with(&observation("x", "Patient/own"), "subject", subject);
            send(&admin, ("POST", "/Observation"), Some(&sample), host).expect(201);
        }
    }
    for (host, expected) in [("fhir.example", 4), ("elsewhere.example", 2)] {
        for (client, path) in [
            (&own, "/Observation?_total=accurate"),
            (&own, "/Observation?_total=accurate&patient=own"),
            (&admin, "/Observation?_total=accurate&subject=Patient/own"),
            (
                &admin,
                "/Observation?_total=accurate&subject=Patient/own,Patient/x",
            ),
        ] {
            let answer = send(client, ("GET", path), None, host).expect(200);
            assert_eq!(answer.body["total"], expected, "{host} {path}");
        }
    }
    // What names the chosen host is not the patient's to write either.
    let scoped = running.server.forgery();
    let scoped = scoped.claim("aud", "http://fhir.example".into());
    let scoped = scoped.claim("fhirUser", "Patient/own".into());
    let scoped = scoped.claim("roles", json!(["smartUser"]));
    let scoped = scoped.claim("scp", "patient/*.write".into());
    let writer = running.server.bearing(&scoped.sign());
    for (host, base, status) in [
        ("fhir.example", "http://fhir.example", 201),
        ("elsewhere.example", "http://elsewhere.example", 403),
        ("fhir.example", "http://elsewhere.example", 403),
    ] {
        let subject = json!({ "reference": format!("{base}/Patient/own") });
        let sample = with(&observation("x", "Patient/own"), "subject", subject);
        let answer = send(&writer, ("POST", "/Observation"), Some(&sample), host);
        assert_eq!(answer.status, status, "{host} {base}: {answer}");
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
