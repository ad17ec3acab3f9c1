//! DPoP proofs of requests: what they must prove, that each is used once, and the nonces that they
//! are made fresh by. <https://www.rfc-editor.org/rfc/rfc9449>

use super::{Proof, SIGNING_ALGORITHMS, Scheme, Target, check_proof};
use crate::error::{Error, Reason};
use crate::exchange::Exchange;
use crate::seal::Purpose;
use fhir::outcome::IssueType;
use std::cell::RefCell;
use std::collections::HashMap;

/// How long a nonce is good for, in milliseconds.
const NONCE: i64 = 5 * 60 * 1000;
/// How far the clocks of instances may be apart, in milliseconds.
const SKEW: i64 = 10 * 1000;
/// How many used proofs an instance remembers.
const MAX_USED: usize = 16 * 1024;

thread_local! {
    /// Until when used proofs could be sent again.
    static USED: RefCell<HashMap<String, i64>> = RefCell::default();
}

/// What is wrong with the proof of a request.
pub(crate) enum Unproven {
    /// There is none.
    Missing,
    /// It is not right, for a reason whose words end a sentence.
    Invalid(String),
    /// It must be made again, with a nonce of this server.
    NonceNeeded,
}

/// A nonce for the next proof: the time, sealed.
pub(crate) async fn nonce(exchange: &Exchange) -> Result<String, Error> {
    exchange
        .server
        .seal(Purpose::ProofNonce, &exchange.server.now)
        .await
}

/// Checks the proof of a request for tokens. It must be made with a nonce of this server, so that
/// nobody can make proofs for later.
pub(crate) async fn of_token_request(
    exchange: &Exchange,
) -> Result<Result<Proof, Unproven>, Error> {
    let proof = match read(exchange, None).await? {
        Ok(proof) => proof,
        Err(problem) => return Ok(Err(problem)),
    };
    let made: Option<i64> = match &proof.nonce {
        Some(nonce) => exchange.server.unseal(Purpose::ProofNonce, nonce).await?,
        None => None,
    };
    if !made.is_some_and(|made| (-SKEW..NONCE).contains(&(exchange.server.now - made))) {
        return Ok(Err(Unproven::NonceNeeded));
    }
    if !use_up(exchange, &proof).await? {
        return Ok(Err(Unproven::Invalid("it was used before (`jti`)".into())));
    }
    Ok(Ok(proof))
}

/// Checks that a token came as it must: bound to a key with the proof of that key, any other as a
/// Bearer token. `key` is the thumbprint, empty for a token that is not bound.
///
/// # Errors
/// 401 with what is wrong.
pub(super) async fn check_binding(
    exchange: &Exchange,
    (scheme, token): (Scheme, &str),
    key: &str,
) -> Result<(), Error> {
    match (scheme, key) {
        (Scheme::Bearer, "") => return Ok(()),
        (Scheme::Bearer, _) => {
            let reason = "the token is bound to a key: send it with the scheme DPoP and a proof";
            return Err(refuse("invalid_token", reason));
        }
        (Scheme::Dpop, "") => {
            let reason = "the token is not bound to a key: send it with the scheme Bearer";
            return Err(refuse("invalid_token", reason));
        }
        (Scheme::Dpop, _) => {}
    }
    let not_accepted = |reason: &str| {
        let reason = format!("the DPoP proof is not accepted: {reason}");
        refuse("invalid_dpop_proof", &reason)
    };
    let proof = match read(exchange, Some(token)).await? {
        Ok(proof) => proof,
        Err(Unproven::Invalid(reason)) => return Err(not_accepted(&reason)),
        Err(_) => return Err(not_accepted("the request has no DPoP header")),
    };
    if proof.key != key {
        return Err(not_accepted("it is of another key than the token's"));
    }
    if !use_up(exchange, &proof).await? {
        return Err(not_accepted("it was used before (`jti`)"));
    }
    Ok(())
}

/// The `WWW-Authenticate` of a refusal. <https://www.rfc-editor.org/rfc/rfc9449#section-7.1>
pub(crate) fn challenge(error: &str, reason: &str) -> String {
    let reason: String = reason
        .chars()
        .filter(|c| c.is_ascii() && !c.is_ascii_control() && !matches!(c, '"' | '\\'))
        .collect();
    let algorithms = SIGNING_ALGORITHMS.join(" ");
    format!("DPoP error=\"{error}\", error_description=\"{reason}\", algs=\"{algorithms}\"")
}

async fn read(
    exchange: &Exchange,
    access_token: Option<&str>,
) -> Result<Result<Proof, Unproven>, Error> {
    let Some(proof) = exchange.request.header("dpop") else {
        return Ok(Err(Unproven::Missing));
    };
    let target = Target {
        method: &exchange.request.method,
        base_url: &exchange.server.base_url,
        segments: &exchange.request.segments,
        access_token,
        now: exchange.server.now,
    };
    let checked = check_proof(proof, &target).await?;
    Ok(checked.map_err(Unproven::Invalid))
}

/// Marks a proof as used; `false` when it was before. What only reads is remembered by the
/// instance; what changes something, everywhere.
async fn use_up(exchange: &Exchange, proof: &Proof) -> Result<bool, Error> {
    let Proof {
        key, id, expires, ..
    } = proof;
    let name = format!("dpop {key} {id}");
    let is_new = USED.with_borrow_mut(|used| {
        if used.len() >= MAX_USED {
            used.retain(|_, expires| exchange.server.now < *expires);
        }
        if used.len() >= MAX_USED {
            used.clear();
        }
        used.insert(name.clone(), *expires).is_none()
    });
    if !is_new || matches!(exchange.request.method.as_str(), "GET" | "HEAD") {
        return Ok(is_new);
    }
    exchange.server.spend(&name, *expires).await
}

fn refuse(error: &'static str, reason: &str) -> Error {
    let message = format!("Authentication failed: {reason}.");
    Error::rejected(Reason::Unproven(error), IssueType::Login, message)
}
