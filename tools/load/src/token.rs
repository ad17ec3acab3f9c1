//! The access token: given, or by client credentials (<https://www.rfc-editor.org/rfc/rfc6749#section-4.4>)
//! at the authority that the server names, renewed when the server no longer takes it.

use std::sync::{Mutex, PoisonError};

use serde_json::Value;

use crate::arguments::SignIn;
use crate::failure::{Failure, Result};
use crate::http::{self, Request};
use crate::patience::Patience;

/// The client of the development identity provider that may write; see docs/configuration.md.
const DEVELOPMENT_CLIENT: (&str, &str) = ("svc-client", "dev-secret-2");

/// What goes into the Authorization header.
pub(crate) struct Bearer {
    renewal: Option<Client>,
    token: Mutex<Option<String>>,
}

struct Client {
    endpoint: String,
    id: String,
    secret: String,
    scope: String,
}

impl Bearer {
    /// Signs in. `authority` is the identity provider, none when neither the server nor the person
    /// names one; `audience` is the FHIR base URL that tokens are for.
    pub(crate) fn sign_in(
        sign_in: &SignIn,
        authority: Option<&str>,
        audience: &str,
    ) -> Result<Self> {
        let (id, secret) = match (sign_in, authority) {
            (SignIn::Token(token), _) => return Ok(Self::fixed(Some(token.clone()))),
            // A server that names no authority may well be open; if not, it will say so.
            (SignIn::Development, None) => return Ok(Self::fixed(None)),
            (SignIn::Client { .. }, None) => {
                return Err(Failure::new(
                    "the server does not name its identity provider: give it with --idp AUTHORITY",
                ));
            }
            (SignIn::Client { id, secret }, Some(_)) => (id.as_str(), secret.as_str()),
            (SignIn::Development, Some(_)) => DEVELOPMENT_CLIENT,
        };
        let client = Client {
            endpoint: token_endpoint(authority.unwrap_or_default())?,
            id: id.to_owned(),
            secret: secret.to_owned(),
            scope: format!("{audience}/.default"),
        };
        let token = client.token()?;
        Ok(Self {
            renewal: Some(client),
            token: Mutex::new(Some(token)),
        })
    }

    fn fixed(token: Option<String>) -> Self {
        Self {
            renewal: None,
            token: Mutex::new(token),
        }
    }

    /// The token of now.
    pub(crate) fn token(&self) -> Option<String> {
        self.token
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Gets a new token in place of one that was refused; false when there is no way to.
    pub(crate) fn renew(&self, refused: Option<&str>) -> Result<bool> {
        let Some(client) = &self.renewal else {
            return Ok(false);
        };
        let mut token = self.token.lock().unwrap_or_else(PoisonError::into_inner);
        // Another thread may have renewed it while this one waited for the lock.
        if token.as_deref() == refused {
            *token = Some(client.token()?);
        }
        Ok(true)
    }
}

impl Client {
    fn token(&self) -> Result<String> {
        let form = form_urlencoded::Serializer::new(String::new())
            .append_pair("grant_type", "client_credentials")
            .append_pair("client_id", &self.id)
            .append_pair("client_secret", &self.secret)
            .append_pair("scope", &self.scope)
            .finish();
        let request = Request {
            method: "POST",
            url: &self.endpoint,
            headers: &[
                ("content-type", "application/x-www-form-urlencoded"),
                ("accept", "application/json"),
            ],
            body: form.as_bytes(),
        };
        let answer = http::exchange(&http::agent(&self.endpoint), &request, Patience::short())?;
        let body: Value = serde_json::from_str(&answer.body).unwrap_or_default();
        let text = |name: &str| body.get(name).and_then(Value::as_str);
        text("access_token").map(str::to_owned).ok_or_else(|| {
            let reason = text("error_description")
                .or_else(|| text("error"))
                .unwrap_or("no explanation");
            Failure::new(format!(
                "{} did not let {} sign in ({}): {reason}",
                self.endpoint, self.id, answer.status
            ))
        })
    }
}

/// Asks the authority where tokens are given:
/// <https://openid.net/specs/openid-connect-discovery-1_0.html>.
fn token_endpoint(authority: &str) -> Result<String> {
    let url = format!(
        "{}/.well-known/openid-configuration",
        authority.trim_end_matches('/')
    );
    let request = Request {
        method: "GET",
        url: &url,
        headers: &[("accept", "application/json")],
        body: &[],
    };
    let answer = http::exchange(&http::agent(&url), &request, Patience::short())?;
    let document: Value = serde_json::from_str(&answer.body).unwrap_or_default();
    document
        .get("token_endpoint")
        .and_then(Value::as_str)
        .map(str::to_owned)
        .ok_or_else(|| {
            Failure::new(format!(
                "{url} ({}) names no token_endpoint: check --idp",
                answer.status
            ))
        })
}
