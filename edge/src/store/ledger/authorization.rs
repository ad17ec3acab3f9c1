//! What the ledger remembers of apps' authorizations: enough to end one, and to tell a refresh
//! token that was used before. Tokens themselves are not kept; an access token is known by its hash.

use super::Ledger;
use js_sys::Array;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
impl Ledger {
    /// Writes down that tokens were issued: `[authorization, generation, its end, access token,
    /// its launch context, its end]`. An empty authorization stands for none: no refresh token.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn issue(&self, issued: &Array) -> Result<(), JsValue> {
        let database = &self.inner.database;
        let now = JsValue::from(js_sys::Date::now());
        let [authorization, generation, ends, token, launch, token_ends] =
            [0, 1, 2, 3, 4, 5].map(|at| issued.get(at));
        database.transaction(|| {
            for sweep in [
                "DELETE FROM authorization WHERE expires < ?",
                "DELETE FROM access_token WHERE expires < ?",
            ] {
                database.run(sweep, std::slice::from_ref(&now))?;
            }
            if authorization.as_string().is_some_and(|id| !id.is_empty()) {
                let statement =
                    "INSERT INTO authorization(id, generation, advanced, revoked, expires)
                    VALUES(?, ?, ?, 0, ?) ON CONFLICT(id) DO UPDATE SET
                    advanced = iif(excluded.generation > generation, excluded.advanced, advanced),
                    generation = max(generation, excluded.generation),
                    expires = max(expires, excluded.expires)";
                let values = [
                    authorization.clone(),
                    generation.clone(),
                    now.clone(),
                    ends.clone(),
                ];
                database.run(statement, &values)?;
            }
            let statement = "INSERT INTO access_token(id, authorization, launch, revoked, expires)
                VALUES(?, ?, ?, 0, ?) ON CONFLICT(id) DO NOTHING";
            let values = [
                token.clone(),
                authorization.clone(),
                launch.clone(),
                token_ends.clone(),
            ];
            database.run(statement, &values)
        })
    }

    /// How an authorization stands: `[generation, when that began, revoked]`; nothing when there
    /// is none.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn authorization(&self, id: &str) -> Result<Option<Array>, JsValue> {
        let statement = "SELECT generation, advanced, revoked FROM authorization WHERE id = ?";
        self.inner.database.row(statement, &[id.into()])
    }

    /// What is known of an access token: `[revoked, launch context]`; nothing when it was not
    /// issued through the proxy and not revoked.
    ///
    /// # Errors
    /// What SQLite says.
    #[wasm_bindgen(js_name = accessToken)]
    pub fn access_token(&self, id: &str) -> Result<Option<Array>, JsValue> {
        let statement = "SELECT token.revoked OR ifnull(authorization.revoked, 0), token.launch
            FROM access_token AS token
            LEFT JOIN authorization ON authorization.id = token.authorization
            WHERE token.id = ?";
        self.inner.database.row(statement, &[id.into()])
    }

    /// Ends an authorization: its refresh tokens and its access tokens are refused from now on.
    /// It is remembered until `expires`, when the last of them has ended by itself.
    ///
    /// # Errors
    /// What SQLite says.
    #[wasm_bindgen(js_name = revokeAuthorization)]
    pub fn revoke_authorization(&self, id: &str, expires: f64) -> Result<(), JsValue> {
        let statement = "INSERT INTO authorization(id, generation, advanced, revoked, expires)
            VALUES(?, 0, 0, 1, ?) ON CONFLICT(id) DO UPDATE SET
            revoked = 1, expires = max(expires, excluded.expires)";
        let database = &self.inner.database;
        database.transaction(|| database.run(statement, &[id.into(), expires.into()]))
    }

    /// Ends one access token, which would end by itself at `expires`.
    ///
    /// # Errors
    /// What SQLite says.
    #[wasm_bindgen(js_name = revokeAccessToken)]
    pub fn revoke_access_token(&self, id: &str, expires: f64) -> Result<(), JsValue> {
        let statement = "INSERT INTO access_token(id, authorization, launch, revoked, expires)
            VALUES(?, '', '{}', 1, ?) ON CONFLICT(id) DO UPDATE SET revoked = 1";
        let database = &self.inner.database;
        database.transaction(|| database.run(statement, &[id.into(), expires.into()]))
    }
}
