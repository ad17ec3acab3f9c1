//! Sessions that end before their tokens do: the identity provider tells of it, or an administrator
//! says so. <https://openid.net/specs/openid-connect-backchannel-1_0.html>

use super::listener::Listener;
use api::{Answer, Client, Forgery, Server, Settings, assert_outcome, unique};
use serde_json::{Value, json};
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

const LOGOUT: &str = "/connect/logout";
const REVOKE_SESSIONS: &str = "/connect/revoke-sessions";
const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

/// A minute, and what the requests in between take.
const A_MINUTE: Duration = Duration::from_secs(65);

fn now() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    now.expect("a time after 1970").as_secs()
}

/// An access token of a person whom no other test knows.
fn access_token<'a>(server: &'a Server, person: &str) -> Forgery<'a> {
    let forgery = server.forgery().claim("oid", json!(person));
    forgery
        .claim("sub", json!(person))
        .claim("iat", json!(now()))
}

/// A right logout token of that person.
fn logout_token<'a>(server: &'a Server, person: &str) -> Forgery<'a> {
    let mut forgery = server.forgery().header("typ", json!("logout+jwt"));
    for claim in [
        "oid", "roles", "nbf", "scp", "azp", "azpacr", "tid", "uti", "ver",
    ] {
        forgery = forgery.claim(claim, Value::Null);
    }
    forgery
        .claim("aud", json!("fhir-spa"))
        .claim("sub", json!(person))
        .claim("iat", json!(now()))
        .claim("exp", json!(now() + 120))
        .claim("jti", json!(unique("logout")))
        .claim("events", json!({ EVENT: {} }))
}

fn log_out(server: &Server, token: &str) -> Answer {
    let request = server.anonymous().request("POST", LOGOUT);
    request.form(&[("logout_token", token)]).send()
}

fn revoke_sessions(caller: &Client, form: &[(&str, &str)]) -> Answer {
    caller.request("POST", REVOKE_SESSIONS).form(form).send()
}

#[track_caller]
fn assert_ended(client: &Client) {
    let answer = client.get("/Patient?_count=1");
    assert_outcome(&answer, 401, "login", "has ended; sign in again");
    let challenge = answer.header("www-authenticate").unwrap_or_default();
    assert!(challenge.contains("error=\"invalid_token\""), "{challenge}");
}

#[track_caller]
fn assert_goes_on(client: &Client) {
    client.get("/Patient?_count=1").expect(200);
}

#[track_caller]
fn assert_done(answer: &Answer, status: u16) {
    assert_eq!(answer.status, status, "{answer}");
    assert_eq!(answer.text, "");
    assert_eq!(answer.header("cache-control").as_deref(), Some("no-store"));
}

#[track_caller]
fn assert_refused(answer: &Answer, words: &str) {
    assert_eq!(answer.status, 400, "{answer}");
    assert_eq!(answer.body["error"], "invalid_request", "{answer}");
    let told = answer.body["error_description"]
        .as_str()
        .unwrap_or_default();
    assert!(told.contains(words), "no `{words}` in {answer}");
    assert_eq!(answer.header("cache-control").as_deref(), Some("no-store"));
}

#[test]
fn who_signs_out_at_the_provider_is_signed_out_here() {
    let server = Server::shared();
    let (person, other) = (unique("person"), unique("person"));
    let (first, second) = (access_token(server, &person), access_token(server, &person));
    let others = server.bearing(&access_token(server, &other).sign());
    assert_done(&log_out(server, &logout_token(server, &person).sign()), 200);
    assert_ended(&server.bearing(&first.sign()));
    assert_ended(&server.bearing(&second.claim("uti", json!("2")).sign()));
    // A token that does not say when it was issued may be as old.
    let undated = access_token(server, &person).claim("iat", Value::Null);
    assert_ended(&server.bearing(&undated.sign()));
    assert_goes_on(&others);
    // Who signs in again is here again.
    let again = access_token(server, &person).claim("iat", json!(now() + 2));
    assert_goes_on(&server.bearing(&again.sign()));
}

#[test]
fn a_token_in_use_ends_within_a_minute() {
    let server = Server::shared();
    let person = unique("person");
    let client = server.bearing(&access_token(server, &person).sign());
    assert_goes_on(&client);
    assert_done(&log_out(server, &logout_token(server, &person).sign()), 200);
    let start = Instant::now();
    while client.get("/Patient?_count=1").status == 200 {
        assert!(start.elapsed() < A_MINUTE, "the token is still taken");
        thread::sleep(Duration::from_secs(2));
    }
    assert_ended(&client);
}

#[test]
fn a_session_without_a_name_ends_the_tokens_that_are_of_it() {
    let server = Server::shared();
    let (person, session) = (unique("person"), unique("session"));
    let token = |session: &str| access_token(server, &person).claim("sid", json!(session));
    let (ended, other) = (token(&session).sign(), token(&unique("session")).sign());
    let logout = logout_token(server, &person).claim("sub", Value::Null);
    let logout = logout.claim("sid", json!(session)).sign();
    assert_done(&log_out(server, &logout), 200);
    assert_ended(&server.bearing(&ended));
    assert_goes_on(&server.bearing(&other));
}

#[test]
fn both_versions_of_a_tenant_end_together() {
    let running = Settings::default()
        .variable("TRUSTED_AUTHORITIES", "{idp}/{tenant}")
        .start();
    let server = &running.server;
    let person = unique("person");
    let first_version = server.authority.replace("v2.0", "");
    let of_first = access_token(server, &person).claim("iss", json!(first_version));
    assert_done(&log_out(server, &logout_token(server, &person).sign()), 200);
    assert_ended(&server.bearing(&of_first.sign()));
}

#[test]
fn every_broken_logout_token_is_refused_and_ends_nothing() {
    let server = Server::shared();
    let person = unique("person");
    let client = server.bearing(&access_token(server, &person).sign());
    let right = || logout_token(server, &person);
    for (wrong, token, reason) in [
        ("typ", right().header("typ", json!("at+jwt")), "`typ`"),
        ("typ", right().header("typ", json!("dpop+jwt")), "`typ`"),
        ("key", right().foreign_key(), "signature"),
        ("kid", right().header("kid", json!("x")), "does not publish"),
        ("alg", right().header("alg", json!("none")), "algorithm"),
        (
            "iss",
            right().claim("iss", json!("https://x.example")),
            "issuer",
        ),
        ("iss", right().claim("iss", Value::Null), "issuer"),
        ("aud", right().claim("aud", json!("elsewhere")), "`aud`"),
        ("iat", right().claim("iat", json!(now() - 400)), "`iat`"),
        ("iat", right().claim("iat", Value::Null), "`iat`"),
        ("exp", right().claim("exp", json!(now() - 61)), "expired"),
        ("jti", right().claim("jti", Value::Null), "`jti`"),
        ("events", right().claim("events", Value::Null), "`events`"),
        ("events", right().claim("events", json!({})), "`events`"),
        ("nonce", right().claim("nonce", json!("n")), "`nonce`"),
        ("sub", right().claim("sub", Value::Null), "names nobody"),
    ] {
        let answer = log_out(server, &token.sign());
        assert!(answer.text.contains(reason), "{wrong}: {answer}");
        assert_refused(&answer, reason);
    }
    assert_refused(&log_out(server, "garbage"), "no JWT");
    assert_refused(&log_out(server, ""), "logout_token");
    let json = server.anonymous().post(LOGOUT, &json!({}));
    assert_refused(&json, "x-www-form-urlencoded");
    let get = server.anonymous().get(LOGOUT);
    assert_outcome(&get, 405, "not-supported", "POST");
    assert_goes_on(&client);
}

#[test]
fn a_logout_token_is_taken_once() {
    let server = Server::shared();
    let person = unique("person");
    let token = logout_token(server, &person).sign();
    assert_done(&log_out(server, &token), 200);
    let again = access_token(server, &person).claim("iat", json!(now() + 2));
    assert_refused(&log_out(server, &token), "used before");
    assert_goes_on(&server.bearing(&again.sign()));
}

#[test]
fn an_authority_signs_out_its_own_users_only() {
    let other = Listener::open();
    let url = other.url.clone();
    let document = json!({
        "issuer": url, "authorization_endpoint": url, "token_endpoint": url,
        "jwks_uri": format!("{url}/keys"),
    });
    other.serve("/.well-known/openid-configuration", document);
    let entry = json!([{ "authority": url, "roles": ["*"] }]);
    let running = Settings::default()
        .variable("TRUSTED_AUTHORITIES", &entry.to_string())
        .start();
    let server = &running.server;
    let keys = format!("{}/test/foreign-keys", server.idp);
    other.serve("/keys", server.anonymous().get(&keys).expect(200).body);
    let person = unique("person");
    let foreign = |forgery: Forgery<'_>| {
        let forgery = forgery.foreign_key().header("kid", json!("foreign"));
        forgery.claim("iss", json!(url)).sign()
    };
    let own = server.bearing(&access_token(server, &person).sign());
    let others = server.bearing(&foreign(access_token(server, &person)));
    let logout = foreign(logout_token(server, &person));
    assert_done(&log_out(server, &logout), 200);
    assert_ended(&others);
    assert_goes_on(&own);
}

#[test]
fn an_administrator_ends_the_sessions_of_a_person() {
    let server = Server::shared();
    let admin = server.admin();
    let (person, other) = (unique("person"), unique("person"));
    let (anywhere, there) = (access_token(server, &person), access_token(server, &other));
    assert_done(&revoke_sessions(&admin, &[("object_id", &person)]), 204);
    assert_ended(&server.bearing(&anywhere.sign()));
    let form = [("object_id", other.as_str()), ("issuer", &server.authority)];
    assert_done(&revoke_sessions(&admin, &form), 204);
    assert_ended(&server.bearing(&there.sign()));
}

#[test]
fn an_administrator_ends_a_token_and_a_service() {
    let running = Settings::default().start();
    let server = &running.server;
    let admin = server.admin();
    let token = access_token(server, &unique("person")).sign();
    assert_done(&revoke_sessions(&admin, &[("token", &token)]), 204);
    let answer = server.bearing(&token).get("/Patient?_count=1");
    assert_outcome(&answer, 401, "login", "revoked");
    let service = server.bearing(&server.backend_service_token("system/Patient.rs"));
    assert_done(
        &revoke_sessions(&admin, &[("object_id", "svc-backend")]),
        204,
    );
    assert_ended(&service);
}

#[test]
fn nobody_but_an_administrator_ends_the_sessions_of_others() {
    let server = Server::shared();
    let person = unique("person");
    let form = [("object_id", person.as_str())];
    let scoped = server.forgery().claim("scp", json!("user/*.cruds"));
    for client in [
        server.user("writer"),
        server.user("reader"),
        server.user("patient"),
        server.user("nobody"),
        // An administrator's app that was given less than the role.
        server.bearing(&scoped.sign()),
    ] {
        let answer = revoke_sessions(&client, &form);
        assert_outcome(&answer, 403, "forbidden", "endSessions");
    }
    let answer = revoke_sessions(&server.anonymous(), &form);
    assert_outcome(&answer, 401, "login", "no Authorization header");
    assert_goes_on(&server.bearing(&access_token(server, &person).sign()));
}

#[test]
fn what_cannot_be_ended_is_said() {
    let server = Server::shared();
    let admin = server.admin();
    for (form, words) in [
        (&[][..], "object_id"),
        (&[("object_id", "")], "object_id"),
        (&[("object_id", "a"), ("token", "b")], "exclude"),
        (
            &[("object_id", "a"), ("issuer", "https://x.example")],
            "trusts",
        ),
        (&[("token", "garbage")], "neither"),
        (&[("token", "a.b.c")], "neither"),
    ] {
        assert_refused(&revoke_sessions(&admin, form), words);
    }
    let json = admin.post(REVOKE_SESSIONS, &json!({}));
    assert_refused(&json, "x-www-form-urlencoded");
    assert_outcome(&admin.get(REVOKE_SESSIONS), 405, "not-supported", "POST");
}
