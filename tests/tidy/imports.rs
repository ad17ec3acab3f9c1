//! Who may import whom: no two folders of a crate depend on each other, and the worker's folders
//! have an order.

use crate::checkout::{SourceFile, expect_none, files};
use std::collections::{BTreeMap, BTreeSet};

/// The worker's modules from the lowest up: each may import those on the lines above its own.
const ORDER: [&[&str]; 12] = [
    &["binding"],
    &["error", "status"],
    &["grant", "jose", "rate", "seal"],
    &["config"],
    &["store"],
    &["message", "server"],
    &["exchange"],
    &["auth"],
    &["interaction"],
    &["proxy"],
    &["http"],
    &["worker"],
];

/// A module of a crate, what it imports, and where.
type Imports = BTreeMap<String, BTreeMap<String, String>>;

/// The code of a file without its comments and tests.
fn code(text: &str) -> String {
    let lines = text.lines().take_while(|line| *line != "#[cfg(test)]");
    let lines = lines.map(|line| line.split("//").next().unwrap_or_default());
    lines.collect::<Vec<_>>().join("\n")
}

/// The modules that some code names after `crate::`.
fn named(code: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for after in code.split("crate::").skip(1) {
        let group = after
            .strip_prefix('{')
            .and_then(|rest| rest.split('}').next());
        for item in group.unwrap_or(after).split(',') {
            let name: String = item
                .trim()
                .chars()
                .take_while(|c| c.is_ascii_lowercase() || *c == '_')
                .collect();
            names.insert(name);
            if group.is_none() {
                break;
            }
        }
    }
    names.remove("");
    names
}

fn imports(root: &str, sources: &[SourceFile]) -> Imports {
    let mut imports = Imports::new();
    let modules: BTreeSet<String> = sources
        .iter()
        .map(|source| module(root, &source.path))
        .collect();
    for source in sources.iter().filter(|source| !is_test(&source.path)) {
        let own = module(root, &source.path);
        for name in named(&code(&source.text)) {
            if name != own && modules.contains(&name) {
                let of_module = imports.entry(own.clone()).or_default();
                of_module.entry(name).or_insert_with(|| source.path.clone());
            }
        }
    }
    imports
}

fn is_test(path: &str) -> bool {
    path.contains("/tests/") || path.ends_with("tests.rs")
}

/// The module of a crate that a file belongs to.
fn module(root: &str, path: &str) -> String {
    let below = path.strip_prefix(root).unwrap_or(path);
    let first = below.split('/').next().unwrap_or_default();
    first.strip_suffix(".rs").unwrap_or(first).to_owned()
}

/// Every import that closes a circle.
fn circles(imports: &Imports) -> Vec<String> {
    let reaches = |from: &str, to: &str| {
        let (mut open, mut seen) = (vec![from.to_owned()], BTreeSet::new());
        while let Some(module) = open.pop() {
            if module == to {
                return true;
            }
            if seen.insert(module.clone()) {
                open.extend(
                    imports
                        .get(&module)
                        .into_iter()
                        .flat_map(|own| own.keys().cloned()),
                );
            }
        }
        false
    };
    let mut findings = Vec::new();
    for (module, imported) in imports {
        for (other, path) in imported {
            if reaches(other, module) {
                findings.push(format!(
                    "{path}: {module} imports {other}, which leads back"
                ));
            }
        }
    }
    findings
}

/// Every import of the worker that points upwards.
fn upward(imports: &Imports) -> Vec<String> {
    let rank = |module: &str| ORDER.iter().position(|line| line.contains(&module));
    let mut findings = Vec::new();
    for (module, imported) in imports.iter().filter(|(module, _)| *module != "lib") {
        for (other, path) in imported {
            match (rank(module), rank(other)) {
                (Some(own), Some(others)) if others < own => {}
                _ => findings.push(format!("{path}: {module} must not import {other}")),
            }
        }
    }
    findings
}

fn rust_below(root: &'static str) -> Vec<SourceFile> {
    files(|path| path.starts_with(root) && path.ends_with(".rs"))
}

#[test]
fn no_two_folders_of_a_crate_import_each_other() {
    for root in ["edge/src/", "edge/fhir/src/", "edge/smart/src/"] {
        expect_none(&circles(&imports(root, &rust_below(root))));
    }
}

#[test]
fn the_worker_s_folders_import_downwards_only() {
    let root = "edge/src/";
    expect_none(&upward(&imports(root, &rust_below(root))));
}

#[test]
fn a_planted_import_is_found() {
    let planted = |path: &str, text: &str| SourceFile {
        path: path.to_owned(),
        text: text.to_owned(),
    };
    let root = "edge/src/";
    for line in [
        "use crate::http::Answer;",
        "use crate::{error::Error, http};",
        "fn f() { crate::http::serve(); }",
    ] {
        let mut sources = rust_below(root);
        sources.push(planted("edge/src/interaction/planted.rs", line));
        assert_eq!(upward(&imports(root, &sources)).len(), 1, "{line}");
        assert!(!circles(&imports(root, &sources)).is_empty(), "{line}");
    }
    for harmless in [
        "// use crate::http::Answer;",
        "#[cfg(test)]\nuse crate::http::Answer;",
    ] {
        let mut sources = rust_below(root);
        sources.push(planted("edge/src/interaction/planted.rs", harmless));
        expect_none(&upward(&imports(root, &sources)));
    }
}
