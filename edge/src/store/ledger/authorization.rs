//! What the ledger remembers of apps' authorizations: enough to end one, and to tell a refresh
//! token that was used before. Tokens themselves are not kept; an access token is known by its hash.

use super::Ledger;
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
        let database = &self.inner.database;
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

    /// Uses up the refresh token of a generation: `true` when it may be used. That is the newest
    /// one, and for `grace` milliseconds the one before, once more, whose answer may have got lost.
    /// Any other was used before by somebody else, and the authorization ends, to be remembered
    /// until `expires`.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn advance(
        &self,
        id: &str,
        generation: f64,
        grace: f64,
        expires: f64,
    ) -> Result<bool, JsValue> {
        let database = &self.inner.database;
        let now = js_sys::Date::now();
        database.transaction(|| {
            let statement = "SELECT generation, advanced, repeated FROM authorization
                WHERE id = ? AND revoked = 0";
            let Some(row) = database.row(statement, &[id.into()])? else {
                return Ok(false);
            };
            let [newest, advanced, repeated] =
                [0, 1, 2].map(|at| row.get(at).as_f64().unwrap_or_default());
            if generation >= newest {
                let statement = "UPDATE authorization SET generation = ?, advanced = ?,
                    repeated = 0 WHERE id = ?";
                database.run(
                    statement,
                    &[(generation + 1.0).into(), now.into(), id.into()],
                )?;
                return Ok(true);
            }
            let is_the_one_before = generation + 1.0 >= newest;
            if is_the_one_before && now - advanced < grace && repeated < 1.0 {
                let statement = "UPDATE authorization SET repeated = 1 WHERE id = ?";
                database.run(statement, &[id.into()])?;
                return Ok(true);
            }
            self.end(id, expires)?;
            Ok(false)
        })
    }

    /// Takes an advance from `generation` back, because nothing came of it.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn retreat(&self, id: &str, generation: f64) -> Result<(), JsValue> {
        let statement = "UPDATE authorization SET generation = ?, repeated = 0
            WHERE id = ? AND generation = ?";
        let database = &self.inner.database;
        let values = [generation.into(), id.into(), (generation + 1.0).into()];
        database.transaction(|| database.run(statement, &values))
    }

    /// How an authorization stands: `[generation, revoked]`; nothing when there is none.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn authorization(&self, id: &str) -> Result<Option<Array>, JsValue> {
        let statement = "SELECT generation, revoked FROM authorization WHERE id = ?";
        self.inner.database.row(statement, &[id.into()])
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
            .database
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
        let database = &self.inner.database;
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
        self.inner.database.transaction(|| self.end(id, expires))
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
        let database = &self.inner.database;
        database.transaction(|| database.run(statement, &[id.into(), expires.into()]))
    }
}

impl Ledger {
    fn end(&self, id: &str, expires: f64) -> Result<(), JsValue> {
        let statement = "INSERT INTO authorization VALUES(?, 0, 0, 0, 1, ?)
            ON CONFLICT(id) DO UPDATE SET revoked = 1, expires = max(expires, excluded.expires)";
        self.inner
            .database
            .run(statement, &[id.into(), expires.into()])
    }
}
