//! What people granted to apps: enough to end it, and to recognise a refresh token that was used
//! before.

use super::rotation::{Rotation, Use};
use super::{AuthorizationShard, now};
use js_sys::Array;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
impl AuthorizationShard {
    /// Records that a refresh token of this generation was issued; the authorization ends at
    /// `expires` unless it is used.
    ///
    /// # Errors
    /// What SQLite says.
    #[wasm_bindgen(js_name = recordAuthorization)]
    pub fn record_authorization(
        &self,
        id: &str,
        generation: f64,
        expires: f64,
    ) -> Result<(), JsValue> {
        let statement = "INSERT INTO authorization(id, generation, advanced, repeated, revoked,
            expires) VALUES(?, ?, ?, 0, 0, ?)
            ON CONFLICT(id) DO UPDATE SET generation = max(generation, excluded.generation),
            expires = max(expires, excluded.expires)";
        let values = [id.into(), generation.into(), now().into(), expires.into()];
        self.inner.database.run(statement, &values)?;
        self.inner.wake_for(expires)
    }

    /// Uses up the refresh token of a generation, see [`Rotation::take`]. The answer is nothing when
    /// it may not be used; empty when it was used once more; else what undoes the advance:
    /// `[generation, advanced, repeated]` from before, and `advanced` from now on. A token that two
    /// parties used ends the authorization, to be remembered until `expires`.
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
        let now = now();
        self.inner.database.transaction(|| {
            let Some(before) = self.rotation(id)? else {
                return Ok(None);
            };
            match before.take(generation as i64, now as i64, grace as i64) {
                Use::Advanced(after) => {
                    self.rotate(id, after)?;
                    Ok(Some(Array::of4(
                        &(before.newest as f64).into(),
                        &(before.advanced as f64).into(),
                        &before.is_repeated.into(),
                        &(after.advanced as f64).into(),
                    )))
                }
                Use::Repeated(after) => {
                    self.rotate(id, after)?;
                    Ok(Some(Array::new()))
                }
                Use::Reused => {
                    self.end(id, expires)?;
                    Ok(None)
                }
            }
        })
    }

    /// Undoes an advance from `generation`, of which nothing came; `advance` is what
    /// [`Self::advance`] answered. See [`Rotation::retreat`].
    ///
    /// # Errors
    /// What SQLite says.
    pub fn retreat(&self, id: &str, generation: f64, advance: &Array) -> Result<(), JsValue> {
        let [newest, advanced, used] =
            [0, 1, 3].map(|at| advance.get(at).as_f64().unwrap_or_default() as i64);
        let before = Rotation {
            newest,
            advanced,
            is_repeated: advance.get(2).is_truthy(),
        };
        let after = Rotation {
            newest: (generation as i64).saturating_add(1),
            advanced: used,
            is_repeated: false,
        };
        self.inner.database.transaction(|| {
            if let Some(now) = self.rotation(id)? {
                self.rotate(id, now.retreat(before, after))?;
            }
            Ok(())
        })
    }

    /// An authorization: `[generation, revoked]`; nothing when there is none.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn authorization(&self, id: &str) -> Result<Option<Array>, JsValue> {
        let statement = "SELECT generation, revoked FROM authorization WHERE id = ?";
        self.inner.database.row(statement, &[id.into()])
    }

    /// Ends an authorization: its refresh tokens and its access tokens are refused from now on.
    /// It is remembered until `expires`, when the last of them has ended by itself.
    ///
    /// # Errors
    /// What SQLite says.
    #[wasm_bindgen(js_name = revokeAuthorization)]
    pub fn revoke_authorization(&self, id: &str, expires: f64) -> Result<(), JsValue> {
        self.end(id, expires)
    }
}

impl AuthorizationShard {
    /// The rotation of an authorization; nothing when it was revoked or is not known.
    fn rotation(&self, id: &str) -> Result<Option<Rotation>, JsValue> {
        let statement = "SELECT generation, advanced, repeated FROM authorization
            WHERE id = ? AND revoked = 0";
        let row = self.inner.database.row(statement, &[id.into()])?;
        Ok(row.map(|row| {
            let [newest, advanced, repeated] =
                [0, 1, 2].map(|at| row.get(at).as_f64().unwrap_or_default() as i64);
            Rotation {
                newest,
                advanced,
                is_repeated: repeated != 0,
            }
        }))
    }

    fn rotate(&self, id: &str, rotation: Rotation) -> Result<(), JsValue> {
        let statement =
            "UPDATE authorization SET generation = ?, advanced = ?, repeated = ? WHERE id = ?";
        let values = [
            (rotation.newest as f64).into(),
            (rotation.advanced as f64).into(),
            f64::from(u8::from(rotation.is_repeated)).into(),
            id.into(),
        ];
        self.inner.database.run(statement, &values)
    }

    fn end(&self, id: &str, expires: f64) -> Result<(), JsValue> {
        let statement = "INSERT INTO authorization(id, generation, advanced, repeated, revoked,
            expires) VALUES(?, 0, 0, 0, 1, ?)
            ON CONFLICT(id) DO UPDATE SET revoked = 1, expires = max(expires, excluded.expires)";
        self.inner
            .database
            .run(statement, &[id.into(), expires.into()])?;
        self.inner.wake_for(expires)
    }
}
