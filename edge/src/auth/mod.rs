//! Who is calling, and what they may do. Authentication yields a [`Principal`], authorisation a
//! [`Grant`](crate::grant::Grant); the store takes nothing without one.

mod authorise;
mod bearer;
mod claims;
mod client_assertion;
mod discovery;
mod dpop;
mod fetch;
mod fetched;
mod key_set;
mod logout_token;
mod narrowing;
mod presented;
mod presented_proof;
mod principal;
mod service_token;
mod session;
mod token_cache;
mod token_kind;

use crate::config::{Authority, Security};
use crate::error::Error;
use crate::jose::{jwk, jwt, signature};
use crate::server::Server;
use claims::Claims;
use serde_json::Value;
use std::rc::Rc;

pub(crate) use authorise::{
    authorise, check_any_action, check_data_action, check_may_follow_reindexing,
    check_may_post_bundles,
};
pub(crate) use bearer::{Scheme, challenge, presented_token, refuse};
pub(crate) use client_assertion::{check_assertion, stated_client};
pub(crate) use discovery::metadata;
pub(crate) use dpop::{Proof, SIGNING_ALGORITHMS, Target, check_proof, is_thumbprint};
pub(crate) use fetch::post_form;
pub(crate) use logout_token::{LogoutToken, SignedOut, check_logout_token};
pub(crate) use narrowing::Launched;
pub(crate) use presented::{authenticate, check_audience_is_settled, known_token};
pub(crate) use presented_proof::{
    Unproven, challenge as proof_challenge, nonce as proof_nonce, of_token_request,
};
pub(crate) use principal::{Identity, Principal, token_id};
pub(crate) use service_token::ServiceToken;
pub(crate) use session::{check_may_end_sessions, ending};

/// What a token is checked against.
pub(crate) struct Verifier<'a> {
    /// The operator's rules.
    pub(crate) security: &'a Security,
    /// Our base URL: the audience when none is configured.
    pub(crate) base_url: &'a str,
    /// What an absolute reference to this server begins with; empty when that is not known.
    pub(crate) own_base: &'a str,
    /// The time, in milliseconds since 1970.
    pub(crate) now: i64,
}

impl<'a> Verifier<'a> {
    /// The rules of this server at the time of a request.
    pub(crate) fn of(server: &'a Server) -> Self {
        Self {
            security: &server.config.security,
            base_url: &server.base_url,
            own_base: server.own_base(),
            now: server.now,
        }
    }

    /// Whether a token meant for `audience` is meant for us.
    pub(crate) fn is_audience(&self, audience: &str) -> bool {
        let configured = &self.security.audiences;
        if configured.is_empty() {
            return audience == self.base_url;
        }
        configured.iter().any(|own| own == audience)
    }
}

/// A configured authority that says it is the token's issuer.
struct TrustedIssuer<'a> {
    authority: &'a Authority,
    issuer: String,
    jwks_uri: String,
}

/// The configured authority that says it is the token's issuer. The token only chooses among those
/// that the operator trusts; it never leads anywhere else. The inner error says why there is none.
async fn trusted_issuer<'a>(
    verifier: &Verifier<'a>,
    token: &jwt::Unverified<'_>,
) -> Result<Result<TrustedIssuer<'a>, String>, Error> {
    let stated = token.claims.get("iss").and_then(Value::as_str);
    let mut trusted = Vec::new();
    let mut outage = None;
    for authority in &verifier.security.authorities {
        match discovery::metadata(authority, verifier.now).await {
            Ok(metadata) if stated == Some(metadata.issuer.as_str()) => {
                return Ok(Ok(TrustedIssuer {
                    authority,
                    issuer: metadata.issuer,
                    jwks_uri: metadata.jwks_uri,
                }));
            }
            Ok(metadata) => trusted.push(metadata.issuer),
            Err(error) => outage = Some(error),
        }
    }
    match outage {
        // The issuer may be one that cannot be asked now: that is not the caller's fault.
        Some(error) => Err(error),
        None if trusted.is_empty() => {
            let reason = "this server trusts no identity provider; set AUTHORITY";
            Ok(Err(reason.into()))
        }
        None => {
            let trusted = trusted.join(" or ");
            Ok(Err(format!(
                "the token is not from an issuer that this server trusts, {trusted}"
            )))
        }
    }
}

/// An identity provider's token whose signature and claims were found right.
struct Verified {
    /// All claims that count, as they are.
    all: Value,
    claims: Claims,
    signer: Signer,
}

/// A published key that verified a signature.
struct Signer {
    jwks_uri: String,
    key: jwk::Jwk,
}

async fn verify(verifier: &Verifier<'_>, token: &str) -> Result<Verified, Error> {
    let unverified = jwt::parse(token).map_err(|reason| refuse(&reason))?;
    token_kind::check_access_token(&unverified).map_err(|reason| refuse(&reason))?;
    let trusted = trusted_issuer(verifier, &unverified).await?;
    let trusted = trusted.map_err(|reason| refuse(&reason))?;
    let key = key_set::published_key(&trusted.jwks_uri, &unverified, verifier.now).await?;
    let key = key.ok_or_else(|| {
        refuse("the token is signed with a key that the identity provider does not publish")
    })?;
    if !signature::verify(&key, &unverified).await? {
        return Err(refuse("the signature of the token is wrong"));
    }
    let of = (trusted.authority, trusted.issuer.as_str());
    let claims =
        claims::check(&unverified.claims, of, verifier).map_err(|reason| refuse(&reason))?;
    let mut all = unverified.claims;
    if let Some(members) = all.as_object_mut()
        && !trusted.authority.names_fhir_users
    {
        members.shift_remove("fhirUser");
    }
    let jwks_uri = trusted.jwks_uri;
    Ok(Verified {
        all,
        claims,
        signer: Signer { jwks_uri, key },
    })
}

/// A caller whose token was found right, now or before.
#[derive(Clone)]
pub(crate) struct Admitted {
    pub(crate) principal: Rc<Principal>,
    /// The thumbprint of the key that the token is bound to; empty for a bearer token.
    pub(crate) key: Rc<str>,
}

/// Who sent `token` before, if it has not ended and its key is still published.
///
/// # Errors
/// When the identity provider has not been reached for too long.
pub(crate) async fn known(verifier: &Verifier<'_>, token: &str) -> Result<Option<Admitted>, Error> {
    let Some(known) = token_cache::get(verifier.base_url, token, verifier.now) else {
        return Ok(None);
    };
    if let Some(Signer { jwks_uri, key }) = known.signer.as_deref()
        && !key_set::is_published(jwks_uri, key, verifier.now).await?
    {
        token_cache::remove(token);
        return Ok(None);
    }
    Ok(Some(Admitted {
        principal: known.principal,
        key: known.key,
    }))
}

/// A caller whose token is right. What the store knows of the token is still to be asked.
pub(crate) struct Caller {
    identity: Identity,
    /// Whose signature the token has, where it has one.
    signer: Option<Rc<Signer>>,
    kind: CallerKind,
}

enum CallerKind {
    /// With a token of an identity provider.
    OfProvider(Claims),
    /// A backend service with a token of ours, and the roles that the operator gave it.
    Service(ServiceToken, Vec<String>),
}

impl Caller {
    /// Whose the token is.
    pub(crate) fn identity(&self) -> &Identity {
        &self.identity
    }

    /// The principal, once the store has said that the token is not revoked and what it was issued
    /// with: for which launch, and bound to which key. It is remembered until the token ends.
    pub(crate) fn admit(
        self,
        verifier: &Verifier<'_>,
        token: &str,
        launched: Option<&Launched>,
        key: &str,
    ) -> Admitted {
        let against = (&verifier.security.roles, verifier.own_base);
        let now = verifier.now;
        let (principal, expires) = match &self.kind {
            CallerKind::OfProvider(claims) => (
                Principal::new(claims, self.identity, against, launched, now),
                claims.expires,
            ),
            CallerKind::Service(service, roles) => (
                Principal::of_service(service, self.identity, roles, against, now),
                service.expires,
            ),
        };
        let principal = Rc::new(principal);
        let key: Rc<str> = match &self.kind {
            CallerKind::OfProvider(_) => key.into(),
            CallerKind::Service(service, _) => service.key.as_str().into(),
        };
        let verified = token_cache::Verified {
            principal: Rc::clone(&principal),
            signer: self.signer,
            key: Rc::clone(&key),
            base_url: verifier.base_url.to_owned(),
            expires,
        };
        token_cache::put(token, verified, now);
        Admitted { principal, key }
    }

    /// The principal with all that the role of the person permits, whatever the app was granted:
    /// for what this server reads before it vouches for it. It is not remembered.
    pub(crate) fn with_whole_role(self, verifier: &Verifier<'_>) -> Principal {
        let against = (&verifier.security.roles, verifier.own_base);
        let now = verifier.now;
        match self.kind {
            CallerKind::OfProvider(claims) => {
                let scopes = String::new();
                let claims = Claims { scopes, ..claims };
                Principal::new(&claims, self.identity, against, None, now)
            }
            CallerKind::Service(service, roles) => {
                Principal::of_service(&service, self.identity, &roles, against, now)
            }
        }
    }
}

/// The caller that an identity provider's token names.
///
/// # Errors
/// 401 with the reason when it is not valid; 503 when the identity provider cannot be reached and
/// its keys are not known yet.
pub(crate) async fn authenticate_person(
    verifier: &Verifier<'_>,
    token: &str,
) -> Result<Caller, Error> {
    let Verified { claims, signer, .. } = verify(verifier, token).await?;
    Ok(Caller {
        signer: Some(Rc::new(signer)),
        identity: identity(&claims, token),
        kind: CallerKind::OfProvider(claims),
    })
}

fn identity(claims: &Claims, token: &str) -> Identity {
    let session = claims.session.as_deref();
    Identity {
        session: session.map(|id| session::session(&claims.issuer, id)),
        ..Identity::new(&claims.issuer, &claims.object_id, token, claims.issued)
    }
}

/// The caller that a token of ours names.
///
/// # Errors
/// 401 when the token has expired.
pub(crate) fn authenticate_service(
    verifier: &Verifier<'_>,
    token: &str,
    service: ServiceToken,
    roles: &[String],
) -> Result<Caller, Error> {
    if service.expires <= verifier.now / 1000 {
        return Err(refuse("the token has expired"));
    }
    Ok(Caller {
        signer: None,
        identity: identity_of_service(verifier, token, &service),
        kind: CallerKind::Service(service, roles.to_vec()),
    })
}

/// Whose a token of ours is.
pub(crate) fn identity_of_service(
    verifier: &Verifier<'_>,
    token: &str,
    service: &ServiceToken,
) -> Identity {
    let (issuer, issued) = (verifier.base_url, Some(service.issued));
    Identity::new(issuer, &service.client_id, token, issued)
}

/// What a token of an identity provider says, for those who ask about it.
pub(crate) struct Inspected {
    /// Whose the token is.
    pub(crate) identity: Identity,
    /// All claims, as they are.
    pub(crate) claims: Value,
    /// The scopes, separated by spaces.
    pub(crate) scopes: String,
    /// From when on it is refused, in seconds since 1970.
    pub(crate) ends: i64,
}

/// Looks into an identity provider's token that this server takes; `None` for any other.
///
/// # Errors
/// When the identity provider cannot be reached and its keys are not known yet.
pub(crate) async fn inspect(
    verifier: &Verifier<'_>,
    token: &str,
) -> Result<Option<Inspected>, Error> {
    match verify(verifier, token).await {
        Ok(Verified { all, claims, .. }) => Ok(Some(Inspected {
            identity: identity(&claims, token),
            claims: all,
            scopes: claims.scopes,
            ends: claims.expires.saturating_add(claims::SKEW),
        })),
        Err(Error::Rejected(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// What a token says that its issuer handed to us directly, so that nobody can have changed it.
/// <https://openid.net/specs/openid-connect-core-1_0.html#IDTokenValidation>
pub(crate) struct Stated {
    /// Whom it is of, by the same claim as a caller is known by.
    pub(crate) object_id: Option<String>,
    /// The client, where the token is a service's own.
    pub(crate) service: Option<String>,
    /// The same as the store knows it.
    pub(crate) person: Option<String>,
    /// The provider's session as the store knows it.
    pub(crate) session: Option<String>,
    /// When it was issued, in seconds since 1970.
    pub(crate) issued: Option<i64>,
    /// From when on it is refused, in seconds since 1970.
    pub(crate) ends: Option<i64>,
}

/// Reads such a token; nothing is known of one that is no JWT.
pub(crate) fn stated(token: &str) -> Stated {
    let claims = jwt::parse(token)
        .map(|token| token.claims)
        .unwrap_or_default();
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    let time = |name: &str| claims::time(&claims, name).ok().flatten();
    let (issuer, ends) = (text("iss"), time("exp"));
    let object_id = text("oid").or_else(|| text("sub"));
    Stated {
        service: claims::service(&claims),
        object_id: object_id.map(ToOwned::to_owned),
        person: issuer
            .zip(object_id)
            .map(|(of, id)| session::person(of, id)),
        session: issuer
            .zip(text("sid"))
            .map(|(of, id)| session::session(of, id)),
        issued: time("iat"),
        ends: ends.map(|ends| ends.saturating_add(claims::SKEW)),
    }
}
