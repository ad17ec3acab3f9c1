//! Who may do what: reach out, be called by the runtime, make grants. `imports.rs` has who may
//! depend on whom.

use crate::checkout::{SourceFile, expect_none, files};

fn rust_below(folder: &'static str) -> Vec<SourceFile> {
    files(|path| path.starts_with(folder) && path.ends_with(".rs"))
}

fn lines_with(sources: &[SourceFile], words: &[&str]) -> Vec<String> {
    let mut findings = Vec::new();
    for source in sources {
        for (at, line) in source.text.lines().enumerate() {
            let code = line.split("//").next().unwrap_or_default();
            for word in words.iter().filter(|word| code.contains(**word)) {
                findings.push(format!("{}:{}: `{word}`", source.path, at + 1));
            }
        }
    }
    findings
}

#[test]
fn the_pure_crates_do_no_input_or_output_and_know_no_clock() {
    let mut sources = rust_below("edge/fhir/");
    sources.extend(rust_below("edge/smart/"));
    let words = [
        "worker::",
        "web_sys",
        "js_sys",
        "wasm_bindgen",
        "SystemTime",
        "Instant::now",
        "std::fs",
        "std::net",
        "std::env::",
        "getrandom",
        "rand::",
    ];
    sources.retain(|source| !source.path.contains("/tests/"));
    expect_none(&lines_with(&sources, &words));
}

#[test]
fn durable_objects_and_entry_points_have_their_places() {
    let mut sources = rust_below("edge/src/");
    sources.retain(|source| {
        !source.path.starts_with("edge/src/store/ledger/")
            && !source.path.starts_with("edge/src/store/oauth/shard/")
            && !["edge/src/worker.rs", "edge/src/binding.rs"].contains(&source.path.as_str())
    });
    expect_none(&lines_with(
        &sources,
        &["#[wasm_bindgen", "#[event(", "#[durable_object"],
    ));
}

#[test]
fn one_file_of_the_worker_reaches_out() {
    let mut sources = rust_below("edge/src/");
    sources.retain(|source| {
        !["edge/src/auth/fetch.rs", "edge/src/binding.rs"].contains(&source.path.as_str())
    });
    expect_none(&lines_with(&sources, &["binding::fetch", "Fetch::"]));
}

#[test]
fn only_api_and_auth_fetch_in_the_client() {
    let mut sources = rust_below("client/src/");
    sources.retain(|source| {
        !source.path.starts_with("client/src/api/") && !source.path.starts_with("client/src/auth/")
    });
    expect_none(&lines_with(&sources, &["gloo_net", ".fetch_with_"]));
}

#[test]
fn only_authorisation_makes_grants() {
    let mut sources = rust_below("edge/src/");
    sources.retain(|source| source.path != "edge/src/auth/authorise.rs");
    expect_none(&lines_with(&sources, &["Grant::new"]));
}

#[test]
fn sql_text_never_holds_what_a_caller_sent() {
    let mut sources = rust_below("edge/fhir/src/search/");
    sources.extend(rust_below("edge/src/store/"));
    // Values are bound; only names of our own tables are ever formatted into a statement.
    expect_none(&lines_with(&sources, &["VALUES('{", "= '{", "LIKE '{"]));
}
