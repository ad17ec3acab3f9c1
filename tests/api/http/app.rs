//! The browser client at `/app/`.

use api::Server;
use serde_json::json;

#[test]
fn the_client_is_told_of_its_deployment() {
    let server = Server::shared();
    let answer = server.anonymous().get("/app/config.json").expect(200);
    let expected = json!({
        "authority": server.authority,
        "clientId": "fhir-spa",
        "scopes": [format!("{}/user_impersonation", server.base)],
        "fhirBase": server.base,
        "fhirVersion": "R4",
        "demoAccounts": true,
        "sampleAppClientId": "smart-app",
    });
    assert_eq!(answer.body, expected);
    assert_eq!(answer.header("cache-control").as_deref(), Some("no-cache"));
    let date = answer.header("date").unwrap();
    assert!(
        date.ends_with(" GMT"),
        "the client sets its clock by {date}"
    );
}

#[test]
fn pages_come_under_a_strict_policy_and_every_route_of_the_client_is_its_page() {
    let server = Server::shared();
    for path in [
        "/app/",
        "/app",
        "/app/index.html",
        "/app/patients/1",
        "/app/no/such/file.js",
    ] {
        let answer = server.anonymous().get(path).expect(200);
        assert!(answer.text.contains("<html"), "{path}: {answer}");
        let policy = answer.header("content-security-policy").unwrap();
        assert!(
            policy.starts_with(
                "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self';"
            ),
            "{policy}"
        );
        assert!(policy.contains("; frame-ancestors 'self';"), "{policy}");
        assert!(
            !policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"),
            "{policy}"
        );
        assert!(
            policy.contains(&format!("connect-src 'self' {}", server.idp)),
            "{policy}"
        );
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
            ("cross-origin-opener-policy", "same-origin-allow-popups"),
        ] {
            assert_eq!(answer.header(name).as_deref(), Some(value), "{path} {name}");
        }
    }
}

#[test]
fn only_the_sample_app_may_call_any_secure_server() {
    let server = Server::shared();
    let connects = |path: &str| {
        let answer = server.anonymous().get(path).expect(200);
        let policy = answer.header("content-security-policy").unwrap();
        policy.contains("https:")
    };
    assert!(connects("/app/sample-app") && connects("/app/sample-app/launch"));
    assert!(!connects("/app/launcher") && !connects("/app/patients"));
}

#[test]
fn a_browser_at_the_base_is_sent_to_the_client() {
    let server = Server::shared();
    let request = server.anonymous().request("GET", "/");
    let answer = request
        .header("accept", "text/html,application/xhtml+xml")
        .send()
        .expect(302);
    assert_eq!(
        answer.header("location"),
        Some(format!("{}/app/", server.base))
    );
    let other = server.anonymous().get("/");
    assert_eq!(other.status, 401, "{other}");
}
