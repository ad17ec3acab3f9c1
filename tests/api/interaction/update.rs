//! update: `PUT /{type}/{id}`, with and without `If-Match`.

use crate::samples::{observation, patient_with_id, with};
use api::{
    Client, Server, assert_outcome, assert_refused, assert_same_content, assert_stored, unique,
};
use serde_json::json;

fn put_if_match(client: &Client, resource: &serde_json::Value, tag: &str) -> api::Answer {
    let id = resource["id"].as_str().unwrap();
    let request = client.request("PUT", &format!("/Patient/{id}"));
    request.header("if-match", tag).json(resource).send()
}

#[test]
fn the_first_put_creates_and_the_next_makes_a_version() {
    let server = Server::shared();
    let client = server.admin();
    let id = unique("update");
    let first = client.put(&format!("/Patient/{id}"), &patient_with_id(&id));
    assert_stored(&first, 201, "Patient", &id, 1);
    let location = format!("{}/Patient/{id}/_history/1", server.base);
    assert_eq!(first.header("location"), Some(location));
    let changed = with(&patient_with_id(&id), "active", json!(true));
    let second = client.put(&format!("/Patient/{id}"), &changed);
    assert_stored(&second, 200, "Patient", &id, 2);
    assert_same_content(&changed, &second.body);
    assert_eq!(second.header("location"), None);
}

#[test]
fn an_update_without_a_change_keeps_the_version() {
    let client = Server::shared().admin();
    let id = unique("update");
    let first = client.put(&format!("/Patient/{id}"), &patient_with_id(&id));
    let second = client.put(&format!("/Patient/{id}"), &first.body);
    assert_stored(&second, 200, "Patient", &id, 1);
    assert_eq!(first.body, second.body);
    let history = client.get(&format!("/Patient/{id}/_history"));
    assert_eq!(history.body["total"], 1, "{history}");
}

#[test]
fn if_match_lets_only_the_current_version_be_replaced() {
    let client = Server::shared().admin();
    let id = unique("update");
    let version = |n: u32| with(&patient_with_id(&id), "multipleBirthInteger", json!(n));
    client.save(&version(1));
    assert_stored(
        &put_if_match(&client, &version(2), "W/\"1\""),
        200,
        "Patient",
        &id,
        2,
    );
    let stale = put_if_match(&client, &version(3), "W/\"1\"");
    assert_outcome(&stale, 412, "conflict", "which is 2");
    assert_stored(
        &put_if_match(&client, &version(3), "\"2\""),
        200,
        "Patient",
        &id,
        3,
    );
    let read = client.get(&format!("/Patient/{id}"));
    assert_eq!(read.body["multipleBirthInteger"], 3);
}

#[test]
fn an_etag_that_is_none_is_refused() {
    let client = Server::shared().admin();
    let id = unique("update");
    client.save(&patient_with_id(&id));
    for tag in [
        "1",
        "W/1",
        "W/\"\"",
        "W/\"x\"",
        "*",
        "W/\"1\", W/\"2\"",
        "W/\"-1\"",
    ] {
        let answer = put_if_match(&client, &patient_with_id(&id), tag);
        assert_refused(&answer, 400, "invalid", "W/\"3\"", "http.If-Match");
    }
}

#[test]
fn if_match_on_what_does_not_exist_is_not_found() {
    let client = Server::shared().admin();
    let id = unique("update");
    let answer = put_if_match(&client, &patient_with_id(&id), "W/\"1\"");
    assert_outcome(&answer, 404, "not-found", &id);
    client.get(&format!("/Patient/{id}")).expect(404);
}

#[test]
fn the_id_of_the_body_must_be_the_one_in_the_address() {
    let client = Server::shared().admin();
    let id = unique("update");
    let put = |body| client.put(&format!("/Patient/{id}"), &body);
    let other = put(patient_with_id("another"));
    assert_refused(&other, 400, "invalid", "must be `update", "Resource.id");
    let mut without = patient_with_id(&id);
    without.as_object_mut().unwrap().remove("id");
    assert_refused(&put(without), 400, "invalid", "has no id", "Resource.id");
    let mut other_type = observation("x", "Patient/1");
    other_type["id"] = json!(id);
    assert_refused(
        &put(other_type),
        400,
        "invalid",
        "is a Observation",
        "Resource.resourceType",
    );
    client.get(&format!("/Patient/{id}")).expect(404);
}

#[test]
fn an_id_that_is_none_cannot_be_put() {
    let client = Server::shared().admin();
    for (path, id) in [
        ("a_b", "a_b".to_owned()),
        ("%C3%A4", "ä".to_owned()),
        ("a%2Fb", "a/b".to_owned()),
        (&"x".repeat(65), "x".repeat(65)),
    ] {
        let answer = client.put(&format!("/Patient/{path}"), &patient_with_id(&id));
        assert_refused(&answer, 400, "value", "1 to 64", "Patient.id");
    }
    let longest = unique(&"y".repeat(40));
    client.save(&patient_with_id(&longest));
}

#[test]
fn a_put_revives_what_was_deleted_with_the_next_version() {
    let client = Server::shared().admin();
    let id = unique("update");
    client.save(&patient_with_id(&id));
    client.delete(&format!("/Patient/{id}")).expect(204);
    let revived = client.put(&format!("/Patient/{id}"), &patient_with_id(&id));
    assert_stored(&revived, 200, "Patient", &id, 3);
    assert_stored(
        &client.get(&format!("/Patient/{id}")),
        200,
        "Patient",
        &id,
        3,
    );
}

#[test]
fn a_refused_update_changes_nothing() {
    let client = Server::shared().admin();
    let id = unique("update");
    let kept = client.put(&format!("/Patient/{id}"), &patient_with_id(&id));
    let wrong = with(&patient_with_id(&id), "gender", json!("m"));
    client.put(&format!("/Patient/{id}"), &wrong).expect(400);
    assert_eq!(client.get(&format!("/Patient/{id}")).body, kept.body);
}
