//! How a file must look.

use crate::checkout::{expect_none, files};

const LONGEST: usize = 500;

fn is_source(path: &str) -> bool {
    let ends = [".rs", ".mjs", ".js", ".css"];
    ends.iter().any(|end| path.ends_with(end)) && !path.contains("/tables/")
}

#[test]
fn no_source_file_is_longer_than_a_reader_keeps_in_mind() {
    let sources = files(is_source);
    let long = sources.iter().filter_map(|source| {
        let lines = source.text.lines().count();
        (lines > LONGEST).then(|| format!("{} has {lines} lines", source.path))
    });
    expect_none(&long.collect::<Vec<_>>());
}

#[test]
fn every_rust_file_opens_with_what_it_is() {
    let sources = files(|path| path.ends_with(".rs"));
    let silent = sources
        .iter()
        .filter(|source| !source.text.starts_with("//!"));
    expect_none(&silent.map(|source| source.path.clone()).collect::<Vec<_>>());
}

#[test]
fn nothing_is_left_half_done() {
    // Written in two parts so that this file does not find itself.
    let words = [
        "TO".to_owned() + "DO",
        "FIX".to_owned() + "ME",
        "#[ign".to_owned() + "ore",
        "dbg".to_owned() + "!(",
    ];
    let mut findings = Vec::new();
    for source in files(is_source) {
        for (at, line) in source.text.lines().enumerate() {
            if words.iter().any(|word| line.contains(word)) {
                findings.push(format!("{}:{}: {}", source.path, at + 1, line.trim()));
            }
        }
    }
    expect_none(&findings);
}

#[test]
fn no_name_says_nothing() {
    let names = [
        "util", "utils", "helper", "helpers", "common", "misc", "manager",
    ];
    let sources = files(is_source);
    let vague = sources.iter().filter(|source| {
        let stems = source.path.split(['/', '.']);
        stems.into_iter().any(|stem| names.contains(&stem))
    });
    expect_none(&vague.map(|source| source.path.clone()).collect::<Vec<_>>());
}

#[test]
fn sql_is_written_in_its_folders_alone() {
    let homes = [
        "edge/fhir/src/sql/",
        "edge/src/store/by_ledger/",
        "edge/src/store/ledger/",
        "edge/src/store/sqlite/",
        "edge/src/store/oauth/shard/",
        "edge/src/store/tests/",
    ];
    let words = [
        "SELECT ",
        "INSERT INTO ",
        "DELETE FROM ",
        " WHERE ",
        "json_each(",
    ];
    let sources = files(|path| path.starts_with("edge/") && path.ends_with(".rs"));
    let mut findings = Vec::new();
    for source in sources {
        let is_home = homes.iter().any(|home| source.path.starts_with(home));
        if is_home || !source.path.contains("/src/") {
            continue;
        }
        for (at, line) in source.text.lines().enumerate() {
            let code = line.trim_start();
            if !code.starts_with("//") && words.iter().any(|word| code.contains(word)) {
                findings.push(format!("{}:{}: {code}", source.path, at + 1));
            }
        }
    }
    expect_none(&findings);
}

#[test]
fn lines_end_cleanly() {
    let mut findings = Vec::new();
    for source in files(|path| is_source(path) || path.ends_with(".md") || path.ends_with(".toml"))
    {
        for (at, line) in source.text.lines().enumerate() {
            if line.ends_with(' ') || line.ends_with('\t') {
                findings.push(format!("{}:{} ends with a space", source.path, at + 1));
            }
        }
        if !source.text.is_empty() && !source.text.ends_with('\n') {
            findings.push(format!("{} does not end with a line break", source.path));
        }
    }
    expect_none(&findings);
}

#[test]
fn nothing_names_the_machine_it_was_written_on() {
    let words = [
        "/wo".to_owned() + "rk/",
        "/ro".to_owned() + "ot/",
        "/ho".to_owned() + "me/",
    ];
    let mut findings = Vec::new();
    for source in files(|path| !path.contains("/tables/") && path != "LICENSE") {
        for (at, line) in source.text.lines().enumerate() {
            if words.iter().any(|word| line.contains(word)) {
                findings.push(format!("{}:{}: {}", source.path, at + 1, line.trim()));
            }
        }
    }
    expect_none(&findings);
}

#[test]
fn secrets_of_development_stay_in_development() {
    let mut findings = Vec::new();
    for source in files(|path| path.starts_with("edge/src/") || path.starts_with("client/src/")) {
        if source.text.contains("dev-secret") {
            findings.push(source.path);
        }
    }
    expect_none(&findings);
}
