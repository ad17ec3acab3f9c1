//! Roles: what a token's bearer may do, and the reason when not.

use crate::samples::{bundle, by_identifier, patient, patient_with_id, post, put, request};
use api::{
    Answer, Client, Running, Server, Settings, assert_outcome, assert_stored, entries, unique,
};
use serde_json::{Value, json};
use std::sync::OnceLock;

/// Statuses of create, update, read, vread, history, search, posted search, delete of a Patient.
fn statuses(client: &Client, admin: &Client) -> Vec<u16> {
    let (id, doomed) = (unique("roles"), unique("roles"));
    admin.save(&patient_with_id(&id));
    admin.save(&patient_with_id(&doomed));
    let mut changed = patient_with_id(&id);
    changed["active"] = json!(true);
    [
        client.post("/Patient", &patient("roles")),
        client.put(&format!("/Patient/{id}"), &changed),
        client.get(&format!("/Patient/{id}")),
        client.get(&format!("/Patient/{id}/_history/1")),
        client.get(&format!("/Patient/{id}/_history")),
        client.get("/Patient?_count=1"),
        client
            .request("POST", "/Patient/_search")
            .form(&[("_count", "1")])
            .send(),
        client.delete(&format!("/Patient/{doomed}")),
    ]
    .iter()
    .map(|answer: &Answer| answer.status)
    .collect()
}

const EVERYTHING: [u16; 8] = [201, 200, 200, 200, 200, 200, 200, 204];
const READING: [u16; 8] = [403, 403, 200, 200, 200, 200, 200, 403];
const NOTHING: [u16; 8] = [403; 8];

#[test]
fn each_user_may_do_what_the_role_says() {
    let server = Server::shared();
    for (name, expected) in [
        ("admin", EVERYTHING),
        ("writer", EVERYTHING),
        ("reader", READING),
        ("exporter", READING),
        ("nobody", NOTHING),
    ] {
        assert_eq!(
            statuses(&server.user(name), &server.admin()),
            expected,
            "{name}"
        );
    }
}

#[test]
fn a_refusal_names_the_action_that_is_missing_and_the_roles_that_were_sent() {
    let server = Server::shared();
    let reader = server.user("reader");
    let created = reader.post("/Patient", &patient("x"));
    assert_outcome(
        &created,
        403,
        "forbidden",
        "to create Patient a role with `write` or `create` is needed",
    );
    assert_outcome(&created, 403, "forbidden", "the role globalReader");
    assert_eq!(created.header("www-authenticate"), None);
    let nobody = server.user("nobody");
    assert_outcome(
        &nobody.get("/Patient"),
        403,
        "forbidden",
        "no role that counts here",
    );
    let sent = bundle("batch", &[request("GET", "Patient/1")]);
    assert_outcome(&nobody.post("/", &sent), 403, "forbidden", "post bundles");
    let wrong = reader.post(
        "/Patient",
        &json!({"resourceType": "Patient", "gender": "m"}),
    );
    assert_eq!(wrong.status, 403, "permission comes before content");
}

#[test]
fn roles_are_matched_whatever_their_case_and_add_up() {
    let server = Server::shared();
    let with_roles = |roles: Value| server.bearing(&server.forgery().claim("roles", roles).sign());
    for (roles, expected) in [
        (json!(["GLOBALREADER"]), READING),
        (json!("globalReader"), READING),
        (json!(["nothing", "globalReader"]), READING),
        (json!(["globalReader", "globalWriter"]), EVERYTHING),
        (json!(["globalreaders"]), NOTHING),
        (json!([["globalAdmin"]]), NOTHING),
        (json!({"globalAdmin": true}), NOTHING),
        (json!(null), NOTHING),
        (json!("globalReader globalAdmin"), NOTHING),
    ] {
        let client = with_roles(roles.clone());
        assert_eq!(statuses(&client, &server.admin()), expected, "{roles}");
    }
}

#[test]
fn conformance_resources_need_an_administrator() {
    let server = Server::shared();
    let value_set = json!({"resourceType": "ValueSet", "status": "draft"});
    let refused = server.user("writer").post("/ValueSet", &value_set);
    assert_outcome(&refused, 403, "forbidden", "editProfileDefinitions");
    let created = server
        .user("admin")
        .post("/ValueSet", &value_set)
        .expect(201);
    server
        .user("writer")
        .get(&format!("/ValueSet/{}", created.id()))
        .expect(200);
    let deleted = server
        .user("writer")
        .delete(&format!("/ValueSet/{}", created.id()));
    assert_outcome(&deleted, 403, "forbidden", "editProfileDefinitions");
}

#[test]
fn entries_of_a_batch_are_authorised_one_by_one_and_a_transaction_as_a_whole() {
    let server = Server::shared();
    let reader = server.user("reader");
    let (id, tag) = (unique("roles"), unique("roles"));
    server.admin().save(&patient_with_id(&id));
    let sent = [
        post(&patient(&tag)),
        request("GET", &format!("Patient/{id}")),
        put(&patient_with_id(&tag)),
        request("DELETE", &format!("Patient/{id}")),
        request("GET", "Patient?_count=1"),
    ];
    let answer = reader.post("/", &bundle("batch", &sent)).expect(200);
    let answers = entries(&answer.body);
    let statuses: Vec<_> = answers
        .iter()
        .map(|entry| &entry["response"]["status"])
        .collect();
    assert_eq!(statuses, ["403", "200", "403", "403", "200"], "{answer}");
    assert_eq!(
        answers[0]["response"]["outcome"]["issue"][0]["code"],
        "forbidden"
    );
    for writes in [&sent[..], &sent[1..3], &sent[3..4]] {
        let answer = reader.post("/", &bundle("transaction", writes));
        assert_outcome(&answer, 403, "forbidden", "is needed");
    }
    reader
        .post("/", &bundle("transaction", &sent[1..2]))
        .expect(200);
    let found = server
        .admin()
        .get(&format!("/Patient?{}", by_identifier(&tag)));
    assert!(api::ids(&found.body).is_empty(), "{found}");
    assert_stored(
        &reader.get(&format!("/Patient/{id}")),
        200,
        "Patient",
        &id,
        1,
    );
}

#[test]
fn a_conditional_create_needs_the_right_to_search() {
    let running = restricted();
    let tag = unique("roles");
    let create = |role: &str| {
        let client = known(running, "object-1", json!([role]));
        let request = client
            .request("POST", "/Patient")
            .header("if-none-exist", &by_identifier(&tag));
        request.json(&patient(&tag)).send()
    };
    assert_outcome(&create("author"), 403, "forbidden", "to search Patient");
    assert_eq!(create("nurse").status, 201);
}

/// A server with roles of its own and a list of who may come in.
fn restricted() -> &'static Running {
    static SERVER: OnceLock<Running> = OnceLock::new();
    SERVER.get_or_init(|| {
        let roles = json!([
            { "name": "nurse", "dataActions": ["read", "create"], "notDataActions": [], "scopes": ["/"] },
            { "name": "author", "dataActions": ["create", "update"] },
            { "name": "globalReader", "dataActions": ["readById"] },
            { "name": "almost", "dataActions": ["*"], "notDataActions": ["delete"] },
        ]);
        let settings = Settings::default().variable("ROLES", &roles.to_string());
        settings.variable("ALLOWED_OBJECT_IDS", "object-1, OBJECT-2").start()
    })
}

fn known(running: &Running, object_id: &str, roles: Value) -> Client {
    let forgery = running.server.forgery();
    let forgery = forgery.claim("oid", json!(object_id)).claim("roles", roles);
    running.server.bearing(&forgery.sign())
}

#[test]
fn configured_roles_join_and_replace_the_built_in_ones() {
    let running = restricted();
    let admin = known(running, "object-1", json!(["globalAdmin"]));
    for (role, expected) in [
        ("globalAdmin", EVERYTHING),
        ("nurse", [201, 403, 200, 200, 200, 200, 200, 403]),
        ("author", [201, 200, 403, 403, 403, 403, 403, 403]),
        ("globalReader", [403, 403, 200, 200, 403, 403, 403, 403]),
        ("almost", [201, 200, 200, 200, 200, 200, 200, 403]),
    ] {
        let client = known(running, "object-1", json!([role]));
        assert_eq!(statuses(&client, &admin), expected, "{role}");
    }
}

#[test]
fn only_object_ids_on_the_list_are_let_in() {
    let running = restricted();
    let roles = json!(["globalAdmin"]);
    for listed in ["object-1", "object-2", "Object-1"] {
        known(running, listed, roles.clone())
            .get("/Patient")
            .expect(200);
    }
    for stranger in ["object-3", "object-", "object-1 ", "object-1,object-2"] {
        let client = known(running, stranger, roles.clone());
        assert_outcome(
            &client.get("/Patient"),
            403,
            "forbidden",
            "Authorization failed",
        );
        assert_outcome(
            &client.post("/Patient", &patient("x")),
            403,
            "forbidden",
            "Authorization failed",
        );
    }
    running.server.anonymous().get("/metadata").expect(200);
}
