//! The OAuth state as the worker asks for it: each question goes to the shard that has the answer,
//! and what does not depend on each other is asked side by side.

use super::sharding::{object_name, shard_of};
use crate::binding::AuthorizationShardStub;
use crate::error::Error;
use futures_util::future::{try_join, try_join_all};
use js_sys::{Array, Promise};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use worker::{Env, ObjectNamespace};

/// What a person granted to an app, from the first refresh token on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Authorization {
    /// Which of its refresh tokens is the newest; the first is 0.
    pub(crate) generation: i64,
    pub(crate) is_revoked: bool,
}

/// The use of a refresh token, and what its shard needs to undo it.
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
    /// A token issued before this time, in milliseconds since 1970, is refused: the person signed
    /// out or the account was disabled.
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

/// The shards of the OAuth state, for the time of one request.
pub(crate) struct Authorizations {
    namespace: ObjectNamespace,
}

impl Authorizations {
    /// The OAuth state of this deployment.
    pub(crate) fn open(env: &Env) -> Result<Self, Error> {
        Ok(Self {
            namespace: env.durable_object("AUTHORIZATIONS")?,
        })
    }

    /// The shard that holds what has this name.
    fn shard(&self, name: &str) -> Result<AuthorizationShardStub, Error> {
        let object = object_name(shard_of(name));
        Ok(self.namespace.get_by_name(&object)?.into_rpc())
    }

    /// Marks an id as used until `expires` (milliseconds since 1970); `false` when it was used
    /// before.
    pub(crate) async fn spend(&self, id: &str, expires: i64) -> Result<bool, Error> {
        let spent = self.shard(id)?.spend(id, expires as f64)?;
        Ok(answer(spent).await?.is_truthy())
    }

    /// Whether an id is marked as used.
    pub(crate) async fn is_spent(&self, id: &str) -> Result<bool, Error> {
        Ok(answer(self.shard(id)?.is_spent(id)?).await?.is_truthy())
    }

    /// Records that tokens were issued.
    pub(crate) async fn issue(&self, issued: Issued<'_>) -> Result<(), Error> {
        let authorization = async {
            if let Some(generation) = issued.generation {
                let (id, expires) = (issued.authorization, issued.authorization_expires);
                let shard = self.shard(id)?;
                answer(shard.record_authorization(id, generation as f64, expires as f64)?).await?;
            }
            Ok(())
        };
        let texts = [
            issued.access_token,
            issued.authorization,
            issued.launch,
            issued.scope,
            issued.client_id,
            issued.key,
        ];
        let row: Array = texts.iter().map(|text| JsValue::from_str(text)).collect();
        let access_token = async {
            let shard = self.shard(issued.access_token)?;
            answer(shard.record_access_token(&row, issued.expires as f64)?).await?;
            Ok(())
        };
        try_join(authorization, access_token).await.map(|_| ())
    }

    /// Uses up a refresh token, which may be used once more for `grace` milliseconds; `None` when
    /// it may not be used. See `shard/rotation.rs`.
    pub(crate) async fn advance(
        &self,
        (id, generation): (&str, i64),
        grace: i64,
        expires: i64,
    ) -> Result<Option<Advance>, Error> {
        let [number, grace, expires] = [generation, grace, expires].map(|n| n as f64);
        let advanced = self.shard(id)?.advance(id, number, grace, expires)?;
        let answer = answer(advanced).await?;
        Ok(row(&answer).map(|answer| Advance {
            authorization: id.to_owned(),
            generation,
            answer,
        }))
    }

    /// Undoes an advance, because nothing came of it. A repeated use has nothing to undo.
    pub(crate) async fn retreat(&self, advance: &Advance) -> Result<(), Error> {
        if advance.answer.length() == 0 {
            return Ok(());
        }
        let (id, generation) = (&advance.authorization, advance.generation as f64);
        answer(self.shard(id)?.retreat(id, generation, &advance.answer)?).await?;
        Ok(())
    }

    /// An authorization; `None` when it has ended or never was.
    pub(crate) async fn authorization(&self, id: &str) -> Result<Option<Authorization>, Error> {
        let found = answer(self.shard(id)?.authorization(id)?).await?;
        Ok(row(&found).map(|row| Authorization {
            generation: integer(&row, 0).unwrap_or_default(),
            is_revoked: row.get(1).is_truthy(),
        }))
    }

    /// What is known of an access token, of the person (or service) that it names, and of the
    /// provider's session that it belongs to; empty where it names none.
    pub(crate) async fn access_token(
        &self,
        id: &str,
        person: &str,
        session: &str,
    ) -> Result<AccessToken, Error> {
        let token = async {
            let (grant, is_revoked) = self.issued(id).await?;
            if is_revoked {
                return Ok((grant, true));
            }
            let authorization = match &grant {
                Some(grant) => self.authorization(&grant.authorization).await?,
                None => None,
            };
            let is_revoked = authorization.is_some_and(|authorization| authorization.is_revoked);
            Ok((grant, is_revoked))
        };
        let not_before = self.signed_out_since(person, session);
        let ((grant, is_revoked), not_before) = try_join(token, not_before).await?;
        Ok(AccessToken {
            is_revoked,
            not_before,
            grant,
        })
    }

    /// What the proxy issued an access token with; `None` when the proxy did not issue it.
    pub(crate) async fn issued_grant(&self, id: &str) -> Result<Option<IssuedGrant>, Error> {
        Ok(self.issued(id).await?.0)
    }

    /// The same, and whether the token itself was revoked.
    async fn issued(&self, id: &str) -> Result<(Option<IssuedGrant>, bool), Error> {
        let found = answer(self.shard(id)?.access_token(id)?).await?;
        let Some(row) = row(&found) else {
            return Ok((None, false));
        };
        let text = |at| row.get(at).as_string().unwrap_or_default();
        let grant = IssuedGrant {
            authorization: text(1),
            launch: text(2),
            scope: text(3),
            client_id: text(4),
            key: text(5),
        };
        let is_of_proxy = !grant.authorization.is_empty();
        Ok((is_of_proxy.then_some(grant), row.get(0).is_truthy()))
    }

    /// The latest time before which tokens of a person or of a session are refused; an empty name
    /// stands for none.
    pub(crate) async fn signed_out_since(
        &self,
        person: &str,
        session: &str,
    ) -> Result<Option<i64>, Error> {
        let names = [person, session]
            .into_iter()
            .filter(|name| !name.is_empty());
        let since = names.map(|name| async move {
            let since = answer(self.shard(name)?.signed_out_since(name)?).await?;
            Ok::<_, Error>(since.as_f64().map(|since| since as i64))
        });
        Ok(try_join_all(since).await?.into_iter().flatten().max())
    }

    /// Refuses what was issued under these names, of people or of sessions, before `since`, and
    /// remembers that until `expires` (both in milliseconds since 1970).
    pub(crate) async fn sign_out(
        &self,
        names: &[String],
        since: i64,
        expires: i64,
    ) -> Result<(), Error> {
        let signed_out = names.iter().map(|name| async move {
            let shard = self.shard(name)?;
            answer(shard.sign_out(name, since as f64, expires as f64)?).await
        });
        try_join_all(signed_out).await.map(|_| ())
    }

    /// Ends an authorization; its last token would end at `expires` (milliseconds since 1970).
    pub(crate) async fn revoke_authorization(&self, id: &str, expires: i64) -> Result<(), Error> {
        let shard = self.shard(id)?;
        answer(shard.revoke_authorization(id, expires as f64)?).await?;
        Ok(())
    }

    /// Ends an access token, which would end by itself at `expires` (milliseconds since 1970).
    pub(crate) async fn revoke_access_token(&self, id: &str, expires: i64) -> Result<(), Error> {
        let shard = self.shard(id)?;
        answer(shard.revoke_access_token(id, expires as f64)?).await?;
        Ok(())
    }
}

async fn answer(promise: Promise) -> Result<JsValue, Error> {
    Ok(JsFuture::from(promise).await?)
}

fn row(found: &JsValue) -> Option<Array> {
    found.dyn_ref::<Array>().cloned()
}

fn integer(row: &Array, at: u32) -> Option<i64> {
    row.get(at).as_f64().map(|number| number as i64)
}
