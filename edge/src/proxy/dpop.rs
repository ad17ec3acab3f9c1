//! Tokens that are bound to the key of the app that asks for them.
//! <https://www.rfc-editor.org/rfc/rfc9449#section-5>

use super::client_authentication::Client;
use super::refusal::{Failure, Refused};
use crate::auth::{Unproven, is_thumbprint, of_token_request, proof_nonce};
use crate::error::Error;
use crate::exchange::Exchange;
use crate::message::Answer;

/// The thumbprint of the key that a client's request for tokens proves to have; empty where it
/// proves none and need not.
pub(super) async fn key(exchange: &Exchange, client: &Client) -> Result<String, Failure> {
    let id = client.id.as_deref().unwrap_or_default();
    let registered = exchange.server.config.smart_proxy.client(id);
    let refuse = |error, words: String| Err(Refused(error, words).into());
    match of_token_request(exchange).await? {
        Ok(proof) => Ok(proof.key),
        Err(Unproven::Missing) if registered.is_some_and(|client| client.binds_tokens) => {
            let words = "The client is registered for tokens that are bound to a key: the request \
                must have a DPoP proof.";
            refuse("invalid_dpop_proof", words.into())
        }
        Err(Unproven::Missing) => Ok(String::new()),
        Err(Unproven::Invalid(reason)) => {
            let words = format!("The DPoP proof is not accepted: {reason}.");
            refuse("invalid_dpop_proof", words)
        }
        Err(Unproven::NonceNeeded) => {
            let words = "The DPoP proof must be made with the nonce of the header DPoP-Nonce.";
            refuse("use_dpop_nonce", words.into())
        }
    }
}

/// Checks that a code or refresh token which is bound to the key `bound` came with its proof.
pub(super) fn check_same(bound: &str, proved: &str) -> Result<(), Refused> {
    match (bound, proved) {
        ("", _) => Ok(()),
        (_, "") => {
            let words = "It is bound to a key: the request must have a DPoP proof.";
            Err(Refused("invalid_dpop_proof", words.into()))
        }
        (bound, proved) if bound == proved => Ok(()),
        _ => {
            let words = "It is bound to another key than the one of the DPoP proof.";
            Err(Refused("invalid_grant", words.into()))
        }
    }
}

/// Adds the nonce for the next proof, where the request had one.
pub(super) async fn with_nonce(exchange: &Exchange, answer: Answer) -> Result<Answer, Error> {
    if exchange.request.header("dpop").is_none() {
        return Ok(answer);
    }
    Ok(answer.with("dpop-nonce", proof_nonce(exchange).await?))
}

/// The key that an app wants its code bound to.
///
/// # Errors
/// What is wrong with it, as a sentence.
pub(super) fn of_request(stated: Option<&str>) -> Result<String, &'static str> {
    match stated {
        None => Ok(String::new()),
        Some(key) if is_thumbprint(key) => Ok(key.to_owned()),
        Some(_) => Err("The dpop_jkt must be a JWK thumbprint: 43 characters of base64url."),
    }
}
