//! Plans: every way gives the same answer, and none reads all of a table.

use super::*;
use crate::store::answer::Rows;
use fhir::capability::is_searched;
use fhir::definitions::SearchType;
use fhir::search::{After, Position, Then, page};
use fhir::sql::{self, Dialect};

/// What a search finds by one way of its plan.
fn by_way(fixture: &Fixture, query: &Query, way: usize, at: &mut Option<After>) -> Vec<String> {
    let (definitions, confinement) = (fixture.definitions, &fixture.confinement);
    let mut ids = Vec::new();
    loop {
        let plan = page(definitions, (query, confinement), at.as_ref(), 1_000, false);
        let way = way.min(plan.ways.len() - 1);
        let taken = &plan.ways[way];
        let statement = sql::way(taken, Dialect::Sqlite);
        let answer = done(fixture.partition.query(&statement.found, Rows::WithBodies));
        let rows = answer.expect("an answer").rows;
        ids.extend(rows.iter().filter_map(|row| row.text(0)));
        match taken.then {
            Then::End => return ids,
            Then::Unsorted => {
                *at = Some(After {
                    sequence: i64::MAX >> 11,
                    position: Position::unsorted(),
                });
            }
        }
    }
}

/// A population in which every combination of values occurs.
fn population() -> Fixture {
    let fixture = Fixture::new();
    let writes = (0..60).map(|at| {
        let patient = ["p", "q", "r"][at % 3];
        let mut resource = observation(patient, ["1-1", "2-2"][at % 2]);
        resource["status"] = json!(["final", "amended", "final", "final"][at % 4]);
        if at % 5 > 0 {
            resource["effectiveDateTime"] = json!(format!("202{}-03-04", at % 5));
        }
        fixture.create(&format!("o{at}"), &resource)
    });
    fixture.apply(writes.collect()).expect("created");
    fixture
}

#[test]
fn whichever_way_is_taken_the_matches_are_the_same_in_the_same_order() {
    let mut fixture = population();
    let clauses = [
        ("status", "final"),
        ("status", "final,amended"),
        ("status:not", "final"),
        ("patient", "Patient/q"),
        ("subject", "Patient/q,Patient/r"),
        ("code", "1-1"),
        ("date", "ge2022"),
        ("date", "2021,2023"),
        ("date:missing", "true"),
        ("_id", "o1,o4,o7,o10"),
        ("_lastUpdated", "ge2020"),
    ];
    let mut compared = 0;
    for confined in [false, true] {
        if confined {
            fixture.confine("q");
        }
        for sort in [None, Some("date"), Some("-date"), Some("-_lastUpdated")] {
            for (at, first) in clauses.iter().enumerate() {
                for second in clauses.iter().skip(at) {
                    let sort = sort.map(|sort| ("_sort", sort));
                    let pairs: Vec<_> = [*first, *second].into_iter().chain(sort).collect();
                    let query = fixture.query("Observation", &pairs);
                    let scope = (&query, &fixture.confinement);
                    let ways = page(fixture.definitions, scope, None, 1_000, false)
                        .ways
                        .len();
                    let expected = by_way(&fixture, &query, ways - 1, &mut None);
                    for way in 0..ways {
                        let found = by_way(&fixture, &query, way, &mut None);
                        assert_eq!(found, expected, "{pairs:?} by way {way}");
                        compared += 1;
                    }
                }
            }
        }
    }
    assert!(compared > 1_000, "{compared}");
}

/// What SQLite must not do for a page: read all of a type, or sort what has no bound. A seek by a
/// list of dates scans the list, and a subquery is scanned as it is made.
fn is_unbounded(step: &str) -> bool {
    let scans_table = step.starts_with("SCAN")
        && (step.contains("_index") || step.contains("SCAN r") || step.contains("SCAN i"));
    scans_table || step.contains("SCAN resource")
}

#[test]
fn no_search_by_one_parameter_scans_a_table() {
    let mut fixture = population();
    let mut explained = 0;
    for confined in [false, true] {
        if confined {
            fixture.confine("q");
        }
        for name in fixture.definitions.resource_types() {
            for parameter in fixture.definitions.search_parameters(name) {
                if !is_searched(parameter) {
                    continue;
                }
                let value = match parameter.search_type {
                    SearchType::Date => "ge2026-01-01",
                    SearchType::Reference => "Patient/x",
                    _ => "x",
                };
                for sort in [None, Some("-_lastUpdated")] {
                    let sort = sort.map(|sort| ("_sort", sort));
                    let clause = [(parameter.code, value)];
                    let pairs: Vec<_> = clause.into_iter().chain(sort).collect();
                    let query = fixture.query(name, &pairs);
                    let scope = (&query, &fixture.confinement);
                    let plan = page(fixture.definitions, scope, None, 11, true);
                    for way in &plan.ways {
                        let mut statement = sql::way(way, Dialect::Sqlite).found;
                        statement.text = format!("EXPLAIN QUERY PLAN {}", statement.text);
                        let answer = done(fixture.partition.query(&statement, Rows::Plain));
                        for row in answer.expect("a plan").rows {
                            let step = row.text(3).unwrap_or_default();
                            assert!(!is_unbounded(&step), "{name} {pairs:?}: {step}");
                        }
                        explained += 1;
                    }
                }
            }
        }
    }
    assert!(explained > 3_000, "{explained}");
}
