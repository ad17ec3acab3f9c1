//! One request and what belongs to it, from arrival to answer.

use super::{Answer, caching, cors, dpop, negotiation};
use crate::auth::{
    self, Admitted, Caller, Identity, Launched, Principal, ServiceToken, Verifier, authenticate,
    authenticate_service, presented_token,
};
use crate::binding;
use crate::config::{Authority, Config};
use crate::error::Error;
use crate::proxy::{PATH, Purpose};
use crate::rate;
use crate::seal::{nonce, open, seal};
use crate::server::Server;
use crate::store::{AccessToken, Consistency, secret};
use fhir::outcome::{Issue, IssueType};
use fhir::search::Handling;
use smart::launch_context;
use std::net::Ipv6Addr;
use std::ops::Deref;
use std::rc::Rc;
use worker::Env;

/// Two years of https only. <https://www.rfc-editor.org/rfc/rfc6797>
const HSTS: &str = "max-age=63072000";

/// A request being answered.
pub(crate) struct Exchange {
    pub(crate) server: Server,
    /// The address without the base: path segments, percent-decoded.
    pub(crate) segments: Vec<String>,
    /// The decoded pairs of the query string.
    pub(crate) query: Vec<(String, String)>,
    pub(crate) method: String,
    pub(crate) request_id: String,
    headers: Vec<(String, String)>,
}

impl Deref for Exchange {
    type Target = Server;

    fn deref(&self) -> &Server {
        &self.server
    }
}

impl Exchange {
    pub(super) fn new(
        config: Rc<Config>,
        env: Env,
        request: &web_sys::Request,
        request_id: String,
        now: i64,
    ) -> Self {
        let head = binding::request_head(request).to_vec();
        let head = String::from_utf8(head).unwrap_or_default();
        let mut lines = head.split('\n').map(ToOwned::to_owned);
        let method = lines.next().unwrap_or_default();
        let url = lines.next().unwrap_or_default();
        let headers = std::iter::from_fn(|| Some((lines.next()?, lines.next()?))).collect();
        let (origin, rest) = split_origin(&url);
        let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
        let path = path.split_once('#').map_or(path, |(path, _)| path);
        let decode = |segment: &str| {
            percent_encoding::percent_decode_str(segment)
                .decode_utf8_lossy()
                .into_owned()
        };
        let base_url = config.base_url.clone();
        let base_url = base_url.unwrap_or_else(|| origin.to_owned());
        Self {
            segments: path
                .split('/')
                .filter(|s| !s.is_empty())
                .map(decode)
                .collect(),
            query: form_urlencoded::parse(query.as_bytes())
                .into_owned()
                .collect(),
            server: Server::new(config, env, base_url, now),
            method,
            request_id,
            headers,
        }
    }

    /// A request header by its name in lower case; one that stands several times is joined.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        headers
            .find(|(other, _)| other == name)
            .map(|(_, value)| value.as_str())
    }

    /// Where the request comes from: the address, of IPv6 the network that one customer has.
    pub(crate) fn address(&self) -> String {
        let address = self.header("cf-connecting-ip").unwrap_or("local");
        match address.parse::<Ipv6Addr>() {
            Ok(address) => {
                let [a, b, c, d, ..] = address.segments();
                Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).to_string()
            }
            Err(_) => address.to_owned(),
        }
    }

    /// The identity provider that people sign in at.
    pub(crate) fn authority(&self) -> Result<&Authority, Error> {
        let authority = self.config.security.primary();
        authority.ok_or_else(|| Error::Bug("AUTHORITY is not set".into()))
    }

    /// Seals what will pass through the browser.
    pub(crate) async fn seal(
        &self,
        purpose: Purpose,
        value: &impl serde::Serialize,
    ) -> Result<String, Error> {
        let key = secret(self.partition()?, "smart-proxy").await?;
        let sealed = seal(&key, purpose.name(), nonce(), value);
        sealed.ok_or_else(|| Error::Bug("a value could not be sealed".into()))
    }

    /// Opens what was sealed; `None` when it was not.
    pub(crate) async fn unseal<T: serde::de::DeserializeOwned>(
        &self,
        purpose: Purpose,
        text: &str,
    ) -> Result<Option<T>, Error> {
        let key = secret(self.partition()?, "smart-proxy").await?;
        Ok(open(&key, purpose.name(), text))
    }

    /// Marks an id as used; `false` when it was used before.
    pub(crate) async fn spend(&self, id: &str, expires: i64) -> Result<bool, Error> {
        self.authorizations()?.spend(id, expires).await
    }

    /// What tokens are checked against.
    pub(crate) fn verifier(&self) -> Verifier<'_> {
        Verifier {
            security: &self.config.security,
            base_url: &self.base_url,
            now: self.now,
        }
    }

    /// The caller; 401 when there is no valid token.
    pub(crate) async fn authenticate(&self) -> Result<Rc<Principal>, Error> {
        let (scheme, token) = presented_token(self.header("authorization"))?;
        let Admitted { principal, key } = self.admitted(token).await?;
        dpop::check_binding(self, (scheme, token), &key).await?;
        Ok(principal)
    }

    /// The caller that a token names, however it was sent.
    async fn admitted(&self, token: &str) -> Result<Admitted, Error> {
        if let Some(known) = auth::known(&self.verifier(), token).await? {
            if known.principal.may_be_revoked(self.now) {
                self.issued_token(known.principal.identity()).await?;
                known.principal.is_not_revoked(self.now);
            }
            return Ok(known);
        }
        let address = self.address();
        rate::check_failures(&address, self.now)?;
        let admitted = self.admit(token).await;
        if matches!(admitted, Err(Error::Rejected(_))) {
            self.rates.count_failure(&address, self.now).await;
        }
        admitted
    }

    /// The caller that a token names which was not seen before.
    async fn admit(&self, token: &str) -> Result<Admitted, Error> {
        let caller = self.verify(token).await?;
        let issued = self.issued_token(caller.identity()).await?;
        let key = issued.grant.as_ref().map(|grant| grant.key.clone());
        let launched = issued.grant.map(|grant| Launched {
            patient: launch_context::patient(&grant.launch),
            scope: grant.scope,
        });
        let key = key.unwrap_or_default();
        Ok(caller.admit(&self.verifier(), token, launched.as_ref(), &key))
    }

    /// Checks that it is settled whom tokens must be meant for. The address that a request came to
    /// says so only on the developer's own machine: elsewhere whoever sends the request chooses it.
    pub(crate) fn check_audience_is_settled(&self) -> Result<(), Error> {
        let is_settled =
            self.config.base_url.is_some() || !self.config.security.audiences.is_empty();
        if is_settled || is_loopback(&self.base_url) {
            return Ok(());
        }
        Err(Error::Unconfigured(
            "The server does not know its own address: its operator must set BASE_URL (or \
             AUDIENCE) before it takes tokens.",
        ))
    }

    /// What the store knows of a token; 401 when it was revoked, or issued before its person
    /// signed out or was switched off.
    async fn issued_token(&self, identity: &Identity) -> Result<AccessToken, Error> {
        let Identity {
            token_id,
            person,
            session,
            issued,
            ..
        } = identity;
        let session = session.as_deref().unwrap_or_default();
        let authorizations = self.authorizations()?;
        let known = authorizations
            .access_token(token_id, person, session)
            .await?;
        if known.is_revoked {
            return Err(auth::refuse("the token was revoked"));
        }
        let is_old = |since| issued.is_none_or(|issued| issued < since);
        if known.not_before.is_some_and(is_old) {
            return Err(auth::refuse(
                "the session that the token belongs to has ended; sign in again",
            ));
        }
        Ok(known)
    }

    /// What the store knows of a token; `None` when it is not good any more.
    pub(crate) async fn known_token(
        &self,
        identity: &Identity,
    ) -> Result<Option<AccessToken>, Error> {
        match self.issued_token(identity).await {
            Ok(known) => Ok(Some(known)),
            Err(Error::Rejected(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Whom a token names, if it is right. What is no JWT can only be ours.
    async fn verify(&self, token: &str) -> Result<Caller, Error> {
        if token.contains('.') {
            return authenticate(&self.verifier(), token).await;
        }
        let service: Option<ServiceToken> = self.unseal(Purpose::AccessToken, token).await?;
        let service = service.ok_or_else(|| auth::refuse("the token is no JWT"))?;
        let registered = self.config.smart_proxy.client(&service.client_id);
        let own = registered.and_then(|client| client.service.as_ref());
        let own = own.ok_or_else(|| auth::refuse("the service is not registered any more"))?;
        authenticate_service(&self.verifier(), token, service, &own.roles)
    }

    /// What `Prefer: handling=` asks for.
    pub(crate) fn handling(&self) -> Result<Handling, Error> {
        negotiation::handling(self.header("prefer"))
    }

    /// Whether `Prefer: return=minimal` asks to leave the resource out of the answer.
    pub(crate) fn wants_minimal(&self) -> bool {
        negotiation::wants_minimal(self.header("prefer"))
    }

    /// What `x-ms-consistency-level` asks for.
    pub(crate) fn consistency(&self) -> Result<Consistency, Error> {
        negotiation::consistency(self.header("x-ms-consistency-level"))
    }

    /// Checks that the answer can be in a form that the caller takes.
    pub(crate) fn check_acceptable(&self) -> Result<(), Error> {
        let format = self.query.iter().find(|(name, _)| name == "_format");
        let format = format.map(|(_, value)| value.as_str());
        negotiation::check_acceptable(format, self.header("accept"))
    }

    /// Logs a problem that is ours under the request id, and says what the caller is told of it.
    pub(crate) fn log(&self, problem: &str) -> Issue {
        binding::log_error(&format!("request {}: {problem}", self.request_id));
        let message = "The server failed at this; it is logged under the request id.";
        Issue::error(IssueType::Exception, message)
    }

    /// Whether the address is a step of a person's sign-in, which is never a script's business.
    pub(super) fn is_for_people(&self) -> bool {
        let steps: Vec<&str> = self.segments.iter().map(String::as_str).collect();
        matches!(steps.as_slice(), [PATH, "authorize" | "callback", ..])
    }

    fn is_of_proxy(&self) -> bool {
        self.segments.first().is_some_and(|first| first == PATH)
    }

    /// Adds what every answer carries.
    pub(super) fn finish(&self, mut answer: Answer) -> Answer {
        answer = answer
            .with("x-request-id", &self.request_id)
            .with("x-content-type-options", "nosniff");
        if answer.header("content-security-policy").is_none() {
            answer = answer
                .with("content-security-policy", "frame-src 'self';")
                .with("x-frame-options", "SAMEORIGIN");
        }
        if let Some(id) = self.header("x-request-id") {
            let id: String = id
                .chars()
                .filter(char::is_ascii_graphic)
                .take(128)
                .collect();
            answer = answer.with("x-correlation-id", id);
        }
        if let Some(partition) = self.used_partition() {
            let charge = partition.charge();
            // How many commits there were, and how many rows were read before it was known whose
            // they are, tells a caller who may see only some of the others.
            if !self.is_confined() {
                if charge.sequence > 0 {
                    answer = answer.with("x-ms-session-token", charge.sequence.to_string());
                }
                // One unit for ten rows read or one row written; docs/configuration.md tells users.
                let units = charge.rows_read as f64 / 10.0 + charge.rows_written as f64;
                answer = answer.with("x-ms-request-charge", format!("{units:.1}"));
            }
        }
        if self.base_url.starts_with("https://") {
            answer = answer.with("strict-transport-security", HSTS);
        }
        if self.is_of_proxy() && answer.header("cache-control").is_none() {
            // The address may hold a state or a code, whatever became of it.
            answer = answer
                .with("cache-control", "no-store")
                .with("referrer-policy", "no-referrer");
        }
        answer = caching::keep_from_others(answer);
        if self.is_for_people() {
            return answer;
        }
        cors::add_headers(&self.config.cors, self.header("origin"), &mut answer);
        answer
    }
}

/// Whether an origin is one of this machine.
fn is_loopback(origin: &str) -> bool {
    let host = origin.split("://").nth(1).unwrap_or_default();
    let host = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    matches!(host, "localhost" | "127.0.0.1" | "::1")
}

/// Splits `https://host:port/path` after the port.
fn split_origin(url: &str) -> (&str, &str) {
    let after_scheme = url.find("://").map_or(0, |at| at + 3);
    let path = url
        .get(after_scheme..)
        .and_then(|rest| rest.find(['/', '?', '#']));
    let end = path.map_or(url.len(), |at| after_scheme + at);
    url.split_at_checked(end).unwrap_or((url, ""))
}
