//! The most that an app can be granted, whatever it asks for and the provider grants: registered by
//! the operator (`scopeCeiling`). <https://www.rfc-editor.org/rfc/rfc6749#section-3.3>

use super::refusal::Refused;
use crate::exchange::Exchange;
use smart::granted_scope::below_ceiling;
use smart::scope_list::names_data;

/// What is left of a scope, as the app names it, below the ceiling of a client that has one.
pub(super) fn cut(exchange: &Exchange, client_id: &str, scope: &str) -> String {
    match ceiling(exchange, client_id) {
        Some(ceiling) => below_ceiling(scope, ceiling),
        None => scope.to_owned(),
    }
}

/// The same of what an app asks for.
///
/// # Errors
/// `invalid_scope` when it asks for data and is left with none.
pub(super) fn cut_request(
    exchange: &Exchange,
    client_id: &str,
    scope: &str,
) -> Result<String, Refused> {
    let left = cut(exchange, client_id, scope);
    if let Some(ceiling) = ceiling(exchange, client_id)
        && names_data(scope)
        && !names_data(&left)
    {
        let words = format!("Nothing of the scope can be granted; the app may have {ceiling}.");
        return Err(Refused("invalid_scope", words));
    }
    Ok(left)
}

fn ceiling<'a>(exchange: &'a Exchange, client_id: &str) -> Option<&'a str> {
    let client = exchange.server.config.smart_proxy.client(client_id)?;
    client.scope_ceiling.as_deref()
}
