//! Pages: each match once, whatever is written meanwhile; cursors belong to their search.

use crate::samples::{by_identifier, patient, with};
use api::{Client, Server, assert_refused, ids, link, unique};
use serde_json::json;
use std::collections::BTreeSet;

/// `count` patients with the identifier and different birth dates and names.
fn many(client: &Client, tag: &str, count: usize) -> Vec<String> {
    let create = |number: usize| {
        let mut sent = with(
            &patient(tag),
            "birthDate",
            json!(format!("19{:02}-01-01", (number * 37) % 100)),
        );
        if number.is_multiple_of(5) {
            sent.as_object_mut().unwrap().remove("birthDate");
        }
        sent["name"][0]["family"] = json!(format!("Family{:02}", (number * 53) % 40));
        client.post("/Patient", &sent).expect(201).id()
    };
    (0..count).map(create).collect()
}

/// Follows `next` from page to page, calling `between` with the number of the page.
fn follow(client: &Client, first: &str, mut between: impl FnMut(usize)) -> Vec<String> {
    let mut url = first.to_owned();
    let mut collected = Vec::new();
    for page in 0.. {
        let answer = client.get(&url).expect(200);
        collected.extend(ids(&answer.body));
        between(page);
        match link(&answer.body, "next") {
            Some(next) => url = next,
            None => break,
        }
        assert!(page < 100, "no end");
    }
    collected
}

#[test]
fn following_next_finds_every_match_once_in_every_order() {
    let client = Server::shared().admin();
    let tag = unique("pages");
    let created = many(&client, &tag, 33);
    let expected: BTreeSet<_> = created.iter().cloned().collect();
    for extra in [
        "",
        "&_sort=birthdate",
        "&_sort=-birthdate",
        "&_sort=family",
        "&_sort=-family",
        "&_sort=_lastUpdated",
        "&_sort=-_lastUpdated",
        "&family=fam",
        "&birthdate:missing=false&birthdate=gt1800&_sort=birthdate",
    ] {
        for count in [1, 4, 33] {
            let query = format!("/Patient?{}&_count={count}{extra}", by_identifier(&tag));
            let collected = follow(&client, &query, |_| {});
            let whole = client.get(&format!(
                "/Patient?{}&_count=1000{extra}",
                by_identifier(&tag)
            ));
            assert_eq!(collected, ids(&whole.body), "{query}");
            let unique: BTreeSet<_> = collected.iter().cloned().collect();
            assert_eq!(unique.len(), collected.len(), "{query}");
            if !extra.contains("missing") {
                assert_eq!(unique, expected, "{query}");
            }
        }
    }
}

#[test]
fn pages_stay_whole_while_others_insert_and_delete() {
    let client = Server::shared().admin();
    for sort in [
        "",
        "&_sort=birthdate",
        "&_sort=-birthdate",
        "&_sort=family",
        "&_sort=-_lastUpdated",
        "&_sort=_lastUpdated",
    ] {
        let tag = unique("pages");
        let created = many(&client, &tag, 24);
        let mut deleted = BTreeSet::new();
        let mut inserted = Vec::new();
        let query = format!("/Patient?{}&_count=4{sort}", by_identifier(&tag));
        let collected = follow(&client, &query, |page| {
            inserted.extend(many(&client, &tag, 3));
            let doomed = &created[(page * 7) % 24];
            client.delete(&format!("/Patient/{doomed}")).expect(204);
            deleted.insert(doomed.clone());
        });
        let unique: BTreeSet<_> = collected.iter().cloned().collect();
        assert_eq!(unique.len(), collected.len(), "no match twice{sort}");
        for id in created.iter().filter(|id| !deleted.contains(*id)) {
            assert!(unique.contains(id), "{id} was there all the time{sort}");
        }
        for id in &inserted {
            assert!(!unique.contains(id), "{id} came after the first page{sort}");
        }
    }
}

#[test]
fn links_carry_the_query_and_lead_back() {
    let client = Server::shared().admin();
    let tag = unique("pages");
    let created = many(&client, &tag, 5);
    let query = format!("{}&_count=2&_sort=_lastUpdated", by_identifier(&tag));
    let first = client
        .get(&format!("/Patient?{query}&nonsense=1&_total=accurate"))
        .expect(200);
    let next = link(&first.body, "next").unwrap();
    for part in ["identifier=", "_count=2", "_sort=_lastUpdated", "ct="] {
        assert!(next.contains(part), "{next}");
    }
    assert!(
        !next.contains("nonsense") && !next.contains("_total"),
        "{next}"
    );
    let second = client.get(&next).expect(200);
    assert_eq!(link(&second.body, "self"), Some(next));
    assert_eq!(ids(&second.body), created[2..4]);
    assert_eq!(
        ids(&client.get(&link(&second.body, "self").unwrap()).body),
        created[2..4]
    );
}

#[test]
fn a_cursor_is_of_no_use_elsewhere() {
    let server = Server::shared();
    let client = server.admin();
    let tag = unique("pages");
    many(&client, &tag, 4);
    let query = format!("{}&_count=2", by_identifier(&tag));
    let first = client.get(&format!("/Patient?{query}")).expect(200);
    let next = link(&first.body, "next").unwrap();
    let cursor = next.split("ct=").nth(1).unwrap();
    client.get(&next).expect(200);
    let tampered: String = {
        let mut characters: Vec<char> = cursor.chars().collect();
        let last = characters.len() - 3;
        characters[last] = if characters[last] == 'A' { 'B' } else { 'A' };
        characters.into_iter().collect()
    };
    for path in [
        format!("/Patient?{query}&ct={tampered}"),
        format!("/Patient?{query}&ct={}", &cursor[1..]),
        format!("/Patient?{query}&ct={}", &cursor[..cursor.len() - 2]),
        format!("/Patient?{query}&ct=x"),
        format!("/Patient?{query}&ct=%00"),
        format!("/Patient?{}&_count=1&ct={cursor}", by_identifier(&tag)),
        format!("/Patient?_count=2&ct={cursor}"),
        format!("/Patient?{query}&family=x&ct={cursor}"),
        format!("/Patient?{}x&_count=2&ct={cursor}", by_identifier(&tag)),
        format!("/Observation?{query}&ct={cursor}"),
    ] {
        let answer = client.get(&path);
        assert_refused(
            &answer,
            400,
            "invalid",
            "start again from the first page",
            "ct",
        );
    }
    let another = server.user("reader").get(&next);
    assert_refused(&another, 400, "invalid", "does not belong", "ct");
    client.get(&next).expect(200);
}
