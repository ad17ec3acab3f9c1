//! What the ledger remembers of apps' authorizations, as the worker asks for it.

use super::partition::Partition;
use crate::error::Error;
use js_sys::Array;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// How an authorization stands: what a person granted to an app, from the first refresh token on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Authorization {
    /// Which of its refresh tokens is the newest; the first is 0.
    pub(crate) generation: i64,
    pub(crate) is_revoked: bool,
}

/// That a refresh token was used, and what the ledger needs to take that back.
#[derive(Clone, Debug)]
pub(crate) struct Advance {
    authorization: String,
    generation: i64,
    /// Empty for a repeated use.
    answer: Array,
}

/// What is known of an access token.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct AccessToken {
    pub(crate) is_revoked: bool,
    /// What was issued before, in milliseconds since 1970, is refused: the person signed out or
    /// was switched off.
    pub(crate) not_before: Option<i64>,
    /// What the proxy issued it with; `None` when the proxy did not issue it.
    pub(crate) grant: Option<IssuedGrant>,
}

/// What the proxy issued an access token with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct IssuedGrant {
    /// The launch context, as JSON.
    pub(crate) launch: String,
    /// The scopes that the app was granted, as it names them.
    pub(crate) scope: String,
    pub(crate) authorization: String,
    pub(crate) client_id: String,
    /// The thumbprint of the key that the token is bound to; empty for a bearer token.
    pub(crate) key: String,
}

/// Tokens that were issued to an app.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Issued<'a> {
    /// The authorization; empty for none.
    pub(crate) authorization: &'a str,
    /// Which of its refresh tokens is issued, where one is.
    pub(crate) generation: Option<i64>,
    /// When the authorization ends if it is not used, in milliseconds since 1970.
    pub(crate) authorization_expires: i64,
    /// The id of the access token: not the token itself.
    pub(crate) access_token: &'a str,
    /// The launch context, as JSON.
    pub(crate) launch: &'a str,
    /// When the access token ends, in milliseconds since 1970.
    pub(crate) expires: i64,
    /// The scopes that the app was granted, as it names them.
    pub(crate) scope: &'a str,
    pub(crate) client_id: &'a str,
    /// The thumbprint of the key that the access token is bound to; empty for a bearer token.
    pub(crate) key: &'a str,
}

impl Partition {
    /// Writes down that tokens were issued.
    pub(crate) async fn issue(&self, issued: Issued<'_>) -> Result<(), Error> {
        let row = Array::of5(
            &issued.authorization.into(),
            &issued.generation.map_or(JsValue::NULL, number),
            &number(issued.authorization_expires),
            &issued.access_token.into(),
            &issued.launch.into(),
        );
        row.push(&number(issued.expires));
        for text in [issued.scope, issued.client_id, issued.key] {
            row.push(&text.into());
        }
        JsFuture::from(self.stub()?.issue(&row)?).await?;
        Ok(())
    }

    /// Uses up a refresh token, which may be used once more for `grace` milliseconds; `None` when
    /// it may not be. See the ledger.
    pub(crate) async fn advance(
        &self,
        (id, generation): (&str, i64),
        grace: i64,
        expires: i64,
    ) -> Result<Option<Advance>, Error> {
        let [number, grace, expires] = [generation, grace, expires].map(|n| n as f64);
        let advanced = self.stub()?.advance(id, number, grace, expires)?;
        let answer = JsFuture::from(advanced).await?;
        Ok(row(&answer).map(|answer| Advance {
            authorization: id.to_owned(),
            generation,
            answer,
        }))
    }

    /// Takes an advance back, because nothing came of it. A repeated use has nothing to take back.
    pub(crate) async fn retreat(&self, advance: &Advance) -> Result<(), Error> {
        if advance.answer.length() == 0 {
            return Ok(());
        }
        let (id, generation) = (&advance.authorization, advance.generation as f64);
        JsFuture::from(self.stub()?.retreat(id, generation, &advance.answer)?).await?;
        Ok(())
    }

    /// How an authorization stands; `None` when it has ended or never was.
    pub(crate) async fn authorization(&self, id: &str) -> Result<Option<Authorization>, Error> {
        let found = JsFuture::from(self.stub()?.authorization(id)?).await?;
        Ok(row(&found).map(|row| Authorization {
            generation: integer(&row, 0),
            is_revoked: integer(&row, 1) != 0,
        }))
    }

    /// What is known of an access token, and of the person (or service) that it names and the
    /// provider's session that it is of; empty where it names none.
    pub(crate) async fn access_token(
        &self,
        id: &str,
        person: &str,
        session: &str,
    ) -> Result<AccessToken, Error> {
        let found = JsFuture::from(self.stub()?.access_token(id, person, session)?).await?;
        let Some(row) = row(&found) else {
            return Ok(AccessToken::default());
        };
        let text = |at| row.get(at).as_string();
        let grant = text(4).filter(|authorization| !authorization.is_empty());
        Ok(AccessToken {
            is_revoked: integer(&row, 1) != 0,
            not_before: row.get(0).as_f64().map(|since| since as i64),
            grant: grant.map(|authorization| IssuedGrant {
                launch: text(2).unwrap_or_default(),
                scope: text(3).unwrap_or_default(),
                authorization,
                client_id: text(5).unwrap_or_default(),
                key: text(6).unwrap_or_default(),
            }),
        })
    }

    /// Refuses what was issued to a person or in a session before `since`, and remembers that until
    /// `expires` (both in milliseconds since 1970).
    pub(crate) async fn sign_out(&self, name: &str, since: i64, expires: i64) -> Result<(), Error> {
        let signed_out = self.stub()?.sign_out(name, since as f64, expires as f64)?;
        JsFuture::from(signed_out).await?;
        Ok(())
    }

    /// Ends an authorization; its last token would end at `expires` (milliseconds since 1970).
    pub(crate) async fn revoke_authorization(&self, id: &str, expires: i64) -> Result<(), Error> {
        JsFuture::from(self.stub()?.revoke_authorization(id, expires as f64)?).await?;
        Ok(())
    }

    /// Ends an access token, which would end by itself at `expires` (milliseconds since 1970).
    pub(crate) async fn revoke_access_token(&self, id: &str, expires: i64) -> Result<(), Error> {
        JsFuture::from(self.stub()?.revoke_access_token(id, expires as f64)?).await?;
        Ok(())
    }
}

fn row(found: &JsValue) -> Option<Array> {
    found.dyn_ref::<Array>().cloned()
}

fn number(value: i64) -> JsValue {
    JsValue::from(value as f64)
}

fn integer(row: &Array, at: u32) -> i64 {
    row.get(at).as_f64().unwrap_or_default() as i64
}
