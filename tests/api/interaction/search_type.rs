//! search-type: parameters that shape the answer, links, forms, and what is not known.

use crate::samples::{SYSTEM, by_identifier, patient, patient_with_id};
use api::{
    Server, assert_outcome, assert_refused, assert_search_finds, entries, ids, link, unique,
};

/// Four patients with one identifier.
fn four() -> (api::Client, String, Vec<String>) {
    let client = Server::shared().admin();
    let tag = unique("search");
    let create = || client.post("/Patient", &patient(&tag)).expect(201).id();
    let ids = (0..4).map(|_| create()).collect();
    (client, tag, ids)
}

#[test]
fn matches_come_in_the_order_of_creation_with_their_addresses() {
    let (client, tag, created) = four();
    let found = client.get(&format!("/Patient?{}", by_identifier(&tag)));
    let all: Vec<&str> = created.iter().map(String::as_str).collect();
    assert_search_finds(&found, &client.base, &all);
    assert_eq!(ids(&found.body), created);
    assert!(found.body.get("total").is_none(), "no total unless asked");
    let own = format!("{}/Patient?identifier=urn%3Atest%7C{tag}", client.base);
    assert_eq!(link(&found.body, "self"), Some(own));
    assert_eq!(link(&found.body, "next"), None);
    assert_eq!(found.body["id"], found.header("x-request-id").unwrap());
}

#[test]
fn nothing_found_is_an_empty_bundle_without_entry() {
    let found = Server::shared()
        .admin()
        .get("/Patient?identifier=nobody-has-it")
        .expect(200);
    assert_eq!(found.body["type"], "searchset");
    assert!(found.body.get("entry").is_none(), "{found}");
}

#[test]
fn count_limits_the_page_and_is_checked() {
    let (client, tag, _) = four();
    let search =
        |count: &str| client.get(&format!("/Patient?{}&_count={count}", by_identifier(&tag)));
    assert_eq!(ids(&search("1").expect(200).body).len(), 1);
    let many = search("1000").expect(200);
    assert_eq!(
        (entries(&many.body).len(), link(&many.body, "next")),
        (4, None)
    );
    let lowered = search("1001").expect(200);
    let told = &entries(&lowered.body)[0];
    assert_eq!(told["search"]["mode"], "outcome", "{lowered}");
    assert_eq!(told["resource"]["issue"][0]["code"], "informational");
    assert_eq!(ids(&lowered.body).len(), 4);
    for count in ["-1", "abc", "1.5", "9999999999999999999999"] {
        assert_refused(&search(count), 400, "invalid", "whole number", "_count");
    }
}

#[test]
fn the_number_of_matches_is_told_when_asked_for() {
    let (client, tag, _) = four();
    let search =
        |parameter: &str| client.get(&format!("/Patient?{}&{parameter}", by_identifier(&tag)));
    for parameter in ["_summary=count", "_count=0"] {
        let counted = search(parameter).expect(200);
        assert_eq!(counted.body["total"], 4, "{counted}");
        assert!(counted.body.get("entry").is_none(), "{counted}");
        assert_eq!(link(&counted.body, "next"), None);
    }
    // What is cheap to count is counted, and nothing says that it is an estimate.
    let estimated = search("_total=estimate&_count=3").expect(200);
    let paged = search("_total=accurate&_count=3").expect(200);
    for page in [&estimated, &paged] {
        assert_eq!(page.body["total"], 4, "{page}");
        assert_eq!(ids(&page.body).len(), 3, "{page}");
        assert_eq!(entries(&page.body).len(), 3, "{page}");
    }
    let next = client.get(&link(&paged.body, "next").unwrap()).expect(200);
    assert!(next.body.get("total").is_none(), "on the first page only");
    assert!(
        search("_total=none")
            .expect(200)
            .body
            .get("total")
            .is_none()
    );
    assert_refused(
        &search("_total=about"),
        400,
        "not-supported",
        "`none`, `estimate` or `accurate`",
        "_total",
    );
    assert_refused(
        &search("_summary=all"),
        400,
        "invalid",
        "count or false",
        "_summary",
    );
}

#[test]
fn what_is_not_known_is_ignored_with_a_warning_and_refused_when_strict() {
    let (client, tag, _) = four();
    let path = format!("/Patient?{}&nonsense=1&birthdate=", by_identifier(&tag));
    let search = |prefer: &str| client.request("GET", &path).header("prefer", prefer).send();
    for lenient in [client.get(&path), search("handling=lenient")] {
        let entries = entries(&lenient.clone().expect(200).body);
        assert_eq!(entries[0]["search"]["mode"], "outcome", "{lenient}");
        let issues = entries[0]["resource"]["issue"].as_array().unwrap();
        let told: Vec<_> = issues.iter().map(|issue| &issue["expression"][0]).collect();
        assert_eq!(told, ["nonsense", "birthdate"], "{lenient}");
        assert!(
            issues
                .iter()
                .all(|issue| issue["severity"] == "warning" && issue["code"] == "not-supported")
        );
        assert_eq!(ids(&lenient.body).len(), 4);
        let own = link(&lenient.body, "self").unwrap();
        assert!(
            !own.contains("nonsense") && !own.contains("birthdate"),
            "{own}"
        );
    }
    let strict = search("handling=strict");
    assert_refused(
        &strict,
        400,
        "not-supported",
        "no search parameter",
        "nonsense",
    );
    assert_refused(&strict, 400, "not-supported", "no value", "birthdate");
    assert_refused(
        &search("handling=odd"),
        400,
        "invalid",
        "strict or lenient",
        "http.Prefer",
    );
}

#[test]
fn values_and_modifiers_that_make_no_sense_are_refused() {
    let client = Server::shared().admin();
    for (query, code, words) in [
        ("birthdate=yesterday", "value", "is no date"),
        ("birthdate=2020-13", "value", "month"),
        ("birthdate=1980-02-30", "value", "day"),
        ("birthdate=xx2020", "value", "is no date"),
        ("identifier=a%7Cb%7Cc", "value", "system|code"),
        ("identifier=%7C", "value", "neither"),
        ("active:missing=maybe", "value", "true or false"),
        ("_lastUpdated=soon", "value", "is no date"),
        ("family:nonsense=x", "not-supported", "`:nonsense`"),
        ("birthdate:exact=2020", "not-supported", "`:exact`"),
        ("identifier:above=x", "not-supported", "`:above`"),
        ("organization:Nonsense=1", "not-supported", "`:Nonsense`"),
        ("_id:exact=1", "not-supported", "`:exact`"),
    ] {
        assert_outcome(&client.get(&format!("/Patient?{query}")), 400, code, words);
    }
}

#[test]
fn a_search_can_be_posted_as_a_form() {
    let (client, tag, created) = four();
    let search = client.request("POST", "/Patient/_search?_count=3");
    let identifier = format!("{SYSTEM}|{tag}");
    let found = search
        .form(&[("identifier", &identifier), ("_total", "accurate")])
        .send();
    assert_eq!(found.clone().expect(200).body["total"], 4, "{found}");
    assert_eq!(ids(&found.body), created[..3]);
    let next = link(&found.body, "next").unwrap();
    assert!(
        next.starts_with(&format!("{}/Patient?", client.base)),
        "{next}"
    );
    assert_eq!(ids(&client.get(&next).body), created[3..]);
    let empty = client.request("POST", &format!("/Patient/_search?{}", by_identifier(&tag)));
    assert_eq!(ids(&empty.send().expect(200).body).len(), 4);
    let json = client.request("POST", "/Patient/_search");
    let json = json.json(&patient("x")).send();
    assert_outcome(&json, 415, "not-supported", "x-www-form-urlencoded");
}

#[test]
fn conditions_are_joined_by_and_and_values_by_or() {
    let client = Server::shared().admin();
    let (one, two) = (unique("search"), unique("search"));
    client.save(&patient_with_id(&one));
    client.save(&patient_with_id(&two));
    let search = |parameters: &[(&str, &str)]| client.search("Patient", parameters);
    let either = format!("{one},{two}");
    assert_search_finds(&search(&[("_id", &either)]), &client.base, &[&one, &two]);
    assert_search_finds(
        &search(&[("_id", &either), ("identifier", &one)]),
        &client.base,
        &[&one],
    );
    assert_search_finds(&search(&[("_id", &one), ("_id", &two)]), &client.base, &[]);
    assert_search_finds(
        &search(&[("_id", &either), ("_id:not", &one)]),
        &client.base,
        &[&two],
    );
    assert_search_finds(
        &search(&[("_id", &one), ("_id", &one)]),
        &client.base,
        &[&one],
    );
    let long = format!("{one},{}", vec!["x"; 999].join(","));
    let form = client
        .request("POST", "/Patient/_search")
        .form(&[("_id", &long)])
        .send();
    assert_search_finds(&form, &client.base, &[&one]);
    let longer = format!("{long},x");
    let form = client
        .request("POST", "/Patient/_search")
        .form(&[("_id", &longer)])
        .send();
    assert_outcome(&form, 400, "too-costly", "1000");
}

#[test]
fn when_it_was_last_updated_can_be_searched() {
    let client = Server::shared().admin();
    let id = unique("search");
    let saved = client.save(&patient_with_id(&id));
    let instant = saved.body["meta"]["lastUpdated"].as_str().unwrap();
    let found = |prefix: &str, time: &str| {
        let answer = client.search(
            "Patient",
            &[("_id", &id), ("_lastUpdated", &format!("{prefix}{time}"))],
        );
        ids(&answer.expect(200).body).len() == 1
    };
    let (day, past, future) = (&instant[..10], "2001-01-01", "2999-01-01");
    for (prefix, time, expected) in [
        ("", instant, true),
        ("eq", day, true),
        ("ne", instant, false),
        ("ge", instant, true),
        ("le", instant, true),
        ("gt", instant, false),
        ("lt", instant, false),
        ("gt", past, true),
        ("lt", past, false),
        ("lt", future, true),
        ("sa", future, false),
        ("eb", future, true),
        ("sa", past, true),
    ] {
        assert_eq!(found(prefix, time), expected, "_lastUpdated={prefix}{time}");
    }
}

#[test]
fn an_unknown_type_cannot_be_searched() {
    let client = Server::shared().admin();
    for path in [
        "/Nonsense?x=1",
        "/patient",
        "/DomainResource",
        "/HumanName?_id=1",
    ] {
        assert_outcome(&client.get(path), 404, "not-found", "not a resource type");
    }
}
