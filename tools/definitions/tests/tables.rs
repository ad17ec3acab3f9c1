//! The committed tables: unedited since they were generated, and saying what the standard says.

#![cfg(test)]

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use definitions::checksums;
use definitions::expression::{root_type, union_operands};
use definitions::release::RELEASES;

type Table = HashMap<String, Vec<Vec<String>>>;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../edge/fhir/src/definitions/tables")
}

fn text(path: &str) -> String {
    std::fs::read_to_string(folder().join(path)).unwrap()
}

fn table(path: &str) -> Table {
    let mut table = Table::new();
    let mut section = String::new();
    for line in text(path).lines() {
        match line.strip_prefix('#') {
            Some(name) => {
                name.clone_into(&mut section);
                assert!(
                    table.insert(section.clone(), Vec::new()).is_none(),
                    "{path}: {name} twice"
                );
            }
            None => table
                .get_mut(&section)
                .unwrap()
                .push(line.split('\t').map(str::to_owned).collect()),
        }
    }
    table
}

/// The line of `section` whose first field is `key`.
fn line<'table>(table: &'table Table, section: &str, key: &str) -> &'table [String] {
    table[section]
        .iter()
        .find(|line| line[0] == key)
        .unwrap_or_else(|| panic!("{section} has no {key}"))
}

#[test]
fn nobody_edited_a_table_by_hand() {
    let mut files = Vec::new();
    for release in &RELEASES {
        for name in ["compartments", "elements", "search", "value_sets"] {
            let path = format!("{}/{name}.tsv", release.folder);
            files.push((path.clone(), text(&path)));
        }
    }
    assert_eq!(
        text(checksums::FILE),
        checksums::render(&files),
        "the tables are generated: `cargo run -p definitions -- generate`"
    );
}

#[test]
fn every_line_has_all_columns_and_sections_are_in_order() {
    for release in &RELEASES {
        for (name, columns) in [
            ("compartments", 2),
            ("elements", 9),
            ("search", 7),
            ("value_sets", 2),
        ] {
            let text = text(&format!("{}/{name}.tsv", release.folder));
            let (sections, lines): (Vec<&str>, Vec<&str>) =
                text.lines().partition(|line| line.starts_with('#'));
            assert!(text.starts_with('#') && text.ends_with('\n'));
            assert!(sections.is_sorted(), "{name}");
            for line in lines {
                assert_eq!(line.split('\t').count(), columns, "{name}: {line}");
            }
        }
    }
}

#[test]
fn the_standard_search_parameters_are_all_there() {
    for (release, parameters) in [("r4", 1375), ("stu3", 1215)] {
        let search = table(&format!("{release}/search.tsv"));
        let ids: HashSet<&str> = search
            .values()
            .flatten()
            .map(|line| line[5].as_str())
            .collect();
        assert_eq!(ids.len(), parameters, "{release}");
        assert_eq!(
            line(&search, "Resource", "_id")[1..3],
            ["token", "Resource.id"]
        );
        assert_eq!(
            line(&search, "Patient", "name")[1..3],
            ["string", "Patient.name"]
        );
        assert!(!search["Patient"].iter().any(|line| line[0] == "part-agree"));
    }
}

#[test]
fn a_parameter_of_several_types_is_told_apart_by_type() {
    let search = table("r4/search.tsv");
    let patient = line(&search, "Observation", "patient");
    assert_eq!(patient[1], "reference");
    assert_eq!(
        patient[2],
        "Observation.subject.where(resolve() is Patient)"
    );
    assert!(patient[3].split(',').any(|target| target == "Patient"));
    assert_eq!(patient[5], "clinical-patient");
    assert_eq!(
        patient[6],
        "The subject that the observation is about (if patient)"
    );
    assert_eq!(
        line(&search, "InsurancePlan", "name")[2],
        "InsurancePlan.name | InsurancePlan.alias"
    );
    assert_eq!(
        line(&table("stu3/search.tsv"), "RiskAssessment", "date")[2],
        "RiskAssessment.occurrence.as(DateTime)"
    );
}

#[test]
fn expressions_start_from_their_own_type() {
    for release in &RELEASES {
        for (base, lines) in table(&format!("{}/search.tsv", release.folder)) {
            for line in lines.iter().filter(|line| !line[2].is_empty()) {
                for operand in union_operands(&line[2]) {
                    assert_eq!(root_type(operand), Some(base.as_str()), "{line:?}");
                }
            }
        }
    }
}

#[test]
fn plain_paths_lead_to_elements() {
    for release in &RELEASES {
        let elements = table(&format!("{}/elements.tsv", release.folder));
        let search = table(&format!("{}/search.tsv", release.folder));
        let mut walked = 0;
        for parameter in search.values().flatten() {
            for path in union_operands(&parameter[2]) {
                if path.is_empty() || path.contains(|c: char| !c.is_alphanumeric() && c != '.') {
                    continue;
                }
                assert!(leads_to_an_element(&elements, path), "{parameter:?}");
                walked += 1;
            }
        }
        assert!(walked > 1000, "{} walked", release.folder);
    }
}

fn leads_to_an_element(elements: &Table, path: &str) -> bool {
    let mut names = path.split('.');
    let root = names.next().unwrap();
    // Where the path has come to: a type, and the path of an element within it.
    let mut places = vec![(root.to_owned(), String::new())];
    for name in names {
        places = places
            .iter()
            .flat_map(|(type_name, within)| {
                let path = match within.as_str() {
                    "" => name.to_owned(),
                    within => format!("{within}.{name}"),
                };
                elements[type_name]
                    .iter()
                    .filter(move |element| element[0].trim_end_matches("[x]") == path)
                    .flat_map(|element| element_places(type_name, element))
            })
            .collect();
    }
    !places.is_empty()
}

fn element_places(type_name: &str, element: &[String]) -> Vec<(String, String)> {
    if !element[6].is_empty() {
        return vec![(type_name.to_owned(), element[6].clone())];
    }
    element[3]
        .split(',')
        .map(|code| match code {
            "BackboneElement" | "Element" => (type_name.to_owned(), element[0].clone()),
            code => (code.to_owned(), String::new()),
        })
        .collect()
}

#[test]
fn every_part_of_a_composite_is_a_parameter_of_the_same_type() {
    for (release, composites) in [("r4", 72), ("stu3", 12)] {
        let search = table(&format!("{release}/search.tsv"));
        let mut seen = 0;
        for (base, lines) in &search {
            for composite in lines {
                assert_eq!(
                    composite[1] == "composite",
                    !composite[4].is_empty(),
                    "{composite:?}"
                );
                if composite[4].is_empty() {
                    continue;
                }
                seen += 1;
                for component in composite[4].split(" ; ") {
                    let (code, expression) = component.split_once('~').unwrap();
                    assert_ne!(line(&search, base, code)[1], "composite");
                    assert!(!expression.is_empty());
                }
            }
        }
        assert_eq!(seen, composites, "{release}");
    }
}

#[test]
fn elements_have_their_cardinality_types_and_bindings() {
    let r4 = table("r4/elements.tsv");
    let stu3 = table("stu3/elements.tsv");
    let cases: [(&Table, &str, [&str; 9]); 9] = [
        (
            &r4,
            "Patient",
            [".", "resource", "DomainResource", "", "", "", "", "", ""],
        ),
        (
            &r4,
            "Resource",
            [".", "resource", "", "abstract", "", "", "", "", ""],
        ),
        (
            &r4,
            "positiveInt",
            [".", "primitive", "integer", "", "", "", "", "", ""],
        ),
        (
            &r4,
            "Patient",
            [
                "deceased[x]",
                "0",
                "1",
                "boolean,dateTime",
                "",
                "",
                "",
                "S",
                "M",
            ],
        ),
        (
            &r4,
            "Patient",
            [
                "gender",
                "0",
                "1",
                "code",
                "",
                "administrative-gender",
                "",
                "S",
                "",
            ],
        ),
        (
            &r4,
            "Questionnaire",
            ["item.item", "0", "*", "", "", "", "item", "", ""],
        ),
        (
            &r4,
            "Extension",
            ["url", "1", "1", "uri", "", "", "", "", ""],
        ),
        (
            &stu3,
            "Observation",
            [
                "status",
                "1",
                "1",
                "code",
                "",
                "observation-status",
                "",
                "S",
                "M",
            ],
        ),
        (
            &stu3,
            "Patient",
            [
                "link.other",
                "1",
                "1",
                "Reference",
                "Patient,RelatedPerson",
                "",
                "",
                "S",
                "",
            ],
        ),
    ];
    for (table, type_name, expected) in cases {
        assert_eq!(line(table, type_name, expected[0]), expected, "{type_name}");
    }
}

#[test]
fn types_targets_and_content_references_lead_somewhere() {
    for release in &RELEASES {
        let elements = table(&format!("{}/elements.tsv", release.folder));
        for (type_name, lines) in &elements {
            assert_eq!(lines[0][0], ".", "{type_name}");
            for element in &lines[1..] {
                let named = element[3].split(',').chain(element[4].split(','));
                for name in named.filter(|name| !name.is_empty()) {
                    assert!(elements.contains_key(name), "{type_name}: {element:?}");
                }
                if !element[6].is_empty() {
                    line(&elements, type_name, &element[6]);
                }
            }
        }
    }
}

#[test]
fn required_value_sets_are_listed_with_their_codes() {
    for (release, not_checked) in [("r4", 4), ("stu3", 5)] {
        let value_sets = table(&format!("{release}/value_sets.tsv"));
        let elements = table(&format!("{release}/elements.tsv"));
        let bound: HashSet<&str> = elements
            .values()
            .flatten()
            .map(|line| line[5].as_str())
            .filter(|name| !name.is_empty())
            .collect();
        let listed: HashSet<&str> = value_sets.keys().map(String::as_str).collect();
        assert_eq!(bound, listed, "{release}");
        let genders: Vec<&str> = value_sets["administrative-gender"]
            .iter()
            .map(|line| line[0].as_str())
            .collect();
        assert_eq!(genders, ["female", "male", "other", "unknown"]);
        let skipped = value_sets.values().filter(|lines| lines[0][0] == "*");
        assert_eq!(skipped.count(), not_checked, "{release}");
    }
}

#[test]
fn compartments_name_search_parameters_that_exist() {
    for release in &RELEASES {
        let search = table(&format!("{}/search.tsv", release.folder));
        let compartments = table(&format!("{}/compartments.tsv", release.folder));
        assert_eq!(compartments.len(), 5);
        assert!(line(&compartments, "Patient", "Observation")[1].contains("subject"));
        for resource in compartments.values().flatten() {
            for parameter in resource[1].split(',').filter(|name| *name != "{def}") {
                // STU3 chains some: `target.patient` of a Provenance.
                let code = parameter.split('.').next().unwrap();
                let known = search[&resource[0]]
                    .iter()
                    .any(|line| line[0] == code || parameter.contains('.') && line[0] == parameter);
                assert!(known, "{resource:?}");
            }
        }
    }
}
