//! Where resources come from: JSON files, NDJSON (<https://hl7.org/fhir/R4/nd-json.html>), standard
//! input, and the demo set.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor, Read};
use std::path::Path;

use demo::Version;
use serde_json::Value;

use crate::arguments::Input;
use crate::bundle::{self, BATCH};
use crate::clock;
use crate::delivery::{Place, Unit};
use crate::entry::Target;
use crate::failure::{Failure, Result};

/// What takes the units, and the failures of parts that gave none.
pub(crate) type Sink<'a> = dyn FnMut(Result<Unit>) + 'a;

/// How messages name an input.
pub(crate) fn name(input: &Input) -> String {
    match input {
        Input::Demo => "demo patients".to_owned(),
        Input::Stdin => "standard input".to_owned(),
        Input::File(path) => path.display().to_string(),
    }
}

/// Whether others refer to the resources of this file by conditional references, so that it must be
/// loaded before them: Synthea writes hospitals and practitioners into files of their own.
pub(crate) fn goes_first(input: &Input) -> bool {
    let Input::File(path) = input else {
        return false;
    };
    let name = path.file_name().and_then(OsStr::to_str).unwrap_or_default();
    name.starts_with("hospitalInformation") || name.starts_with("practitionerInformation")
}

/// Reads an input and gives its units; `version` is that of the demo set.
pub(crate) fn read(input: &Input, version: Option<Version>, sink: &mut Sink<'_>) {
    let read = match input {
        Input::Demo => {
            demo_patients(version, sink);
            Ok(())
        }
        Input::File(path) if is_ndjson(path) => open(path).and_then(|file| lines(file, sink)),
        Input::File(path) => open(path).and_then(|file| document(file, sink)),
        Input::Stdin => either(io::stdin().lock(), sink),
    };
    if let Err(failure) = read {
        sink(Err(failure));
    }
}

fn demo_patients(version: Option<Version>, sink: &mut Sink<'_>) {
    for bundle in demo::patients(version.unwrap_or(Version::R4), clock::today()) {
        give(bundle::units(bundle), sink);
    }
}

fn is_ndjson(path: &Path) -> bool {
    let extension = path.extension().and_then(OsStr::to_str).unwrap_or_default();
    extension.eq_ignore_ascii_case("ndjson") || extension.eq_ignore_ascii_case("jsonl")
}

fn open(path: &Path) -> Result<BufReader<File>> {
    File::open(path)
        .map(BufReader::new)
        .map_err(|error| cannot_read(&error))
}

fn cannot_read(error: &io::Error) -> Failure {
    Failure::new(format!("cannot be read: {error}"))
}

/// Standard input has no name to tell its kind: NDJSON is what has a whole value in its first line
/// and more to follow.
fn either(mut input: impl BufRead, sink: &mut Sink<'_>) -> Result<()> {
    let mut first = Vec::new();
    input
        .read_until(b'\n', &mut first)
        .map_err(|error| cannot_read(&error))?;
    let whole = serde_json::from_slice::<Value>(&first).is_ok();
    let more = !input
        .fill_buf()
        .map_err(|error| cannot_read(&error))?
        .is_empty();
    let all = Cursor::new(first).chain(input);
    if whole && more {
        lines(all, sink)
    } else {
        document(all, sink)
    }
}

/// One JSON document: a Bundle or a resource.
fn document(mut input: impl Read, sink: &mut Sink<'_>) -> Result<()> {
    let mut text = String::new();
    input
        .read_to_string(&mut text)
        .map_err(|error| cannot_read(&error))?;
    let value: Value = serde_json::from_str(text.trim_start_matches('\u{feff}'))
        .map_err(|error| Failure::new(format!("is not JSON: {error}")))?;
    if is_bundle(&value) {
        give(bundle::units(value), sink);
        return Ok(());
    }
    let target = Target::of(&value).ok_or_else(not_a_resource)?;
    sink(Ok(Unit::resource(target, value)));
    Ok(())
}

/// NDJSON: a resource a line, gathered into batches; a bad line does not stop the others.
fn lines(input: impl BufRead, sink: &mut Sink<'_>) -> Result<()> {
    let mut gathered = Gathered::default();
    for (number, line) in input
        .lines()
        .enumerate()
        .map(|(position, line)| (position + 1, line))
    {
        let line = line.map_err(|error| cannot_read(&error))?;
        let line = line.trim_start_matches('\u{feff}').trim();
        if line.is_empty() {
            continue;
        }
        let at = |failure: Failure| Failure::new(format!("line {number}: {failure}"));
        match serde_json::from_str::<Value>(line) {
            Ok(value) if is_bundle(&value) => {
                gathered.flush(sink);
                give(bundle::units(value).map_err(at), sink);
            }
            Ok(value) => match Target::of(&value) {
                Some(target) => gathered.add(number, &target, value, sink),
                None => sink(Err(at(not_a_resource()))),
            },
            Err(error) => sink(Err(at(Failure::new(format!("is not JSON: {error}"))))),
        }
    }
    gathered.flush(sink);
    Ok(())
}

/// Entries of the next batch.
#[derive(Default)]
struct Gathered {
    entries: Vec<Value>,
    places: Vec<Place>,
    updates: HashSet<String>,
}

impl Gathered {
    fn add(&mut self, line: usize, target: &Target, resource: Value, sink: &mut Sink<'_>) {
        // Two versions of one resource must not meet in a batch, whose entries have no order.
        let repeated = matches!(target, Target::Update(url) if !self.updates.insert(url.clone()));
        if repeated || self.entries.len() == BATCH {
            self.flush(sink);
            if let Target::Update(url) = target {
                self.updates.insert(url.clone());
            }
        }
        self.entries.push(target.entry(None, resource));
        self.places.push(Place::Line(line));
    }

    fn flush(&mut self, sink: &mut Sink<'_>) {
        let Self {
            entries, places, ..
        } = std::mem::take(self);
        if !entries.is_empty() {
            sink(Ok(Unit::bundle(
                bundle::of_entries("batch", entries),
                places,
            )));
        }
    }
}

fn give(units: Result<Vec<Unit>>, sink: &mut Sink<'_>) {
    match units {
        Ok(units) => units.into_iter().for_each(|unit| sink(Ok(unit))),
        Err(failure) => sink(Err(failure)),
    }
}

fn is_bundle(value: &Value) -> bool {
    value.get("resourceType").and_then(Value::as_str) == Some("Bundle")
}

fn not_a_resource() -> Failure {
    Failure::new("is not a FHIR resource: it has no resourceType")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fmt::Write;

    fn gather(
        read: impl FnOnce(&mut Sink<'_>) -> Result<()>,
    ) -> Vec<std::result::Result<(usize, String), String>> {
        let mut found = Vec::new();
        let mut sink = |unit: Result<Unit>| {
            found.push(
                unit.map(|unit| {
                    (
                        unit.count(),
                        unit.body()["type"].as_str().unwrap_or("-").to_owned(),
                    )
                })
                .map_err(|failure| failure.to_string()),
            );
        };
        if let Err(failure) = read(&mut sink) {
            sink(Err(failure));
        }
        found
    }

    #[test]
    fn ndjson_is_gathered_into_batches_and_bad_lines_are_named() {
        let mut text = String::from("\u{feff}");
        for number in 0..250 {
            writeln!(text, r#"{{"resourceType":"Patient","id":"{number}"}}"#).unwrap();
        }
        text.push_str("\n{oops}\n[]\n{\"resourceType\":\"Patient\",\"id\":\"249\"}");
        let found = gather(|sink| lines(text.as_bytes(), sink));
        let batch = |count| Ok((count, "batch".to_owned()));
        assert_eq!(found[0], batch(100));
        assert_eq!(found[1], batch(100));
        assert!(
            found[2]
                .as_ref()
                .unwrap_err()
                .starts_with("line 252: is not JSON")
        );
        assert_eq!(
            found[3],
            Err("line 253: is not a FHIR resource: it has no resourceType".into())
        );
        // The repeated id begins a batch of its own.
        assert_eq!(found[4..], [batch(50), batch(1)]);
    }

    #[test]
    fn a_document_is_a_bundle_or_a_resource() {
        for (text, expected) in [
            (r#"{"resourceType":"Patient"}"#, Ok((1, "-".to_owned()))),
            (
                r#"{"resourceType":"Bundle","type":"batch","entry":[{},{}]}"#,
                Ok((2, "batch".to_owned())),
            ),
            (
                "{}",
                Err("is not a FHIR resource: it has no resourceType".to_owned()),
            ),
        ] {
            assert_eq!(gather(|sink| document(text.as_bytes(), sink)), [expected]);
        }
        let broken = gather(|sink| document(&b"{\"resourceType\":"[..], sink));
        assert!(broken[0].as_ref().unwrap_err().starts_with("is not JSON"));
    }

    #[test]
    fn standard_input_may_be_either() {
        for (text, count) in [
            ("{\"resourceType\":\"Patient\"}\n", 1),
            ("{\"resourceType\":\"Patient\"}", 1),
            ("{\n\"resourceType\":\"Patient\"}\n", 1),
            (
                "{\"resourceType\":\"Patient\"}\n{\"resourceType\":\"Patient\"}\n",
                2,
            ),
        ] {
            let found = gather(|sink| either(text.as_bytes(), sink));
            assert_eq!(found.len(), 1, "{text}");
            assert_eq!(found[0].as_ref().unwrap().0, count, "{text}");
        }
    }

    #[test]
    fn files_that_others_refer_to_go_first() {
        for (path, first) in [
            ("out/hospitalInformation1700.json", true),
            ("practitionerInformation1700.json", true),
            ("Aaron_Abbott.json", false),
        ] {
            assert_eq!(goes_first(&Input::File(path.into())), first, "{path}");
        }
    }
}
