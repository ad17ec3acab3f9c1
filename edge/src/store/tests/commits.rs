//! Versions of resources, and what stops a command.

use super::*;
use crate::store::Guard;
use crate::store::by_memory::BEGAN;

#[test]
fn a_resource_has_all_its_versions() {
    let fixture = Fixture::new();
    let created = fixture.apply(vec![fixture.create("a", &patient("One"))]);
    assert_eq!(outcomes(created), [(Outcome::Created, 1)]);
    let updated = fixture.apply(vec![fixture.update("a", None, &patient("Two"))]);
    assert_eq!(outcomes(updated), [(Outcome::Updated, 2)]);
    let same = fixture.apply(vec![fixture.update("a", None, &patient("Two"))]);
    assert_eq!(outcomes(same), [(Outcome::Unchanged, 2)]);
    let deleted = fixture.apply(vec![fixture.delete("Patient", "a", None)]);
    assert_eq!(outcomes(deleted), [(Outcome::Deleted, 3)]);
    let again = fixture.apply(vec![fixture.delete("Patient", "a", None)]);
    assert_eq!(outcomes(again), [(Outcome::Absent, 3)]);
    let deletion = fixture.read("Patient", "a").expect("a deletion");
    assert_eq!((deletion.version, deletion.method.as_str()), (3, "DELETE"));
    assert!(deletion.body.is_none());
    let back = fixture.apply(vec![fixture.update("a", None, &patient("Three"))]);
    assert_eq!(outcomes(back), [(Outcome::Updated, 4)]);
    let methods = [(4, "PUT"), (3, "DELETE"), (2, "PUT"), (1, "POST")];
    let expected = methods.map(|(version, method)| (version, method.to_owned()));
    assert_eq!(versions(&fixture, "Patient", "a"), expected);
}

#[test]
fn a_body_is_rendered_around_its_version_and_time() {
    let fixture = Fixture::new();
    let resource = json!({ "resourceType": "Basic", "code": { "text": "é" } });
    fixture
        .apply(vec![fixture.create("b", &resource)])
        .expect("created");
    let instant = fhir::types::instant(BEGAN + 1000);
    let expected = format!(
        r#"{{"resourceType":"Basic","id":"b","meta":{{"versionId":"1","lastUpdated":"{instant}"}},"code":{{"text":"é"}}}}"#
    );
    assert_eq!(fixture.body("Basic", "b"), expected);
}

#[test]
fn a_write_is_refused_when_its_version_or_its_id_does_not_fit() {
    let fixture = Fixture::new();
    let one = patient("One");
    fixture
        .apply(vec![fixture.create("a", &one)])
        .expect("created");
    fixture
        .apply(vec![fixture.update("a", None, &patient("Two"))])
        .expect("updated");
    for (write, expected) in [
        (fixture.create("a", &one), Refusal::Taken { at: 0 }),
        (
            fixture.update("a", Some(1), &one),
            Refusal::VersionMismatch { at: 0, current: 2 },
        ),
        (
            fixture.delete("Patient", "a", Some(3)),
            Refusal::VersionMismatch { at: 0, current: 2 },
        ),
        (
            fixture.update("b", Some(1), &one),
            Refusal::Missing { at: 0 },
        ),
        (
            fixture.delete("Patient", "b", Some(1)),
            Refusal::Missing { at: 0 },
        ),
    ] {
        assert_eq!(fixture.apply(vec![write]).err(), Some(expected));
    }
    let matched = fixture.apply(vec![fixture.update("a", Some(2), &one)]);
    assert_eq!(outcomes(matched), [(Outcome::Updated, 3)]);
}

#[test]
fn a_command_is_applied_whole_or_not_at_all() {
    let fixture = Fixture::new();
    fixture
        .apply(vec![fixture.create("a", &patient("One"))])
        .expect("created");
    let refused = fixture.apply(vec![
        fixture.create("b", &patient("Other")),
        fixture.update("a", None, &patient("Two")),
        fixture.delete("Patient", "c", Some(1)),
    ]);
    assert_eq!(refused.err(), Some(Refusal::Missing { at: 2 }));
    assert!(fixture.read("Patient", "b").is_none());
    assert_eq!(fixture.read("Patient", "a").map(|one| one.version), Some(1));
    assert_eq!(fixture.found("Patient", &[("family", "One")]), ["a"]);
    assert!(
        fixture
            .found("Patient", &[("family", "Two,Other")])
            .is_empty()
    );
    let rows = "SELECT (SELECT count(*) FROM history) + (SELECT count(*) FROM outbox) - 1";
    assert_eq!(fixture.number(rows), 0);
}

#[test]
fn a_guard_holds_only_while_its_search_finds_the_same() {
    let fixture = Fixture::new();
    let query = fixture.query("Patient", &[("family", "One")]);
    let grant: Grant<Search> = fixture.grant("Patient");
    let (partition, definitions) = (&fixture.partition, fixture.definitions);
    let found = || done(super::super::ids(partition, definitions, &grant, &query));
    let (statement, ids) = found().expect("a search");
    assert!(ids.is_empty());
    let create = |id: &str| Command {
        guards: vec![Guard {
            statement: statement.clone(),
            ids: ids.clone(),
        }],
        writes: vec![fixture.create(id, &patient("One"))],
    };
    let first = done(partition.apply(&create("a"))).expect("the store works");
    assert_eq!(outcomes(first), [(Outcome::Created, 1)]);
    let second = done(partition.apply(&create("b"))).expect("the store works");
    assert_eq!(second.err(), Some(Refusal::Changed));
    assert!(fixture.read("Patient", "b").is_none());
    assert_eq!(found().expect("a search").1, ["a"]);
}

#[test]
fn time_and_sequence_go_on_with_every_commit() {
    let fixture = Fixture::new();
    let mut last = (0, 0);
    for at in 0..3 {
        let committed = fixture.apply(vec![fixture.create(&format!("p{at}"), &patient("One"))]);
        let updated = committed.expect("created")[0].updated;
        let now = (fixture.partition.charge().sequence, updated);
        assert!(
            now.0 == last.0 + 1 && now.1 > last.1,
            "{now:?} after {last:?}"
        );
        last = now;
    }
}

#[test]
fn too_many_values_are_refused_before_the_store_sees_them() {
    let fixture = Fixture::new();
    let mut statement = fhir::sql::Sql::default();
    statement.push("SELECT 1 WHERE 1 IN (");
    for _ in 0..101 {
        statement.bind("1").push(", ");
    }
    statement.push("1)");
    let rows = crate::store::answer::Rows::Plain;
    let refused = failed(done(fixture.partition.query(&statement, rows)));
    assert!(matches!(refused, Error::Rejected(_)), "{refused:?}");
}
