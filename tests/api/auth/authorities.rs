//! Several authorities: none can speak of the users of another, or say more than it was told to.
//! <https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderConfigurationValidation>

use super::listener::Listener;
use crate::samples::patient_with_id;
use api::{Client, Forgery, Running, Server, Settings, assert_outcome, ids, unique};
use serde_json::{Value, json};

/// A provider of our own making: it publishes the foreign key of the shared development provider.
fn provider() -> Listener {
    let provider = Listener::open();
    let url = provider.url.clone();
    provider.serve("/.well-known/openid-configuration", document(&url, &url));
    provider.serve("/keys", foreign_keys());
    provider
}

fn foreign_keys() -> Value {
    let shared = Server::shared();
    let keys = shared
        .anonymous()
        .get(&format!("{}/test/foreign-keys", shared.idp));
    keys.expect(200).body
}

fn document(url: &str, issuer: &str) -> Value {
    json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{url}/authorize"),
        "token_endpoint": format!("{url}/token"),
        "jwks_uri": format!("{url}/keys"),
    })
}

/// A token of that provider for `server`, of `oid` with `roles`.
fn token<'a>(issuer: &str, server: &Server, oid: &str, roles: &[&str]) -> Forgery<'a> {
    let forgery = Server::shared().forgery().foreign_key();
    let forgery = forgery.header("kid", json!("foreign"));
    let forgery = forgery
        .claim("iss", json!(issuer))
        .claim("aud", json!(server.base));
    forgery
        .claim("oid", json!(oid))
        .claim("roles", json!(roles))
}

fn caller(running: &Running, forgery: &Forgery<'_>) -> Client {
    running.server.bearing(&forgery.sign())
}

#[track_caller]
fn assert_may_nothing(client: &Client) {
    let words = "the token has no role that counts here";
    assert_outcome(&client.get("/Patient?_count=1"), 403, "forbidden", words);
}

#[test]
fn another_authority_may_do_nothing_until_it_is_told_what() {
    let other = provider();
    let running = Settings::default()
        .variable("TRUSTED_AUTHORITIES", &other.url)
        .start();
    for roles in [&["globalAdmin"][..], &["globalReader"], &["smartUser"], &[]] {
        let forgery = token(&other.url, &running.server, "o-1", roles);
        assert_may_nothing(&caller(&running, &forgery));
    }
    running.server.admin().get("/Patient?_count=1").expect(200);
}

#[test]
fn another_authority_cannot_name_more_roles_than_it_was_given() {
    let other = provider();
    let entry = json!([{ "authority": other.url, "roles": ["globalReader", "smartUser"] }]);
    let running = Settings::default()
        .variable("TRUSTED_AUTHORITIES", &entry.to_string())
        .start();
    let server = &running.server;
    let id = unique("authorities");
    server.admin().save(&patient_with_id(&id));
    let of = |roles: &[&str]| token(&other.url, server, "o-1", roles);
    let reader = caller(&running, &of(&["globalAdmin", "globalReader"]));
    reader.get(&format!("/Patient/{id}")).expect(200);
    let refused = reader.put(&format!("/Patient/{id}"), &patient_with_id(&id));
    assert_outcome(&refused, 403, "forbidden", "globalReader");
    assert_may_nothing(&caller(&running, &of(&["globalAdmin"])));
    // Who somebody is among our patients is not for it to say either.
    let patient = of(&["smartUser"]).claim("fhirUser", json!(format!("Patient/{id}")));
    let refused = caller(&running, &patient).get(&format!("/Patient/{id}"));
    assert_outcome(&refused, 400, "invalid", "fhirUser");
}

#[test]
fn an_authority_may_be_trusted_with_who_somebody_is() {
    let other = provider();
    let entry = json!([{ "authority": other.url, "roles": ["smartUser"], "fhirUser": true }]);
    let running = Settings::default()
        .variable("TRUSTED_AUTHORITIES", &entry.to_string())
        .start();
    let (own, others) = (unique("authorities"), unique("authorities"));
    for id in [&own, &others] {
        running.server.admin().save(&patient_with_id(id));
    }
    let patient = token(&other.url, &running.server, "o-1", &["smartUser"]);
    let patient = patient.claim("fhirUser", json!(format!("Patient/{own}")));
    let client = caller(&running, &patient);
    assert_eq!(ids(&client.get("/Patient").expect(200).body), [own]);
    client.get(&format!("/Patient/{others}")).expect(404);
}

#[test]
fn object_ids_are_those_of_the_authority_that_they_were_listed_for() {
    let other = provider();
    let entry = json!([{
        "authority": other.url, "roles": ["globalReader"], "allowedObjectIds": ["of-other"],
    }]);
    let running = Settings::default()
        .variable("TRUSTED_AUTHORITIES", &entry.to_string())
        .variable("ALLOWED_OBJECT_IDS", "of-primary")
        .start();
    let server = &running.server;
    for (oid, at_primary, at_other) in [
        ("of-primary", true, false),
        ("of-other", false, true),
        ("of-nobody", false, false),
    ] {
        // The provider that was started with the server signs for it.
        let own = server.signed_by_own_provider(json!(oid), json!(["globalReader"]));
        let own = server.bearing(&own);
        let foreign = token(&other.url, server, oid, &["globalReader"]);
        for (client, is_allowed) in [(own, at_primary), (caller(&running, &foreign), at_other)] {
            if is_allowed {
                client.get("/Patient?_count=1").expect(200);
            } else {
                assert_may_nothing(&client);
            }
        }
    }
}

#[test]
fn both_versions_of_a_tenant_are_one_directory() {
    let running = Settings::default()
        .variable("TRUSTED_AUTHORITIES", "{idp}/{tenant}")
        .start();
    let server = &running.server;
    let first_version = server.authority.replace("v2.0", "");
    let token = server.forgery().claim("iss", json!(first_version)).sign();
    server.bearing(&token).get("/Patient?_count=1").expect(200);
    server.admin().get("/Patient?_count=1").expect(200);
}

#[test]
fn an_authority_cannot_publish_itself_as_the_issuer_of_another() {
    let shared = Server::shared();
    let (liar, other) = (Listener::open(), provider());
    let lie = document(&liar.url, &other.url);
    liar.serve("/.well-known/openid-configuration", lie);
    liar.serve("/keys", foreign_keys());
    let entry = json!([{ "authority": liar.url, "roles": ["*"] }]);
    let running = Settings::default()
        .variable("TRUSTED_AUTHORITIES", &entry.to_string())
        .start();
    let forgery = token(&other.url, &running.server, "o-1", &["globalAdmin"]);
    let answer = caller(&running, &forgery).get("/Patient?_count=1");
    assert_outcome(&answer, 503, "transient", "try again");
    let log = running.log();
    let told = format!("is of the issuer {}", other.url);
    assert!(
        log.contains(&told) && log.contains("AUTHORITY_ISSUER"),
        "{log}"
    );
    // Who signs in elsewhere is not held up by it.
    running.server.admin().get("/Patient?_count=1").expect(200);
    shared.admin().get("/Patient?_count=1").expect(200);
}

#[test]
fn an_issuer_that_the_operator_names_is_taken() {
    let other = Listener::open();
    let issuer = "https://issuer.example/";
    other.serve(
        "/.well-known/openid-configuration",
        document(&other.url, issuer),
    );
    other.serve("/keys", foreign_keys());
    let entry = json!([{ "authority": other.url, "issuer": issuer, "roles": ["globalReader"] }]);
    let running = Settings::default()
        .variable("TRUSTED_AUTHORITIES", &entry.to_string())
        .start();
    let of = |issuer: &str| token(issuer, &running.server, "o-1", &["globalReader"]);
    let client = caller(&running, &of(issuer));
    client.get("/Patient?_count=1").expect(200);
    let refused = caller(&running, &of(&other.url)).get("/Patient?_count=1");
    assert_outcome(&refused, 401, "login", "issuer");
}
