//! What apps are told about where to sign in.
//! <https://hl7.org/fhir/smart-app-launch/conformance.html>

use super::{AUTHORIZE, CALLBACK, LISTED_ORIGIN, TOKEN, v1, v2};
use api::{Answer, Server, Settings, assert_outcome};
use serde_json::{Value, json};

const DOCUMENTS: [&str; 2] = ["/.well-known/smart-configuration", "/metadata"];

fn smart_configuration(server: &Server) -> Answer {
    server.anonymous().get(DOCUMENTS[0]).expect(200)
}

/// What the provider itself publishes.
fn provider(server: &Server, authority: &str) -> Value {
    let url = format!("{authority}/.well-known/openid-configuration");
    server.anonymous().get(&url).expect(200).body
}

/// The addresses that the CapabilityStatement names, in its order.
fn oauth_uris(server: &Server) -> Value {
    let statement = server.anonymous().get("/metadata").expect(200).body;
    let security = &statement["rest"][0]["security"];
    assert_eq!(
        security["service"][0]["coding"][0]["code"], "OAuth",
        "{security}"
    );
    let capabilities = smart_configuration(server).body["capabilities"].clone();
    let url = "http://hl7.org/fhir/smart-app-launch/StructureDefinition/capabilities";
    let extensions = security["extension"].as_array().expect("extensions");
    let stated: Vec<&Value> = extensions[1..]
        .iter()
        .map(|one| &one["valueCode"])
        .collect();
    assert_eq!(json!(stated), capabilities, "{security}");
    assert!(extensions[1..].iter().all(|one| one["url"] == url));
    let extension = &security["extension"][0];
    let url = "http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris";
    assert_eq!(extension["url"], url, "{security}");
    extension["extension"].clone()
}

#[test]
fn the_smart_configuration_names_the_proxy_and_only_what_it_can() {
    let server = v2();
    let provider = provider(server, &server.authority);
    let answer = smart_configuration(server);
    let content_type = answer.header("content-type").unwrap_or_default();
    assert!(
        content_type.starts_with("application/json"),
        "{content_type}"
    );
    let mut document = answer.body.clone();
    let mut sorted = |name: &str| {
        let list = document[name].take();
        let mut list: Vec<String> = serde_json::from_value(list).expect(name);
        list.sort_unstable();
        list
    };
    assert_eq!(
        sorted("capabilities"),
        [
            "client-confidential-symmetric",
            "client-public",
            "context-banner",
            "context-ehr-encounter",
            "context-ehr-patient",
            "context-standalone-encounter",
            "context-standalone-patient",
            "context-style",
            "launch-ehr",
            "launch-standalone",
            "permission-offline",
            "permission-patient",
            "permission-user",
            "permission-v1",
            "permission-v2",
            "sso-openid-connect",
        ]
    );
    let scopes = sorted("scopes_supported");
    for scope in [
        "openid",
        "fhirUser",
        "launch",
        "offline_access",
        "patient/*.rs",
    ] {
        assert!(scopes.contains(&scope.to_owned()), "{scope}");
    }
    let grants = ["authorization_code", "client_credentials", "refresh_token"];
    assert_eq!(sorted("grant_types_supported"), grants);
    let expected = json!({
        "issuer": provider["issuer"],
        "jwks_uri": provider["jwks_uri"],
        "authorization_endpoint": format!("{}{AUTHORIZE}", server.base),
        "token_endpoint": format!("{}{TOKEN}", server.base),
        "introspection_endpoint": format!("{}/connect/introspect", server.base),
        "revocation_endpoint": format!("{}/connect/revoke", server.base),
        "pushed_authorization_request_endpoint":
            format!("{}/AadSmartOnFhirProxy/par", server.base),
        "require_pushed_authorization_requests": false,
        "authorization_response_iss_parameter_supported": false,
        "grant_types_supported": null,
        "introspection_endpoint_auth_methods_supported": ["Bearer"],
        "dpop_signing_alg_values_supported":
            ["ES256", "ES384", "RS256", "RS384", "RS512", "PS256"],
        "revocation_endpoint_auth_methods_supported": ["none"],
        "token_endpoint_auth_methods_supported":
            ["none", "client_secret_basic", "client_secret_post"],
        "response_types_supported": ["code"],
        "code_challenge_methods_supported": ["S256"],
        "scopes_supported": null,
        "capabilities": null,
    });
    assert_eq!(document, expected);
}

#[test]
fn the_issuer_is_that_of_the_authority_s_version() {
    let document = smart_configuration(v1()).body;
    let authority = v1().authority.trim_end_matches("/v2.0");
    let provider = provider(v1(), authority);
    assert_eq!(document["issuer"], provider["issuer"]);
    assert_eq!(document["jwks_uri"], provider["jwks_uri"]);
    assert_ne!(document["issuer"], smart_configuration(v2()).body["issuer"]);
}

#[test]
fn the_capability_statement_names_the_proxy() {
    let base = &v2().base;
    let expected = json!([
        { "url": "token", "valueUri": format!("{base}{TOKEN}") },
        { "url": "authorize", "valueUri": format!("{base}{AUTHORIZE}") },
        { "url": "introspect", "valueUri": format!("{base}/connect/introspect") },
        { "url": "revoke", "valueUri": format!("{base}/connect/revoke") },
    ]);
    assert_eq!(oauth_uris(v2()), expected);
}

#[test]
fn scripts_of_every_origin_may_read_both() {
    for path in DOCUMENTS {
        let get = |origin: &str| {
            let request = v2().anonymous().request("GET", path);
            let answer = request.header("origin", origin).send().expect(200);
            let allowed = answer.header("access-control-allow-origin");
            (allowed.unwrap_or_default(), answer)
        };
        for origin in ["https://anywhere.example", "null"] {
            let (allowed, answer) = get(origin);
            assert_eq!(allowed, "*", "{path}");
            assert_eq!(answer.header("access-control-allow-credentials"), None);
        }
        // A browser takes one value, never a list.
        let (allowed, _) = get(LISTED_ORIGIN);
        assert!(
            ["*", LISTED_ORIGIN].contains(&allowed.as_str()),
            "{path}: {allowed}"
        );
        let plain = v2().anonymous().get(path).expect(200);
        assert_eq!(
            plain.header("access-control-allow-origin").as_deref(),
            Some("*")
        );
    }
}

#[test]
fn switched_off_the_provider_is_named_and_the_proxy_is_not_there() {
    let running = Settings::default().variable("SMART_PROXY", "off").start();
    let server = &running.server;
    let provider = provider(server, &server.authority);
    let document = smart_configuration(server).body;
    for name in [
        "issuer",
        "jwks_uri",
        "authorization_endpoint",
        "token_endpoint",
    ] {
        assert!(provider[name].is_string(), "{name}");
        assert_eq!(document[name], provider[name], "{name}");
    }
    let capabilities: Vec<String> =
        serde_json::from_value(document["capabilities"].clone()).expect("capabilities");
    let launches = capabilities.iter().filter(|name| {
        ["launch", "context"]
            .iter()
            .any(|start| name.starts_with(start))
    });
    assert_eq!(launches.count(), 0, "{capabilities:?}");
    let expected = json!([
        { "url": "token", "valueUri": provider["token_endpoint"] },
        { "url": "authorize", "valueUri": provider["authorization_endpoint"] },
        { "url": "introspect", "valueUri": format!("{}/connect/introspect", server.base) },
        { "url": "revoke", "valueUri": format!("{}/connect/revoke", server.base) },
    ]);
    assert_eq!(oauth_uris(server), expected);
    let client = server.anonymous();
    for path in [
        AUTHORIZE,
        &format!("{CALLBACK}/x"),
        TOKEN,
        "/AadSmartOnFhirProxy",
    ] {
        for method in ["GET", "POST"] {
            let answer = client.request(method, path).send();
            assert_outcome(&answer, 404, "not-found", "SMART_PROXY");
            assert_eq!(answer.header("location"), None);
        }
    }
}

#[test]
fn other_methods_and_paths_are_told_apart() {
    let client = v2().anonymous();
    let callback = format!("{CALLBACK}/x");
    for (method, path) in [
        ("POST", AUTHORIZE),
        ("PUT", AUTHORIZE),
        ("GET", TOKEN),
        ("DELETE", TOKEN),
        ("POST", &callback),
    ] {
        let answer = client.request(method, path).send();
        assert_outcome(&answer, 405, "not-supported", method);
    }
    for path in [
        "",
        "/",
        "/other",
        "/authorize/x",
        "/callback",
        "/callback/x/y",
        "/Authorize",
    ] {
        let answer = client.get(&format!("/AadSmartOnFhirProxy{path}"));
        assert_outcome(
            &answer,
            404,
            "not-found",
            "authorize, callback, context, par and token",
        );
    }
}
