//! The program against a scripted server: sign-in, patience, and what it says of refusals.
#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise"
)]

mod scripted;

use std::fs;
use std::path::Path;

use scripted::{Reply, Request, Scripted, load, ok, stderr, stdout, taken};
use serde_json::{Value, json};

const PATIENT: &str = r#"{"resourceType":"Bundle","type":"transaction","entry":[
    {"resource":{"resourceType":"Patient","id":"p"},"request":{"method":"PUT","url":"Patient/p"}}]}"#;

/// A server without sign-in that answers writes as told.
fn open_server(script: impl Fn(&Request, usize) -> Reply + Send + 'static) -> Scripted {
    Scripted::start(move |request, earlier| match request.path.as_str() {
        "/app/config.json" => Reply::Answer(404, "", Value::Null),
        _ => script(request, earlier),
    })
}

fn outcome(code: &str, diagnostics: &str) -> Value {
    json!({"resourceType": "OperationOutcome", "issue": [
        {"severity": "error", "code": code, "diagnostics": diagnostics, "expression": ["Patient.gender"]},
    ]})
}

/// A server that plays its own identity provider: every token has a number.
fn guarded_server(script: impl Fn(&Request, usize) -> Reply + Send + 'static) -> Scripted {
    Scripted::start(move |request, earlier| {
        let host = format!("http://{}", request.host);
        match request.path.as_str() {
            "/app/config.json" => ok(json!({
                "authority": format!("{host}/tenant"), "fhirBase": "https://fhir.example/", "fhirVersion": "STU3",
            })),
            "/tenant/.well-known/openid-configuration" => {
                ok(json!({"token_endpoint": format!("{host}/token")}))
            }
            "/token" => ok(json!({"access_token": format!("token-{earlier}")})),
            _ => script(request, earlier),
        }
    })
}

#[test]
fn demo_patients_are_loaded_with_a_token_of_the_servers_own_authority() {
    let server = guarded_server(|request, _| taken(request));
    let output = server.load(&["--demo"], "");
    assert!(output.status.success(), "{}", stderr(&output));
    let form = &server.asked("/token")[0].body;
    for part in [
        "grant_type=client_credentials",
        "client_id=svc-client",
        "scope=https%3A%2F%2Ffhir.example%2F.default",
    ] {
        assert!(form.contains(part), "{form}");
    }
    let sent = server.sent();
    assert_eq!(sent.len(), demo::patient_ids().count() + 1);
    assert!(
        sent.iter()
            .all(|request| request.authorization.as_deref() == Some("Bearer token-0"))
    );
    let resources: usize = sent.iter().map(|request| request.entries().len()).sum();
    let summary = stdout(&output);
    assert!(
        summary.starts_with(&format!("Loaded 1 file: {resources} resources in ")),
        "{summary}"
    );
    // The version is the server's: STU3 immunizations say whether they were given.
    assert!(
        sent.iter()
            .any(|request| request.body.contains("\"notGiven\":false"))
    );
}

#[test]
fn a_busy_server_is_asked_again_when_it_says() {
    let server = open_server(|request, earlier| match earlier {
        0 => Reply::Answer(
            429,
            "x-ms-retry-after-ms: 20\r\n",
            outcome("throttled", "slow down"),
        ),
        1 => Reply::Answer(503, "retry-after: 0\r\n", Value::Null),
        2 => Reply::HangUp,
        _ => taken(request),
    });
    let output = server.load(&["-"], PATIENT);
    assert!(output.status.success(), "{}", stderr(&output));
    let sent = server.sent();
    assert_eq!(sent.len(), 4);
    assert!(sent.iter().all(|request| request.body == sent[0].body));
}

#[test]
fn only_the_throttled_entries_of_a_batch_go_again() {
    let server = open_server(|request, earlier| {
        let throttled = json!({"response": {"status": "429"}});
        let fine = json!({"response": {"status": "200 OK"}});
        match earlier {
            0 => Reply::Answer(
                200,
                "retry-after: 0\r\n",
                json!({"entry": [fine, throttled, throttled]}),
            ),
            _ => taken(request),
        }
    });
    let lines: String = (0..3)
        .map(|id| format!("{{\"resourceType\":\"Patient\",\"id\":\"{id}\"}}\n"))
        .collect();
    let output = server.load(&["-"], &lines);
    assert!(output.status.success(), "{}", stderr(&output));
    assert!(
        stdout(&output).contains("3 resources in"),
        "{}",
        stdout(&output)
    );
    let again: Vec<Value> = server.sent()[1]
        .entries()
        .iter()
        .map(|entry| entry["request"]["url"].clone())
        .collect();
    assert_eq!(again, ["Patient/1", "Patient/2"]);
}

#[test]
fn refusals_are_told_in_words_and_the_rest_goes_on() {
    let server = open_server(|request, _| {
        if request.json()["type"] == "batch" {
            let refused = json!({"response": {"status": "400", "outcome": outcome("code-invalid", "no such gender")}});
            return ok(json!({"entry": [refused, {"response": {"status": "201"}}]}));
        }
        Reply::Answer(422, "", outcome("invariant", "nothing fits"))
    });
    let folder = env!("CARGO_TARGET_TMPDIR");
    let (bundle, lines, broken) = (
        format!("{folder}/transaction.json"),
        format!("{folder}/two.ndjson"),
        format!("{folder}/broken.json"),
    );
    fs::write(&bundle, PATIENT).unwrap();
    fs::write(
        &lines,
        "{\"resourceType\":\"Patient\",\"id\":\"a\"}\n{\"resourceType\":\"Patient\"}\n",
    )
    .unwrap();
    fs::write(&broken, "{").unwrap();
    let output = server.load(
        &["--parallel", "1", &broken, &bundle, &lines, "/nowhere.json"],
        "",
    );
    assert_eq!(output.status.code(), Some(1));
    let said = stderr(&output);
    for words in [
        "broken.json: is not JSON",
        "transaction.json: nothing of this transaction was loaded: 422, error (invariant) at Patient.gender: nothing fits",
        "two.ndjson: line 1 (PUT Patient/a): 400, error (code-invalid) at Patient.gender: no such gender",
        "/nowhere.json: cannot be read",
    ] {
        assert!(said.contains(words), "{words} is not in:\n{said}");
    }
    let summary = stdout(&output);
    assert!(
        summary.starts_with("Loaded 4 files: 1 resource in "),
        "{summary}"
    );
    assert!(
        summary.ends_with("; 2 resources refused; 2 parts not readable.\n"),
        "{summary}"
    );
}

#[test]
fn if_empty_leaves_a_server_with_patients_alone() {
    for (count, page, loads) in [
        (json!({"total": 3}), json!({}), false),
        (json!({"total": 0}), json!({}), true),
        (json!({}), json!({"entry": [{}]}), false),
        (json!({}), json!({}), true),
    ] {
        let server = open_server(move |request, _| match request.path.as_str() {
            "/Patient?_summary=count" => ok(count.clone()),
            "/Patient?_count=1" => ok(page.clone()),
            _ => taken(request),
        });
        let output = server.load(&["--if-empty", "-"], PATIENT);
        assert!(output.status.success(), "{}", stderr(&output));
        assert_eq!(!server.sent().is_empty(), loads, "{}", stdout(&output));
        assert_eq!(stdout(&output).contains("nothing loaded"), !loads);
    }
}

#[test]
fn an_expired_token_is_renewed_once() {
    let server = guarded_server(|request, _| match request.authorization.as_deref() {
        Some("Bearer token-1") => taken(request),
        _ => Reply::Answer(401, "", outcome("login", "the token is no longer valid")),
    });
    let output = server.load(&["--client", "c", "--secret", "s", "-"], PATIENT);
    assert!(output.status.success(), "{}", stderr(&output));
    assert_eq!(server.asked("/token").len(), 2);

    // A token that was given cannot be renewed: the refusal is told.
    let output = server.load(&["--token", "old", "-"], PATIENT);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        stderr(&output).contains("401, error (login)"),
        "{}",
        stderr(&output)
    );
}

#[test]
fn sign_in_that_fails_says_why() {
    let provider = Scripted::start(|request, _| match request.path.as_str() {
        "/token" => Reply::Answer(
            401,
            "",
            json!({"error": "invalid_client", "error_description": "wrong secret"}),
        ),
        _ => ok(json!({})),
    });
    let endpoint = format!("{}/token", provider.base);
    let discovery = Scripted::start(move |_, _| ok(json!({"token_endpoint": endpoint.clone()})));
    let server = open_server(|request, _| taken(request));
    for (arguments, words) in [
        (
            vec!["--client", "c", "--secret", "s", "-"],
            "give it with --idp",
        ),
        (
            vec![
                "--client",
                "c",
                "--secret",
                "s",
                "--idp",
                &provider.base,
                "-",
            ],
            "names no token_endpoint",
        ),
        (
            vec![
                "--client",
                "c",
                "--secret",
                "s",
                "--idp",
                &discovery.base,
                "-",
            ],
            "did not let c sign in (401): wrong secret",
        ),
    ] {
        let output = server.load(&arguments, PATIENT);
        assert_eq!(output.status.code(), Some(1));
        assert!(stderr(&output).contains(words), "{}", stderr(&output));
    }
    assert!(server.sent().is_empty());
}

#[test]
fn a_server_that_is_not_there_is_said_with_the_remedy() {
    let free = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let output = load(&["--to", &format!("http://{free}"), "--demo"], "");
    assert_eq!(output.status.code(), Some(1));
    let said = stderr(&output);
    assert!(
        said.contains("nothing answers at") && said.contains("npm start"),
        "{said}"
    );
}

#[test]
fn a_command_line_not_understood_has_its_own_code() {
    let output = load(&["--nonsense"], "");
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("load --help"));
    let help = load(&["--help"], "");
    assert!(help.status.success() && stdout(&help).contains("--if-empty"));
}

#[test]
fn synthea_files_keep_every_link() {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let mut files: Vec<String> = ["synthea-r4", "synthea-stu3"]
        .iter()
        .filter_map(|folder| fs::read_dir(data.join(folder)).ok())
        .flatten()
        .map(|file| file.unwrap().path().display().to_string())
        .collect();
    if files.is_empty() {
        eprintln!("skipped: there are no Synthea files in {}", data.display());
        return;
    }
    files.sort();
    let server = open_server(|request, _| taken(request));
    let arguments: Vec<&str> = files.iter().map(String::as_str).collect();
    let output = server.load(&arguments, "");
    assert!(output.status.success(), "{}", stderr(&output));
    let sent = server.sent();
    assert_eq!(sent.len(), files.len());
    for request in sent {
        let names: Vec<String> = request
            .entries()
            .iter()
            .filter_map(|entry| entry["fullUrl"].as_str().map(|name| format!("\"{name}\"")))
            .collect();
        for reference in request.body.split("\"reference\":").skip(1) {
            let reference = reference.split_inclusive('"').take(2).collect::<String>();
            let held = !reference.starts_with("\"urn:") || names.contains(&reference);
            assert!(held, "{reference} leads nowhere");
        }
        assert_eq!(request.json()["type"], "transaction");
    }
}
