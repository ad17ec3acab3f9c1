//! The one file that names JavaScript: the runtime's interfaces that `worker` does not bind, or
//! binds in a way that copies every body or ends the instance on an exception.

use js_sys::{Array, Promise};
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// Defined in `shim.js`.
    #[wasm_bindgen(js_namespace = globalThis, js_name = __edge_abort)]
    pub(crate) fn edge_abort();

    /// Defined in `shim.js`: method, address, then name and value of each header, line by line.
    #[wasm_bindgen(js_namespace = globalThis, js_name = __edge_request_head)]
    pub(crate) fn request_head(request: &web_sys::Request) -> js_sys::Uint8Array;

    /// Defined in `shim.js`: a Response, its headers as one text of names and values, so that
    /// they cross over in one call.
    #[wasm_bindgen(js_namespace = globalThis, js_name = __edge_respond)]
    pub(crate) fn respond(status: u16, headers: &str, body: &JsValue) -> web_sys::Response;

    pub(crate) type TextEncoder;

    #[wasm_bindgen(constructor)]
    pub(crate) fn new() -> TextEncoder;

    #[wasm_bindgen(method)]
    pub(crate) fn encode(this: &TextEncoder, text: &js_sys::JsString) -> js_sys::Uint8Array;

    pub(crate) type TextDecoder;

    #[wasm_bindgen(constructor)]
    pub(crate) fn new() -> TextDecoder;

    #[wasm_bindgen(method)]
    pub(crate) fn decode(this: &TextDecoder, bytes: &js_sys::Uint8Array) -> js_sys::JsString;

    #[wasm_bindgen(js_namespace = console, js_name = error)]
    pub(crate) fn log_error(message: &str);

    #[wasm_bindgen(js_namespace = crypto, js_name = randomUUID)]
    pub(crate) fn random_uuid() -> String;

    #[wasm_bindgen(js_namespace = crypto, js_name = getRandomValues)]
    pub(crate) fn random_values(array: &js_sys::Uint8Array);

    #[wasm_bindgen(js_name = fetch, catch)]
    pub(crate) fn fetch(url: &str, init: &web_sys::RequestInit) -> Result<Promise, JsValue>;

    #[wasm_bindgen(js_namespace = AbortSignal, js_name = timeout)]
    pub(crate) fn abort_after(milliseconds: u32) -> web_sys::AbortSignal;

    /// The state that the runtime gives to a Durable Object.
    pub type ObjectState;

    #[wasm_bindgen(method, getter)]
    pub(crate) fn storage(this: &ObjectState) -> Storage;

    /// The object's id.
    #[wasm_bindgen(method, getter)]
    pub(crate) fn id(this: &ObjectState) -> js_sys::Object;

    /// The storage of a Durable Object.
    #[wasm_bindgen(extends = js_sys::Object)]
    #[derive(Clone)]
    pub(crate) type Storage;

    #[wasm_bindgen(method, getter)]
    pub(crate) fn sql(this: &Storage) -> SqlStorage;

    #[wasm_bindgen(method, catch, js_name = transactionSync)]
    pub(crate) fn transaction_sync(
        this: &Storage,
        body: &mut dyn FnMut() -> Result<JsValue, JsValue>,
    ) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(method, catch)]
    pub(crate) fn sync(this: &Storage) -> Result<Promise, JsValue>;

    #[wasm_bindgen(method, catch, js_name = setAlarm)]
    pub(crate) fn set_alarm(this: &Storage, time: f64) -> Result<Promise, JsValue>;

    #[wasm_bindgen(extends = js_sys::Object)]
    #[derive(Clone)]
    pub(crate) type SqlStorage;

    #[wasm_bindgen(method, catch, variadic)]
    pub(crate) fn exec(
        this: &SqlStorage,
        statement: &JsValue,
        values: &Array,
    ) -> Result<SqlCursor, JsValue>;

    #[wasm_bindgen(extends = js_sys::Object)]
    pub(crate) type SqlCursor;

    /// An iterator over the rows, each an array of values.
    #[wasm_bindgen(method, catch)]
    pub(crate) fn raw(this: &SqlCursor) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(method, getter, js_name = rowsRead)]
    pub(crate) fn rows_read(this: &SqlCursor) -> f64;

    #[wasm_bindgen(method, getter, js_name = rowsWritten)]
    pub(crate) fn rows_written(this: &SqlCursor) -> f64;

    #[wasm_bindgen(js_namespace = Array, js_name = from, catch)]
    pub(crate) fn collect(iterable: &JsValue) -> Result<Array, JsValue>;

    /// The ledger as the worker calls it; the methods are those of its class in `shim.js`.
    #[wasm_bindgen(extends = js_sys::Object)]
    #[derive(Clone)]
    pub(crate) type LedgerStub;

    #[wasm_bindgen(method, catch)]
    pub(crate) fn commit(this: &LedgerStub, command: &Array) -> Result<Promise, JsValue>;

    #[wasm_bindgen(method, catch)]
    pub(crate) fn query(
        this: &LedgerStub,
        statement: &str,
        values: &Array,
        with_bodies: bool,
    ) -> Result<Promise, JsValue>;

    #[wasm_bindgen(method, catch, js_name = querySome)]
    pub(crate) fn query_some(
        this: &LedgerStub,
        statements: &Array,
        with_bodies: bool,
    ) -> Result<Promise, JsValue>;

    #[wasm_bindgen(method, catch)]
    pub(crate) fn search(
        this: &LedgerStub,
        ways: &Array,
        with_bodies: bool,
    ) -> Result<Promise, JsValue>;

    #[wasm_bindgen(method, catch, js_name = rootSecret)]
    pub(crate) fn root_secret(this: &LedgerStub) -> Result<Promise, JsValue>;

    #[wasm_bindgen(method, catch, js_name = handOver)]
    pub(crate) fn hand_over(
        this: &LedgerStub,
        shard: u32,
        stored: &Array,
        after: &JsValue,
    ) -> Result<Promise, JsValue>;

    #[wasm_bindgen(method, catch)]
    pub(crate) fn fault(this: &LedgerStub, kind: &str) -> Result<Promise, JsValue>;

    /// A shard of the OAuth state as the worker calls it; the methods are those of its class in
    /// `shim.js`.
    #[wasm_bindgen(extends = js_sys::Object)]
    pub(crate) type AuthorizationShardStub;

    #[wasm_bindgen(method, catch)]
    pub(crate) fn spend(
        this: &AuthorizationShardStub,
        id: &str,
        expires: f64,
    ) -> Result<Promise, JsValue>;

    #[wasm_bindgen(method, catch, js_name = isSpent)]
    pub(crate) fn is_spent(this: &AuthorizationShardStub, id: &str) -> Result<Promise, JsValue>;

    #[wasm_bindgen(method, catch, js_name = recordAuthorization)]
    pub(crate) fn record_authorization(
        this: &AuthorizationShardStub,
        id: &str,
        generation: f64,
        expires: f64,
    ) -> Result<Promise, JsValue>;

    #[wasm_bindgen(method, catch, js_name = recordAccessToken)]
    pub(crate) fn record_access_token(
        this: &AuthorizationShardStub,
        issued: &Array,
        expires: f64,
    ) -> Result<Promise, JsValue>;

    #[wasm_bindgen(method, catch)]
    pub(crate) fn advance(
        this: &AuthorizationShardStub,
        id: &str,
        generation: f64,
        grace: f64,
        expires: f64,
    ) -> Result<Promise, JsValue>;

    #[wasm_bindgen(method, catch)]
    pub(crate) fn retreat(
        this: &AuthorizationShardStub,
        id: &str,
        generation: f64,
        advance: &Array,
    ) -> Result<Promise, JsValue>;

    #[wasm_bindgen(method, catch)]
    pub(crate) fn authorization(
        this: &AuthorizationShardStub,
        id: &str,
    ) -> Result<Promise, JsValue>;

    #[wasm_bindgen(method, catch, js_name = accessToken)]
    pub(crate) fn access_token(this: &AuthorizationShardStub, id: &str)
    -> Result<Promise, JsValue>;

    #[wasm_bindgen(method, catch, js_name = signedOutSince)]
    pub(crate) fn signed_out_since(
        this: &AuthorizationShardStub,
        name: &str,
    ) -> Result<Promise, JsValue>;

    #[wasm_bindgen(method, catch, js_name = signOut)]
    pub(crate) fn sign_out(
        this: &AuthorizationShardStub,
        name: &str,
        since: f64,
        expires: f64,
    ) -> Result<Promise, JsValue>;

    #[wasm_bindgen(method, catch, js_name = revokeAuthorization)]
    pub(crate) fn revoke_authorization(
        this: &AuthorizationShardStub,
        id: &str,
        expires: f64,
    ) -> Result<Promise, JsValue>;

    #[wasm_bindgen(method, catch, js_name = revokeAccessToken)]
    pub(crate) fn revoke_access_token(
        this: &AuthorizationShardStub,
        id: &str,
        expires: f64,
    ) -> Result<Promise, JsValue>;
}
