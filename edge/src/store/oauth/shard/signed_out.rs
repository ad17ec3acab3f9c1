//! People, services and provider's sessions whose earlier tokens are refused.
//! <https://openid.net/specs/openid-connect-backchannel-1_0.html>

use super::AuthorizationShard;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
impl AuthorizationShard {
    /// Refuses what was issued under a name before `since`, and remembers that until `expires`.
    ///
    /// # Errors
    /// What SQLite says.
    #[wasm_bindgen(js_name = signOut)]
    pub fn sign_out(&self, name: &str, since: f64, expires: f64) -> Result<(), JsValue> {
        let statement = "INSERT INTO signed_out(name, since, expires) VALUES(?, ?, ?)
            ON CONFLICT(name) DO UPDATE SET since = max(since, excluded.since),
            expires = max(expires, excluded.expires)";
        let values = [name.into(), since.into(), expires.into()];
        self.inner.database.run(statement, &values)?;
        self.inner.wake_for(expires)
    }

    /// The time before which tokens issued under a name are refused; nothing when there is none.
    ///
    /// # Errors
    /// What SQLite says.
    #[wasm_bindgen(js_name = signedOutSince)]
    pub fn signed_out_since(&self, name: &str) -> Result<Option<f64>, JsValue> {
        let statement = "SELECT since FROM signed_out WHERE name = ?";
        let row = self.inner.database.row(statement, &[name.into()])?;
        Ok(row.and_then(|row| row.get(0).as_f64()))
    }
}
