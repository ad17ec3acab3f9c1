//! The table of routes as it is seen over HTTP: what is in it is there, what is not is refused
//! with the methods that would do.

use api::{Client, Server, assert_outcome, unique};
use fhir::Release;
use fhir::definitions::Definitions;
use fhir::route::{ROUTES, methods};
use serde_json::json;

const METHODS: [&str; 6] = ["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"];

#[track_caller]
fn assert_methods(client: &Client, path: &str, allowed: &[&str]) {
    let mut named: Vec<&str> = allowed.to_vec();
    if allowed.contains(&"GET") {
        named.push("HEAD");
        assert_ne!(client.request("HEAD", path).send().status, 405, "{path}");
    }
    for method in METHODS {
        let request = client.request(method, path);
        let answer = match method {
            "POST" | "PUT" | "PATCH" => request.json(&json!({})).send(),
            _ => request.send(),
        };
        let allow = answer.header("allow");
        if allowed.contains(&method) {
            assert_ne!(answer.status, 405, "{method} {path}: {answer}");
            assert_eq!(allow, None, "{method} {path}");
        } else {
            assert_outcome(&answer, 405, "not-supported", method);
            assert_eq!(allow, Some(named.join(", ")), "{method} {path}");
        }
    }
}

#[test]
fn every_route_takes_its_methods_and_names_them_to_others() {
    let client = Server::shared().admin();
    let definitions = Definitions::of(Release::R4);
    for route in &ROUTES {
        let path = route.address("Basic", &unique("nothing"), "1");
        let segments: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
        assert_methods(&client, &path, &methods(definitions, &segments));
    }
}

#[test]
fn pages_that_anybody_may_get_can_only_be_got() {
    let client = Server::shared().admin();
    for path in [
        "/health/check",
        "/$versions",
        "/.well-known/smart-configuration",
        "/favicon.ico",
        "/app/",
        "/app/config.json",
    ] {
        assert_methods(&client, path, &["GET"]);
    }
}

#[test]
fn addresses_that_no_method_would_do_for_are_not_found() {
    let client = Server::shared().admin();
    for path in [
        "/health",
        "/metadata/x",
        "/.well-known/openid-configuration",
        "/Nonsense",
        "/Nonsense/1",
        "/Patient/$nonsense",
        "/Patient/1/2",
        "/Patient/1/_history/1/2",
        "/_history",
    ] {
        for method in METHODS {
            let request = client.request(method, path);
            let answer = match method {
                "POST" | "PUT" | "PATCH" => request.json(&json!({})).send(),
                _ => request.send(),
            };
            assert_outcome(&answer, 404, "not-found", "");
            assert_eq!(answer.header("allow"), None, "{method} {path}");
        }
    }
}
