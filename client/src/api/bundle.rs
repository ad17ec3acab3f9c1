//! One page of a search or of a history. <https://hl7.org/fhir/R4/bundle.html>

use serde_json::Value;

use super::outcome::{Issue, issues};

/// A searchset page.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SearchPage {
    /// The total over all pages; servers send it with the first page only, or never.
    pub total: Option<u64>,
    /// The matches of this page.
    pub matches: Vec<Value>,
    /// What the server could not do as asked.
    pub warnings: Vec<Issue>,
    /// The link to the page after this one.
    pub next: Option<String>,
    /// The link to the page before this one, which few servers give.
    pub previous: Option<String>,
}

/// A version in a history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// `meta.versionId`.
    pub id: String,
    /// `meta.lastUpdated`, as written.
    pub changed: String,
    /// What made the version.
    pub change: Change,
}

/// What made a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// POST.
    Created,
    /// PUT or PATCH.
    Updated,
    /// DELETE.
    Deleted,
}

impl SearchPage {
    /// Reads a Bundle.
    pub fn of(bundle: &Value) -> Self {
        let mut page = Self {
            total: bundle.get("total").and_then(Value::as_u64),
            next: link(bundle, &["next"]),
            previous: link(bundle, &["previous", "prev"]),
            ..Self::default()
        };
        for entry in entries(bundle) {
            let Some(resource) = entry.get("resource") else {
                continue;
            };
            match entry.pointer("/search/mode").and_then(Value::as_str) {
                Some("outcome") => page.warnings.extend(issues(resource)),
                Some("include") => {}
                _ => page.matches.push(resource.clone()),
            }
        }
        page
    }

    /// The number of matches, as far as this page says: `12`, or `20+`.
    pub fn count(&self) -> String {
        match self.total {
            Some(total) => total.to_string(),
            None if self.next.is_some() => format!("{}+", self.matches.len()),
            None => self.matches.len().to_string(),
        }
    }

    /// Appends the page after this one.
    pub fn append(&mut self, following: Self) {
        self.matches.extend(following.matches);
        self.warnings.extend(following.warnings);
        self.next = following.next;
    }
}

/// The versions of a history Bundle, newest first as servers list them.
pub fn versions(bundle: &Value) -> Vec<Version> {
    entries(bundle).filter_map(version).collect()
}

fn version(entry: &Value) -> Option<Version> {
    let text = |pointer: &str| entry.pointer(pointer).and_then(Value::as_str);
    // A deletion has no resource: its version is in the response's ETag or the entry's address.
    let id = text("/resource/meta/versionId")
        .or_else(|| text("/response/etag").map(bare_etag))
        .or_else(|| text("/request/url").and_then(|url| url.rsplit("/_history/").next()))?;
    let changed = text("/resource/meta/lastUpdated")
        .or_else(|| text("/response/lastModified"))
        .unwrap_or_default();
    let change = match text("/request/method") {
        Some("POST") => Change::Created,
        Some("DELETE") => Change::Deleted,
        _ if id == "1" => Change::Created,
        _ => Change::Updated,
    };
    Some(Version {
        id: id.to_owned(),
        changed: changed.to_owned(),
        change,
    })
}

fn bare_etag(etag: &str) -> &str {
    etag.trim_start_matches("W/").trim_matches('"')
}

fn entries(bundle: &Value) -> impl Iterator<Item = &Value> {
    bundle
        .get("entry")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
}

fn link(bundle: &Value, relations: &[&str]) -> Option<String> {
    let links = bundle.get("link")?.as_array()?;
    let named = links.iter().find(|link| {
        link.get("relation")
            .and_then(Value::as_str)
            .is_some_and(|relation| relations.contains(&relation))
    })?;
    Some(named.get("url")?.as_str()?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn matches_includes_and_outcomes_are_told_apart() {
        let page = SearchPage::of(&json!({
            "resourceType": "Bundle", "total": 7,
            "link": [{"relation": "self", "url": "s"}, {"relation": "next", "url": "n"},
                     {"relation": "prev", "url": "p"}],
            "entry": [
                {"resource": {"resourceType": "OperationOutcome", "issue": [{"diagnostics": "W"}]},
                 "search": {"mode": "outcome"}},
                {"resource": {"resourceType": "Patient", "id": "1"}, "search": {"mode": "match"}},
                {"resource": {"resourceType": "Practitioner"}, "search": {"mode": "include"}},
                {"resource": {"resourceType": "Patient", "id": "2"}},
                {"fullUrl": "without a resource"}
            ]
        }));
        assert_eq!(page.matches.len(), 2);
        assert_eq!(page.warnings.len(), 1);
        assert_eq!(page.next.as_deref(), Some("n"));
        assert_eq!(page.previous.as_deref(), Some("p"));
        assert_eq!(page.count(), "7");
    }

    #[test]
    fn an_empty_bundle_is_an_empty_page() {
        assert_eq!(
            SearchPage::of(&json!({"resourceType": "Bundle"})),
            SearchPage::default()
        );
        assert_eq!(SearchPage::default().count(), "0");
    }

    #[test]
    fn a_count_without_a_total_says_that_there_is_more() {
        let mut page = SearchPage {
            matches: vec![json!({}), json!({})],
            next: Some("n".into()),
            ..SearchPage::default()
        };
        assert_eq!(page.count(), "2+");
        page.append(SearchPage {
            matches: vec![json!({})],
            ..SearchPage::default()
        });
        assert_eq!(page.count(), "3");
    }

    #[test]
    fn a_history_lists_its_versions_and_the_deletion() {
        let history = json!({"entry": [
            {"request": {"method": "DELETE", "url": "Patient/1"},
             "response": {"etag": "W/\"3\"", "lastModified": "2024-01-03T00:00:00Z"}},
            {"request": {"method": "PUT", "url": "Patient/1"},
             "resource": {"meta": {"versionId": "2", "lastUpdated": "2024-01-02T00:00:00Z"}}},
            {"request": {"method": "POST", "url": "Patient"},
             "resource": {"meta": {"versionId": "1", "lastUpdated": "2024-01-01T00:00:00Z"}}},
            {"request": {}}
        ]});
        let seen: Vec<(String, Change)> = versions(&history)
            .into_iter()
            .map(|version| (version.id, version.change))
            .collect();
        assert_eq!(
            seen,
            [
                ("3".to_owned(), Change::Deleted),
                ("2".to_owned(), Change::Updated),
                ("1".to_owned(), Change::Created)
            ]
        );
    }
}
