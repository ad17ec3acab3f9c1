//! A shard of the OAuth state: a Durable Object with a SQLite database of its own. Tokens themselves
//! are not kept; an access token is known by its hash.

mod access_token;
mod authorization;
mod rotation;
mod schema;
mod signed_out;
mod spent;
mod sweep;
mod takeover;

use crate::binding::ObjectState;
use crate::store::platform::Database;
use js_sys::Promise;
use std::cell::Cell;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::future_to_promise;
use worker::Env;

/// The Durable Object's class; `shim.js` wraps it.
#[wasm_bindgen]
pub struct AuthorizationShard {
    inner: Rc<Inner>,
}

struct Inner {
    database: Database,
    env: Env,
    /// The object's id, as text.
    id: String,
    /// When the alarm rings, in milliseconds since 1970; `None` while that is not known.
    alarm: Cell<Option<f64>>,
}

#[wasm_bindgen]
impl AuthorizationShard {
    /// Opens the database, creating its tables when it is new.
    ///
    /// # Errors
    /// What SQLite says; the runtime answers every call with it and tries again later.
    #[wasm_bindgen(constructor)]
    pub fn new(state: &ObjectState, env: Env) -> Result<AuthorizationShard, JsValue> {
        let database = Database::new(state.storage());
        schema::migrate(&database)?;
        let inner = Inner {
            database,
            env,
            id: String::from(state.id().to_js_string()),
            alarm: Cell::default(),
        };
        Ok(Self {
            inner: Rc::new(inner),
        })
    }

    /// Takes over what an older version of the server left in the ledger, once in the life of the
    /// shard. `shim.js` holds back every other call until it is done.
    #[wasm_bindgen(js_name = takeOver)]
    pub fn take_over(&self) -> Promise {
        let inner = Rc::clone(&self.inner);
        future_to_promise(async move {
            inner.take_over().await?;
            Ok(JsValue::UNDEFINED)
        })
    }

    /// Deletes rows that have ended; the runtime calls it at the time that was set.
    pub fn alarm(&self) {
        self.inner.sweep();
    }
}

/// The time, in milliseconds since 1970.
fn now() -> f64 {
    js_sys::Date::now()
}
