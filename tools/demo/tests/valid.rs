//! Every demo resource of both FHIR versions is valid, linked and stable.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::collections::{BTreeMap, BTreeSet};

use demo::{Date, Version, patients};
use fhir::Release;
use fhir::definitions::Definitions;
use fhir::validate::validate;
use serde_json::{Value, json};

const VERSIONS: [Version; 2] = [Version::R4, Version::Stu3];

fn today() -> Date {
    "2026-11-21".parse().unwrap()
}

fn resources(version: Version, today: Date) -> Vec<Value> {
    patients(version, today)
        .iter()
        .flat_map(|bundle| bundle["entry"].as_array().unwrap().iter())
        .map(|entry| entry["resource"].clone())
        .collect()
}

#[test]
fn every_resource_is_valid() {
    for (version, release) in [(Version::R4, Release::R4), (Version::Stu3, Release::Stu3)] {
        let definitions = Definitions::of(release);
        let issues: Vec<String> = resources(version, today())
            .iter()
            .flat_map(|resource| {
                let id = resource["id"].to_string();
                let issues = validate(definitions, resource);
                issues
                    .into_iter()
                    .map(move |issue| format!("{id}: {issue:?}"))
            })
            .collect();
        assert!(issues.is_empty(), "{version}:\n{}", issues.join("\n"));
    }
}

#[test]
fn every_entry_is_put_under_its_own_id_once() {
    for version in VERSIONS {
        let mut urls = BTreeSet::new();
        for bundle in patients(version, today()) {
            assert_eq!(bundle["type"], "transaction");
            for entry in bundle["entry"].as_array().unwrap() {
                let resource = &entry["resource"];
                let id = resource["id"].as_str().unwrap();
                assert!(id.starts_with("demo-"));
                let url = format!("{}/{id}", resource["resourceType"].as_str().unwrap());
                assert_eq!(entry["request"], json!({"method": "PUT", "url": url}));
                assert!(urls.insert(url));
            }
        }
    }
}

#[test]
fn every_reference_leads_to_a_demo_resource() {
    fn references(value: &Value, found: &mut BTreeSet<String>) {
        match value {
            Value::Object(members) => {
                if let Some(reference) = members.get("reference").and_then(Value::as_str) {
                    found.insert(reference.to_owned());
                }
                members
                    .values()
                    .for_each(|member| references(member, found));
            }
            Value::Array(items) => items.iter().for_each(|item| references(item, found)),
            _ => {}
        }
    }
    for version in VERSIONS {
        let resources = resources(version, today());
        let known: BTreeSet<String> = resources
            .iter()
            .map(|resource| {
                format!(
                    "{}/{}",
                    resource["resourceType"].as_str().unwrap(),
                    resource["id"].as_str().unwrap()
                )
            })
            .collect();
        let mut used = BTreeSet::new();
        resources
            .iter()
            .for_each(|resource| references(resource, &mut used));
        let lost: Vec<&String> = used.difference(&known).collect();
        assert!(lost.is_empty(), "{lost:?}");
    }
}

#[test]
fn the_first_patient_is_the_one_who_signs_in() {
    assert_eq!(demo::patient_ids().next().as_deref(), Some("demo-amelia"));
    for version in VERSIONS {
        let ids: Vec<Value> = resources(version, today())
            .into_iter()
            .filter(|resource| resource["resourceType"] == "Patient")
            .map(|resource| resource["id"].clone())
            .collect();
        let expected: Vec<Value> = demo::patient_ids().map(Value::from).collect();
        assert_eq!(ids, expected);
    }
}

#[test]
fn no_story_reaches_into_the_future_except_its_plans() {
    fn latest(value: &Value, found: &mut String) {
        match value {
            Value::Object(members) => members
                .iter()
                .filter(|(name, _)| !["valueDateTime", "identifier"].contains(&name.as_str()))
                .for_each(|(_, member)| latest(member, found)),
            Value::Array(items) => items.iter().for_each(|item| latest(item, found)),
            Value::String(text) if text.as_str() > found.as_str() && looks_like_date(text) => {
                text.clone_into(found);
            }
            _ => {}
        }
    }
    fn looks_like_date(text: &str) -> bool {
        text.get(..10)
            .is_some_and(|start| start.parse::<Date>().is_ok())
    }
    for resource in resources(Version::R4, today()) {
        if resource["resourceType"] == "Appointment" {
            continue;
        }
        let mut found = String::new();
        latest(&resource, &mut found);
        assert!(
            found.as_str() < "2026-11-21",
            "{} is of {found}",
            resource["id"]
        );
    }
}

#[test]
fn ids_do_not_depend_on_the_day() {
    let ids = |today: &str| -> BTreeSet<String> {
        resources(Version::R4, today.parse().unwrap())
            .iter()
            .map(|resource| format!("{}/{}", resource["resourceType"], resource["id"]))
            .collect()
    };
    let expected = ids("2026-11-21");
    for day in ["2026-11-22", "2027-02-28", "2028-02-29", "2031-12-31"] {
        assert_eq!(ids(day), expected, "{day}");
    }
}

#[test]
fn the_set_is_rich_but_small() {
    for version in VERSIONS {
        let bundles = patients(version, today());
        let mut kinds: BTreeMap<String, usize> = BTreeMap::new();
        for bundle in &bundles {
            let entries = bundle["entry"].as_array().unwrap();
            assert!(
                entries.len() <= 500,
                "a transaction holds at most 500 entries"
            );
            for entry in entries {
                *kinds
                    .entry(
                        entry["resource"]["resourceType"]
                            .as_str()
                            .unwrap()
                            .to_owned(),
                    )
                    .or_default() += 1;
            }
        }
        let total: usize = kinds.values().sum();
        let bytes: usize = bundles.iter().map(|bundle| bundle.to_string().len()).sum();
        eprintln!("{version}: {total} resources, {bytes} bytes, {kinds:?}");
        assert!((1_200..2_000).contains(&total), "{total}");
        assert!(bytes < 2_000_000, "{bytes}");
        for kind in [
            "AllergyIntolerance",
            "CarePlan",
            "DiagnosticReport",
            "DocumentReference",
            "Immunization",
            "MedicationRequest",
            "Procedure",
        ] {
            assert!(kinds.get(kind).is_some_and(|count| *count >= 5), "{kind}");
        }
    }
}
