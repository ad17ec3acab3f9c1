//! search-type: `GET /{type}?...` and `POST /{type}/_search`.
//! <https://hl7.org/fhir/R4/http.html#search>

use crate::auth::Principal;
use crate::error::{Error, Reason};
use crate::grant::action;
use crate::http::{Answer, Exchange, rate};
use crate::store::{self, Text};
use fhir::outcome::{Issue, IssueType, operation_outcome};
use fhir::search::{self, Handling, Query, Total};
use serde_json::json;

/// Reads the form of a POST and searches.
pub(crate) async fn post_search(
    exchange: &Exchange,
    principal: &Principal,
    name: &str,
    request: &web_sys::Request,
) -> Result<Answer, Error> {
    let resource_type = exchange.resource_type(name)?;
    exchange.authorise::<action::Search>(principal, resource_type)?;
    let content_type = exchange.header("content-type").unwrap_or_default();
    let is_form = content_type.starts_with("application/x-www-form-urlencoded");
    if !is_form && !content_type.is_empty() {
        let message = "A search is posted as application/x-www-form-urlencoded.";
        let code = IssueType::NotSupported;
        return Err(Error::rejected(Reason::UnsupportedMediaType, code, message));
    }
    let body = exchange.bytes_of_form(request).await?;
    let mut pairs = exchange.query.clone();
    pairs.extend(form_urlencoded::parse(&body).into_owned());
    search_type(exchange, principal, name, &pairs).await
}

/// Searches a type by decoded parameters.
pub(crate) async fn search_type(
    exchange: &Exchange,
    principal: &Principal,
    name: &str,
    pairs: &[(String, String)],
) -> Result<Answer, Error> {
    let resource_type = exchange.resource_type(name)?;
    let grant = exchange.authorise::<action::Search>(principal, resource_type)?;
    rate::count_search(exchange, grant.subject()).await?;
    let context = search::Context {
        definitions: exchange.definitions,
        base_url: &exchange.base_url,
        now: exchange.now.saturating_mul(10_000),
        handling: exchange.handling()?,
    };
    let mut query = search::parse(&context, resource_type, pairs).map_err(Error::invalid)?;
    let partition = exchange.partition()?;
    let first_page = query.cursor.is_none();
    let wants_total = query.count_only || (query.total == Total::Accurate && first_page);
    let total = if wants_total {
        store::total(partition, exchange.definitions, &grant, &query).await?
    } else {
        None
    };
    if wants_total && total.is_none() {
        not_counted(&mut query, context.handling)?;
    }
    let mut entries: Vec<Vec<Text>> = Vec::new();
    if !query.issues.is_empty() {
        let outcome = operation_outcome(exchange.config.release, None, &query.issues);
        let entry = json!({ "resource": outcome, "search": { "mode": "outcome" } });
        entries.push(vec![entry.to_string().into()]);
    }
    let mut next = None;
    if !query.count_only {
        let found = store::page(partition, exchange.definitions, &grant, &query).await?;
        let base = format!("{}/{resource_type}/", exchange.base_url);
        for entry in found.entries {
            entries.push(vec![
                format!("{{\"fullUrl\":\"{base}{}\",\"resource\":", entry.id).into(),
                entry.body,
                ",\"search\":{\"mode\":\"match\"}}".into(),
            ]);
        }
        next = found
            .next
            .map(|cursor| link(exchange, &query, Some(&cursor)));
    }
    let links = (link(exchange, &query, query.cursor.as_deref()), next);
    Ok(bundle_text("searchset", exchange, total, links, entries))
}

/// Too much has to be gone through to count the matches: an answer that can do without the number
/// says so, any other is refused.
fn not_counted(query: &mut Query, handling: Handling) -> Result<(), Error> {
    let message = "The matches were not counted: too many resources would have to be gone through. \
        Add a parameter that leaves fewer of them.";
    if query.count_only || handling == Handling::Strict {
        let issue = Issue::error(IssueType::TooCostly, message);
        return Err(Error::invalid_because(issue));
    }
    let issue = Issue::warning(IssueType::TooCostly, message);
    query.issues.push(issue.at("_total"));
    Ok(())
}

/// The address of a page: the parameters that were used, and the cursor.
fn link(exchange: &Exchange, query: &Query, cursor: Option<&str>) -> String {
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.extend_pairs(&query.applied);
    if let Some(cursor) = cursor {
        form.append_pair("ct", cursor);
    }
    let form = form.finish();
    let mark = if form.is_empty() { "" } else { "?" };
    format!("{}/{}{mark}{form}", exchange.base_url, query.resource_type)
}

/// A Bundle around entries that are text already, each in one piece or several.
pub(super) fn bundle_text(
    kind: &str,
    exchange: &Exchange,
    total: Option<i64>,
    (own, next): (String, Option<String>),
    entries: Vec<Vec<Text>>,
) -> Answer {
    let mut links = vec![json!({ "relation": "self", "url": own })];
    if let Some(next) = next {
        links.push(json!({ "relation": "next", "url": next }));
    }
    let mut head = json!({
        "resourceType": "Bundle",
        "id": exchange.request_id,
        "meta": { "lastUpdated": fhir::types::instant(exchange.now) },
        "type": kind,
    });
    if let Some(head) = head.as_object_mut() {
        if let Some(total) = total {
            head.insert("total".into(), json!(total));
        }
        head.insert("link".into(), json!(links));
    }
    Answer::bundle(&head, entries)
}
