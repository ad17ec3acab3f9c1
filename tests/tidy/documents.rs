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
    let schema = document("edge/src/store/sqlite/schema.rs");
    let tables = schema.split("CREATE TABLE IF NOT EXISTS ").skip(1);
    let names: Vec<&str> = tables.filter_map(|rest| rest.split('(').next()).collect();
    assert!(names.len() >= 9, "{names:?}");
    let missing = names
        .iter()
        .filter(|name| !page.contains(&format!("`{name}`")));
    expect_none(&missing.map(|name| (*name).to_owned()).collect::<Vec<_>>());
}

#[test]
fn every_kind_of_index_rows_is_documented_with_its_columns() {
    let page = document("docs/storage-schema.md");
    let mut missing = Vec::new();
    for kind in fhir::search::INDEX_KINDS {
        let start = format!("| `{}` |", kind.name);
        let Some(row) = page.lines().find(|line| line.starts_with(&start)) else {
            missing.push(format!("{} has no row", kind.name));
            continue;
        };
        let columns = kind.columns.iter().map(|column| column.name);
        for column in columns.chain(["rid"]) {
            if !row.contains(&format!("`{column}`")) {
                missing.push(format!("{} has no column {column}", kind.name));
            }
        }
    }
    expect_none(&missing);
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

/// What stands between backticks, in the order of the text.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

/// The rows of the tables of controls: requirement, how it is met, the test or why there is none.
fn controls(page: &str) -> Vec<[&str; 3]> {
    let tables = page.split("<!-- controls -->").skip(1).step_by(2);
    let rows = tables.flat_map(|table| table.lines().filter(|line| line.starts_with("| ")).skip(1));
    rows.map(|row| {
        let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
        cells
            .try_into()
            .unwrap_or_else(|_| panic!("not three cells: {row}"))
    })
    .collect()
}

/// Whether a source holds a test of this name: a function of Rust, or a title of node's.
fn has_test(path: &str, source: &str, name: &str) -> bool {
    if path.ends_with(".rs") {
        let mut functions = source.split("#[test]").skip(1);
        return functions.any(|rest| {
            let declared = rest.split("fn ").nth(1);
            declared.is_some_and(|declared| declared.starts_with(&format!("{name}(")))
        });
    }
    ["test(", "scene("].iter().any(|call| {
        let mut calls = source.split(call).skip(1).map(str::trim_start);
        calls.any(|rest| {
            ['\'', '"', '`']
                .iter()
                .any(|quote| rest.starts_with(&format!("{quote}{name}{quote}")))
        })
    })
}

#[test]
fn every_control_names_a_test_that_is_there_or_says_why_there_is_none() {
    let page = document("docs/SECURITY.md");
    let rows = controls(&page);
    assert!(rows.len() >= 70, "{} controls", rows.len());
    let mut findings = Vec::new();
    for [requirement, met_by, tests] in rows {
        let named: Vec<(&str, &str)> = quoted(tests)
            .filter_map(|text| text.split_once("::"))
            .collect();
        if named.is_empty() && !tests.starts_with("not met") {
            findings.push(format!(
                "{requirement}: neither a test nor why there is none"
            ));
        }
        for (path, name) in named {
            let source = fs::read_to_string(root().join(path)).unwrap_or_default();
            if !has_test(path, &source, name) {
                findings.push(format!("{requirement}: {path} has no test {name}"));
            }
        }
        let files = quoted(met_by).filter(|text| text.contains('/') && !text.starts_with('/'));
        for path in files {
            if !root().join(path).is_file() {
                findings.push(format!("{requirement}: there is no file {path}"));
            }
        }
    }
    expect_none(&findings);
}

#[test]
fn a_test_is_found_by_its_whole_name_and_nothing_else_is() {
    let rust = "#[test]\nfn holds() {}\nfn helps() {}";
    let node = "scene('it\u{2019}s so', {});\ntest(\n  `both`, () => {});";
    for (path, source, name, expected) in [
        ("a.rs", rust, "holds", true),
        ("a.rs", rust, "hold", false),
        ("a.rs", rust, "helps", false),
        ("a.mjs", node, "it\u{2019}s so", true),
        ("a.mjs", node, "both", true),
        ("a.mjs", node, "it", false),
        ("a.mjs", "// 'both'", "both", false),
    ] {
        assert_eq!(has_test(path, source, name), expected, "{path} {name}");
    }
}

#[test]
fn the_code_map_names_files_that_are_there() {
    let page = document("docs/architecture.md");
    let files = files(|path| path.starts_with("edge/") || path.starts_with("client/"));
    let named = quoted(&page).filter(|text| {
        let is_source = [".rs", ".js"].iter().any(|end| text.ends_with(end));
        is_source && !text.contains(' ')
    });
    let missing = named.filter(|name| {
        let below = format!("/{name}");
        !files
            .iter()
            .any(|file| file.path == **name || file.path.ends_with(&below))
    });
    expect_none(&missing.map(ToOwned::to_owned).collect::<Vec<_>>());
}
