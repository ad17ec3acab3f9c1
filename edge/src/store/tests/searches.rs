//! Searches on what commands have indexed.

use super::*;
use fhir::search::INDEX_KINDS;

#[test]
fn every_kind_of_index_follows_the_resource() {
    let fixture = Fixture::new();
    let mut resource = observation("p", "8867-4");
    resource["effectiveDateTime"] = json!("2026-03-04");
    let resource = resource;
    let queries = [
        ("code", "http://loinc.org|8867-4"),
        ("patient", "Patient/p"),
        ("date", "ge2026-03-04"),
        ("code:text", "heart"),
    ];
    let mut named = resource.clone();
    named["code"]["text"] = json!("Heart rate");
    fixture
        .apply(vec![fixture.create("a", &named)])
        .expect("created");
    for query in queries {
        assert_eq!(fixture.found("Observation", &[query]), ["a"], "{query:?}");
    }
    let other = observation("q", "1-1");
    fixture
        .apply(vec![fixture.update("a", None, &other)])
        .expect("updated");
    for query in queries {
        assert!(
            fixture.found("Observation", &[query]).is_empty(),
            "{query:?}"
        );
    }
    fixture
        .apply(vec![fixture.update("a", None, &named)])
        .expect("updated");
    assert_eq!(fixture.found("Observation", &queries), ["a"]);
    fixture
        .apply(vec![fixture.delete("Observation", "a", None)])
        .expect("deleted");
    for kind in INDEX_KINDS {
        let rows = format!("SELECT count(*) FROM {}", kind.name);
        assert_eq!(fixture.number(&rows), 0, "{}", kind.name);
    }
}

#[test]
fn a_search_takes_the_shortest_way_and_finds_the_same_by_any() {
    let fixture = Fixture::new();
    let writes = (0..150).map(|at| {
        let mut resource = observation(if at == 7 { "rare" } else { "often" }, "1-1");
        resource["status"] = json!(if at % 2 == 0 { "final" } else { "amended" });
        fixture.create(&format!("o{at}"), &resource)
    });
    fixture.apply(writes.collect()).expect("created");
    let read = || fixture.partition.charge().rows_read;
    let before = read();
    let queries = [("status", "amended"), ("patient", "rare")];
    assert_eq!(fixture.found("Observation", &queries), ["o7"]);
    let few = read() - before;
    let everything = [("status", "amended"), ("_count", "1000")];
    assert_eq!(fixture.found("Observation", &everything).len(), 75);
    let all = read() - before - few;
    assert!(few < 20 && all >= 75, "{few} rows, then {all}");
}
