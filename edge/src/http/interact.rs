//! HTTP requests for interactions, parsed into typed ones.
//!
//! Whether the caller may do such a thing at all is settled before a body is read.

use super::{negotiation, open, render, responses};
use crate::auth::Principal;
use crate::error::{Error, Reason};
use crate::exchange::Exchange;
use crate::grant::action;
use crate::interaction::{
    Context, Create, Delete, HistoryInstance, Read, Request, SearchType, Update, Vread, bundle,
    perform,
};
use crate::message::Answer;
use fhir::Address;
use fhir::interaction::Interaction;
use fhir::outcome::{Issue, IssueType};
use fhir::route::Matched;
use fhir::types::parse_http_date;
use fhir::version_tag::{ReadCondition, if_match};

/// Answers a request that a route of the table matches.
pub(super) async fn interact(
    exchange: &Exchange,
    principal: &Principal,
    matched: Matched<'_>,
) -> Result<Answer, Error> {
    let context = Context {
        server: &exchange.server,
        principal,
    };
    let address = || Address::new(matched.resource_type, matched.id);
    let resource_type = matched.resource_type;
    let request = match matched.route.interaction {
        Interaction::Read => Request::Read(Read {
            address: address(),
            consistency: negotiation::consistency(&exchange.request)?,
            condition: read_condition(exchange),
        }),
        Interaction::Vread => Request::Vread(Vread {
            address: address(),
            version_id: matched.version.to_owned(),
            consistency: negotiation::consistency(&exchange.request)?,
            condition: read_condition(exchange),
        }),
        Interaction::HistoryInstance => Request::HistoryInstance(HistoryInstance {
            address: address(),
            parameters: exchange.request.query.clone(),
        }),
        Interaction::SearchType => Request::SearchType(SearchType {
            resource_type,
            parameters: if matched.route.method == "POST" {
                context.authorise::<action::Search>(resource_type)?;
                posted_parameters(exchange).await?
            } else {
                exchange.request.query.clone()
            },
            handling: negotiation::handling(&exchange.request)?,
        }),
        Interaction::Create => {
            context.authorise::<action::Create>(resource_type)?;
            Request::Create(Create {
                resource_type,
                body: exchange.request.json().await?,
                if_none_exist: exchange
                    .request
                    .header("if-none-exist")
                    .map(ToOwned::to_owned),
            })
        }
        Interaction::Update => {
            context.authorise::<action::Update>(resource_type)?;
            let if_match = expected_version(exchange)?;
            Request::Update(Update {
                address: address(),
                body: exchange.request.json().await?,
                if_match,
            })
        }
        Interaction::Delete => Request::Delete(Delete {
            address: address(),
            if_match: expected_version(exchange)?,
        }),
        Interaction::Capabilities => return open::metadata(exchange).await,
        Interaction::Batch | Interaction::Transaction => {
            context.check_may_post_bundles()?;
            let body = exchange.request.json().await?;
            return Ok(responses::answer(exchange, bundle(context, body).await?));
        }
    };
    Ok(render::answer(exchange, perform(context, request).await?))
}

/// The version that `If-Match` names.
fn expected_version(exchange: &Exchange) -> Result<Option<i64>, Error> {
    let read = exchange.request.header("if-match").map(if_match);
    read.transpose().map_err(|message| {
        let issue = Issue::error(IssueType::Invalid, message);
        Error::invalid_because(issue.at("http.If-Match"))
    })
}

/// What `If-None-Match` and `If-Modified-Since` say that the caller has.
fn read_condition(exchange: &Exchange) -> ReadCondition {
    let since = exchange.request.header("if-modified-since");
    let since = since.and_then(parse_http_date);
    ReadCondition::new(exchange.request.header("if-none-match"), since)
}

/// The parameters of a search that is posted: those of the address and those of the form.
async fn posted_parameters(exchange: &Exchange) -> Result<Vec<(String, String)>, Error> {
    let content_type = exchange.request.header("content-type").unwrap_or_default();
    let is_form = content_type.starts_with("application/x-www-form-urlencoded");
    if !is_form && !content_type.is_empty() {
        let message = "A search is posted as application/x-www-form-urlencoded.";
        let code = IssueType::NotSupported;
        return Err(Error::rejected(Reason::UnsupportedMediaType, code, message));
    }
    let body = exchange.request.bytes_of_form().await?;
    let mut parameters = exchange.request.query.clone();
    parameters.extend(form_urlencoded::parse(&body).into_owned());
    Ok(parameters)
}
