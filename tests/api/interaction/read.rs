//! read: `GET /{type}/{id}`.

use crate::samples::{patient_with_id, with};
use api::{Server, assert_outcome, assert_same_content, assert_stored, unique};
use serde_json::json;

#[test]
fn what_was_written_is_read_with_its_version() {
    let client = Server::shared().admin();
    let id = unique("read");
    let sent = patient_with_id(&id);
    client.save(&sent);
    let answer = client.get(&format!("/Patient/{id}"));
    assert_stored(&answer, 200, "Patient", &id, 1);
    assert_same_content(&sent, &answer.body);
}

#[test]
fn an_id_that_nobody_has_is_not_found() {
    let client = Server::shared().admin();
    assert_outcome(
        &client.get("/Patient/nobody-has-it"),
        404,
        "not-found",
        "nobody-has-it",
    );
    let id = unique("read");
    client.save(&patient_with_id(&id));
    let other_type = client.get(&format!("/Practitioner/{id}"));
    assert_outcome(&other_type, 404, "not-found", &id);
}

#[test]
fn ids_are_case_sensitive() {
    let client = Server::shared().admin();
    let id = unique("read-Case");
    client.save(&patient_with_id(&id));
    client
        .get(&format!("/Patient/{}", id.to_lowercase()))
        .expect(404);
}

#[test]
fn a_deleted_resource_is_gone_with_the_version_of_its_deletion() {
    let client = Server::shared().admin();
    let id = unique("read");
    client.save(&patient_with_id(&id));
    client.delete(&format!("/Patient/{id}")).expect(204);
    let answer = client.get(&format!("/Patient/{id}"));
    assert_outcome(&answer, 410, "deleted", "version 2");
    assert_eq!(answer.version(), 2);
}

#[test]
fn a_caller_who_has_the_version_is_told_that_nothing_changed() {
    let client = Server::shared().admin();
    let id = unique("read");
    client.save(&patient_with_id(&id));
    let read = |tag: &str| {
        let request = client.request("GET", &format!("/Patient/{id}"));
        request.header("if-none-match", tag).send()
    };
    let unchanged = read("W/\"1\"").expect(304);
    assert_eq!(unchanged.text, "");
    assert_eq!(unchanged.version(), 1);
    client.save(&with(&patient_with_id(&id), "active", json!(true)));
    assert_stored(&read("W/\"1\""), 200, "Patient", &id, 2);
}

#[test]
fn head_answers_as_get_without_a_body() {
    let client = Server::shared().admin();
    let id = unique("read");
    client.save(&patient_with_id(&id));
    let answer = client.request("HEAD", &format!("/Patient/{id}")).send();
    assert_eq!((answer.status, answer.text.as_str()), (200, ""));
    assert_eq!(answer.version(), 1);
    let missing = client.request("HEAD", "/Patient/nobody-has-it").send();
    assert_eq!(missing.status, 404);
}
