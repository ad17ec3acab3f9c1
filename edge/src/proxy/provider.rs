//! The token request that goes on to the identity provider, and what becomes of its answer.
//! <https://www.rfc-editor.org/rfc/rfc6749#section-5>

use super::client_authentication::Client;
use super::redemption::{Redemption, Used};
use super::refusal::{Failure, Refused, not_stored};
use super::token_response::complete;
use super::{provider_error, value};
use crate::auth;
use crate::error::Error;
use crate::exchange::Exchange;
use crate::message::Answer;
use crate::status::Status;
use serde_json::{Map, Value};

/// Sends the form to the provider and completes its answer.
pub(super) async fn redeem(
    exchange: &Exchange,
    form: &[(String, String)],
    client: Client,
    redemption: Redemption,
) -> Result<Answer, Failure> {
    let Redemption {
        form: mut sent,
        mut completion,
        used,
    } = redemption;
    completion.is_public |= client.is_public;
    if let Some(id) = client.id {
        completion.client_id = id;
    }
    let grant_type = value(form, "grant_type").unwrap_or_default();
    sent.push(("grant_type", grant_type.to_owned()));
    sent.push(("client_id", completion.client_id.clone()));
    sent.extend(client.secret.map(|secret| ("client_secret", secret)));
    let mut forwarded = vec!["code_verifier"];
    if !client.is_verified {
        forwarded.extend(["client_assertion", "client_assertion_type"]);
    }
    let forwarded = forwarded.into_iter();
    sent.extend(forwarded.filter_map(|name| Some((name, value(form, name)?.to_owned()))));
    let (status, mut answer) = match ask(exchange, &sent).await {
        Ok((status, answer)) if status.is_success() => (status, answer),
        refused => return refuse(exchange, &used, refused).await,
    };
    // Now, and not before: whoever only tried must not use the code up. Of several whom the
    // provider accepted, one gets tokens.
    if let Used::Code(code) = &used {
        if !code.spend(exchange).await? {
            return Err(code.refuse_replay(exchange).await?.into());
        }
        if !code.spend_handle(exchange).await? {
            let words = "The launch was used before; launch the app again.";
            return Err(Refused("invalid_grant", words.into()).into());
        }
    }
    complete(exchange, &mut answer, completion).await?;
    Ok(not_stored(exchange, status, &Value::Object(answer)))
}

/// The provider did not accept the request: what it would have used can be used again.
async fn refuse(
    exchange: &Exchange,
    used: &Used,
    answered: Result<(Status, Map<String, Value>), Error>,
) -> Result<Answer, Failure> {
    match used {
        Used::RefreshToken(taken) => taken.give_back(exchange).await?,
        // Somebody else was faster.
        Used::Code(code) if code.is_spent(exchange).await? => {
            return Err(code.refuse_replay(exchange).await?.into());
        }
        Used::Code(_) | Used::Nothing => {}
    }
    let (status, answer) = answered?;
    if status.is_server_error() {
        let problem = format!("the token endpoint answered with status {status}");
        return Err(Error::Upstream(problem).into());
    }
    let is_kept = [Status::UNAUTHORIZED, Status::TOO_MANY_REQUESTS].contains(&status);
    let status = if is_kept { status } else { Status::BAD_REQUEST };
    let told = provider_error::told(&answer);
    Ok(not_stored(exchange, status, &told))
}

async fn ask(
    exchange: &Exchange,
    form: &[(&'static str, String)],
) -> Result<(Status, Map<String, Value>), Error> {
    let provider = auth::metadata(exchange.server.authority()?, exchange.server.now).await?;
    let origin = exchange.request.header("origin");
    let (status, answer) = auth::post_form(&provider.token_endpoint, form, origin).await?;
    match serde_json::from_str(&answer) {
        Ok(Value::Object(answer)) => Ok((status, answer)),
        _ => Err(Error::Upstream(
            "the token endpoint did not answer with JSON".into(),
        )),
    }
}
