//! The entry points that the runtime calls. Nothing else in the crate is exported to it, but for
//! the ledger's methods beside their class.

use crate::binding;
use crate::http;
use wasm_bindgen::prelude::*;

/// Called by `shim.js` after each (re)instantiation of the module.
#[wasm_bindgen(js_name = __edge_init)]
pub fn init() {
    wasm_bindgen::handler::set_on_abort(on_abort);
}

/// Runs in an instance that a panic has ended: one call may leave it, and the shim does the rest
/// (answers every request in flight, starts a new instance for the next).
fn on_abort() {
    binding::edge_abort();
}

/// Answers one request. It always answers: whatever goes wrong becomes an OperationOutcome.
#[wasm_bindgen(js_name = fetch)]
pub async fn fetch(request: web_sys::Request, env: worker::Env) -> web_sys::Response {
    http::serve(request, env, js_sys::Date::now()).await
}
