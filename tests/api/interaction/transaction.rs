//! transaction: all entries or nothing.

use crate::samples::{
    SYSTEM, bundle, by_identifier, observation, patient, patient_with_id, post, put, request, with,
};
use api::{
    Client, Server, assert_outcome, assert_refused, assert_same_content, assert_stored, entries,
    unique,
};
use serde_json::{Value, json};

mod references;

fn transaction(client: &Client, entries: &[Value]) -> api::Answer {
    client.post("/", &bundle("transaction", entries))
}

/// How many resources of a type have the identifier.
fn count(client: &Client, resource_type: &str, tag: &str) -> u64 {
    let query = format!("/{resource_type}?{}&_summary=count", by_identifier(tag));
    client.get(&query).body["total"].as_u64().expect("a total")
}

fn with_full_url(mut entry: Value, full_url: &str) -> Value {
    entry["fullUrl"] = json!(full_url);
    entry
}

#[test]
fn answers_come_in_the_order_of_the_request_and_reads_see_the_writes() {
    let server = Server::shared();
    let client = server.admin();
    let (old, new, tag) = (
        unique("transaction"),
        unique("transaction"),
        unique("transaction"),
    );
    client.save(&patient_with_id(&old));
    let answer = transaction(
        &client,
        &[
            request("GET", &format!("Patient?{}", by_identifier(&tag))),
            put(&patient_with_id(&new)),
            request("DELETE", &format!("Patient/{old}")),
            post(&patient(&tag)),
            request("GET", &format!("Patient/{new}")),
            request("DELETE", "Patient/nobody-has-it"),
        ],
    )
    .expect(200);
    assert_eq!(answer.body["type"], "transaction-response");
    let answers = entries(&answer.body);
    let statuses: Vec<_> = answers
        .iter()
        .map(|entry| &entry["response"]["status"])
        .collect();
    assert_eq!(
        statuses,
        ["200", "201", "204", "201", "200", "204"],
        "{answer}"
    );
    let id = answers[3]["resource"]["id"].as_str().unwrap();
    assert_eq!(api::ids(&answers[0]["resource"]), [id]);
    assert_same_content(&patient_with_id(&new), &answers[4]["resource"]);
    let location = format!("{}/Patient/{id}/_history/1", server.base);
    assert_eq!(answers[3]["response"]["location"], location.as_str());
    assert_eq!(answers[3]["response"]["etag"], "W/\"1\"");
    client.get(&format!("/Patient/{old}")).expect(410);
}

#[test]
fn with_prefer_return_minimal_the_resources_are_left_out() {
    let client = Server::shared().admin();
    let request = client
        .request("POST", "/")
        .header("prefer", "return=minimal");
    let sent = bundle("transaction", &[post(&patient(&unique("transaction")))]);
    let answer = request.json(&sent).send().expect(200);
    let entry = &entries(&answer.body)[0];
    assert!(entry.get("resource").is_none(), "{entry}");
    assert_eq!(entry["response"]["status"], "201");
}

#[test]
fn a_failure_at_any_entry_leaves_everything_as_it_was() {
    let client = Server::shared().admin();
    let kept = unique("rollback");
    client.save(&patient_with_id(&kept));
    let doomed = unique("rollback");
    client.save(&patient_with_id(&doomed));
    let mut mismatch = put(&with(&patient_with_id(&kept), "active", json!(true)));
    mismatch["request"]["ifMatch"] = json!("W/\"5\"");
    let mut missing = put(&patient_with_id(&unique("rollback")));
    missing["request"]["ifMatch"] = json!("W/\"1\"");
    let mut many = post(&patient("x"));
    many["request"]["ifNoneExist"] = json!(format!("identifier={SYSTEM}|many"));
    for _ in 0..2 {
        client.post("/Patient", &patient("many")).expect(201);
    }
    let failures = [
        (
            post(&with(&patient("x"), "gender", json!("m"))),
            400,
            "resource.gender",
        ),
        (mismatch, 412, "request"),
        (missing, 404, "request"),
        (many, 412, "request"),
        (request("DELETE", "Patient?name=x"), 400, "request.url"),
        (json!({"resource": patient("x")}), 400, "request"),
        (
            post(&json!({"resourceType": "Nonsense"})),
            400,
            "request.url",
        ),
    ];
    for (failing, status, place) in &failures {
        let tag = unique("rollback");
        let good = [
            post(&patient(&tag)),
            put(&patient_with_id(&tag)),
            post(&observation(&tag, &format!("Patient/{kept}"))),
            request("DELETE", &format!("Patient/{doomed}")),
        ];
        for at in 0..=good.len() {
            let mut sent = good.to_vec();
            sent.insert(at, failing.clone());
            let answer = transaction(&client, &sent);
            assert_eq!(answer.status, *status, "{failing}: {answer}");
            api::assert_issue_at(&answer, &format!("Bundle.entry[{at}].{place}"));
            assert_eq!(count(&client, "Patient", &tag), 0, "{failing} at {at}");
            assert_eq!(count(&client, "Observation", &tag), 0, "{failing} at {at}");
            client.get(&format!("/Patient/{tag}")).expect(404);
            client.get(&format!("/Patient/{doomed}")).expect(200);
        }
    }
    assert_stored(
        &client.get(&format!("/Patient/{kept}")),
        200,
        "Patient",
        &kept,
        1,
    );
}

#[test]
fn references_between_the_entries_become_addresses() {
    let client = Server::shared().admin();
    let (tag, chosen) = (unique("urn"), unique("urn"));
    let urn = "urn:uuid:9c9b1d6e-0000-4000-8000-000000000001";
    let mut sample = observation(&tag, urn);
    sample["performer"] = json!([
        { "reference": "http://elsewhere.example/Practitioner/7" },
        { "reference": "urn:oid:1.2.3" },
        { "reference": "#inside" },
    ]);
    sample["contained"] = json!([{ "resourceType": "Practitioner", "id": "inside" }]);
    sample["derivedFrom"] =
        json!([{ "reference": "urn:uuid:9c9b1d6e-0000-4000-8000-000000000002" }]);
    sample["note"] = json!([{ "text": urn }]);
    sample["identifier"] = json!([
        sample["identifier"][0],
        { "system": "urn:ietf:rfc3986", "value": urn },
    ]);
    let answer = transaction(
        &client,
        &[
            with_full_url(
                post(&sample),
                "urn:uuid:9c9b1d6e-0000-4000-8000-000000000003",
            ),
            with_full_url(post(&patient(&tag)), urn),
            with_full_url(
                post(&observation("x", "http://old.example/Patient/7")),
                "urn:uuid:9c9b1d6e-0000-4000-8000-000000000002",
            ),
            with_full_url(
                put(&patient_with_id(&chosen)),
                "http://old.example/Patient/7",
            ),
            with_full_url(
                post(&json!({"resourceType": "Practitioner"})),
                "urn:oid:1.2.3",
            ),
        ],
    )
    .expect(200);
    let answers = entries(&answer.body);
    let address = |at: usize| {
        let resource = &answers[at]["resource"];
        format!(
            "{}/{}",
            resource["resourceType"].as_str().unwrap(),
            resource["id"].as_str().unwrap()
        )
    };
    let stored = client.get(&format!("/{}", address(0))).body;
    assert_eq!(stored, answers[0]["resource"]);
    assert_eq!(stored["subject"]["reference"], address(1).as_str());
    assert_eq!(stored["derivedFrom"][0]["reference"], address(2).as_str());
    let performers: Vec<_> = stored["performer"]
        .as_array()
        .unwrap()
        .iter()
        .map(|p| &p["reference"])
        .collect();
    assert_eq!(
        performers,
        [
            "http://elsewhere.example/Practitioner/7",
            &address(4),
            "#inside"
        ]
    );
    assert_eq!(
        stored["note"][0]["text"], urn,
        "only references are rewritten"
    );
    assert_eq!(stored["identifier"][1]["value"], urn);
    assert_eq!(
        answers[2]["resource"]["subject"]["reference"],
        format!("Patient/{chosen}")
    );
    let found = client.search("Observation", &[("subject", &address(1))]);
    assert_eq!(
        api::ids(&found.body),
        [stored["id"].as_str().unwrap()],
        "{found}"
    );
}

#[test]
fn if_none_exist_uses_what_is_there_and_references_point_to_it() {
    let client = Server::shared().admin();
    let (existing, tag) = (unique("exists"), unique("exists"));
    client.save(&patient_with_id(&existing));
    let conditional = |criteria: &str| {
        let mut entry = with_full_url(
            post(&patient(criteria)),
            "urn:uuid:9c9b1d6e-0000-4000-8000-000000000001",
        );
        entry["request"]["ifNoneExist"] = json!(format!("identifier={SYSTEM}|{criteria}"));
        entry
    };
    let sample = post(&observation(
        &tag,
        "urn:uuid:9c9b1d6e-0000-4000-8000-000000000001",
    ));
    let answer = transaction(&client, &[sample.clone(), conditional(&existing)]).expect(200);
    let answers = entries(&answer.body);
    assert_eq!(answers[1]["response"]["status"], "200", "{answer}");
    assert_eq!(answers[1]["response"]["etag"], "W/\"1\"");
    assert_eq!(answers[1]["resource"]["id"], existing.as_str());
    assert_eq!(
        answers[0]["resource"]["subject"]["reference"],
        format!("Patient/{existing}")
    );
    let fresh = unique("exists");
    let answer = transaction(&client, &[sample, conditional(&fresh)]).expect(200);
    let answers = entries(&answer.body);
    assert_eq!(answers[1]["response"]["status"], "201", "{answer}");
    let id = answers[1]["resource"]["id"].as_str().unwrap();
    assert_eq!(
        answers[0]["resource"]["subject"]["reference"],
        format!("Patient/{id}")
    );
}

#[test]
fn a_conditional_reference_becomes_the_address_of_the_one_match() {
    let client = Server::shared().admin();
    let (subject, tag) = (unique("reference"), unique("reference"));
    client.save(&patient_with_id(&subject));
    let criteria = |value: &str| format!("Patient?identifier={SYSTEM}|{value}");
    let answer = transaction(&client, &[post(&observation(&tag, &criteria(&subject)))]).expect(200);
    let reference = &entries(&answer.body)[0]["resource"]["subject"]["reference"];
    assert_eq!(*reference, format!("Patient/{subject}"));
    let (none, many) = (unique("reference"), unique("reference"));
    for _ in 0..2 {
        client.post("/Patient", &patient(&many)).expect(201);
    }
    let tag = unique("reference");
    for (value, status, code) in [(&none, 400, "not-found"), (&many, 412, "multiple-matches")] {
        let sent = [
            post(&patient(&tag)),
            post(&observation(&tag, &criteria(value))),
        ];
        assert_outcome(&transaction(&client, &sent), status, code, value);
        assert_eq!(count(&client, "Patient", &tag), 0);
        assert_eq!(count(&client, "Observation", &tag), 0);
    }
}

#[test]
fn two_entries_cannot_write_the_same_resource() {
    let client = Server::shared().admin();
    let id = unique("duplicate");
    let urn = "urn:uuid:9c9b1d6e-0000-4000-8000-000000000001";
    let same = with(&patient_with_id(&id), "active", json!(true));
    for sent in [
        [put(&patient_with_id(&id)), put(&same)],
        [
            put(&patient_with_id(&id)),
            request("DELETE", &format!("Patient/{id}")),
        ],
        [
            request("DELETE", &format!("Patient/{id}")),
            request("DELETE", &format!("Patient/{id}")),
        ],
        [
            with_full_url(post(&patient(&id)), urn),
            with_full_url(post(&patient(&id)), urn),
        ],
    ] {
        let answer = transaction(&client, &sent);
        assert_outcome(&answer, 400, "duplicate", "");
        client.get(&format!("/Patient/{id}")).expect(404);
        assert_eq!(count(&client, "Patient", &id), 0);
    }
}

#[test]
fn one_invalid_resource_is_told_with_its_place_in_the_bundle() {
    let client = Server::shared().admin();
    let wrong = with(&patient("x"), "contact", json!([{ "gender": "m" }]));
    let answer = transaction(&client, &[post(&patient("y")), post(&wrong)]);
    let place = "Bundle.entry[1].resource.contact[0].gender";
    assert_refused(&answer, 400, "code-invalid", "female", place);
    let other_type =
        json!({"resource": patient("x"), "request": {"method": "POST", "url": "Device"}});
    let place = "Bundle.entry[0].resource.resourceType";
    assert_refused(
        &transaction(&client, &[other_type]),
        400,
        "invalid",
        "Device",
        place,
    );
    let mut other_id = put(&patient_with_id("a"));
    other_id["request"]["url"] = json!("Patient/b");
    let place = "Bundle.entry[0].resource.id";
    assert_refused(
        &transaction(&client, &[other_id]),
        400,
        "invalid",
        "`b`",
        place,
    );
}

#[test]
fn a_read_that_fails_never_hides_what_was_written() {
    let client = Server::shared().admin();
    let tag = unique("rollback");
    let sent = [
        post(&patient(&tag)),
        request("GET", "Patient/nobody-has-it"),
    ];
    let answer = transaction(&client, &sent);
    let written = count(&client, "Patient", &tag);
    if answer.status == 200 {
        let read = &entries(&answer.body)[1]["response"];
        assert_eq!(read["status"], "404", "{answer}");
        assert_eq!(written, 1);
    } else {
        assert_outcome(&answer, 404, "not-found", "nobody-has-it");
        assert_eq!(written, 0, "the answer says that nothing was done");
    }
}

#[test]
fn if_match_of_an_entry_is_checked() {
    let client = Server::shared().admin();
    let id = unique("transaction");
    client.save(&patient_with_id(&id));
    let mut entry = put(&with(&patient_with_id(&id), "active", json!(true)));
    entry["request"]["ifMatch"] = json!("W/\"1\"");
    let answer = transaction(&client, &[entry.clone()]).expect(200);
    assert_eq!(entries(&answer.body)[0]["response"]["etag"], "W/\"2\"");
    let again = transaction(&client, &[entry.clone()]);
    assert_refused(
        &again,
        412,
        "conflict",
        "which is 2",
        "Bundle.entry[0].request",
    );
    entry["request"]["ifMatch"] = json!("two");
    let malformed = transaction(&client, &[entry]);
    assert_refused(
        &malformed,
        400,
        "invalid",
        "If-Match",
        "Bundle.entry[0].request",
    );
}

#[test]
fn the_same_condition_twice_creates_one_resource() {
    let client = Server::shared().admin();
    let tag = unique("twice");
    let mut entry = post(&patient(&tag));
    entry["request"]["ifNoneExist"] = json!(by_identifier(&tag));
    let answer = transaction(&client, &[entry.clone(), entry]).expect(200);
    let statuses: Vec<Value> = entries(&answer.body)
        .iter()
        .map(|entry| entry["response"]["status"].clone())
        .collect();
    assert_eq!(statuses, ["201", "200"], "{answer}");
    assert_eq!(count(&client, "Patient", &tag), 1);
}

#[test]
fn the_canonical_url_of_a_definition_stays_its_own() {
    let client = Server::shared().admin();
    let id = unique("definition");
    let url = format!("http://example.org/fhir/ValueSet/{id}");
    let definition = json!({ "resourceType": "ValueSet", "id": id, "url": url, "status": "draft" });
    let mut entry = put(&definition);
    entry["fullUrl"] = json!(url);
    transaction(&client, &[entry]).expect(200);
    let stored = client.get(&format!("/ValueSet/{id}")).expect(200);
    assert_eq!(stored.body["url"], json!(url));
}
