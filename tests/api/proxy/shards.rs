//! The OAuth state in its shards: nothing of an older server's ledger is lost, and what has ended is
//! deleted.

use super::parameters::Parameters;
use super::{
    PUBLIC, assert_token_refused, code, launch, post_token, redemption, request, settings,
    with_patients,
};
use api::{Answer, Client, Server, assert_outcome, node, unique};
use serde_json::{Value, json};
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

const TABLES: [&str; 4] = ["spent", "authorization", "access_token", "signed_out"];
const SHARDS: u64 = 16;
/// More than a shard or the ledger deals with at a time.
const PLANTED: u64 = 2_300;

/// A directory that goes with the test.
struct State(PathBuf);

impl State {
    fn new() -> Self {
        let path = env::temp_dir().join(unique("fhir-edge-api-shards"));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    /// Runs `oauth-state.mjs`; what it prints.
    fn run(&self, command: &[&str]) -> String {
        let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("proxy/oauth-state.mjs");
        let path = [program.to_str().unwrap(), self.0.to_str().unwrap()];
        let arguments: Vec<&str> = path.iter().chain(command).copied().collect();
        node(&arguments)
    }

    fn count(&self) -> Value {
        serde_json::from_str(&self.run(&["count"])).expect("counts")
    }
}

impl Drop for State {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn text<'a>(answer: &'a Answer, name: &str) -> &'a str {
    answer.body[name].as_str().expect(name)
}

fn post(client: &Client, path: &str, form: &Parameters) -> Answer {
    let request = client.request("POST", path);
    let request = request.header("content-type", "application/x-www-form-urlencoded");
    request.body(form.to_string()).send()
}

fn introspect(server: &Server, token: &str) -> Value {
    let form = Parameters::default().set("token", token);
    let answer = post(&server.admin(), "/connect/introspect", &form);
    answer.expect(200).body
}

fn revoke(server: &Server, token: &str, client: &str) {
    let form = Parameters::default().set("token", token);
    let form = form.set("client_id", client);
    post(&server.anonymous(), "/connect/revoke", &form).expect(200);
}

fn renewal(answer: &Answer) -> Parameters {
    let form = Parameters::default().set("grant_type", "refresh_token");
    form.set("refresh_token", text(answer, "refresh_token"))
}

/// An access token of its own.
fn access_token(server: &Server) -> String {
    let person = json!(unique("person"));
    let token = server.forgery().claim("oid", person.clone());
    token.claim("sub", person).sign()
}

/// Writes to every shard: to each of so many with near certainty.
fn touch_every_shard(server: &Server) {
    for _ in 0..12 * SHARDS {
        revoke(server, &access_token(server), "svc-client");
    }
}

#[test]
fn what_an_older_server_kept_in_the_ledger_still_counts() {
    let state = State::new();
    let settings = settings().state(&state.0);
    let running = with_patients(settings.start());
    let server = &running.server;

    let first = launch(server);
    let second = post_token(server, &renewal(&first)).expect(200);
    let revoked = launch(server);
    revoke(server, text(&revoked, "refresh_token"), PUBLIC);
    let without_access = launch(server);
    revoke(server, text(&without_access, "access_token"), PUBLIC);
    let used = redemption(&code(server, &request(server)));
    let replayed = post_token(server, &used).expect(200);
    let person = unique("person");
    let signed_out = server.forgery().claim("oid", json!(person));
    let signed_out = signed_out.claim("iat", json!(1)).sign();
    let form = Parameters::default().set("object_id", &person);
    post(&server.admin(), "/connect/revoke-sessions", &form).expect(204);
    let before = introspect(server, text(&second, "access_token"));
    assert_eq!(before["encounter"], "demo-visit");

    let settings = settings.at_the_ports_of(server);
    drop(running);
    let rows = state.count();
    state.run(&["return-to-ledger", &PLANTED.to_string()]);
    let in_ledger = state.count();
    for table in TABLES {
        let all = rows[table]["shards"].as_u64().unwrap() + PLANTED;
        assert_eq!(in_ledger[table]["ledger"], all, "{table}");
    }
    let running = settings.start();
    let server = &running.server;

    // Side by side: no shard answers before it has its rows.
    thread::scope(|scope| {
        for answer in [&second, &without_access] {
            scope.spawn(move || {
                let told = introspect(server, text(answer, "refresh_token"));
                assert_eq!(told["active"], true, "{told}");
                assert_eq!(told["patient"], "demo-amelia");
            });
        }
        for token in [
            text(&first, "refresh_token"),
            text(&revoked, "refresh_token"),
            text(&revoked, "access_token"),
            text(&without_access, "access_token"),
            &signed_out,
        ] {
            scope.spawn(move || assert_eq!(introspect(server, token), json!({ "active": false })));
        }
    });
    assert_eq!(introspect(server, text(&second, "access_token")), before);
    let refused = server
        .bearing(text(&revoked, "access_token"))
        .get("/Patient/demo-amelia");
    assert_outcome(&refused, 401, "login", "revoked");
    let refused = server.bearing(&signed_out).get("/Patient/demo-amelia");
    assert_outcome(&refused, 401, "login", "has ended");
    // A code that comes again ends what was issued for it.
    let replay = post_token(server, &used);
    assert_token_refused(&replay, 400, "invalid_grant", "used before");
    for name in ["refresh_token", "access_token"] {
        assert_eq!(introspect(server, text(&replayed, name))["active"], false);
    }

    touch_every_shard(server);
    drop(running);
    let taken_over = state.count();
    assert_eq!(taken_over["objects"], SHARDS);
    for table in TABLES {
        let counts = &taken_over[table];
        assert_eq!(counts["ledger"], 0, "{table} is handed over");
        let least = rows[table]["shards"].as_u64().unwrap() + PLANTED;
        assert!(
            counts["shards"].as_u64() >= Some(least),
            "{table}: {counts}"
        );
    }
}

#[test]
fn rows_that_have_ended_are_deleted_and_no_others() {
    let state = State::new();
    let settings = settings().state(&state.0);
    let running = with_patients(settings.start());
    launch(&running.server);
    touch_every_shard(&running.server);
    drop(running);
    let before = state.count();
    assert_eq!(before["objects"], SHARDS);
    state.run(&["expire", &PLANTED.to_string()]);

    let running = settings.start();
    touch_every_shard(&running.server);
    let start = Instant::now();
    loop {
        thread::sleep(Duration::from_millis(500));
        let now = state.count();
        let is_swept = TABLES.iter().all(|table| {
            let (before, now) = (&before[table]["shards"], &now[table]["shards"]);
            assert!(now.as_u64() >= before.as_u64(), "{table}: {before}, {now}");
            now.as_u64() < before.as_u64().map(|before| before + PLANTED)
        });
        if is_swept {
            return;
        }
        assert!(
            start.elapsed() < Duration::from_secs(20),
            "not swept: {now}"
        );
    }
}
