//! What the documents say must be so.

use crate::checkout::{expect_none, files, root};
use std::fs;

fn document(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The quoted names in capitals in the code that reads the configuration.
fn configuration_variables() -> Vec<String> {
    let mut names = Vec::new();
    for source in files(|path| path.starts_with("edge/src/config") && path.ends_with(".rs")) {
        let production = source.text.split("#[cfg(test)]").next().unwrap_or_default();
        for name in production.split('"').skip(1).step_by(2) {
            let shouts = |c: char| c.is_ascii_uppercase() || c == '_';
            if name.len() > 3 && name.chars().all(shouts) && !names.contains(&name.to_owned()) {
                names.push(name.to_owned());
            }
        }
    }
    names
}

#[test]
fn every_variable_is_documented() {
    let page = document("docs/configuration.md");
    let names = configuration_variables();
    assert!(names.len() >= 17, "{names:?}");
    let missing = names
        .into_iter()
        .filter(|name| !page.contains(&format!("`{name}`")));
    expect_none(&missing.collect::<Vec<_>>());
}

#[test]
fn every_table_is_documented() {
    let page = document("docs/storage-schema.md");
    let schema = document("edge/src/store/ledger/schema.rs");
    let tables = schema.split("CREATE TABLE IF NOT EXISTS ").skip(1);
    let names: Vec<&str> = tables.filter_map(|rest| rest.split('(').next()).collect();
    assert!(names.len() >= 9, "{names:?}");
    let missing = names
        .iter()
        .filter(|name| !page.contains(&format!("`{name}`")));
    expect_none(&missing.map(|name| (*name).to_owned()).collect::<Vec<_>>());
}

#[test]
fn links_between_documents_lead_somewhere() {
    let mut findings = Vec::new();
    for page in files(|path| path.ends_with(".md")) {
        let folder = page.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        for link in page.text.split("](").skip(1) {
            let target = link.split([')', '#']).next().unwrap_or_default();
            if target.is_empty() || target.contains("://") {
                continue;
            }
            if !root().join(folder).join(target).exists() {
                findings.push(format!("{} links to {target}", page.path));
            }
        }
    }
    expect_none(&findings);
}

#[test]
fn the_readme_lists_every_interaction_and_no_other() {
    let readme = document("README.md");
    let table = readme
        .split("<!-- interactions -->")
        .nth(1)
        .expect("README has the table");
    for interaction in fhir::interaction::Interaction::ALL {
        let code = format!("| `{}`", interaction.code());
        assert!(table.contains(&code), "{code} is missing in README.md");
    }
    let rows = table.lines().filter(|line| line.starts_with("| `")).count();
    assert_eq!(rows, fhir::interaction::Interaction::ALL.len());
}
