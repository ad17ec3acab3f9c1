//! vread: `GET /{type}/{id}/_history/{version}`.

use crate::samples::{patient_with_id, with};
use api::{Server, assert_outcome, assert_same_content, assert_stored, unique};
use serde_json::json;

#[test]
fn every_version_stays_readable_as_it_was() {
    let client = Server::shared().admin();
    let id = unique("vread");
    let versions: Vec<_> = (1..=4)
        .map(|number| with(&patient_with_id(&id), "multipleBirthInteger", json!(number)))
        .collect();
    for version in &versions {
        client.save(version);
    }
    for (sent, number) in versions.iter().zip(1..) {
        let answer = client.get(&format!("/Patient/{id}/_history/{number}"));
        assert_stored(&answer, 200, "Patient", &id, number);
        assert_same_content(sent, &answer.body);
    }
}

#[test]
fn the_version_of_a_deletion_is_gone_and_the_one_before_is_not() {
    let client = Server::shared().admin();
    let id = unique("vread");
    client.save(&patient_with_id(&id));
    client.delete(&format!("/Patient/{id}")).expect(204);
    let before = client.get(&format!("/Patient/{id}/_history/1"));
    assert_stored(&before, 200, "Patient", &id, 1);
    let deletion = client.get(&format!("/Patient/{id}/_history/2"));
    assert_outcome(&deletion, 410, "deleted", "version 2");
    assert_eq!(deletion.version(), 2);
}

#[test]
fn a_version_that_never_was_is_not_found() {
    let client = Server::shared().admin();
    let id = unique("vread");
    client.save(&patient_with_id(&id));
    for version in ["0", "2", "-1", "x", "1.0", "99999999999999999999", "%20"] {
        let answer = client.get(&format!("/Patient/{id}/_history/{version}"));
        assert_outcome(&answer, 404, "not-found", "no version");
    }
    let nobody = client.get("/Patient/nobody-has-it/_history/1");
    assert_outcome(&nobody, 404, "not-found", "nobody-has-it");
}
