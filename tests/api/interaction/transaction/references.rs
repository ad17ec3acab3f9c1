//! Which resource a reference in a transaction ends at. <https://hl7.org/fhir/R4/bundle.html#references>

use super::{count, transaction, with_full_url};
use crate::samples::{observation, patient, patient_with_id, post, put, with};
use api::{Server, assert_issue_at, assert_outcome, entries, unique};
use serde_json::{Value, json};

const A: &str = "https://a.example/fhir";
const B: &str = "https://b.example";

/// The subjects that were stored, entry by entry; empty where a resource has none.
fn subjects(answer: &api::Answer) -> Vec<String> {
    let subject = |entry: &Value| entry["resource"]["subject"]["reference"].clone();
    let subjects = entries(&answer.body);
    let subjects = subjects.iter().map(subject);
    subjects
        .map(|subject| subject.as_str().unwrap_or_default().to_owned())
        .collect()
}

/// The address that the server gave an entry.
fn address(answer: &api::Answer, at: usize) -> String {
    let resource = &entries(&answer.body)[at]["resource"];
    let text = |name: &str| resource[name].as_str().expect("a text");
    format!("{}/{}", text("resourceType"), text("id"))
}

/// Posts a resource that another server calls `Type/id`.
fn from(root: &str, id: &str, resource: &Value) -> Value {
    let resource_type = resource["resourceType"].as_str().expect("a type");
    with_full_url(
        post(&with(resource, "id", json!(id))),
        &format!("{root}/{resource_type}/{id}"),
    )
}

#[test]
fn patients_of_two_servers_with_the_same_id_keep_their_own_observations() {
    let client = Server::shared().admin();
    let (id, tag) = (unique("same"), unique("same"));
    client.save(&patient_with_id(&id));
    let relative = format!("Patient/{id}");
    let sent = [
        from(A, &id, &patient(&tag)),
        from(B, &id, &patient(&tag)),
        from(A, "o", &observation(&tag, &relative)),
        from(B, "o", &observation(&tag, &relative)),
        from(A, "p", &observation(&tag, &format!("{B}/{relative}"))),
        from(
            B,
            "p",
            &observation(&tag, &format!("{relative}/_history/4")),
        ),
        from("https://c.example", "o", &observation(&tag, &relative)),
    ];
    for turn in 0..sent.len() {
        let mut turned = sent.to_vec();
        turned.rotate_left(turn);
        let answer = transaction(&client, &turned).expect(200);
        let at = |number: usize| (number + sent.len() - turn) % sent.len();
        let (of_a, of_b) = (address(&answer, at(0)), address(&answer, at(1)));
        let subjects = subjects(&answer);
        let elsewhere = format!("https://c.example/{relative}");
        for (number, expected) in [
            (2, &of_a),
            (3, &of_b),
            (4, &of_b),
            (5, &of_b),
            (6, &elsewhere),
        ] {
            assert_eq!(subjects[at(number)], *expected, "{number}: {answer}");
        }
    }
    let resident = format!("{}/{relative}", client.base);
    let found = client.search("Observation", &[("subject", &resident)]);
    assert_eq!(api::ids(&found.body), Vec::<String>::new(), "{found}");
}

#[test]
fn a_put_is_called_by_the_address_that_it_writes() {
    let client = Server::shared().admin();
    let (id, resident) = (unique("own"), unique("own"));
    client.save(&patient_with_id(&resident));
    let own = format!("{}/Patient/{id}", client.base);
    let relative = format!("Patient/{id}");
    let observed = |subject: &str| post(&observation(&id, subject));
    let sent = [
        put(&patient_with_id(&id)),
        observed(&relative),
        with_full_url(
            observed(&relative),
            "urn:uuid:9c9b1d6e-0000-4000-8000-000000000001",
        ),
        with_full_url(
            observed(&relative),
            &format!("{}/Observation/x", client.base),
        ),
        observed(&own),
        observed(&format!("Patient/{resident}")),
    ];
    let answer = transaction(&client, &sent).expect(200);
    let resident = format!("Patient/{resident}");
    assert_eq!(
        subjects(&answer),
        ["", &relative, &relative, &relative, &relative, &resident]
    );
}

#[test]
fn a_put_of_another_servers_resource_takes_its_references_along() {
    let client = Server::shared().admin();
    let id = unique("moved");
    let relative = format!("Patient/{id}");
    let observed = with(&observation(&id, &relative), "id", json!(id));
    let sent = [
        with_full_url(put(&observed), &format!("{A}/Observation/{id}")),
        with_full_url(put(&patient_with_id(&id)), &format!("{A}/{relative}")),
    ];
    let answer = transaction(&client, &sent).expect(200);
    assert_eq!(subjects(&answer), [relative.as_str(), ""]);
}

#[test]
fn a_reference_that_can_mean_two_resources_is_refused_and_nothing_is_written() {
    let client = Server::shared().admin();
    let (id, tag) = (unique("unclear"), unique("unclear"));
    client.save(&patient_with_id(&id));
    let urn = "urn:uuid:9c9b1d6e-0000-4000-8000-000000000001";
    let relative = format!("Patient/{id}");
    let posted = post(&patient_with_id(&id));
    let observed = post(&observation(&tag, &relative));
    let of_a = with_full_url(observed.clone(), &format!("{A}/Observation/1"));
    let contained = with(
        &observation(&tag, "urn:uuid:other"),
        "contained",
        json!([observation(&tag, &relative)]),
    );
    for (other, observed, element) in [
        (from(A, &id, &patient(&tag)), observed.clone(), "subject"),
        (
            from(A, &id, &patient(&tag)),
            with_full_url(observed.clone(), urn),
            "subject",
        ),
        (
            from(A, &id, &patient(&tag)),
            post(&contained),
            "contained[0].subject",
        ),
        (posted.clone(), observed.clone(), "subject"),
        (with_full_url(posted.clone(), urn), observed, "subject"),
        (posted, of_a.clone(), "subject"),
        (put(&patient_with_id(&id)), of_a, "subject"),
    ] {
        let answer = transaction(&client, &[other.clone(), observed]);
        assert_outcome(&answer, 400, "invalid", &relative);
        let place = format!("Bundle.entry[1].resource.{element}.reference");
        assert_issue_at(&answer, &place);
        assert_eq!(count(&client, "Observation", &tag), 0, "{other}");
        assert_eq!(count(&client, "Patient", &tag), 0, "{other}");
    }
}

#[test]
fn versions_tell_entries_with_the_same_fullurl_apart() {
    let client = Server::shared().admin();
    let (id, tag) = (unique("versions"), unique("versions"));
    let version = |number: &str| {
        let meta = json!({ "versionId": number });
        from(A, &id, &with(&patient(&tag), "meta", meta))
    };
    let observed = |end: &str| from(A, "o", &observation(&tag, &format!("Patient/{id}{end}")));
    let answer = transaction(
        &client,
        &[version("1"), version("2"), observed("/_history/2")],
    )
    .expect(200);
    assert_eq!(subjects(&answer)[2], address(&answer, 1));
    for unclear in ["", "/_history/3"] {
        let answer = transaction(&client, &[version("1"), version("2"), observed(unclear)]);
        assert_outcome(&answer, 400, "invalid", "several entries");
        assert_issue_at(&answer, "Bundle.entry[2].resource.subject.reference");
    }
    let answer = transaction(&client, &[version("1"), version("1")]);
    assert_outcome(&answer, 400, "duplicate", &id);
    assert_issue_at(&answer, "Bundle.entry[1].fullUrl");
}

#[test]
fn a_fullurl_that_contradicts_its_entry_is_refused() {
    let client = Server::shared().admin();
    let id = unique("contradiction");
    let base = &client.base;
    for full_url in [format!("{base}/Patient/other"), format!("{A}/Group/{id}")] {
        let entry = with_full_url(put(&patient_with_id(&id)), &full_url);
        let answer = transaction(&client, &[entry]);
        assert_outcome(&answer, 400, "invalid", "The fullUrl names");
        assert_issue_at(&answer, "Bundle.entry[0].fullUrl");
    }
    client.get(&format!("/Patient/{id}")).expect(404);
}

#[test]
fn entries_of_a_batch_do_not_refer_to_each_other() {
    let client = Server::shared().admin();
    let (id, tag) = (unique("batch"), unique("batch"));
    let relative = format!("Patient/{id}");
    let sent = [
        from(A, &id, &patient(&tag)),
        from(A, "o", &observation(&tag, &relative)),
    ];
    let answer = client
        .post("/", &crate::samples::bundle("batch", &sent))
        .expect(200);
    assert_eq!(subjects(&answer)[1], relative);
}

#[test]
fn a_bundle_of_the_greatest_size_is_resolved_in_a_moment() {
    let client = Server::shared().admin();
    let tag = unique("many");
    // Every reference is the worst for a search among the names: all end alike.
    let sent: Vec<Value> = (0..2500)
        .flat_map(|server| {
            let root = format!("https://server-{server}.example");
            [
                from(&root, "1", &patient(&tag)),
                from(&root, "1", &observation(&tag, "Patient/1")),
            ]
        })
        .collect();
    let mut broken = sent.clone();
    broken[4999] = post(&observation(&tag, "Patient/1"));
    let began = std::time::Instant::now();
    let answer = transaction(&client, &broken);
    assert_outcome(&answer, 400, "invalid", "Patient/1");
    assert_issue_at(&answer, "Bundle.entry[4999].resource.subject.reference");
    let took = began.elapsed();
    assert!(took.as_secs() < 20, "{took:?}");
}
