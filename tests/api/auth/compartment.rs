//! A SMART user sees the compartment of one patient, and nothing of any other.

use crate::samples::{
    SYSTEM, bundle, by_identifier, observation, patient_with_id, post, request, with,
};
use api::{Client, Server, assert_outcome, assert_search_finds, entries, ids, link, unique};
use serde_json::{Value, json};
use std::sync::OnceLock;

/// Two patients with a record each.
struct Records {
    own: &'static str,
    other: String,
    tag: String,
    own_observation: String,
    other_observation: String,
}

fn records() -> &'static Records {
    static RECORDS: OnceLock<Records> = OnceLock::new();
    RECORDS.get_or_init(|| {
        let admin = Server::shared().admin();
        let (own, other, tag) = ("demo-amelia", unique("stranger"), unique("record"));
        for id in [own, &other] {
            admin.save(&with(
                &patient_with_id(id),
                "identifier",
                json!([{ "system": SYSTEM, "value": tag }]),
            ));
        }
        let observe = |subject: &str| {
            let sample = observation(&tag, &format!("Patient/{subject}"));
            admin.post("/Observation", &sample).expect(201).id()
        };
        let (own_observation, other_observation) = (observe(own), observe(&other));
        Records {
            own,
            other,
            tag,
            own_observation,
            other_observation,
        }
    })
}

fn amelia() -> Client {
    records();
    Server::shared().user("patient")
}

#[test]
fn the_own_record_can_be_read_and_searched() {
    let (client, records) = (amelia(), records());
    client.get(&format!("/Patient/{}", records.own)).expect(200);
    for path in ["", "/_history/1", "/_history"] {
        client
            .get(&format!("/Observation/{}{path}", records.own_observation))
            .expect(200);
    }
    let query = by_identifier(&records.tag);
    let found = client.get(&format!("/Observation?{query}"));
    assert_search_finds(&found, &client.base, &[&records.own_observation]);
    let found = client.get(&format!("/Patient?{query}"));
    assert_search_finds(&found, &client.base, &[records.own]);
}

#[test]
fn anothers_record_is_not_there() {
    let (client, records) = (amelia(), records());
    for path in ["", "/_history", "/_history/1"] {
        for resource in [
            format!("Patient/{}", records.other),
            format!("Observation/{}", records.other_observation),
        ] {
            let answer = client.get(&format!("/{resource}{path}"));
            assert_outcome(&answer, 404, "not-found", "");
            assert!(!answer.text.contains(&records.tag), "{answer}");
        }
    }
    for level in ["Eventual", "ConsistentPrefix"] {
        let path = format!("/Observation/{}", records.other_observation);
        let answer = client
            .request("GET", &path)
            .header("x-ms-consistency-level", level)
            .send();
        assert_outcome(&answer, 404, "not-found", "");
    }
}

#[test]
fn no_search_finds_anothers_record() {
    let (client, records) = (amelia(), records());
    let (tag, other) = (&records.tag, &records.other);
    for query in [
        format!("Observation?_id={}", records.other_observation),
        format!("Observation?subject=Patient/{other}"),
        format!("Observation?patient={other}"),
        format!("Observation?{}&subject=Patient/{other}", by_identifier(tag)),
        format!(
            "Observation?_id:not={}&{}",
            records.own_observation,
            by_identifier(tag)
        ),
        format!("Patient?_id={other}"),
        format!("Patient?_id:not={}", records.own),
        format!("Patient?_sort=-_lastUpdated&_id={other}"),
    ] {
        for extra in ["", "&_summary=count", "&_total=accurate"] {
            let answer = client.get(&format!("/{query}{extra}")).expect(200);
            assert!(ids(&answer.body).is_empty(), "{query}{extra}: {answer}");
            let total = answer.body.get("total");
            assert!(
                total.is_none_or(|total| total == 0),
                "{query}{extra}: {answer}"
            );
        }
    }
    let counted = client.get(&format!(
        "/Observation?{}&_summary=count",
        by_identifier(tag)
    ));
    assert_eq!(counted.body["total"], 1, "{counted}");
    let everything = client.get("/Observation?_count=1000").expect(200);
    for entry in entries(&everything.body) {
        let subject = &entry["resource"]["subject"]["reference"];
        assert_eq!(*subject, format!("Patient/{}", records.own), "{entry}");
    }
    let other_types = client.get("/Condition?_count=1000").expect(200);
    assert!(ids(&other_types.body).is_empty(), "{other_types}");
}

#[test]
fn pages_stay_inside_the_record_and_belong_to_their_caller() {
    let (client, records) = (amelia(), records());
    let admin = Server::shared().admin();
    let tag = unique("pages");
    for number in 0..9 {
        let subject = if number % 3 == 0 {
            records.own
        } else {
            &records.other
        };
        admin
            .post(
                "/Observation",
                &observation(&tag, &format!("Patient/{subject}")),
            )
            .expect(201);
    }
    let mut url = format!("/Observation?{}&_count=1", by_identifier(&tag));
    let mut collected = Vec::new();
    loop {
        let page = client.get(&url).expect(200);
        collected.extend(ids(&page.body));
        match link(&page.body, "next") {
            Some(next) => url = next,
            None => break,
        }
    }
    assert_eq!(collected.len(), 3);
    let admins = admin.get(&format!("/Observation?{}&_count=1", by_identifier(&tag)));
    let stolen = link(&admins.body, "next").unwrap();
    assert_outcome(&client.get(&stolen), 400, "invalid", "does not belong");
}

#[test]
fn bundles_do_not_lead_around_it() {
    let (client, records) = (amelia(), records());
    let sent = [
        request("GET", &format!("Patient/{}", records.own)),
        request("GET", &format!("Patient/{}", records.other)),
        request(
            "GET",
            &format!("Observation/{}/_history", records.other_observation),
        ),
        request(
            "GET",
            &format!("Observation?{}", by_identifier(&records.tag)),
        ),
    ];
    let answer = client.post("/", &bundle("batch", &sent)).expect(200);
    let answers = entries(&answer.body);
    let statuses: Vec<_> = answers
        .iter()
        .map(|entry| &entry["response"]["status"])
        .collect();
    assert_eq!(statuses, ["200", "404", "404", "200"], "{answer}");
    assert_eq!(
        ids(&answers[3]["resource"]),
        [records.own_observation.as_str()]
    );
}

#[test]
fn nothing_can_be_written() {
    let (client, records) = (amelia(), records());
    let own = format!("Patient/{}", records.own);
    let sample = observation("x", &own);
    for answer in [
        client.post("/Observation", &sample),
        client.put(&format!("/{own}"), &patient_with_id(records.own)),
        client.delete(&format!("/Observation/{}", records.own_observation)),
        client.post("/", &bundle("transaction", &[post(&sample)])),
    ] {
        assert_outcome(&answer, 403, "forbidden", "change nothing");
    }
    let batch = client
        .post("/", &bundle("batch", &[post(&sample)]))
        .expect(200);
    assert_eq!(entries(&batch.body)[0]["response"]["status"], "403");
    client
        .get(&format!("/Observation/{}", records.own_observation))
        .expect(200);
}

#[test]
fn shared_types_are_seen_by_everyone() {
    let client = amelia();
    let admin = Server::shared().admin();
    let clinic = admin.post(
        "/Organization",
        &json!({"resourceType": "Organization", "name": "Clinic"}),
    );
    client
        .get(&format!("/Organization/{}", clinic.id()))
        .expect(200);
    // By a search as well, whichever way it takes.
    for query in [
        "",
        "?name=Clinic&_total=accurate",
        "?_summary=count",
        "?_sort=name",
    ] {
        let found = client.get(&format!("/Organization{query}")).expect(200);
        let all = admin.get(&format!("/Organization{query}")).expect(200);
        assert_eq!(found.body["total"], all.body["total"], "{query}");
        assert_eq!(ids(&found.body), ids(&all.body), "{query}");
    }
}

#[test]
fn a_smart_user_without_a_patient_sees_nothing() {
    let server = Server::shared();
    records();
    for fhir_user in [
        json!(null),
        json!(""),
        json!("Patient/"),
        json!("Patient/a/b"),
        json!("demo-amelia"),
        json!(["Patient/demo-amelia"]),
        json!("Patient/a b"),
        json!("XPatient/demo-amelia"),
        // Another server's patient is somebody else.
        json!("https://elsewhere.example/fhir/Patient/demo-amelia"),
        json!("javascript:x/Patient/demo-amelia"),
        json!("../Patient/demo-amelia"),
        json!("/Patient/demo-amelia"),
        json!("Patient/demo-amelia/_history/1"),
        json!(format!("{}.evil.example/Patient/demo-amelia", server.base)),
        json!(format!("{}/x/Patient/demo-amelia", server.base)),
    ] {
        let forgery = server
            .forgery()
            .claim("roles", json!(["smartUser"]))
            .claim("fhirUser", fhir_user.clone());
        let client = server.bearing(&forgery.sign());
        for path in [
            "/Patient/demo-amelia",
            "/Observation",
            "/Patient?_summary=count",
        ] {
            let answer = client.get(path);
            assert_eq!(answer.status, 400, "{fhir_user}: {answer}");
            assert_outcome(&answer, 400, "invalid", "fhirUser");
        }
    }
    let absolute = json!(format!("{}/Patient/demo-amelia", server.base));
    let forgery = server
        .forgery()
        .claim("roles", json!(["smartUser"]))
        .claim("fhirUser", absolute);
    server
        .bearing(&forgery.sign())
        .get("/Patient/demo-amelia")
        .expect(200);
}

#[test]
fn the_record_follows_its_references() {
    let (client, records) = (amelia(), records());
    let admin = Server::shared().admin();
    let tag = unique("moving");
    let own = format!("Patient/{}", records.own);
    let created = admin
        .post("/Observation", &observation(&tag, &own))
        .expect(201);
    let path = format!("/Observation/{}", created.id());
    client.get(&path).expect(200);
    let moved: Value = with(
        &created.body,
        "subject",
        json!({ "reference": format!("Patient/{}", records.other) }),
    );
    admin.save(&moved);
    for suffix in ["", "/_history", "/_history/1", "/_history/2"] {
        assert_eq!(
            client.get(&format!("{path}{suffix}")).status,
            404,
            "{suffix}"
        );
    }
    let found = client.get(&format!("/Observation?{}", by_identifier(&tag)));
    assert_search_finds(&found, &client.base, &[]);
    let elsewhere = with(
        &moved,
        "subject",
        json!({ "reference": format!("http://other.example/{own}") }),
    );
    admin.save(&elsewhere);
    assert_eq!(
        client.get(&path).status,
        404,
        "the same id on another server is somebody else"
    );
}

#[test]
fn a_group_with_other_members_is_not_shown_to_one_of_them() {
    let (client, records) = (amelia(), records());
    let admin = Server::shared().admin();
    let own = json!({ "entity": { "reference": format!("Patient/{}", records.own) } });
    let others = [
        json!({ "entity": { "reference": format!("Patient/{}", records.other) } }),
        json!({ "entity": { "reference": "https://other.example/Patient/demo-amelia" } }),
        json!({ "entity": { "display": "Somebody Else" } }),
        json!({ "entity": { "identifier": { "value": "MRN-7" } } }),
        own.clone(),
    ];
    let group = |members: &[&Value]| {
        json!({ "resourceType": "Group", "type": "person", "actual": true,
            "identifier": [{ "system": SYSTEM, "value": records.tag }], "member": members })
    };
    let alone = admin.post("/Group", &group(&[&own])).expect(201).id();
    let together = others.iter().map(|other| {
        let id = admin
            .post("/Group", &group(&[&own, other]))
            .expect(201)
            .id();
        (other, id)
    });
    let together: Vec<_> = together.collect();
    client.get(&format!("/Group/{alone}")).expect(200);
    for (other, id) in &together {
        for path in ["", "/_history", "/_history/1"] {
            let answer = client.get(&format!("/Group/{id}{path}"));
            assert_eq!(answer.status, 404, "{other} {path}: {answer}");
        }
    }
    let query = by_identifier(&records.tag);
    let own = format!("member=Patient/{}", records.own);
    for query in [query.clone(), format!("{query}&{own}")] {
        let found = client.get(&format!("/Group?{query}"));
        assert_search_finds(&found, &client.base, &[&alone]);
        let counted = client.get(&format!("/Group?{query}&_summary=count"));
        assert_eq!(counted.body["total"], 1, "{counted}");
    }
    let everything = admin.get(&format!("/Group?{query}")).expect(200);
    assert_eq!(ids(&everything.body).len(), 1 + others.len());
}
