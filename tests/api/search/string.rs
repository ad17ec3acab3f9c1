//! String parameters: the beginning of the text, without case and accents.

use super::Shelf;
use serde_json::{Value, json};

fn named(name: Value) -> Value {
    json!({ "resourceType": "Patient", "name": [name] })
}

#[test]
fn names_are_found_by_their_beginning_whatever_case_and_accents() {
    let shelf = Shelf::of(&[
        (
            "müller",
            named(json!({"family": "Müller", "given": ["Jörg", "Peter"]})),
        ),
        (
            "muller",
            named(json!({"family": "Muller", "given": ["Jorg"]})),
        ),
        ("mullery", named(json!({"family": "MULLERY"}))),
        ("strasse", named(json!({"family": "Straße"}))),
        (
            "soren",
            named(json!({"family": "Sørensen", "prefix": ["Dr."], "suffix": ["III"]})),
        ),
        ("decomposed", named(json!({"family": "Mu\u{308}ller"}))),
        ("comma", named(json!({"family": "Smith, Jones|x$y\\z"}))),
        ("percent", named(json!({"family": "100%_sure*"}))),
        ("kanji", named(json!({"text": "山田太郎"}))),
        ("emoji", named(json!({"family": "😀face"}))),
        (
            "long",
            named(json!({"family": format!("{}end", "long".repeat(500))})),
        ),
    ]);
    let long = format!("{}end", "long".repeat(500));
    shelf.assert_table(&[
        ("family", "Müller", "müller muller mullery decomposed"),
        ("family", "muller", "müller muller mullery decomposed"),
        ("family", "MÜLL", "müller muller mullery decomposed"),
        ("family", "mullerx", ""),
        ("family", "uller", ""),
        ("family", "strasse", "strasse"),
        ("family", "STRASSE", "strasse"),
        ("family", "sorensen", "soren"),
        ("family", "mullery,straße", "mullery strasse"),
        ("family", "100%", "percent"),
        ("family", "100%_sure*", "percent"),
        ("family", "%", ""),
        ("family", "_", ""),
        ("family", "*", ""),
        ("family", "😀", "emoji"),
        ("family", r"Smith\, Jones", "comma"),
        ("family", r"Smith\, Jones|x\$y\\z", "comma"),
        ("family", "Smith, Jones", "comma"),
        ("family", &long, "long"),
        ("family", "'", ""),
        ("given", "jorg", "müller muller"),
        ("given", "peter", "müller"),
        ("name", "peter", "müller"),
        ("name", "muller", "müller muller mullery decomposed"),
        ("name", "dr", "soren"),
        ("name", "iii", "soren"),
        ("name", "山田", "kanji"),
        ("name", "太郎", ""),
        (
            "family:contains",
            "LLER",
            "müller muller mullery decomposed",
        ),
        ("family:contains", "ress", ""),
        ("family:contains", "ras", "strasse"),
        ("family:contains", "%", "percent"),
        ("family:contains", "jones|x", "comma"),
        ("family:contains", "longend", "long"),
        ("name:contains", "太", "kanji"),
        ("family:contains", "raße,ørens", "strasse soren"),
        ("family:exact", "Müller", "müller"),
        ("family:exact", "Muller", "muller"),
        ("family:exact", "muller", ""),
        ("family:exact", "MULLERY", "mullery"),
        ("family:exact", "Mu\u{308}ller", "decomposed"),
        ("family:exact", "Müll", ""),
        ("family:exact", "Müller,Straße", "müller strasse"),
        ("family:exact", r"Smith\, Jones|x\$y\\z", "comma"),
        ("given:exact", "Peter", "müller"),
    ]);
}

#[test]
fn addresses_are_found_by_each_of_their_parts() {
    let address = json!({"line": ["Main Street 1", "Apt 2"], "city": "Zürich", "district": "Kreis 4", "state": "ZH",
        "postalCode": "8004", "country": "Switzerland", "text": "c/o Muster"});
    let shelf = Shelf::of(&[
        (
            "zurich",
            json!({"resourceType": "Patient", "address": [address]}),
        ),
        (
            "other",
            json!({"resourceType": "Patient", "address": [{"city": "Boston", "state": "MA"}, {"city": "Zug"}]}),
        ),
    ]);
    shelf.assert_table(&[
        ("address", "main", "zurich"),
        ("address", "apt", "zurich"),
        ("address", "kreis", "zurich"),
        ("address", "zh", "zurich"),
        ("address", "8004", "zurich"),
        ("address", "switz", "zurich"),
        ("address", "c/o", "zurich"),
        ("address", "zu", "zurich other"),
        ("address-city", "zurich", "zurich"),
        ("address-city", "z", "zurich other"),
        ("address-state", "MA", "other"),
        ("address-postalcode", "80", "zurich"),
        ("address-country", "switzerland", "zurich"),
        ("address:exact", "Zürich", "zurich"),
        ("address:contains", "ston", "other"),
    ]);
}

#[test]
fn several_conditions_must_all_hold() {
    let shelf = Shelf::of(&[
        (
            "ann smith",
            named(json!({"family": "Smith", "given": ["Ann"]})),
        ),
        (
            "bob smith",
            named(json!({"family": "Smith", "given": ["Bob"]})),
        ),
        (
            "ann jones",
            named(json!({"family": "Jones", "given": ["Ann"]})),
        ),
    ]);
    assert_eq!(
        shelf.find(&[("family", "smith"), ("given", "ann")]),
        ["ann smith"]
    );
    assert_eq!(
        shelf.find(&[("name", "smith"), ("name", "bob")]),
        ["bob smith"]
    );
    assert_eq!(
        shelf.find(&[("family", "smith,jones"), ("given", "ann")]),
        ["ann smith", "ann jones"]
    );
    assert!(
        shelf
            .find(&[("family", "smith"), ("family", "jones")])
            .is_empty()
    );
}
