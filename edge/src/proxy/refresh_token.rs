//! Refresh tokens of ours: the provider's, sealed with the launch that it belongs to, so that a
//! refresh tells the launch again and an authorization can be ended here.
//! <https://www.rfc-editor.org/rfc/rfc9700#section-4.14.2>

use crate::auth::Stated;
use crate::error::Error;
use crate::exchange::Exchange;
use crate::seal::Purpose;
use crate::store::Advance;
use futures_util::future::try_join;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// How long a refresh token that is not used can be: longer than the 90 days of most providers.
pub(super) const LIFETIME: i64 = 100 * 24 * 60 * 60 * 1000;
/// An answer can get lost: for so long the token before the newest is taken once more.
const GRACE: i64 = 60 * 1000;

/// What a refresh token holds.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct RefreshToken {
    /// The provider's.
    #[serde(rename = "t")]
    pub(super) token: String,
    #[serde(rename = "l")]
    pub(super) launch: Map<String, Value>,
    /// Whether what the launch names was read as the person; a token of before that was done says
    /// nothing.
    #[serde(rename = "v", default)]
    pub(super) is_vouched: bool,
    /// What the app asked for.
    #[serde(rename = "z")]
    pub(super) scope: String,
    #[serde(rename = "c")]
    pub(super) client_id: String,
    /// The authorization that it belongs to.
    #[serde(rename = "a")]
    pub(super) authorization: String,
    /// Which of that authorization's tokens it is, from 0.
    #[serde(rename = "g")]
    pub(super) generation: i64,
    /// Whether it was given to a client that cannot prove that it is itself.
    #[serde(rename = "p")]
    pub(super) is_public: bool,
    /// When it ends, in milliseconds since 1970.
    #[serde(rename = "x")]
    pub(super) expires: i64,
    /// The thumbprint of the key that it is bound to; empty for none.
    #[serde(rename = "k", default)]
    pub(super) key: String,
    /// Whose authorization it is, and when that person signed in for it.
    #[serde(rename = "w", default)]
    pub(super) signed_in: SignedIn,
}

/// Who signed in for an authorization, as the store knows them, and when.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub(super) struct SignedIn {
    /// Empty in tokens that were made before this was written down.
    #[serde(rename = "p")]
    person: String,
    /// The provider's session; empty where it names none.
    #[serde(rename = "s")]
    session: String,
    /// In milliseconds since 1970.
    #[serde(rename = "t")]
    at: i64,
}

impl SignedIn {
    /// What the provider's token says of it.
    pub(super) fn of(stated: &Stated, now: i64) -> Self {
        let seconds = stated.issued.map(|issued| issued.saturating_mul(1000));
        Self {
            person: stated.person.clone().unwrap_or_default(),
            session: stated.session.clone().unwrap_or_default(),
            at: seconds.unwrap_or(now),
        }
    }

    /// Whether the person signed out, or was signed out, afterwards.
    async fn has_ended(&self, exchange: &Exchange) -> Result<bool, Error> {
        if self.person.is_empty() {
            return Ok(false);
        }
        let authorizations = exchange.server.authorizations()?;
        let since = authorizations.signed_out_since(&self.person, &self.session);
        Ok(since.await?.is_some_and(|since| self.at < since))
    }
}

/// That a refresh token was used.
#[derive(Debug, Default)]
pub(super) struct Taken(Option<Advance>);

impl Taken {
    /// Nothing came of it: the token can be used again.
    pub(super) async fn give_back(&self, exchange: &Exchange) -> Result<(), Error> {
        match &self.0 {
            Some(advance) => exchange.server.authorizations()?.retreat(advance).await,
            None => Ok(()),
        }
    }
}

/// Opens a refresh token, whatever became of it.
pub(super) async fn open(exchange: &Exchange, text: &str) -> Result<Option<RefreshToken>, Error> {
    exchange.server.unseal(Purpose::RefreshToken, text).await
}

impl RefreshToken {
    /// Uses the token up; `None` when it cannot be used. Of a public client's tokens only the newest
    /// can: an older one that comes back was stolen, or the newest was, and the authorization ends.
    pub(super) async fn take(&self, exchange: &Exchange) -> Result<Option<Taken>, Error> {
        if self.newest(exchange).await?.is_none() {
            return Ok(None);
        }
        if !self.is_public {
            return Ok(Some(Taken::default()));
        }
        let authorizations = exchange.server.authorizations()?;
        let this = (self.authorization.as_str(), self.generation);
        let expires = exchange.server.now + LIFETIME;
        let advance = authorizations.advance(this, GRACE, expires).await?;
        Ok(advance.map(|advance| Taken(Some(advance))))
    }

    /// Whether neither time nor a revocation has ended it, and no newer one has replaced it.
    pub(super) async fn is_newest(&self, exchange: &Exchange) -> Result<bool, Error> {
        let newest = self.newest(exchange).await?;
        Ok(newest.is_some_and(|newest| !self.is_public || self.generation >= newest))
    }

    /// The newest generation of its authorization; `None` when time, a revocation or a sign-out has
    /// ended that.
    async fn newest(&self, exchange: &Exchange) -> Result<Option<i64>, Error> {
        if self.expires <= exchange.server.now {
            return Ok(None);
        }
        let authorization = exchange
            .server
            .authorizations()?
            .authorization(&self.authorization);
        let has_ended = self.signed_in.has_ended(exchange);
        let (authorization, has_ended) = try_join(authorization, has_ended).await?;
        let valid = authorization.filter(|authorization| !authorization.is_revoked && !has_ended);
        Ok(valid.map(|authorization| authorization.generation))
    }

    /// Ends the authorization: no token of it is taken any more.
    pub(super) async fn revoke(&self, exchange: &Exchange) -> Result<(), Error> {
        let expires = exchange.server.now + LIFETIME;
        exchange
            .server
            .authorizations()?
            .revoke_authorization(&self.authorization, expires)
            .await
    }
}

#[cfg(test)]
mod tests {
    use super::RefreshToken;

    #[test]
    fn the_launch_of_an_older_token_is_still_to_be_verified() {
        let older =
            r#"{"t":"x","l":{"patient":"1"},"z":"","c":"app","a":"1","g":0,"p":true,"x":9}"#;
        let token: RefreshToken = serde_json::from_str(older).unwrap();
        assert!(!token.is_vouched);
        let newer = serde_json::to_string(&RefreshToken {
            is_vouched: true,
            ..token
        });
        let token: RefreshToken = serde_json::from_str(&newer.unwrap()).unwrap();
        assert!(token.is_vouched);
    }
}
