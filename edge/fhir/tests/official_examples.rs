//! The official example resources of R4, which come with the package that the definitions are
//! generated from: all must be valid, and none may lose anything on the way to its stored text.
//!
//! The package is there after `cargo run -p definitions -- check`; without it the test says that
//! it was skipped.

use fhir::Release;
use fhir::definitions::Definitions;
use fhir::meta::Rendered;
use fhir::search::extract;
use fhir::validate::validate;
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

/// Examples that break the rules of the release they come with, by the start of their name.
const FAULTY: [&str; 12] = [
    // An empty narrative.
    "ActivityDefinition-blood-tubes-supply",
    "ActivityDefinition-heart-valve-replacement",
    "EventDefinition-example.",
    "Questionnaire-zika-virus-exposure-assessment",
    // Codes with double spaces.
    "Bundle-v2-valuesets",
    "CodeSystem-v2-0550",
    "Bundle-valuesets",
    // Required elements are missing.
    "ImplementationGuide-fhir",
    "Questionnaire-qs1",
    "SearchParameter-codesystem-extensions-",
    "SearchParameter-valueset-extensions-",
    // An id of more than 64 characters.
    "SearchParameter-questionnaireresponse-extensions-",
];

fn examples() -> Option<Vec<PathBuf>> {
    let packages = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/definitions-packages");
    let package = fs::read_dir(packages)
        .ok()?
        .filter_map(Result::ok)
        .map(|entry| entry.path());
    let package = package.filter(|path| path.to_string_lossy().contains("r4.examples"));
    let mut found = Vec::new();
    for folder in package.flat_map(|path| [path.join("package"), path]) {
        let files = fs::read_dir(folder)
            .into_iter()
            .flatten()
            .filter_map(Result::ok);
        found.extend(files.map(|file| file.path()));
    }
    found.retain(|path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.ends_with(".json") && name.starts_with(|first: char| first.is_ascii_uppercase())
    });
    found.sort();
    (!found.is_empty()).then_some(found)
}

#[test]
fn the_official_examples_are_valid_and_survive_storage() {
    let Some(paths) = examples() else {
        eprintln!("skipped: the package of the official examples is not there");
        return;
    };
    let definitions = Definitions::of(Release::R4);
    let mut wrong = Vec::new();
    let mut checked = 0;
    for path in paths {
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let text = fs::read(&path).unwrap();
        let resource = fhir::json::parse(&text).unwrap();
        checked += 1;
        for issue in validate(definitions, &resource) {
            let place = issue.expression.unwrap_or_default();
            if !FAULTY.iter().any(|start| name.starts_with(start)) {
                wrong.push(format!("{name}: {place}: {}", issue.diagnostics));
            }
        }
        extract(definitions, &resource);
        let id = resource["id"].as_str().unwrap_or("x");
        let stored = Rendered::new(&resource, id).complete("1", "2026-01-01T00:00:00.000Z");
        let mut stored: Value = fhir::json::parse(stored.as_bytes()).unwrap();
        let mut sent = resource;
        for value in [&mut stored, &mut sent] {
            let object = value.as_object_mut().unwrap();
            object.remove("id");
            if let Some(Value::Object(meta)) = object.get_mut("meta") {
                meta.retain(|key, _| !key.contains("versionId") && !key.contains("lastUpdated"));
            }
            if object
                .get("meta")
                .is_some_and(|meta| meta.as_object().is_some_and(serde_json::Map::is_empty))
            {
                object.remove("meta");
            }
        }
        assert_eq!(stored, sent, "{name}");
    }
    println!("{checked} examples");
    assert!(
        wrong.is_empty(),
        "{} issues:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}
