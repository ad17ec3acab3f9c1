//! delete: `DELETE /{type}/{id}`, softly.

use crate::samples::{by_identifier, patient_with_id};
use api::{Server, assert_outcome, assert_search_finds, unique};

#[test]
fn a_deleted_resource_is_gone_but_its_history_stays() {
    let client = Server::shared().admin();
    let id = unique("delete");
    client.save(&patient_with_id(&id));
    let answer = client.delete(&format!("/Patient/{id}")).expect(204);
    assert_eq!((answer.text.as_str(), answer.version()), ("", 2));
    client.get(&format!("/Patient/{id}")).expect(410);
    let found = client.get(&format!("/Patient?{}", by_identifier(&id)));
    assert_search_finds(&found, &client.base, &[]);
    client.get(&format!("/Patient/{id}/_history/1")).expect(200);
}

#[test]
fn deleting_again_or_what_never_was_succeeds() {
    let client = Server::shared().admin();
    let id = unique("delete");
    client.save(&patient_with_id(&id));
    client.delete(&format!("/Patient/{id}")).expect(204);
    let again = client.delete(&format!("/Patient/{id}")).expect(204);
    assert_eq!(again.version(), 2, "no second deletion version");
    let never = client.delete("/Patient/nobody-has-it").expect(204);
    assert_eq!(never.header("etag"), None);
}

#[test]
fn if_match_protects_from_deleting_a_newer_version() {
    let client = Server::shared().admin();
    let id = unique("delete");
    client.save(&patient_with_id(&id));
    let delete = |tag: &str| {
        let request = client.request("DELETE", &format!("/Patient/{id}"));
        request.header("if-match", tag).send()
    };
    assert_outcome(&delete("W/\"7\""), 412, "conflict", "which is 1");
    assert_outcome(&delete("7"), 400, "invalid", "If-Match");
    assert_eq!(delete("W/\"1\"").expect(204).version(), 2);
}
