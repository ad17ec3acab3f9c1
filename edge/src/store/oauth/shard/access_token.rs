//! Access tokens that the proxy issued, and any that were revoked.

use super::AuthorizationShard;
use js_sys::Array;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
impl AuthorizationShard {
    /// Records that an access token was issued: `[id, authorization, launch context, scope, client,
    /// key that it is bound to]`. One that was revoked before stays revoked.
    ///
    /// # Errors
    /// What SQLite says.
    #[wasm_bindgen(js_name = recordAccessToken)]
    pub fn record_access_token(&self, issued: &Array, expires: f64) -> Result<(), JsValue> {
        let statement = "INSERT INTO access_token(id, authorization, launch, scope, client, key,
            revoked, expires) VALUES(?, ?, ?, ?, ?, ?, 0, ?) ON CONFLICT(id) DO NOTHING";
        let values: Vec<JsValue> = issued.iter().chain([expires.into()]).collect();
        self.inner.database.run(statement, &values)?;
        self.inner.wake_for(expires)
    }

    /// What is known of an access token: `[revoked, authorization, launch context, scope, client,
    /// key]`; nothing when it was neither issued by the proxy nor revoked. Whether its authorization
    /// was revoked, that one's shard knows.
    ///
    /// # Errors
    /// What SQLite says.
    #[wasm_bindgen(js_name = accessToken)]
    pub fn access_token(&self, id: &str) -> Result<Option<Array>, JsValue> {
        let statement = "SELECT revoked, authorization, launch, scope, client, key
            FROM access_token WHERE id = ?";
        self.inner.database.row(statement, &[id.into()])
    }

    /// Ends one access token, which would end by itself at `expires`.
    ///
    /// # Errors
    /// What SQLite says.
    #[wasm_bindgen(js_name = revokeAccessToken)]
    pub fn revoke_access_token(&self, id: &str, expires: f64) -> Result<(), JsValue> {
        let statement = "INSERT INTO access_token(id, authorization, launch, scope, client, key,
            revoked, expires) VALUES(?, '', '{}', '', '', '', 1, ?) ON CONFLICT(id) DO UPDATE SET
            revoked = 1, expires = max(expires, excluded.expires)";
        self.inner
            .database
            .run(statement, &[id.into(), expires.into()])?;
        self.inner.wake_for(expires)
    }
}
