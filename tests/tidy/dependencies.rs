//! What is depended on: licences, sources and duplicates as `deny.toml` has them.
//! <https://embarkstudios.github.io/cargo-deny/checks/cfg.html>

use crate::checkout::{expect_none, root};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::process::Command;

/// A locked package.
struct Package {
    name: String,
    version: String,
    licence: String,
    /// `None` for the crates of the workspace.
    source: Option<String>,
    /// Dependencies on whatever version, but for those in the workspace.
    wildcards: Vec<String>,
}

fn packages() -> Vec<Package> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--locked", "--format-version", "1"])
        .current_dir(root())
        .output()
        .expect("cargo tells what is locked");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "cargo metadata: {said}");
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let packages = metadata["packages"].as_array().expect("packages");
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let package = |package: &Value| Package {
        name: text(&package["name"]).expect("a name"),
        version: text(&package["version"]).expect("a version"),
        licence: text(&package["license"]).unwrap_or_default(),
        source: text(&package["source"]),
        wildcards: package["dependencies"]
            .as_array()
            .expect("dependencies")
            .iter()
            .filter(|dependency| dependency["req"] == "*" && dependency["path"].is_null())
            .filter_map(|dependency| text(&dependency["name"]))
            .collect(),
    };
    packages.iter().map(package).collect()
}

/// The texts of a list of `deny.toml`: in a list of tables, those called `crate`.
fn listed(name: &str) -> Vec<String> {
    let rules = fs::read_to_string(root().join("deny.toml")).expect("deny.toml");
    let start = format!("\n{name} = [");
    let (_, rest) = rules.split_once(&start).expect("the list is there");
    let (list, _) = rest.split_once(']').expect("the list ends");
    let entries = list
        .lines()
        .map(|line| line.split('#').next().unwrap_or_default());
    let texts = entries.filter_map(|entry| entry.split('"').nth(1));
    texts.map(str::to_owned).collect()
}

/// Whether a licence expression (SPDX) can be met with what is allowed; what was used to meet it is
/// noted. The slash is how crates wrote `OR` once.
fn is_met(expression: &str, allowed: &[String], used: &mut BTreeSet<String>) -> bool {
    let spaced = expression
        .replace('(', " ( ")
        .replace(')', " ) ")
        .replace('/', " OR ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut at = 0;
    either(&words, &mut at, allowed, used) && at == words.len()
}

type Used<'a> = &'a mut BTreeSet<String>;

fn either(words: &[&str], at: &mut usize, allowed: &[String], used: Used<'_>) -> bool {
    let mut met = both(words, at, allowed, used);
    while words.get(*at) == Some(&"OR") {
        *at += 1;
        met |= both(words, at, allowed, used);
    }
    met
}

fn both(words: &[&str], at: &mut usize, allowed: &[String], used: Used<'_>) -> bool {
    let mut met = one(words, at, allowed, used);
    while words.get(*at) == Some(&"AND") {
        *at += 1;
        met &= one(words, at, allowed, used);
    }
    met
}

fn one(words: &[&str], at: &mut usize, allowed: &[String], used: Used<'_>) -> bool {
    let Some(word) = words.get(*at) else {
        return false;
    };
    *at += 1;
    if *word == "(" {
        let met = either(words, at, allowed, used);
        *at += 1;
        return met && words.get(*at - 1) == Some(&")");
    }
    let mut licence = (*word).to_owned();
    if words.get(*at) == Some(&"WITH") {
        licence = words[*at - 1..words.len().min(*at + 2)].join(" ");
        *at += 2;
    }
    let met = allowed.contains(&licence);
    if met {
        used.insert(licence);
    }
    met
}

#[test]
fn licence_expressions_are_read_as_spdx_has_them() {
    let allowed = ["MIT".to_owned(), "ISC".to_owned()];
    for (expression, expected) in [
        ("MIT", true),
        ("GPL-3.0", false),
        ("GPL-3.0 OR MIT", true),
        ("GPL-3.0/MIT", true),
        ("MIT AND ISC", true),
        ("MIT AND GPL-3.0", false),
        ("(MIT OR GPL-3.0) AND ISC", true),
        ("(MIT OR ISC) AND GPL-3.0", false),
        ("MIT OR ISC AND GPL-3.0", true),
        ("MIT WITH exception", false),
        ("MIT WITH exception OR ISC", true),
        ("(MIT", false),
        ("MIT ISC", false),
        ("", false),
    ] {
        let met = is_met(expression, &allowed, &mut BTreeSet::new());
        assert_eq!(met, expected, "{expression}");
    }
}

#[test]
fn every_licence_is_allowed_and_every_allowance_is_needed() {
    let allowed = listed("allow");
    let mut used = BTreeSet::new();
    let mut findings: Vec<String> = packages()
        .iter()
        .filter(|package| !is_met(&package.licence, &allowed, &mut used))
        .map(
            |Package {
                 name,
                 version,
                 licence,
                 ..
             }| format!("{name} {version}: `{licence}`"),
        )
        .collect();
    let idle = allowed.iter().filter(|licence| !used.contains(*licence));
    findings.extend(idle.map(|licence| format!("nothing is under {licence}")));
    expect_none(&findings);
}

#[test]
fn everything_comes_from_the_registry_in_a_stated_version() {
    let registries = listed("allow-registry");
    let mut findings = Vec::new();
    for package in packages() {
        if let Some(source) = &package.source {
            let registry = source.strip_prefix("registry+").unwrap_or_default();
            if !registries.iter().any(|allowed| allowed == registry) {
                findings.push(format!("{} comes from {source}", package.name));
            }
        } else {
            let wild = package.wildcards.iter();
            findings.extend(wild.map(|name| format!("{} needs any {name}", package.name)));
        }
    }
    expect_none(&findings);
}

#[test]
fn no_crate_is_there_twice_without_a_reason_and_no_reason_without_a_crate() {
    let skipped = listed("skip");
    let is_skipped = |package: &Package, entry: &String| {
        let (name, version) = entry.split_once('@').unwrap_or((entry, ""));
        package.name == name && format!("{}.", package.version).starts_with(&format!("{version}."))
    };
    let packages = packages();
    let mut versions: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for package in &packages {
        if !skipped.iter().any(|entry| is_skipped(package, entry)) {
            let versions = versions.entry(&package.name).or_default();
            versions.push(&package.version);
        }
    }
    let twice = versions.iter().filter(|(_, versions)| versions.len() > 1);
    let mut findings: Vec<String> = twice
        .map(|(name, versions)| format!("{name} is there as {}", versions.join(" and ")))
        .collect();
    for entry in &skipped {
        let name = entry.split('@').next().unwrap_or_default();
        let is_needed = packages.iter().any(|package| is_skipped(package, entry));
        if !is_needed || !versions.contains_key(name) {
            findings.push(format!("nothing needs {entry} beside another version"));
        }
    }
    expect_none(&findings);
}
