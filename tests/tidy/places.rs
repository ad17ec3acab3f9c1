//! What only one place may do: number statuses, read the clock, draw random numbers.

use crate::checkout::{SourceFile, expect_none, files};

/// Where the worker reads the clock. Everything else is told the time.
const CLOCKS: [&str; 3] = [
    "edge/src/worker.rs",
    "edge/src/store/ledger/",
    "edge/src/store/oauth/shard/",
];

/// Where the worker draws random numbers: ids of resources and requests, nonces, the root secret.
const DRAWS: [&str; 6] = [
    "edge/src/binding.rs",
    "edge/src/http/mod.rs",
    "edge/src/seal.rs",
    "edge/src/server.rs",
    "edge/src/store/ledger/",
    "edge/src/store/sqlite/",
];

/// The lines of code outside `places` that `is_forbidden` finds, in files outside tests.
fn found(
    sources: &[SourceFile],
    places: &[&str],
    is_forbidden: impl Fn(&str) -> bool,
) -> Vec<String> {
    let mut findings = Vec::new();
    for source in sources {
        let path = source.path.as_str();
        let is_place = places.iter().any(|place| path.starts_with(place));
        if is_place || path.contains("/tests/") || path.ends_with("tests.rs") {
            continue;
        }
        let lines = source.text.lines().enumerate();
        for (at, line) in lines.take_while(|(_, line)| *line != "#[cfg(test)]") {
            if is_forbidden(line.split("//").next().unwrap_or_default()) {
                findings.push(format!("{path}:{}: {}", at + 1, line.trim()));
            }
        }
    }
    findings
}

fn worker() -> Vec<SourceFile> {
    files(|path| path.starts_with("edge/src/") && path.ends_with(".rs"))
}

/// Whether a line makes or compares a status by its number.
fn numbers_a_status(line: &str) -> bool {
    let about_statuses = ["status", "Status", "Answer::", "not_stored"];
    about_statuses.iter().any(|word| line.contains(word))
        && line
            .split(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '.')
            .any(|word| matches!(word.parse(), Ok(100..600)))
}

fn reads_clock(line: &str) -> bool {
    ["Date::now", "Date::new_0", "SystemTime", "Instant::now"]
        .iter()
        .any(|word| line.contains(word))
}

fn draws(line: &str) -> bool {
    ["random_uuid", "random_values", "Math::random", "getrandom"]
        .iter()
        .any(|word| line.contains(word))
}

#[test]
fn one_file_has_the_numbers_of_statuses() {
    expect_none(&found(&worker(), &["edge/src/status.rs"], numbers_a_status));
}

#[test]
fn one_file_turns_errors_into_statuses() {
    let turns = |line: &str| line.contains("Reason::NotFound =>");
    expect_none(&found(&worker(), &["edge/src/http/error.rs"], turns));
}

#[test]
fn time_is_read_where_requests_arrive_and_where_commits_are_ordered() {
    expect_none(&found(&worker(), &CLOCKS, reads_clock));
}

#[test]
fn random_numbers_are_drawn_in_few_places() {
    expect_none(&found(&worker(), &DRAWS, draws));
}

#[test]
fn a_planted_number_clock_or_draw_is_found() {
    let plant = |line: &str| {
        vec![SourceFile {
            path: "edge/src/interaction/planted.rs".to_owned(),
            text: line.to_owned(),
        }]
    };
    for line in [
        "Answer::empty(204)",
        "answer.status = 503;",
        "if status == 401 {",
    ] {
        assert_eq!(
            found(&plant(line), &[], numbers_a_status).len(),
            1,
            "{line}"
        );
    }
    for line in ["let now = js_sys::Date::now();", "SystemTime::now()"] {
        assert_eq!(found(&plant(line), &CLOCKS, reads_clock).len(), 1, "{line}");
    }
    for line in [
        "binding::random_uuid()",
        "crate::binding::random_values(&key);",
    ] {
        assert_eq!(found(&plant(line), &DRAWS, draws).len(), 1, "{line}");
    }
    for harmless in ["// Answer::empty(204)", "const MAX: usize = 204;"] {
        expect_none(&found(&plant(harmless), &[], numbers_a_status));
    }
}
