//! Date parameters: intervals, compared by prefix.
//!
//! `eq` finds what overlaps, `ne` what is not wholly inside, as the managed cloud API does.

use super::Shelf;
use serde_json::{Value, json};

fn at(effective: &Value) -> Value {
    let mut observation =
        json!({"resourceType": "Observation", "status": "final", "code": {"text": "x"}});
    let name = if effective.is_string() {
        "effectiveDateTime"
    } else {
        "effectivePeriod"
    };
    observation[name] = effective.clone();
    observation
}

#[test]
fn every_prefix_compares_every_precision() {
    let shelf = Shelf::of(&[
        ("1979", at(&json!("1979"))),
        ("1980", at(&json!("1980"))),
        ("may", at(&json!("1980-05"))),
        ("may11", at(&json!("1980-05-11"))),
        ("noon", at(&json!("1980-05-11T12:00:00Z"))),
        ("noonish", at(&json!("1980-05-11T12:00:00.500Z"))),
        ("zoned", at(&json!("1980-05-11T01:00:00+02:00"))),
        ("may12", at(&json!("1980-05-12"))),
        ("1981", at(&json!("1981-01-01"))),
        (
            "span",
            at(&json!({"start": "1980-05-01", "end": "1980-06-30"})),
        ),
        ("since", at(&json!({"start": "1980-06-01"}))),
        ("until", at(&json!({"end": "1979-12-31"}))),
    ]);
    let all = "1979 1980 may may11 noon noonish zoned may12 1981 span since until";
    let but = |without: &str| {
        let without: Vec<&str> = without.split(' ').collect();
        let kept: Vec<&str> = all
            .split(' ')
            .filter(|name| !without.contains(name))
            .collect();
        kept.join(" ")
    };
    shelf.assert_table(&[
        ("date", "1980", &but("1979 1981 until")),
        ("date", "eq1980", &but("1979 1981 until")),
        (
            "date",
            "1980-05",
            "1980 may may11 noon noonish zoned may12 span",
        ),
        ("date", "1980-05-11", "1980 may may11 noon noonish span"),
        // 01:00 at +02:00 is 23:00 UTC of the day before.
        ("date", "1980-05-10", "1980 may zoned span"),
        (
            "date",
            "1980-05-11T12:00:00Z",
            "1980 may may11 noon noonish span",
        ),
        (
            "date",
            "1980-05-11T12:00:00.500Z",
            "1980 may may11 noon noonish span",
        ),
        (
            "date",
            "1980-05-11T12:00",
            "1980 may may11 noon noonish span",
        ),
        (
            "date",
            "1980-05-11T14:00:00+02:00",
            "1980 may may11 noon noonish span",
        ),
        ("date", "1980-05-11T12:00:01Z", "1980 may may11 span"),
        ("date", "ne1980", "1979 1981 since until"),
        ("date", "ne1980-05-11", &but("may11 noon noonish")),
        ("date", "lt1980", "1979 until"),
        ("date", "lt1980-05-11", "1979 1980 may zoned span until"),
        (
            "date",
            "lt1980-05-11T12:00:00Z",
            "1979 1980 may may11 zoned span until",
        ),
        ("date", "gt1980", "1981 since"),
        ("date", "gt1980-05-11", "1980 may may12 1981 span since"),
        (
            "date",
            "gt1980-05-11T12:00:00Z",
            "1980 may may11 may12 1981 span since",
        ),
        ("date", "le1979", "1979 until"),
        ("date", "le1980-05-11", &but("may12 1981 since")),
        ("date", "ge1981", "1981 since"),
        ("date", "ge1980-05-12", "1980 may may12 1981 span since"),
        ("date", "sa1980", "1981"),
        ("date", "sa1980-05-11", "may12 1981 since"),
        ("date", "sa1980-05-11T12:00:00Z", "may12 1981 since"),
        ("date", "eb1980", "1979 until"),
        (
            "date",
            "eb1980-05-12",
            "1979 may11 noon noonish zoned until",
        ),
        ("date", "eb1980-05-11T12:00:00.500Z", "1979 zoned until"),
        ("date", "1979,1981", "1979 1981 since until"),
        ("date", "lt1979-06,gt1980-12-31", "1979 1981 since until"),
        ("date", "2500", "since"),
        ("date", "1500", "until"),
        // A tenth of the distance to now: some years on either side.
        ("date", "ap1980", all),
        ("date", "ap1500", "until"),
    ]);
    assert_eq!(
        shelf
            .find(&[("date", "ge1980-05-11"), ("date", "lt1980-05-12")])
            .len(),
        6
    );
}

#[test]
fn birth_dates_and_instants_are_dates() {
    let shelf = Shelf::of(&[
        (
            "leap",
            json!({"resourceType": "Patient", "birthDate": "2000-02-29"}),
        ),
        (
            "march",
            json!({"resourceType": "Patient", "birthDate": "2000-03-01"}),
        ),
        (
            "year",
            json!({"resourceType": "Patient", "birthDate": "2000"}),
        ),
        (
            "old",
            json!({"resourceType": "Patient", "birthDate": "0001-01-01"}),
        ),
        (
            "far",
            json!({"resourceType": "Patient", "birthDate": "9999-12-31"}),
        ),
    ]);
    shelf.assert_table(&[
        ("birthdate", "2000-02-29", "leap year"),
        ("birthdate", "2000-02", "leap year"),
        ("birthdate", "2000", "leap march year"),
        ("birthdate", "lt1000", "old"),
        ("birthdate", "gt9000", "far"),
        ("birthdate", "9999", "far"),
        ("birthdate", "ge2000-03-01", "march year far"),
    ]);
}

#[test]
fn timings_and_several_values_are_found_by_each() {
    let shelf = Shelf::of(&[
        (
            "events",
            json!({"resourceType": "Observation", "status": "final", "code": {"text": "x"},
            "effectiveTiming": {"event": ["2020-01-01", "2020-03-01"]}}),
        ),
        (
            "bounds",
            json!({"resourceType": "Observation", "status": "final", "code": {"text": "x"},
            "effectiveTiming": {"repeat": {"boundsPeriod": {"start": "2020-02-01", "end": "2020-02-28"}}}}),
        ),
        (
            "none",
            json!({"resourceType": "Observation", "status": "final", "code": {"text": "x"}}),
        ),
    ]);
    shelf.assert_table(&[
        ("date", "2020-01", "events"),
        ("date", "2020-02", "bounds"),
        ("date", "2020-03", "events"),
        ("date", "2020", "events bounds"),
        ("date:missing", "true", "none"),
    ]);
}
