//! No cache shows the data of one reader to another: every answer says so.
//! <https://www.rfc-editor.org/rfc/rfc9111#section-3.5>

use crate::samples::{bundle, observation, patient_with_id, request};
use api::{Answer, Client, Server, unique};

const READER: &str = "Authorization, Accept, Origin";

#[track_caller]
fn assert_kept(answer: &Answer, control: &str) {
    let found = answer.header("cache-control");
    assert_eq!(found.as_deref(), Some(control), "{answer}");
    assert_eq!(answer.header("vary").as_deref(), Some(READER), "{answer}");
}

#[test]
fn a_resource_is_kept_by_its_reader_only_and_asked_for_every_time() {
    let client = Server::shared().admin();
    let id = unique("kept");
    let path = format!("/Patient/{id}");
    let created = client.save(&patient_with_id(&id));
    assert_kept(&created, "no-store");
    let tagged = |client: &Client, path: &str| {
        let request = client.request("GET", path);
        request.header("if-none-match", "W/\"1\"").send()
    };
    for path in [path.clone(), format!("{path}/_history/1")] {
        assert_kept(&client.get(&path).expect(200), "private, no-cache");
        assert_kept(&tagged(&client, &path).expect(304), "private, no-cache");
        // The tag alone opens nothing.
        for (other, status) in [
            (Server::shared().anonymous(), 401),
            (Server::shared().user("nobody"), 403),
            (Server::shared().user("patient"), 404),
        ] {
            assert_kept(&tagged(&other, &path).expect(status), "no-store");
        }
    }
    let relaxed = client.request("GET", &path);
    let relaxed = relaxed.header("x-ms-consistency-level", "Eventual").send();
    assert_kept(&relaxed.expect(200), "private, no-cache");
    assert_kept(&client.delete(&path).expect(204), "no-store");
    assert_kept(&client.get(&path).expect(410), "no-store");
}

#[test]
fn what_has_no_tag_is_not_kept() {
    let client = Server::shared().admin();
    let id = unique("listed");
    client.save(&patient_with_id(&id));
    let entry = request("GET", &format!("Patient/{id}"));
    for answer in [
        client.get(&format!("/Patient?_id={id}")),
        client
            .request("POST", "/Patient/_search")
            .form(&[("_id", &id)])
            .send(),
        client.get(&format!("/Patient/{id}/_history")),
        client.post("/", &bundle("batch", std::slice::from_ref(&entry))),
        client.post("/", &bundle("transaction", &[entry])),
        client.post("/Observation", &observation(&id, &format!("Patient/{id}"))),
        client.get("/Patient/absent"),
        client.get("/Patient?birthdate=x"),
        client.get("/Nonsense"),
        client.request("PATCH", "/Patient").send(),
        Server::shared().anonymous().get(&format!("/Patient/{id}")),
    ] {
        assert_kept(&answer, "no-store");
    }
}

#[test]
fn what_is_the_same_for_everybody_is_asked_for_again() {
    let anybody = Server::shared().anonymous();
    for path in [
        "/metadata",
        "/.well-known/smart-configuration",
        "/$versions",
    ] {
        let answer = anybody.get(path).expect(200);
        assert_eq!(
            answer.header("cache-control").as_deref(),
            Some("no-cache"),
            "{path}"
        );
        assert_eq!(
            answer.header("vary").as_deref(),
            Some("Accept, Origin"),
            "{path}"
        );
    }
}

#[test]
fn a_confined_caller_is_not_told_of_the_writes_of_others() {
    let server = Server::shared();
    server.admin().save(&patient_with_id("demo-amelia"));
    let amelia = server.user("patient");
    for path in [
        "/Patient/demo-amelia",
        "/Observation?_count=1",
        "/Patient/absent",
    ] {
        let answer = amelia.get(path);
        for name in ["x-ms-session-token", "x-ms-request-charge"] {
            assert_eq!(answer.header(name), None, "{name}: {answer}");
        }
    }
}
