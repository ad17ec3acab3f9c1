//! Tests of the names of entries: a table, and random bundles of several servers against a model.

use super::*;
use crate::Release;
use crate::bundle::parse;
use proptest::prelude::*;
use serde_json::json;

const US: &str = "http://us.example/fhir";

/// One entry: fullUrl, method, the id in the resource, and its meta.versionId.
#[derive(Clone, Debug)]
struct Sent {
    full_url: Option<String>,
    is_put: bool,
    id: Option<String>,
    version: Option<String>,
}

fn sent(full_url: &str, request: &str, version: &str) -> Sent {
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let (method, id) = request.split_once(' ').unwrap_or((request, ""));
    Sent {
        full_url: some(full_url),
        is_put: method == "PUT",
        id: some(id),
        version: some(version),
    }
}

/// The names of Patients; what is posted becomes `Patient/new-0` and so on.
fn named(sent: &[Sent]) -> Result<Names, Issue> {
    let definitions = Definitions::of(Release::R4);
    let mut names = Names::new(definitions, US);
    let entries = sent.iter().map(|sent| {
        let mut resource = json!({ "resourceType": "Patient" });
        if let Some(id) = &sent.id {
            resource["id"] = json!(id);
        }
        if let Some(version) = &sent.version {
            resource["meta"] = json!({ "versionId": version });
        }
        let request = match (&sent.id, sent.is_put) {
            (Some(id), true) => json!({ "method": "PUT", "url": format!("Patient/{id}") }),
            _ => json!({ "method": "POST", "url": "Patient" }),
        };
        json!({ "fullUrl": sent.full_url, "resource": resource, "request": request })
    });
    let bundle = json!({ "resourceType": "Bundle", "type": "transaction",
        "entry": Vec::from_iter(entries) });
    let (_, entries) = parse(definitions, bundle, US).unwrap();
    for (at, (entry, sent)) in entries.into_iter().zip(sent).enumerate() {
        names.add(&entry.unwrap(), ("Patient", &id_of(sent, at)))?;
    }
    Ok(names)
}

fn id_of(sent: &Sent, at: usize) -> String {
    match &sent.id {
        Some(id) if sent.is_put => id.clone(),
        _ => format!("new-{at}"),
    }
}

/// What a reference becomes in an entry with this fullUrl; `refused` when it is ambiguous.
fn resolved(names: &Names, from: &str, reference: &str) -> String {
    let root = names.root(from);
    match names.resolve(root.as_deref(), reference) {
        Ok(Some(replaced)) => replaced,
        Ok(None) => reference.to_owned(),
        Err(_) => "refused".to_owned(),
    }
}

const A: &str = "http://a.example/fhir/Observation/9";
const B: &str = "https://b.example/Observation/9";
const OURS: &str = "http://us.example/fhir/Observation/9";
const URN: &str = "urn:uuid:9";

#[test]
fn references_end_where_the_fullurl_of_their_entry_leads() {
    let posted_by_a = sent("http://a.example/fhir/Patient/1", "POST 1", "");
    let posted_by_b = sent("https://b.example/Patient/1", "POST 1", "");
    let put_by_a = sent("http://a.example/fhir/Patient/1", "PUT 1", "");
    let put = sent("", "PUT 1", "");
    let urn = sent("urn:uuid:p", "POST 1", "");
    let posted = sent("", "POST 1", "");
    let ours = sent("http://us.example/fhir/Patient/1", "POST 1", "");
    let relative = sent("Patient/1", "POST", "");
    let two = [posted_by_a.clone(), posted_by_b.clone()];
    let one = |sent: &Sent| vec![sent.clone()];
    for (entries, from, reference, expected) in [
        (two.to_vec(), A, "Patient/1", "Patient/new-0"),
        (two.to_vec(), B, "Patient/1", "Patient/new-1"),
        (
            two.to_vec(),
            B,
            "http://a.example/fhir/Patient/1",
            "Patient/new-0",
        ),
        (
            two.to_vec(),
            URN,
            "https://b.example/Patient/1",
            "Patient/new-1",
        ),
        (two.to_vec(), URN, "Patient/1", "refused"),
        (two.to_vec(), "", "Patient/1", "refused"),
        (two.to_vec(), OURS, "Patient/1", "Patient/1"),
        (
            two.to_vec(),
            A,
            "Patient/2",
            "http://a.example/fhir/Patient/2",
        ),
        (two.to_vec(), URN, "Patient/2", "Patient/2"),
        (
            two.to_vec(),
            URN,
            "https://c.example/Patient/1",
            "https://c.example/Patient/1",
        ),
        (
            one(&posted_by_a),
            B,
            "Patient/1",
            "https://b.example/Patient/1",
        ),
        (one(&posted_by_a), B, "1", "https://b.example/1"),
        (one(&posted_by_a), A, "/Patient/1", "Patient/new-0"),
        (one(&posted_by_a), URN, "/Patient/1", "refused"),
        (one(&posted_by_a), A, "#1", "#1"),
        (one(&posted_by_a), A, "", ""),
        (one(&posted_by_a), A, "Patient?name=x", "Patient?name=x"),
        (one(&put_by_a), A, "Patient/1", "Patient/1"),
        (one(&put_by_a), URN, "Patient/1", "Patient/1"),
        (
            one(&put_by_a),
            URN,
            "http://us.example/fhir/Patient/1",
            "Patient/1",
        ),
        (
            vec![put_by_a, posted_by_b.clone()],
            URN,
            "Patient/1",
            "refused",
        ),
        (one(&put), "", "Patient/1", "Patient/1"),
        (one(&put), A, "Patient/1", "refused"),
        (
            one(&put),
            A,
            "http://a.example/fhir/Patient/1",
            "http://a.example/fhir/Patient/1",
        ),
        (vec![put.clone(), posted_by_b], "", "Patient/1", "refused"),
        (vec![put, urn.clone()], "", "Patient/1", "refused"),
        (one(&urn), URN, "urn:uuid:p", "Patient/new-0"),
        (one(&urn), A, "urn:uuid:p", "Patient/new-0"),
        (one(&urn), URN, "urn:uuid:q", "urn:uuid:q"),
        (one(&urn), URN, "Patient/1", "refused"),
        (one(&urn), OURS, "Patient/1", "refused"),
        (one(&posted), "", "Patient/1", "refused"),
        (one(&posted), "", "Patient/2", "Patient/2"),
        (one(&ours), OURS, "Patient/1", "Patient/new-0"),
        (one(&ours), URN, "Patient/1", "refused"),
        (
            one(&relative),
            "Observation/9",
            "Patient/1",
            "Patient/new-0",
        ),
        (one(&relative), URN, "Patient/1", "refused"),
        (
            one(&sent("patient-1", "POST", "")),
            URN,
            "patient-1",
            "Patient/new-0",
        ),
    ] {
        let names = named(&entries).unwrap();
        let found = resolved(&names, from, reference);
        assert_eq!(found, expected, "{reference} in {from} of {entries:?}");
    }
}

#[test]
fn versions_choose_among_entries_with_the_same_fullurl() {
    let url = "http://a.example/fhir/Patient/1";
    let two = [sent(url, "POST 1", "1"), sent(url, "POST 1", "2")];
    let one = [sent(url, "POST 1", "2")];
    let put = [sent("", "PUT 1", "")];
    for (entries, from, reference, expected) in [
        (&two[..], A, "Patient/1/_history/1", "Patient/new-0"),
        (&two, A, "Patient/1/_history/2", "Patient/new-1"),
        (
            &two,
            B,
            "http://a.example/fhir/Patient/1/_history/2",
            "Patient/new-1",
        ),
        (&two, A, "Patient/1/_history/3", "refused"),
        (&two, A, "Patient/1", "refused"),
        (&two, URN, url, "refused"),
        (&one, A, "Patient/1/_history/2", "Patient/new-0"),
        (&one, A, "Patient/1/_history/7", "Patient/new-0"),
        (
            &one,
            A,
            "Patient/2/_history/7",
            "http://a.example/fhir/Patient/2/_history/7",
        ),
        (&one, URN, "Patient/1/_history/2", "refused"),
        (&put, URN, "Patient/1/_history/7", "Patient/1/_history/7"),
        (
            &put,
            OURS,
            "http://us.example/fhir/Patient/1/_history/7",
            "Patient/1/_history/7",
        ),
    ] {
        let names = named(entries).unwrap();
        let found = resolved(&names, from, reference);
        assert_eq!(found, expected, "{reference} in {from} of {entries:?}");
    }
}

#[test]
fn entries_with_the_same_or_a_contradictory_name_are_refused() {
    let urn = sent("urn:uuid:p", "POST", "");
    let ours = |id: &str, request: &str| sent(&format!("{US}/Patient/{id}"), request, "");
    for (entries, place) in [
        (vec![urn.clone(), urn], "urn:uuid:p"),
        (
            vec![ours("1", "POST"), ours("1", "PUT 1")],
            "/fhir/Patient/1",
        ),
        (
            vec![ours("1", "POST"), sent("", "PUT 1", "")],
            "/fhir/Patient/1",
        ),
        (vec![ours("2", "PUT 1")], "Patient/2"),
        (vec![sent("Patient/2", "PUT 1", "")], "Patient/2"),
        (
            vec![sent("http://a.example/Group/1", "POST", "")],
            "Group/1",
        ),
    ] {
        let refused = named(&entries).err().expect("a refusal");
        assert!(refused.diagnostics.contains(place), "{refused:?}");
    }
    named(&[sent("http://a.example/Patient/2", "PUT 1", "")]).unwrap();
}

/// The rule again, entry by entry and without an index: the numbers of the entries that a
/// reference of a Patient can mean, and whether the reference can mean something else as well.
mod model {
    use super::{Sent, US};

    /// The roots that generated fullUrls have.
    pub(super) fn root(full_url: Option<&str>) -> Option<&str> {
        full_url?
            .strip_suffix(|c: char| c.is_ascii_digit())?
            .strip_suffix("/Patient/")
    }

    pub(super) fn names(sent: &Sent) -> Vec<String> {
        let own = sent.id.as_ref().filter(|_| sent.is_put);
        let own = own.map(|id| format!("{US}/Patient/{id}"));
        let mut names: Vec<String> = sent.full_url.clone().into_iter().chain(own).collect();
        names.dedup();
        names
    }

    fn carries(sent: &Sent, relative: &str) -> bool {
        sent.id
            .as_ref()
            .is_some_and(|id| format!("Patient/{id}") == relative)
            || sent
                .full_url
                .as_ref()
                .is_some_and(|url| url.ends_with(&format!("/{relative}")))
    }

    /// The entry that is named, `None` for what is outside of the bundle; an error when unclear.
    pub(super) fn resolve(
        entries: &[Sent],
        from: Option<&str>,
        (url, version): (&str, Option<&str>),
    ) -> Result<Option<usize>, ()> {
        let absolute = if url.contains(':') {
            url.to_owned()
        } else {
            format!("{}/{url}", root(from).unwrap_or(US))
        };
        let all: Vec<usize> = (0..entries.len())
            .filter(|at| names(&entries[*at]).contains(&absolute))
            .collect();
        let exact = all
            .iter()
            .find(|at| version.is_some() && entries[**at].version.as_deref() == version);
        let found = match (exact, all.as_slice()) {
            (Some(exact), _) => Some(*exact),
            (None, []) => None,
            (None, [only]) => Some(*only),
            (None, _) => return Err(()),
        };
        if url.contains(':') {
            return Ok(found);
        }
        let mut others = (0..entries.len()).filter(|at| carries(&entries[*at], url));
        match (root(from), found) {
            (Some(_), Some(at)) => Ok(Some(at)),
            (Some(_), None) => {
                let unclear = others.any(|at| root(entries[at].full_url.as_deref()).is_none());
                if unclear { Err(()) } else { Ok(None) }
            }
            (None, Some(at)) => {
                let sole = others.all(|other| other == at);
                let written_there = entries[at].is_put
                    && entries[at]
                        .id
                        .as_ref()
                        .is_some_and(|id| url == format!("Patient/{id}"));
                if sole && written_there {
                    Ok(Some(at))
                } else {
                    Err(())
                }
            }
            (None, None) => {
                if others.next().is_some() {
                    Err(())
                } else {
                    Ok(None)
                }
            }
        }
    }
}

fn full_url() -> impl Strategy<Value = Option<String>> {
    let root = prop::sample::select(vec!["http://a.example/x", "https://b.example", US]);
    prop_oneof![
        1 => Just(None),
        1 => (0..3u8).prop_map(|n| Some(format!("urn:uuid:{n}"))),
        3 => (root, 0..3u8).prop_map(|(root, id)| Some(format!("{root}/Patient/{id}"))),
    ]
}

fn entry() -> impl Strategy<Value = Sent> {
    let id = prop::option::of((0..3u8).prop_map(|id| id.to_string()));
    let version = prop::option::of((1..3u8).prop_map(|version| version.to_string()));
    (full_url(), any::<bool>(), id, version).prop_map(|(full_url, put, id, version)| Sent {
        full_url,
        is_put: put && id.is_some(),
        id,
        version,
    })
}

fn reference() -> impl Strategy<Value = (String, Option<String>)> {
    let relative = (0..3u8).prop_map(|id| format!("Patient/{id}"));
    let absolute = full_url().prop_map(|url| url.unwrap_or_else(|| "Patient/0".into()));
    let version = prop::option::of((1..4u8).prop_map(|version| version.to_string()));
    (prop_oneof![relative, absolute], version)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]
    #[test]
    fn every_reference_ends_at_what_the_rule_names_or_is_refused(
        entries in prop::collection::vec(entry(), 1..6),
        from in full_url(),
        (url, version) in reference(),
    ) {
        let Ok(names) = named(&entries) else {
            // What is refused has a duplicate or a contradiction.
            let mut all: Vec<_> = entries.iter()
                .flat_map(|e| model::names(e).into_iter().map(|n| (n, e.version.clone())))
                .collect();
            let total = all.len();
            all.sort();
            all.dedup();
            let contradictory = entries.iter().any(|e| e.is_put
                && model::root(e.full_url.as_deref()) == Some(US)
                && model::names(e).len() == 2);
            prop_assert!(contradictory || all.len() < total);
            return Ok(());
        };
        let version = version.filter(|_| !url.starts_with("urn:"));
        let written = match &version {
            Some(version) => format!("{url}/_history/{version}"),
            None => url.clone(),
        };
        let expected = model::resolve(&entries, from.as_deref(), (&url, version.as_deref()));
        let found = resolved(&names, from.as_deref().unwrap_or_default(), &written);
        match expected {
            Err(()) => prop_assert_eq!(found, "refused"),
            Ok(Some(at)) => {
                let address = format!("Patient/{}", id_of(&entries[at], at));
                let kept = found.strip_prefix(&address).unwrap_or("another");
                let version = version.map(|version| format!("/_history/{version}"));
                let is_kept = entries[at].is_put && version.as_deref() == Some(kept);
                prop_assert!(kept.is_empty() || is_kept, "{}", found);
            }
            Ok(None) => {
                let root = model::root(from.as_deref()).filter(|root| *root != US);
                let outside = match root {
                    Some(root) if !url.contains(':') => format!("{root}/{written}"),
                    _ => written,
                };
                prop_assert_eq!(found, outside);
            }
        }
    }
}
