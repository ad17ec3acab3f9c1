//! Bodies that are too long for one row, and answers that are too long for one call.

use super::*;
use crate::store::answer::Rows;
use fhir::sql::Sql;

/// A resource of so many characters, every other one of two UTF-16 units.
fn long(characters: usize) -> Value {
    let text: String = "a😀".chars().cycle().take(characters).collect();
    json!({ "resourceType": "Basic", "code": { "text": text } })
}

#[test]
fn a_long_body_is_stored_in_chunks_and_comes_back_whole() {
    let fixture = Fixture::new();
    // 2.4 million units: more than SQLite takes in a row, and cuts that would fall into a character.
    let resource = long(1_600_001);
    fixture
        .apply(vec![fixture.create("a", &resource)])
        .expect("created");
    let text = resource["code"]["text"].as_str().expect("a text");
    let same = fixture.apply(vec![fixture.update("a", None, &resource)]);
    assert_eq!(outcomes(same), [(Outcome::Unchanged, 1)]);
    let chunks = "SELECT count(*) FROM chunk";
    assert_eq!(fixture.number(chunks), 5);
    fixture
        .apply(vec![fixture.update("a", None, &long(3))])
        .expect("updated");
    assert_eq!(fixture.number("SELECT chunks FROM resource"), 0);
    let grant: Grant<crate::grant::action::Read> = fixture.grant("Basic");
    let (partition, definitions) = (&fixture.partition, fixture.definitions);
    let past = crate::store::vread(partition, definitions, &grant, "a", 1, Consistency::Strong);
    let past = done(past).expect("the store works").expect("a version");
    let past = String::from(past.body.expect("a body"));
    assert!(
        past.contains(text),
        "the chunks are joined as they were cut"
    );
}

#[test]
fn an_answer_holds_as_much_as_a_call_carries_and_says_when_it_is_cut() {
    let fixture = Fixture::new();
    for id in ["a", "b", "c"] {
        // 3 million units each; an answer holds 6.
        fixture
            .apply(vec![fixture.create(id, &long(2_000_000))])
            .expect("created");
    }
    let mut all = Sql::default();
    all.push("SELECT r.id, r.rid, r.version, r.body, r.chunks FROM resource r ORDER BY r.id");
    let answer = done(fixture.partition.query(&all, Rows::WithBodies)).expect("rows");
    assert!(answer.is_cut);
    assert_eq!(answer.rows.len(), 1);
    // Several statements share the room, and what has none left is asked again.
    let one = |id: &str| {
        let mut one = Sql::default();
        one.push("SELECT r.id, r.rid, r.version, r.body, r.chunks FROM resource r WHERE r.id = ");
        one.bind(id);
        one
    };
    let asked = ["c", "nobody", "a", "b"].map(one);
    let answers = done(fixture.partition.query_all(&asked, Rows::WithBodies)).expect("rows");
    let found: Vec<Vec<Option<String>>> = answers
        .iter()
        .map(|answer| answer.rows.iter().map(|row| row.text(0)).collect())
        .collect();
    let id = |id: &str| vec![Some(id.to_owned())];
    assert_eq!(found, [id("c"), Vec::new(), id("a"), id("b")]);
    assert!(answers.iter().all(|answer| !answer.is_cut));
    let bodies = answers.iter().flat_map(|answer| &answer.rows);
    assert!(bodies.into_iter().all(|row| row.body.is_some()));
}
