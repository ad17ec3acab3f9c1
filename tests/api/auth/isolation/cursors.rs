//! Pages that others began: a stolen cursor leads to nothing of theirs.

use super::Pair;
use super::record::Record;
use crate::samples::with;
use api::{Client, assert_outcome, ids, link, unique};
use serde_json::json;

#[test]
fn a_cursor_of_somebody_with_the_same_object_id_shows_the_own_record_only() {
    let pair = Pair::shared();
    let (thief, admin) = (pair.thief("patient/*.cruds"), pair.server.admin());
    let sides = pair.sides();
    let mut followed = 0;
    for (name, _) in sides.victim.resources() {
        let both = format!("{},{}", sides.thief.id, sides.victim.id);
        for sort in ["_lastUpdated", "-_lastUpdated"] {
            let query = [("_id", both.as_str()), ("_count", "1"), ("_sort", sort)];
            let first = admin.search(name, &query).expect(200);
            let next = link(&first.body, "next").expect("a second page");
            let page = thief.get(&next).expect(200);
            let own = sides.thief.resource(name).map(|_| &sides.thief.id);
            assert!(ids(&page.body).iter().all(|id| Some(id) == own), "{page}");
            assert!(!page.text.contains(&sides.victim.word), "{page}");
            followed += 1;
        }
    }
    assert!(followed > 200, "{followed}");
}

/// Somebody else at the provider, with the same rights.
fn another(pair: &Pair, record: &Record) -> Client {
    let claims = pair.server.forgery().claim("roles", json!(["smartUser"]));
    let claims = claims
        .claim("fhirUser", json!(record.reference()))
        .claim("scp", json!("patient/*.cruds"))
        .claim("oid", json!(unique("object")));
    pair.server.bearing(&claims.sign())
}

#[test]
fn a_cursor_of_somebody_else_is_refused() {
    let pair = Pair::shared();
    let sides = pair.sides();
    let observation = sides.victim.resource("Observation").expect("one");
    pair.server
        .admin()
        .save(&with(observation, "id", json!(unique("second"))));
    let victim = another(pair, sides.victim);
    let query = [
        ("subject", sides.victim.reference()),
        ("_count", "1".into()),
    ];
    let query = query
        .each_ref()
        .map(|(name, value)| (*name, value.as_str()));
    let first = victim.search("Observation", &query).expect(200);
    assert_eq!(ids(&first.body).len(), 1, "{first}");
    let next = link(&first.body, "next").expect("a second page");
    assert_eq!(ids(&victim.get(&next).expect(200).body).len(), 1);
    for thief in [another(pair, sides.thief), pair.thief("patient/*.cruds")] {
        let answer = thief.get(&next);
        assert_outcome(&answer, 400, "invalid", "does not belong to this search");
        assert!(!answer.text.contains(&sides.victim.word), "{answer}");
    }
}

#[test]
fn a_cursor_does_not_continue_another_search() {
    let pair = Pair::shared();
    let sides = pair.sides();
    let admin = pair.server.admin();
    let both = format!("{},{}", sides.thief.id, sides.victim.id);
    let first = admin.search("Observation", &[("_id", &both), ("_count", "1")]);
    let next = link(&first.body, "next").expect("a second page");
    let (_, cursor) = next.split_once("ct=").expect("a cursor");
    for path in [
        format!("/Observation?ct={cursor}"),
        format!("/Observation?_count=1&ct={cursor}"),
        format!("/Condition?_id={both}&_count=1&ct={cursor}"),
        format!("/Observation?_id={}&_count=1&ct={cursor}", sides.victim.id),
    ] {
        let answer = pair.thief("patient/*.cruds").get(&path);
        assert_outcome(&answer, 400, "invalid", "does not belong to this search");
    }
}
