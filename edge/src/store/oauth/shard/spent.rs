//! Ids that may be used once: of states, codes, launches, client assertions, logout tokens and DPoP
//! proofs.

use super::{AuthorizationShard, now};
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
impl AuthorizationShard {
    /// Marks an id as used until `expires`; `false` when it was used before.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn spend(&self, id: &str, expires: f64) -> Result<bool, JsValue> {
        // An id whose time is over may be used again, swept or not.
        let statement = "INSERT INTO spent(id, expires) VALUES(?, ?)
            ON CONFLICT(id) DO UPDATE SET expires = excluded.expires WHERE expires < ?
            RETURNING 1";
        let values = [id.into(), expires.into(), now().into()];
        let spent = self.inner.database.row(statement, &values)?;
        if spent.is_some() {
            self.inner.wake_for(expires)?;
        }
        Ok(spent.is_some())
    }

    /// Whether an id is marked as used.
    ///
    /// # Errors
    /// What SQLite says.
    #[wasm_bindgen(js_name = isSpent)]
    pub fn is_spent(&self, id: &str) -> Result<bool, JsValue> {
        let statement = "SELECT 1 FROM spent WHERE id = ?";
        let row = self.inner.database.row(statement, &[id.into()])?;
        Ok(row.is_some())
    }
}
