//! What the ledger remembers of apps' authorizations: enough to end one, and to tell a refresh
//! token that was used before. Tokens themselves are not kept; an access token is known by its hash.

use super::Ledger;
use super::generation::{Standing, Use};
use js_sys::Array;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
impl Ledger {
    /// Writes down that tokens were issued: `[authorization, generation of the refresh token, its
    /// end, access token, its launch context, its end, its scope, the client, the key that it is
    /// bound to]`. Without a refresh token the generation is null.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn issue(&self, issued: &Array) -> Result<(), JsValue> {
        let database = self.inner.platform();
        let now = JsValue::from(js_sys::Date::now());
        let [
            authorization,
            generation,
            ends,
            token,
            launch,
            token_ends,
            scope,
            client,
            key,
        ] = [0, 1, 2, 3, 4, 5, 6, 7, 8].map(|at| issued.get(at));
        database.transaction(|| {
            for sweep in [
                "DELETE FROM authorization WHERE expires < ?",
                "DELETE FROM access_token WHERE expires < ?",
                "DELETE FROM signed_out WHERE expires < ?",
            ] {
                database.run(sweep, std::slice::from_ref(&now))?;
            }
            if !generation.is_null() {
                let statement = "INSERT INTO authorization VALUES(?, ?, ?, 0, 0, ?)
                    ON CONFLICT(id) DO UPDATE SET generation = max(generation, excluded.generation),
                    expires = max(expires, excluded.expires)";
                let values = [
                    authorization.clone(),
                    generation.clone(),
                    now.clone(),
                    ends.clone(),
                ];
                database.run(statement, &values)?;
            }
            let statement = "INSERT INTO access_token(id, authorization, launch, revoked, expires,
                scope, client, key) VALUES(?, ?, ?, 0, ?, ?, ?, ?) ON CONFLICT(id) DO NOTHING";
            let values = [
                token.clone(),
                authorization.clone(),
                launch.clone(),
                token_ends.clone(),
                scope.clone(),
                client.clone(),
                key.clone(),
            ];
            database.run(statement, &values)
        })
    }

    /// Uses up the refresh token of a generation, see [`Standing::take`]. The answer is nothing when
    /// it may not be used; empty when it was used once more; else what takes the advance back:
    /// `[generation, advanced, repeated]` from before, and `advanced` from now on. A token that was
    /// used by two parties ends the authorization, to be remembered until `expires`.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn advance(
        &self,
        id: &str,
        generation: f64,
        grace: f64,
        expires: f64,
    ) -> Result<Option<Array>, JsValue> {
        let now = js_sys::Date::now();
        self.inner.platform().transaction(|| {
            let Some(before) = self.standing(id)? else {
                return Ok(None);
            };
            match before.take(generation as i64, now as i64, grace as i64) {
                Use::Advanced(after) => {
                    self.stand(id, after)?;
                    Ok(Some(Array::of4(
                        &(before.newest as f64).into(),
                        &(before.advanced as f64).into(),
                        &before.is_repeated.into(),
                        &(after.advanced as f64).into(),
                    )))
                }
                Use::Repeated(after) => {
                    self.stand(id, after)?;
                    Ok(Some(Array::new()))
                }
                Use::Reused => {
                    self.end(id, expires)?;
                    Ok(None)
                }
            }
        })
    }

    /// Takes an advance from `generation` back, of which nothing came; `advance` is what
    /// [`Self::advance`] answered. See [`Standing::retreat`].
    ///
    /// # Errors
    /// What SQLite says.
    pub fn retreat(&self, id: &str, generation: f64, advance: &Array) -> Result<(), JsValue> {
        let [newest, advanced, used] =
            [0, 1, 3].map(|at| advance.get(at).as_f64().unwrap_or_default() as i64);
        let before = Standing {
            newest,
            advanced,
            is_repeated: advance.get(2).is_truthy(),
        };
        let after = Standing {
            newest: (generation as i64).saturating_add(1),
            advanced: used,
            is_repeated: false,
        };
        self.inner.platform().transaction(|| {
            if let Some(now) = self.standing(id)? {
                self.stand(id, now.retreat(before, after))?;
            }
            Ok(())
        })
    }

    /// How an authorization stands: `[generation, revoked]`; nothing when there is none.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn authorization(&self, id: &str) -> Result<Option<Array>, JsValue> {
        let statement = "SELECT generation, revoked FROM authorization WHERE id = ?";
        self.inner.platform().row(statement, &[id.into()])
    }

    /// What is known of an access token, of the `person` that it names and of the provider's
    /// `session` that it is of: `[since when older tokens of either are refused, revoked, launch context, scope, authorization, client,
    /// key]`. All but the first are null when the token was not issued through the proxy and not
    /// revoked.
    ///
    /// # Errors
    /// What SQLite says.
    #[wasm_bindgen(js_name = accessToken)]
    pub fn access_token(
        &self,
        id: &str,
        person: &str,
        session: &str,
    ) -> Result<Option<Array>, JsValue> {
        let statement = "SELECT (SELECT max(since) FROM signed_out WHERE person IN (?, ?)),
            token.revoked OR ifnull(authorization.revoked, 0), token.launch, token.scope,
            token.authorization, token.client, token.key
            FROM (SELECT ? AS id) AS asked
            LEFT JOIN access_token AS token ON token.id = asked.id
            LEFT JOIN authorization ON authorization.id = token.authorization";
        self.inner
            .platform()
            .row(statement, &[person.into(), session.into(), id.into()])
    }

    /// Refuses what was issued to a person, or in a session, before `since`; to be remembered until `expires`.
    ///
    /// # Errors
    /// What SQLite says.
    #[wasm_bindgen(js_name = signOut)]
    pub fn sign_out(&self, person: &str, since: f64, expires: f64) -> Result<(), JsValue> {
        let statement = "INSERT INTO signed_out(person, since, expires) VALUES(?, ?, ?)
            ON CONFLICT(person) DO UPDATE SET since = max(since, excluded.since),
            expires = max(expires, excluded.expires)";
        let database = self.inner.platform();
        let values = [person.into(), since.into(), expires.into()];
        database.transaction(|| database.run(statement, &values))
    }

    /// Ends an authorization: its refresh tokens and its access tokens are refused from now on.
    /// It is remembered until `expires`, when the last of them has ended by itself.
    ///
    /// # Errors
    /// What SQLite says.
    #[wasm_bindgen(js_name = revokeAuthorization)]
    pub fn revoke_authorization(&self, id: &str, expires: f64) -> Result<(), JsValue> {
        self.inner.platform().transaction(|| self.end(id, expires))
    }

    /// Ends one access token, which would end by itself at `expires`.
    ///
    /// # Errors
    /// What SQLite says.
    #[wasm_bindgen(js_name = revokeAccessToken)]
    pub fn revoke_access_token(&self, id: &str, expires: f64) -> Result<(), JsValue> {
        let statement = "INSERT INTO access_token(id, authorization, launch, revoked, expires)
            VALUES(?, '', '{}', 1, ?) ON CONFLICT(id) DO UPDATE SET
            revoked = 1, expires = max(expires, excluded.expires)";
        let database = self.inner.platform();
        database.transaction(|| database.run(statement, &[id.into(), expires.into()]))
    }
}

impl Ledger {
    /// How an authorization stands; nothing when it was revoked or is not known.
    fn standing(&self, id: &str) -> Result<Option<Standing>, JsValue> {
        let statement = "SELECT generation, advanced, repeated FROM authorization
            WHERE id = ? AND revoked = 0";
        let row = self.inner.platform().row(statement, &[id.into()])?;
        Ok(row.map(|row| {
            let [newest, advanced, repeated] =
                [0, 1, 2].map(|at| row.get(at).as_f64().unwrap_or_default() as i64);
            Standing {
                newest,
                advanced,
                is_repeated: repeated != 0,
            }
        }))
    }

    fn stand(&self, id: &str, standing: Standing) -> Result<(), JsValue> {
        let statement =
            "UPDATE authorization SET generation = ?, advanced = ?, repeated = ? WHERE id = ?";
        let values = [
            (standing.newest as f64).into(),
            (standing.advanced as f64).into(),
            f64::from(u8::from(standing.is_repeated)).into(),
            id.into(),
        ];
        self.inner.platform().run(statement, &values)
    }

    fn end(&self, id: &str, expires: f64) -> Result<(), JsValue> {
        let statement = "INSERT INTO authorization VALUES(?, 0, 0, 0, 1, ?)
            ON CONFLICT(id) DO UPDATE SET revoked = 1, expires = max(expires, excluded.expires)";
        self.inner
            .platform()
            .run(statement, &[id.into(), expires.into()])
    }
}
