//! `_sort`: one parameter of type date or string, or when it was last updated.

use super::Shelf;
use api::{Server, assert_refused, entries, ids, link, unique};
use serde_json::{Value, json};
use std::thread::sleep;
use std::time::Duration;

fn shelf() -> Shelf {
    let patient = |family: Value, birth_date: Value| {
        let mut patient = json!({"resourceType": "Patient", "active": true});
        if !family.is_null() {
            patient["name"] = family;
        }
        if !birth_date.is_null() {
            patient["birthDate"] = birth_date;
        }
        patient
    };
    Shelf::of(&[
        (
            "c",
            patient(json!([{"family": "Çelik"}]), json!("1990-05-05")),
        ),
        ("a", patient(json!([{"family": "adams"}]), json!("1990"))),
        ("nameless", patient(json!(null), json!("1985-01-01"))),
        ("b", patient(json!([{"family": "Brown"}]), json!(null))),
        (
            "two",
            patient(
                json!([{"family": "Zeta"}, {"family": "Azure"}]),
                json!("2001-01-01"),
            ),
        ),
    ])
}

#[test]
fn the_order_is_that_of_the_parameter_and_missing_values_come_last() {
    let shelf = shelf();
    for (sort, expected) in [
        // A year begins before a day in it.
        ("birthdate", ["nameless", "a", "c", "two", "b"]),
        ("-birthdate", ["two", "c", "a", "nameless", "b"]),
        ("family", ["a", "two", "b", "c", "nameless"]),
        ("-family", ["two", "c", "b", "a", "nameless"]),
        ("_lastUpdated", ["c", "a", "nameless", "b", "two"]),
    ] {
        assert_eq!(shelf.find(&[("_sort", sort)]), expected, "{sort}");
    }
}

#[test]
fn the_latest_change_comes_first_when_asked_for() {
    let shelf = shelf();
    let newest_first = shelf.find(&[("_sort", "-_lastUpdated")]);
    assert_eq!(newest_first.len(), 5);
    let (id, _) = shelf.names.iter().find(|(_, name)| **name == "a").unwrap();
    sleep(Duration::from_millis(5));
    let mut changed = shelf.client.get(&format!("/Patient/{id}")).body;
    changed["active"] = json!(false);
    shelf.client.save(&changed);
    assert_eq!(shelf.find(&[("_sort", "-_lastUpdated")])[0], "a");
    assert_eq!(shelf.find(&[("_sort", "_lastUpdated")])[4], "a");
}

/// Entries are updated, deleted and made anew while somebody turns the pages.
#[test]
fn pages_by_last_update_show_every_entry_once_while_others_write() {
    let client = Server::shared().admin();
    // With a condition that drives, and through all of the type.
    for (condition, sort) in [
        ("code=C", "_lastUpdated"),
        ("code=C", "-_lastUpdated"),
        ("code:not=nothing", "_lastUpdated"),
        ("code:not=nothing", "-_lastUpdated"),
    ] {
        let code = unique("paged");
        let save = |id: &str, status: &str| {
            let code = json!({ "coding": [{ "code": code }], "text": status });
            client.save(&json!({ "resourceType": "Basic", "id": id, "code": code }));
        };
        let names: Vec<String> = (0..9).map(|number| format!("{code}-{number}")).collect();
        for name in &names {
            save(name, "first");
            sleep(Duration::from_millis(3));
        }
        let mut expected = names.clone();
        if sort.starts_with('-') {
            expected.reverse();
        }
        let condition = condition.replace('C', &code);
        let mut url = format!("/Basic?{condition}&_sort={sort}&_count=2");
        let mut shown: Vec<String> = Vec::new();
        for turned in 0..1_000 {
            let page = client.get(&url).expect(200);
            let own = ids(&page.body).into_iter().filter(|id| names.contains(id));
            shown.extend(own);
            // One that was shown, one that was not yet, and one that vanishes for a moment.
            save(&expected[turned % 9], &format!("turned {turned}"));
            save(&expected[(turned + 5) % 9], &format!("turned {turned} too"));
            let gone = &expected[(turned + 7) % 9];
            client.delete(&format!("/Basic/{gone}")).expect(204);
            save(gone, &format!("again {turned}"));
            match link(&page.body, "next") {
                Some(next) => url = next,
                None => break,
            }
        }
        assert_eq!(shown, expected, "{condition} {sort}");
    }
}

#[test]
fn what_cannot_be_sorted_by_is_told_or_refused() {
    let shelf = shelf();
    for (sort, words) in [
        ("nonsense", "no search parameter"),
        ("gender", "token parameter"),
        ("organization", "reference parameter"),
        ("family,birthdate", "several parameters"),
        ("-", "no search parameter"),
    ] {
        let search = |prefer: &str| {
            let path = format!("/Patient?_tag={}&_sort={sort}", shelf.tag);
            shelf
                .client
                .request("GET", &path)
                .header("prefer", prefer)
                .send()
        };
        let lenient = search("handling=lenient").expect(200);
        let told = &entries(&lenient.body)[0];
        assert_eq!(told["search"]["mode"], "outcome", "{lenient}");
        let diagnostics = told["resource"]["issue"][0]["diagnostics"]
            .as_str()
            .unwrap();
        assert!(diagnostics.contains(words), "{diagnostics}");
        assert_eq!(ids(&lenient.body).len(), 5);
        assert_refused(
            &search("handling=strict"),
            400,
            "not-supported",
            words,
            "_sort",
        );
    }
}
