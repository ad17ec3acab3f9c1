//! history-instance: `GET /{type}/{id}/_history`, newest first.
//! <https://hl7.org/fhir/R4/http.html#history>

use super::search_type::bundle_text;
use crate::auth::Principal;
use crate::error::Error;
use crate::grant::action;
use crate::http::{Answer, Exchange, etag};
use crate::store::{self, Text, Version};
use fhir::outcome::{Issue, IssueType};
use serde_json::json;

const DEFAULT_COUNT: usize = 10;
const MAX_COUNT: usize = 1000;

/// A page of the versions of one resource, deletions included.
pub(crate) async fn history_instance(
    exchange: &Exchange,
    principal: &Principal,
    (name, id): (&str, &str),
    query: &[(String, String)],
) -> Result<Answer, Error> {
    let resource_type = exchange.resource_type(name)?;
    let grant = exchange.authorise::<action::History>(principal, resource_type)?;
    let count = number(query, "_count")?.map_or(DEFAULT_COUNT, |count| {
        usize::try_from(count).unwrap_or(MAX_COUNT).min(MAX_COUNT)
    });
    // Versions are numbered without gaps, so a version is all that a cursor needs.
    let before = number(query, "ct")?;
    let partition = exchange.partition()?;
    let page = store::history(partition, exchange.definitions, &grant, id, before, count);
    let page = page
        .await?
        .ok_or_else(|| Error::not_found(resource_type, id))?;
    let base = format!("{}/{resource_type}/{id}", exchange.base_url);
    let link = |before: Option<i64>| {
        let cursor = before
            .map(|before| format!("&ct={before}"))
            .unwrap_or_default();
        format!("{base}/_history?_count={count}{cursor}")
    };
    let next = page
        .versions
        .last()
        .filter(|_| page.more)
        .map(|last| link(Some(last.version)));
    let address = (base.as_str(), resource_type, id);
    let entries = page
        .versions
        .iter()
        .map(|version| entry(address, version))
        .collect();
    Ok(bundle_text(
        "history",
        exchange,
        Some(page.total),
        (link(before), next),
        entries,
    ))
}

fn entry((base, resource_type, id): (&str, &str, &str), version: &Version) -> Vec<Text> {
    let (status, url) = match version.method.as_str() {
        "DELETE" => ("204", format!("{resource_type}/{id}")),
        "POST" => ("201", resource_type.to_owned()),
        _ if version.version == 1 => ("201", format!("{resource_type}/{id}")),
        _ => ("200", format!("{resource_type}/{id}")),
    };
    let tail = json!({
        "request": { "method": version.method, "url": url },
        "response": {
            "status": status,
            "etag": etag(version.version),
            "lastModified": fhir::types::instant(version.updated),
        },
    });
    let tail = tail.to_string();
    let tail = tail.strip_prefix('{').unwrap_or_default();
    let head = format!("{{\"fullUrl\":{},", json!(base));
    match &version.body {
        Some(body) => {
            vec![
                format!("{head}\"resource\":").into(),
                body.clone(),
                format!(",{tail}").into(),
            ]
        }
        None => vec![format!("{head}{tail}").into()],
    }
}

fn number(query: &[(String, String)], name: &str) -> Result<Option<i64>, Error> {
    let found = query.iter().find(|(key, _)| key == name);
    let Some((_, value)) = found else {
        return Ok(None);
    };
    let number = value
        .parse()
        .ok()
        .filter(|number: &i64| (0..1 << 50).contains(number));
    number.map(Some).ok_or_else(|| {
        let message = format!("{name} is `{value}`; it must be a whole number, 0 or more.");
        Error::invalid_because(Issue::error(IssueType::Invalid, message).at(name))
    })
}
