//! What anybody may see: capabilities, versions, health.

use api::{Server, Settings};
use fhir::Release;
use fhir::definitions::Definitions;
use fhir::validate::validate;
use serde_json::json;

#[test]
fn the_statement_is_valid_and_names_every_type_and_the_provider() {
    let server = Server::shared();
    let answer = server.anonymous().get("/metadata").expect(200);
    let statement = &answer.body;
    assert_eq!(statement["resourceType"], "CapabilityStatement");
    assert_eq!(statement["fhirVersion"], "4.0.1");
    assert_eq!(statement["url"], format!("{}/metadata", server.base));
    assert_eq!(validate(Definitions::of(Release::R4), statement), []);
    let rest = &statement["rest"][0];
    assert_eq!(rest["resource"].as_array().unwrap().len(), 145);
    assert_eq!(rest["security"]["service"][0]["coding"][0]["code"], "OAuth");
    let oauth = &rest["security"]["extension"][0];
    assert_eq!(
        oauth["url"],
        "http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris"
    );
    let endpoints: Vec<_> = oauth["extension"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| &e["url"])
        .collect();
    assert_eq!(endpoints, ["token", "authorize", "introspect", "revoke"]);
}

#[test]
fn every_search_parameter_that_is_stated_can_be_used() {
    let server = Server::shared();
    let (client, statement) = (server.admin(), server.anonymous().get("/metadata").body);
    let resources = statement["rest"][0]["resource"].as_array().unwrap();
    let (mut pairs, mut entries) = (Vec::new(), Vec::new());
    for resource in resources {
        let name = resource["type"].as_str().unwrap();
        for parameter in resource["searchParam"].as_array().unwrap() {
            let code = parameter["name"].as_str().unwrap();
            let value = match parameter["type"].as_str().unwrap() {
                "date" => "2020",
                "reference" => "Patient/1",
                _ => "x",
            };
            pairs.push(format!("{name}?{code}={value}"));
            entries.push(crate::samples::request(
                "GET",
                &format!("{name}?{code}={value}&_count=1"),
            ));
        }
    }
    assert!(pairs.len() > 1000, "{}", pairs.len());
    let sent = crate::samples::bundle("batch", &entries);
    let answer = client
        .request("POST", "/")
        .header("prefer", "handling=strict")
        .json(&sent)
        .send();
    let answers = api::entries(&answer.expect(200).body);
    for (pair, entry) in pairs.iter().zip(answers) {
        assert_eq!(entry["response"]["status"], "200", "{pair}: {entry}");
        assert!(
            entry["resource"]["link"][0]["url"]
                .as_str()
                .unwrap()
                .contains('?'),
            "{pair}: {entry}"
        );
    }
}

#[test]
fn interactions_that_are_stated_are_those_that_work() {
    let statement = Server::shared().anonymous().get("/metadata").body;
    let codes = |list: &serde_json::Value| -> Vec<String> {
        let list = list.as_array().unwrap().iter();
        list.map(|item| item["code"].as_str().unwrap().to_owned())
            .collect()
    };
    let rest = &statement["rest"][0];
    assert_eq!(codes(&rest["interaction"]), ["batch", "transaction"]);
    let patient = rest["resource"]
        .as_array()
        .unwrap()
        .iter()
        .find(|r| r["type"] == "Patient")
        .unwrap();
    let mut interactions = codes(&patient["interaction"]);
    interactions.sort_unstable();
    assert_eq!(
        interactions,
        [
            "create",
            "delete",
            "history-instance",
            "read",
            "search-type",
            "update",
            "vread"
        ]
    );
    assert_eq!(patient["conditionalCreate"], true);
    assert_eq!(patient["updateCreate"], true);
}

#[test]
fn the_version_that_is_served_is_told() {
    let answer = Server::shared().anonymous().get("/$versions").expect(200);
    assert_eq!(
        answer.body,
        json!({ "versions": ["4.0"], "default": "4.0" })
    );
    let stu3 = crate::synthea::stu3().anonymous();
    let answer = stu3.get("/$versions").expect(200);
    assert_eq!(
        answer.body,
        json!({ "versions": ["3.0"], "default": "3.0" })
    );
    let statement = stu3.get("/metadata").expect(200).body;
    assert!(
        statement["fhirVersion"]
            .as_str()
            .unwrap()
            .starts_with("3.0."),
        "{statement}"
    );
    assert_eq!(validate(Definitions::of(Release::Stu3), &statement), []);
}

#[test]
fn health_needs_no_token() {
    let answer = Server::shared()
        .anonymous()
        .get("/health/check")
        .expect(200);
    assert_eq!(answer.body["overallStatus"], "Healthy");
    assert_eq!(answer.header("cache-control").as_deref(), Some("no-store"));
}

#[test]
fn discovery_is_for_every_origin_also_where_no_origin_is_listed() {
    let running = Settings::default().start();
    let client = running.server.anonymous();
    let origin = "https://anywhere.example";
    let answer = client
        .request("GET", "/metadata")
        .header("origin", origin)
        .send()
        .expect(200);
    assert_eq!(
        answer.header("access-control-allow-origin").as_deref(),
        Some("*")
    );
    let other = client
        .request("GET", "/Patient")
        .header("origin", origin)
        .send()
        .expect(401);
    assert_eq!(other.header("access-control-allow-origin"), None);
}
