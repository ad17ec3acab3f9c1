//! Keys change: those signed in stay so while their key is published, the new key is found soon and
//! with measure, and a key that was removed stops counting.

use super::listener::Listener;
use api::{Settings, assert_outcome};
use serde_json::json;
use std::thread;
use std::time::{Duration, Instant};

/// A minute, and what the requests in between take.
const A_MINUTE: Duration = Duration::from_secs(65);

#[test]
fn a_rotated_key_is_accepted_within_a_minute_and_nobody_is_thrown_out() {
    let running = Settings::default().start();
    let server = &running.server;
    let before = server.admin();
    before.get("/Patient").expect(200);
    server.rotate_keys(true);
    let after = server.bearing(&server.forgery().sign());
    let start = Instant::now();
    loop {
        before.get("/Patient").expect(200);
        let answer = after.get("/Patient");
        if answer.status == 200 {
            break;
        }
        assert_outcome(&answer, 401, "login", "does not publish");
        assert!(start.elapsed() < A_MINUTE, "{answer}");
        thread::sleep(Duration::from_secs(1));
    }
    before.get("/Patient").expect(200);
}

#[test]
fn tokens_of_a_removed_key_end_within_a_minute_also_those_that_were_verified_before() {
    let running = Settings::default().start();
    let server = &running.server;
    let verified = server.admin();
    verified.get("/Patient").expect(200);
    let unused = server.bearing(&server.forgery().sign());
    server.rotate_keys(false);
    let start = Instant::now();
    loop {
        let answer = verified.get("/Patient");
        if answer.status == 401 {
            assert_outcome(&answer, 401, "login", "does not publish");
            break;
        }
        answer.expect(200);
        assert!(start.elapsed() < A_MINUTE, "the token is still taken");
        thread::sleep(Duration::from_secs(2));
    }
    let answer = unused.get("/Patient");
    assert_outcome(&answer, 401, "login", "does not publish");
    // The new key counts; `forgery` signs with it.
    let renewed = server.bearing(&server.forgery().sign());
    renewed.get("/Patient").expect(200);
}

#[test]
fn a_provider_that_is_down_locks_nobody_out_until_it_says_that_the_key_is_gone() {
    let provider = Listener::open();
    let url = provider.url.clone();
    let document = json!({
        "issuer": url, "authorization_endpoint": url, "token_endpoint": url,
        "jwks_uri": format!("{url}/keys"),
    });
    provider.serve("/.well-known/openid-configuration", document);
    let entry = json!([{ "authority": url, "roles": ["globalReader"] }]);
    let running = Settings::default()
        .variable("TRUSTED_AUTHORITIES", &entry.to_string())
        .start();
    let server = &running.server;
    let keys = format!("{}/test/foreign-keys", server.idp);
    provider.serve("/keys", server.anonymous().get(&keys).expect(200).body);
    let token = |id: &str| {
        let forgery = server
            .forgery()
            .foreign_key()
            .header("kid", json!("foreign"));
        let forgery = forgery.claim("iss", json!(url)).claim("jti", json!(id));
        server.bearing(&forgery.claim("roles", json!(["globalReader"])).sign())
    };
    let known = token("known");
    known.get("/Patient").expect(200);
    let fetched = provider.visits();
    provider.withdraw("/keys");
    let start = Instant::now();
    // The keys are old after a minute; the provider is asked, and does not answer.
    while provider.visits() == fetched {
        known.get("/Patient").expect(200);
        assert!(start.elapsed() < A_MINUTE, "nobody asks for the keys");
        thread::sleep(Duration::from_secs(2));
    }
    known.get("/Patient").expect(200);
    token("unseen").get("/Patient").expect(200);
    // It is asked with measure, and believed when it is back.
    let tried = provider.visits();
    for _ in 0..10 {
        known.get("/Patient").expect(200);
    }
    assert_eq!(provider.visits(), tried);
    provider.serve("/keys", json!({ "keys": [] }));
    let start = Instant::now();
    while known.get("/Patient").status == 200 {
        assert!(start.elapsed() < A_MINUTE, "the key still counts");
        thread::sleep(Duration::from_secs(2));
    }
    for client in [known, token("later")] {
        let answer = client.get("/Patient");
        assert_outcome(&answer, 401, "login", "does not publish");
    }
}
