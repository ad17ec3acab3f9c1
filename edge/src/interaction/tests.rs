//! Interactions by themselves, over the store in memory: no HTTP, no runtime.

use super::*;
use crate::auth::Principal;
use crate::error::{Error, Reason};
use crate::server::Server;
use crate::store::{self, Consistency};
use fhir::Address;
use fhir::outcome::IssueType;
use fhir::search::Handling;
use fhir::version_tag::ReadCondition;
use futures_util::FutureExt;
use serde_json::{Value, json};

const BASE: &str = "https://fhir.example.org";
const NOW: i64 = 1_790_000_000_000;

/// A server and who asks it.
struct Fixture {
    server: Server,
    principal: Principal,
}

impl Fixture {
    fn of_role(role: &str) -> Self {
        Self {
            server: Server::in_memory(BASE, NOW),
            principal: Principal::of_role(role),
        }
    }

    fn admin() -> Self {
        Self::of_role("globalAdmin")
    }

    fn context(&self) -> Context<'_> {
        Context {
            server: &self.server,
            principal: &self.principal,
        }
    }

    fn perform(&self, request: Request) -> Result<Outcome, Error> {
        let performed = perform(self.context(), request);
        performed.now_or_never().expect("memory never waits")
    }

    fn create(&self, body: Value) -> Result<Outcome, Error> {
        self.create_unless(body, None)
    }

    fn create_unless(&self, body: Value, criteria: Option<&str>) -> Result<Outcome, Error> {
        self.perform(Request::Create(Create {
            resource_type: "Patient",
            body,
            if_none_exist: criteria.map(ToOwned::to_owned),
        }))
    }

    fn update(&self, body: Value, if_match: Option<i64>) -> Result<Outcome, Error> {
        self.perform(Request::Update(Update {
            address: Address::new("Patient", body["id"].as_str().unwrap_or("1")),
            body,
            if_match,
        }))
    }

    fn delete(&self, id: &str, if_match: Option<i64>) -> Result<Outcome, Error> {
        let address = Address::new("Patient", id);
        self.perform(Request::Delete(Delete { address, if_match }))
    }

    fn read(&self, id: &str, condition: ReadCondition) -> Result<Outcome, Error> {
        self.perform(Request::Read(Read {
            address: Address::new("Patient", id),
            consistency: Consistency::Strong,
            condition,
        }))
    }

    fn body(&self, id: &str) -> Value {
        match self.read(id, ReadCondition::default()) {
            Ok(Outcome::Found(stored)) => {
                serde_json::from_str(&String::from(stored.body)).expect("JSON")
            }
            _ => panic!("Patient/{id} is not there"),
        }
    }

    fn search(&self, parameters: &[(&str, &str)]) -> Result<SearchSet, Error> {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        let found = self.perform(Request::SearchType(SearchType {
            resource_type: "Patient",
            parameters: parameters.iter().map(owned).collect(),
            handling: Handling::Lenient,
        }))?;
        match found {
            Outcome::SearchSet(found) => Ok(found),
            _ => panic!("a search comes to a searchset"),
        }
    }

    fn bundle(&self, kind: &str, entries: Value) -> Result<Vec<Result<Outcome, Error>>, Error> {
        let body = json!({ "resourceType": "Bundle", "type": kind, "entry": entries });
        let done = bundle(self.context(), body).now_or_never();
        Ok(done.expect("memory never waits")?.entries)
    }
}

fn patient(family: &str) -> Value {
    json!({ "resourceType": "Patient", "name": [{ "family": family }] })
}

fn patient_with_id(id: &str, family: &str) -> Value {
    json!({ "resourceType": "Patient", "id": id, "name": [{ "family": family }] })
}

fn identified(value: &str) -> Value {
    json!({ "resourceType": "Patient", "identifier": [{ "system": "urn:mrn", "value": value }] })
}

/// What a request came to, in a word.
fn word(outcome: &Result<Outcome, Error>) -> String {
    match outcome {
        Ok(Outcome::Found(stored)) => format!("found {}", stored.stamp.version),
        Ok(Outcome::NotModified(stamp)) => format!("not modified {}", stamp.version),
        Ok(Outcome::Written(written)) => {
            let store::Committed {
                outcome, version, ..
            } = written.committed;
            format!("{outcome:?} {} {version}", written.address).to_lowercase()
        }
        Ok(Outcome::Existing(stored)) => format!("existing {}", stored.address),
        Ok(Outcome::Deleted(stamp)) => format!("deleted {}", stamp.map_or(0, |s| s.version)),
        Ok(Outcome::SearchSet(found)) => format!("searchset {}", found.matches.len()),
        Ok(Outcome::History(history)) => format!("history {}", history.versions.len()),
        Err(Error::Rejected(rejection)) => format!("{:?}", rejection.reason),
        Err(error) => format!("{error:?}"),
    }
}

#[test]
fn a_resource_is_created_read_updated_and_deleted() {
    let fixture = Fixture::admin();
    let nobody = ReadCondition::default;
    for (outcome, expected) in [
        (fixture.read("1", nobody()), "NotFound"),
        (fixture.create(patient("Ada")), "created patient/1 1"),
        (fixture.read("1", nobody()), "found 1"),
        (
            fixture.update(patient_with_id("1", "Ada"), None),
            "unchanged patient/1 1",
        ),
        (
            fixture.update(patient_with_id("1", "Bea"), Some(7)),
            "PreconditionFailed",
        ),
        (
            fixture.update(patient_with_id("1", "Bea"), Some(1)),
            "updated patient/1 2",
        ),
        (
            fixture.update(patient_with_id("2", "Cora"), Some(1)),
            "NotFound",
        ),
        (
            fixture.update(patient_with_id("2", "Cora"), None),
            "created patient/2 1",
        ),
        (fixture.delete("1", Some(1)), "PreconditionFailed"),
        (fixture.delete("1", Some(2)), "deleted 3"),
        (fixture.delete("1", None), "deleted 3"),
        (fixture.delete("never", None), "deleted 0"),
        (fixture.read("1", nobody()), "Gone(3)"),
    ] {
        assert_eq!(word(&outcome), expected);
    }
    assert_eq!(fixture.body("2")["meta"]["versionId"], "1");
}

#[test]
fn a_reader_who_has_the_version_is_not_sent_it_again() {
    let fixture = Fixture::admin();
    fixture.create(patient("Ada")).expect("created");
    let Ok(Outcome::Found(stored)) = fixture.read("1", ReadCondition::default()) else {
        panic!("it was created");
    };
    let updated = stored.stamp.updated;
    for (tags, since, expected) in [
        (Some("W/\"1\""), None, "not modified 1"),
        (Some("W/\"2\""), None, "found 1"),
        (None, Some(updated), "not modified 1"),
        (None, Some(updated - 1000), "found 1"),
    ] {
        let condition = ReadCondition::new(tags, since);
        assert_eq!(
            word(&fixture.read("1", condition)),
            expected,
            "{tags:?} {since:?}"
        );
    }
}

#[test]
fn a_conditional_create_creates_once() {
    let fixture = Fixture::admin();
    let create = |value: &str, criteria| fixture.create_unless(identified(value), Some(criteria));
    for (outcome, expected) in [
        (create("a", "identifier=urn:mrn|a"), "created patient/1 1"),
        (create("a", "identifier=urn:mrn|a"), "existing Patient/1"),
        (create("b", "identifier=urn:mrn|b"), "created patient/3 1"),
        (
            create("c", "identifier=urn:mrn|a,urn:mrn|b"),
            "PreconditionFailed",
        ),
        (create("d", "unknown=1"), "Invalid"),
        (create("e", ""), "Invalid"),
    ] {
        assert_eq!(word(&outcome), expected);
    }
}

#[test]
fn a_role_that_lacks_an_action_is_refused_it() {
    let reader = Fixture::of_role("globalReader");
    for (outcome, expected) in [
        (reader.create(patient("Ada")), "Forbidden"),
        (
            reader.update(patient_with_id("1", "Ada"), None),
            "Forbidden",
        ),
        (reader.delete("1", None), "Forbidden"),
        (reader.read("1", ReadCondition::default()), "NotFound"),
    ] {
        assert_eq!(word(&outcome), expected);
    }
    let nobody = Fixture::of_role("unknown");
    assert!(nobody.bundle("batch", json!([])).is_err());
}

#[test]
fn a_search_is_paged_to_its_end() {
    let fixture = Fixture::admin();
    for number in 0..5 {
        fixture
            .create(patient(&format!("Page {number}")))
            .expect("created");
    }
    let (mut seen, mut cursor) = (Vec::new(), None);
    loop {
        let mut parameters = vec![("family", "page"), ("_count", "2")];
        parameters.extend(cursor.as_deref().map(|cursor| ("ct", cursor)));
        let page = fixture.search(&parameters).expect("a page");
        assert!(page.matches.len() <= 2);
        seen.extend(page.matches.into_iter().map(|found| found.id));
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(seen, ["1", "2", "3", "4", "5"]);
    let counted = fixture.search(&[("family", "page"), ("_summary", "count")]);
    assert_eq!(counted.expect("a number").total, Some(5));
    let foreign = fixture.search(&[("family", "other"), ("ct", "forged")]);
    assert!(matches!(foreign, Err(Error::Rejected(_))));
}

#[test]
fn entries_of_a_batch_go_by_their_own_conditions_and_fail_alone() {
    let fixture = Fixture::admin();
    fixture.create(patient("Ada")).expect("created");
    let get = |more: Value| {
        let mut request = json!({ "method": "GET", "url": "Patient/1" });
        request
            .as_object_mut()
            .expect("an object")
            .extend(more.as_object().expect("one").clone());
        json!({ "request": request })
    };
    let put = |tag: &str| {
        json!({
            "resource": patient_with_id("1", "Bea"),
            "request": { "method": "PUT", "url": "Patient/1", "ifMatch": tag },
        })
    };
    let outcomes = fixture.bundle(
        "batch",
        json!([
            get(json!({})),
            get(json!({ "ifNoneMatch": "W/\"2\"" })),
            get(json!({ "ifModifiedSince": "2999-01-01T00:00:00Z" })),
            get(json!({ "ifModifiedSince": "soon" })),
            put("W/\"9\""),
            put("odd"),
            put("W/\"1\""),
            { "request": { "method": "DELETE", "url": "Patient/none" } },
            { "request": { "method": "GET", "url": "Patient?family=bea" } },
            { "request": { "method": "GET", "url": "Patient/1/_history" } },
            { "request": { "method": "GET", "url": "Nonsense/1" } },
        ]),
    );
    let words: Vec<String> = outcomes.expect("responses").iter().map(word).collect();
    assert_eq!(
        words,
        [
            "found 2",
            "not modified 2",
            "not modified 2",
            "Invalid",
            "PreconditionFailed",
            "Invalid",
            "updated patient/1 2",
            "deleted 0",
            "searchset 1",
            "history 2",
            "NotFound",
        ]
    );
}

#[test]
fn a_transaction_links_its_entries_and_is_done_as_a_whole_or_not_at_all() {
    let fixture = Fixture::admin();
    let observation = |subject: &str, status: &str| {
        json!({
            "resource": {
                "resourceType": "Observation",
                "status": status,
                "code": { "text": "pulse" },
                "subject": { "reference": subject },
            },
            "request": { "method": "POST", "url": "Observation" },
        })
    };
    let mother = json!({
        "fullUrl": "urn:uuid:61ebe359-bfdc-4613-8bf2-c5e300945f0a",
        "resource": patient("Ada"),
        "request": { "method": "POST", "url": "Patient" },
    });
    let subject = "urn:uuid:61ebe359-bfdc-4613-8bf2-c5e300945f0a";
    for broken in [
        observation(subject, "no such status"),
        observation("Patient?identifier=urn:mrn|nobody", "final"),
        json!({ "request": { "method": "PUT", "url": "Patient/1" } }),
        json!({
            "resource": patient_with_id("x", "Bea"),
            "request": { "method": "PUT", "url": "Patient/x", "ifMatch": "W/\"1\"" },
        }),
    ] {
        let refused = fixture.bundle("transaction", json!([mother, broken]));
        let Err(Error::Rejected(rejection)) = refused else {
            panic!("{broken} was done");
        };
        assert_ne!(rejection.reason, Reason::Forbidden);
        assert!(
            rejection
                .issues
                .iter()
                .all(|issue| issue.code != IssueType::Exception)
        );
        assert_eq!(
            fixture.search(&[]).expect("a page").matches.len(),
            0,
            "{broken}"
        );
    }
    let done = fixture.bundle(
        "transaction",
        json!([observation(subject, "final"), mother]),
    );
    let Ok(entries) = done else {
        panic!("the transaction was refused: {:?}", done.err());
    };
    let [
        Ok(Outcome::Written(observation)),
        Ok(Outcome::Written(patient)),
    ] = entries.as_slice()
    else {
        panic!("two resources were written");
    };
    let text = observation.content.complete("1", "");
    let stored: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(stored["subject"]["reference"], patient.address.to_string());
}

#[test]
fn a_past_version_and_the_history_are_there() {
    let fixture = Fixture::admin();
    fixture.create(patient("Ada")).expect("created");
    fixture
        .update(patient_with_id("1", "Bea"), None)
        .expect("updated");
    fixture.delete("1", None).expect("deleted");
    let vread = |version: &str| {
        fixture.perform(Request::Vread(Vread {
            address: Address::new("Patient", "1"),
            version_id: version.into(),
            consistency: Consistency::Strong,
            condition: ReadCondition::default(),
        }))
    };
    for (version, expected) in [
        ("1", "found 1"),
        ("2", "found 2"),
        ("3", "Gone(3)"),
        ("4", "NotFound"),
        ("x", "NotFound"),
    ] {
        assert_eq!(word(&vread(version)), expected, "{version}");
    }
    let history = |parameters: &[(&str, &str)]| {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        fixture.perform(Request::HistoryInstance(HistoryInstance {
            address: Address::new("Patient", "1"),
            parameters: parameters.iter().map(owned).collect(),
        }))
    };
    for (parameters, expected) in [
        (&[][..], "history 3"),
        (&[("_count", "2")][..], "history 2"),
        (&[("_count", "2"), ("ct", "2")][..], "history 1"),
        (&[("_count", "-1")][..], "Invalid"),
    ] {
        assert_eq!(word(&history(parameters)), expected, "{parameters:?}");
    }
}
