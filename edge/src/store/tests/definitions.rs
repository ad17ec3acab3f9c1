//! Definitions change: what was indexed by others is indexed anew, and nobody searches by halves.

use super::*;
use crate::error::{Reason, Rejection};
use crate::store::sqlite::Connection;

impl Fixture {
    /// What an operator's hands, or another version of the server, did to the database.
    fn alter(&self, statements: &str) {
        let database = self.partition.memory().store().database();
        database.script(statements).expect("statements");
    }

    /// Ends the server and starts it again.
    fn restart(self) -> Self {
        let (definitions, confinement) = (self.definitions, self.confinement);
        let partition = self.partition.restarted(definitions);
        Self {
            definitions,
            partition,
            confinement,
        }
    }

    fn slice(&self) -> bool {
        self.partition
            .memory()
            .store()
            .reindex_slice()
            .expect("a slice")
    }

    /// Does all that the alarm would do; how many slices that took.
    fn reindex(&self) -> usize {
        (1..).find(|_| !self.slice()).expect("an end")
    }

    fn is_reindexing(&self) -> bool {
        self.partition.memory().store().has_to_reindex()
    }
}

/// Refused until the index of `parameter` is complete.
fn refused<T>(result: Result<T, Error>, parameter: &str) -> String {
    let Error::Rejected(Rejection { reason, issues }) = failed(result) else {
        panic!("not refused");
    };
    assert_eq!(reason, Reason::Unavailable(10));
    let message = issues[0].diagnostics.clone();
    let start = format!("The index of the search parameter {parameter} is being rebuilt (");
    assert!(message.starts_with(&start), "{message}");
    message
}

/// Another definition of a parameter, as far as the store can tell.
const CHANGE_FAMILY: &str = "
    UPDATE parameter SET fingerprint = 'other' WHERE type = 'Patient' AND code = 'family';
    UPDATE ledger SET value = 'other' WHERE name = 'definitions';
    DELETE FROM string_index;";

fn fifty_patients() -> Fixture {
    let fixture = Fixture::new();
    let patients = (0..50).map(|at| fixture.create(&format!("p{at}"), &patient(&format!("F{at}"))));
    fixture.apply(patients.collect()).expect("created");
    fixture
        .apply(vec![fixture.create("o", &observation("p7", "1-1"))])
        .expect("created");
    fixture
}

#[test]
fn the_same_definitions_index_nothing_anew() {
    let fixture = fifty_patients().restart();
    assert!(!fixture.is_reindexing());
    assert_eq!(fixture.found("Patient", &[("family", "F7")]), ["p7"]);
    let recorded = "SELECT count(*) FROM parameter WHERE type NOT IN ('Patient', 'Observation')";
    assert_eq!(
        fixture.number(recorded),
        0,
        "only types that are there are recorded"
    );
    assert!(fixture.number("SELECT count(*) FROM parameter") > 40);
}

#[test]
fn a_changed_parameter_is_refused_until_all_resources_are_indexed_anew() {
    let fixture = fifty_patients();
    fixture.alter(CHANGE_FAMILY);
    let fixture = fixture.restart();
    assert!(fixture.is_reindexing());
    refused(
        fixture.search("Patient", &[("family", "F7")]),
        "Patient.family",
    );
    refused(
        fixture.search("Patient", &[("_sort", "family")]),
        "Patient.family",
    );
    // Everything else works.
    assert_eq!(fixture.found("Observation", &[("code", "1-1")]), ["o"]);
    assert_eq!(fixture.found("Patient", &[("_id", "p7")]), ["p7"]);
    assert!(fixture.read("Patient", "p7").is_some());
    // A write meanwhile is indexed by the definitions of now, and waits for the rest like them.
    fixture
        .apply(vec![fixture.create("new", &patient("F7"))])
        .expect("created");
    assert!(fixture.slice());
    let message = refused(
        fixture.search("Patient", &[("family", "F7")]),
        "Patient.family",
    );
    assert!(message.contains("(39 % done)"), "{message}");
    // The server ends in the middle, and goes on where it was.
    let fixture = fixture.restart();
    let again = refused(
        fixture.search("Patient", &[("family", "F7")]),
        "Patient.family",
    );
    assert_eq!(again, message);
    assert_eq!(fixture.reindex(), 3);
    assert!(!fixture.is_reindexing());
    assert_eq!(fixture.found("Patient", &[("family", "F7")]), ["p7", "new"]);
    for at in 0..50 {
        let family = format!("F{at}");
        let found = fixture.found("Patient", &[("family:exact", &family)]);
        assert!(found.contains(&format!("p{at}")), "{family}");
    }
    assert_eq!(
        fixture.read("Patient", "p7").map(|one| one.version),
        Some(1)
    );
    let fixture = fixture.restart();
    assert!(!fixture.is_reindexing());
}

#[test]
fn a_parameter_that_has_gone_takes_its_rows_with_it() {
    let fixture = fifty_patients();
    fixture.alter(
        "INSERT INTO parameter VALUES('Patient', 'shoe-size', 'some', 1);
         INSERT INTO token_index SELECT 4711, '42', rid, '' FROM resource;
         UPDATE ledger SET value = 'other' WHERE name = 'definitions';",
    );
    let fixture = fixture.restart();
    fixture.reindex();
    let rows = "SELECT count(*) FROM token_index WHERE param = 4711
        AND rid IN (SELECT rid FROM resource WHERE type = 'Patient')";
    assert_eq!(fixture.number(rows), 0);
    assert_eq!(
        fixture.number("SELECT count(*) FROM parameter WHERE code = 'shoe-size'"),
        0
    );
}

#[test]
fn what_depends_on_an_incomplete_index_is_refused_whole() {
    let mut fixture = fifty_patients();
    fixture
        .partition
        .memory()
        .store()
        .forget_index()
        .expect("forgotten");
    let confined = [fixture.update("p7", None, &patient("New"))];
    assert!(fixture.apply(confined.into()).is_ok(), "no index is needed");
    fixture.confine("p7");
    let grant: Grant<crate::grant::action::Read> = fixture.grant("Observation");
    let (partition, definitions) = (&fixture.partition, fixture.definitions);
    let read = crate::store::read(partition, definitions, &grant, "o", Consistency::Strong);
    assert!(matches!(failed(done(read)), Error::Rejected(_)));
    let command = Command {
        guards: Vec::new(),
        writes: vec![fixture.create("o2", &observation("p7", "1-1"))],
    };
    assert!(matches!(
        failed(done(partition.apply(&command))),
        Error::Rejected(_)
    ));
    fixture.reindex();
    assert!(fixture.read("Observation", "o").is_some());
    assert!(fixture.read("Observation", "o2").is_none());
}

#[test]
fn every_search_that_needs_an_index_names_it() {
    let fixture = fifty_patients();
    fixture
        .apply(vec![
            fixture.create("b", &json!({ "resourceType": "Basic" })),
        ])
        .expect("created");
    fixture
        .partition
        .memory()
        .store()
        .forget_index()
        .expect("forgotten");
    let mut count = 0;
    for resource_type in ["Patient", "Observation", "Basic"] {
        for parameter in fhir::search::indexed(fixture.definitions, resource_type) {
            let code = parameter.code;
            if matches!(code, "_id" | "_lastUpdated") {
                continue;
            }
            let searched = fixture.definitions.search_parameter(resource_type, code);
            let value = match searched.expect("a parameter").search_type.code() {
                "date" => "2026-01-01",
                "reference" => "Patient/p7",
                _ => "x",
            };
            let name = format!("{resource_type}.{code}");
            refused(fixture.search(resource_type, &[(code, value)]), &name);
            let missing = format!("{code}:missing");
            refused(fixture.search(resource_type, &[(&missing, "true")]), &name);
            count += 1;
        }
    }
    assert!(count > 60, "{count}");
}

#[test]
fn rows_of_other_definitions_are_not_taken_over() {
    let fixture = Fixture::new();
    let mut other = Fixture::new();
    other.definitions = Definitions::of(Release::Stu3);
    let mut resource = observation("p", "1-1");
    resource["valueDateTime"] = json!("2026-03-04");
    // A worker of another version sends rows that its definitions give.
    let mut write = other.create("a", &resource);
    if let Some((_, rows)) = &mut write.content {
        *rows = IndexRows::default();
    }
    fixture.apply(vec![write]).expect("created");
    assert_eq!(fixture.found("Observation", &[("code", "1-1")]), ["a"]);
    assert_eq!(
        fixture.found("Observation", &[("value-date", "2026-03-04")]),
        ["a"]
    );
}

#[test]
fn a_store_holds_resources_of_one_release() {
    let mut fixture = fifty_patients();
    fixture.definitions = Definitions::of(Release::Stu3);
    let mut fixture = fixture.restart();
    let remedy = "FHIR_VERSION names another release";
    let searched = failed(fixture.search("Patient", &[]));
    assert!(matches!(searched, Error::Unconfigured(message) if message.starts_with(remedy)));
    assert!(!done(fixture.partition.is_healthy()));
    let command = Command {
        guards: Vec::new(),
        writes: vec![fixture.create("new", &patient("One"))],
    };
    let written = failed(done(fixture.partition.apply(&command)));
    assert!(matches!(written, Error::Unconfigured(message) if message.starts_with(remedy)));
    fixture.definitions = Definitions::of(Release::R4);
    let fixture = fixture.restart();
    assert_eq!(fixture.found("Patient", &[("family", "F7")]), ["p7"]);
    assert!(fixture.read("Patient", "new").is_none());
}

#[test]
fn an_empty_store_may_change_its_release() {
    let mut fixture = Fixture::new();
    fixture.definitions = Definitions::of(Release::Stu3);
    let fixture = fixture.restart();
    fixture
        .apply(vec![fixture.create("a", &patient("One"))])
        .expect("created");
    assert_eq!(fixture.found("Patient", &[("family", "One")]), ["a"]);
}

#[test]
fn a_store_of_the_first_schema_becomes_one_of_today() {
    let connection = Connection::in_memory().expect("a database");
    connection
        .script(include_str!("first_schema.sql"))
        .expect("the first schema");
    connection
        .script(
            r#"INSERT INTO resource VALUES
                (1, 'Patient', 'a', 2, 1700000000000, 1, 'PUT', 0, 0,
                 '{"resourceType":"Patient","id":"a","name":[{"family":"One"}],"birthDate":"1980"}'),
                (2, 'Patient', 'gone', 2, 1700000000000, 2, 'DELETE', 1, 0, NULL);
               INSERT INTO history VALUES
                (1, 1, 1600000000000, 'POST', 0, '{"resourceType":"Patient","id":"a"}'),
                (2, 1, 1600000000000, 'POST', 0, '{"resourceType":"Patient","id":"gone"}');
               INSERT INTO string_index VALUES(1, 'stale', 'stale', 1);
               INSERT INTO ledger VALUES('root_secret', x'00');
               UPDATE ledger SET value = 4 WHERE name = 'sequence';"#,
        )
        .expect("resources");
    let definitions = Definitions::of(Release::R4);
    let partition = Partition::opened(connection, definitions);
    let fixture = Fixture {
        partition,
        ..Fixture::new()
    };
    // Who knows by which definitions its rows were made.
    refused(
        fixture.search("Patient", &[("family", "One")]),
        "Patient.family",
    );
    assert_eq!(versions(&fixture, "Patient", "a").len(), 2);
    fixture.reindex();
    assert_eq!(fixture.found("Patient", &[("family", "One")]), ["a"]);
    // A year lasts longer than two days, and has its second row.
    assert_eq!(
        fixture.found("Patient", &[("birthdate", "1980-07-01")]),
        ["a"]
    );
    assert_eq!(
        fixture.number("SELECT count(*) FROM string_index WHERE folded = 'stale'"),
        0
    );
    let updated = fixture.apply(vec![fixture.update("a", Some(2), &patient("Two"))]);
    assert_eq!(outcomes(updated), [(Outcome::Updated, 3)]);
    assert_eq!(fixture.partition.charge().sequence, 5);
    assert_eq!(
        fixture.number("SELECT value FROM ledger WHERE name = 'schema'"),
        5
    );
    let fixture = fixture.restart();
    assert!(!fixture.is_reindexing());
    assert_eq!(fixture.found("Patient", &[("family", "Two")]), ["a"]);
}

#[test]
fn a_kind_that_is_new_gets_its_table() {
    let fixture = Fixture::new();
    fixture.alter("DROP TABLE date_index;");
    let fixture = fixture.restart();
    assert_eq!(fixture.number("SELECT count(*) FROM date_index"), 0);
}
