//! The statements that searches become, in both dialects, beside the ones that were reviewed:
//! `tests/statements/*.txt`. `BLESS=1 cargo test -p fhir --test statements` writes them anew.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that panics fails"
)]

use fhir::Release;
use fhir::definitions::Definitions;
use fhir::search::{
    Access, After, Compartment, Confined, Confinement, Context, Handling, Lookup, Plan, Position,
    Query, Versions, count, page, parse,
};
use fhir::sql::{self, Dialect, Size, Sql};
use std::fmt::Write as _;
use std::path::PathBuf;

const QUERIES: &[(&str, &[(&str, &str)])] = &[
    ("Patient", &[]),
    ("Patient", &[("_id", "a,b")]),
    ("Patient", &[("_id:not", "a")]),
    ("Patient", &[("_lastUpdated", "ge2026-01-01")]),
    ("Patient", &[("_lastUpdated", "ge2026-01-01,lt2020")]),
    ("Patient", &[("family", "mül")]),
    ("Patient", &[("family", "a,b")]),
    ("Patient", &[("family:exact", "Müller,Maier")]),
    ("Patient", &[("family:contains", "x")]),
    ("Patient", &[("identifier", "urn:a|1")]),
    ("Patient", &[("identifier", "|1,urn:b|2,3,urn:c|")]),
    ("Patient", &[("identifier", "urn:c|")]),
    ("Patient", &[("gender:not", "male")]),
    ("Patient", &[("gender", "female"), ("family", "a")]),
    ("Patient", &[("general-practitioner", "Practitioner/1,2")]),
    ("Patient", &[("birthdate:missing", "true")]),
    ("Patient", &[("birthdate", "1980")]),
    ("Patient", &[("_sort", "family")]),
    ("Patient", &[("_sort", "-birthdate")]),
    ("Patient", &[("_sort", "-_lastUpdated")]),
    ("Patient", &[("_sort", "_lastUpdated"), ("family", "a")]),
    ("Patient", &[("_sort", "-family"), ("gender", "male")]),
    ("Observation", &[]),
    ("Observation", &[("patient", "1")]),
    ("Observation", &[("subject", "Patient/1,Patient/2,x")]),
    (
        "Observation",
        &[(
            "subject",
            "http://own.example/Patient/1,http://other.example/Patient/2",
        )],
    ),
    (
        "Observation",
        &[("patient", "1"), ("code", "8867-4"), ("date", "ge2026")],
    ),
    ("Observation", &[("code:text", "heart")]),
    ("Observation", &[("status", "final")]),
    ("Observation", &[("status", "final"), ("_sort", "-date")]),
    ("Observation", &[("date", "2026-01,ne2025-01-01")]),
    ("Observation", &[("date", "ge2026"), ("_sort", "date")]),
    ("Group", &[("code", "a")]),
    ("Location", &[("name", "a")]),
];

fn confinement() -> Confinement {
    let compartment = Compartment {
        compartment: "Patient".into(),
        id: "1".into(),
    };
    Confinement {
        compartments: vec![compartment],
        constraints: vec![],
        own_base: "http://own.example".into(),
    }
}

fn definitions() -> &'static Definitions {
    Definitions::of(Release::R4)
}

fn query(name: &str, pairs: &[(&str, &str)]) -> Query {
    let context = Context {
        definitions: definitions(),
        base_url: "http://own.example",
        now: 0,
        handling: Handling::Strict,
    };
    let pairs = pairs.iter().map(|(a, b)| ((*a).into(), (*b).into()));
    let pairs: Vec<(String, String)> = pairs.collect();
    let name = definitions().resource(name).unwrap().name;
    parse(&context, name, &pairs).unwrap()
}

/// The position of a resource in the order of a query.
fn position(query: &Query) -> Position {
    let keys = ("5".to_owned(), "6".to_owned());
    let is_sorted = query.applied.iter().any(|(name, _)| name == "_sort");
    Position {
        rid: 17,
        keys: is_sorted.then_some(keys),
    }
}

fn write(text: &mut String, name: &str, sql: &Sql) {
    let _ = writeln!(text, "  {name}: {} {:?}", sql.text, sql.binds);
}

fn write_plan(text: &mut String, plan: &Plan, dialect: Dialect) {
    for way in &plan.ways {
        let way = sql::way(way, dialect);
        if let Size::Counted(sql) = &way.size {
            write(text, "size", sql);
        }
        write(text, "found", &way.found);
    }
    // The windows of all ways end alike.
    let edge = plan
        .ways
        .iter()
        .filter_map(|way| sql::way(way, dialect).edge)
        .next_back();
    if let Some(edge) = edge {
        write(text, "edge", &edge);
    }
}

fn searches(dialect: Dialect) -> String {
    let mut text = String::new();
    for (name, pairs) in QUERIES {
        let query = query(name, pairs);
        let shown: Vec<String> = pairs.iter().map(|(a, b)| format!("{a}={b}")).collect();
        let title = format!("{name}?{}", shown.join("&"));
        let (everything, confinement) = (Confinement::default(), confinement());
        let after = After {
            sequence: 99,
            position: position(&query),
        };
        let _ = writeln!(text, "{title}");
        let plan = page(definitions(), (&query, &everything), None, 11, true);
        write_plan(&mut text, &plan, dialect);
        let _ = writeln!(text, "{title}, confined, second page");
        let plan = page(
            definitions(),
            (&query, &confinement),
            Some(&after),
            11,
            true,
        );
        write_plan(&mut text, &plan, dialect);
        let _ = writeln!(text, "{title}, counted");
        let plan = count(definitions(), (&query, &everything), None);
        write_plan(&mut text, &plan, dialect);
    }
    text
}

fn other_questions(dialect: Dialect) -> String {
    let mut text = String::new();
    let guarded = query("Patient", &[("identifier", "urn:a|1")]);
    let plan = page(
        definitions(),
        (&guarded, &Confinement::default()),
        None,
        2,
        false,
    );
    write(&mut text, "guard", &sql::ids(&plan.ways[0], dialect));
    for name in [
        "Patient",
        "Observation",
        "Group",
        "Location",
        "Appointment",
        "Provenance",
    ] {
        let resource_type = definitions().resource(name).unwrap().name;
        let confined = |access| Confined::new(definitions(), resource_type, &confinement(), access);
        let _ = writeln!(text, "{name}");
        write(
            &mut text,
            "seen",
            &sql::within(&confined(Access::Read), dialect),
        );
        write(
            &mut text,
            "changed",
            &sql::within(&confined(Access::Write), dialect),
        );
    }
    let versions = [
        Versions::Current,
        Versions::CurrentNumber,
        Versions::Number(3),
        Versions::Below {
            version: 9,
            limit: 11,
        },
    ];
    for versions in versions {
        for sees_past in [true, false] {
            let confinement = if sees_past {
                Confinement::default()
            } else {
                confinement()
            };
            let asked = Lookup {
                resource_type: "Observation",
                id: "o",
                confined: Confined::new(definitions(), "Observation", &confinement, Access::Read),
                sees_past,
                versions,
            };
            let name = format!("{versions:?}{}", if sees_past { "" } else { ", confined" });
            write(&mut text, &name, &sql::lookup(&asked, dialect));
        }
    }
    text
}

#[test]
fn statements_are_the_reviewed_ones() {
    let dialects = [(Dialect::Sqlite, "sqlite"), (Dialect::Postgres, "postgres")];
    for (dialect, name) in dialects {
        let written = [searches(dialect), other_questions(dialect)].concat();
        let path =
            PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("tests/statements/{name}.txt"));
        if std::env::var_os("BLESS").is_some() {
            std::fs::write(&path, &written).unwrap();
        }
        let reviewed = std::fs::read_to_string(&path).unwrap();
        for (at, (written, reviewed)) in written.lines().zip(reviewed.lines()).enumerate() {
            assert_eq!(written, reviewed, "{name}, line {}", at + 1);
        }
        assert_eq!(written.lines().count(), reviewed.lines().count(), "{name}");
    }
}

#[test]
fn each_dialect_has_only_its_own_words() {
    let cases = [
        (
            Dialect::Sqlite,
            ["jsonb", "strpos", "OFFSET 0", "left(", "BIGINT)) "],
        ),
        (
            Dialect::Postgres,
            ["json_each", "instr(", "CROSS JOIN", "+deleted", "LIMIT -1"],
        ),
    ];
    for (dialect, foreign) in cases {
        let written = [searches(dialect), other_questions(dialect)].concat();
        for word in foreign {
            assert!(!written.contains(word), "{dialect:?}: {word}");
        }
    }
}

#[test]
fn every_place_has_a_value() {
    for dialect in [Dialect::Sqlite, Dialect::Postgres] {
        for (name, pairs) in QUERIES {
            let query = query(name, pairs);
            let plan = page(definitions(), (&query, &confinement()), None, 11, true);
            for way in plan.ways.iter().map(|way| sql::way(way, dialect)) {
                let places = way.found.text.matches('?').count();
                assert_eq!(places, way.found.binds.len(), "{}", way.found.text);
                if let Size::Counted(size) = &way.size {
                    // The last is the number up to which it counts.
                    let places = size.text.matches('?').count();
                    assert_eq!(places, size.binds.len() + 1, "{}", size.text);
                }
            }
        }
    }
}
