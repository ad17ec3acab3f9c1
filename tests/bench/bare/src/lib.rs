//! The bare operations that the server is measured against: the same runtime, language, Durable
//! Object and SQLite, with nothing of FHIR: no authentication, validation, versions or index but
//! the rows it is handed.

use js_sys::{Array, JsString, Promise};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Request, Response};
use worker::Env;

#[wasm_bindgen]
extern "C" {
    /// The state of the object.
    pub type State;
    #[wasm_bindgen(method, getter)]
    fn storage(this: &State) -> Storage;

    type Storage;
    #[wasm_bindgen(method, getter)]
    fn sql(this: &Storage) -> Sql;
    #[wasm_bindgen(method, catch, js_name = transactionSync)]
    fn transaction(
        this: &Storage,
        body: &mut dyn FnMut() -> Result<JsValue, JsValue>,
    ) -> Result<JsValue, JsValue>;

    type Sql;
    #[wasm_bindgen(method, catch, variadic)]
    fn exec(this: &Sql, statement: &str, values: &Array) -> Result<Cursor, JsValue>;

    type Cursor;
    #[wasm_bindgen(method, catch)]
    fn raw(this: &Cursor) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(js_namespace = Array, js_name = from, catch)]
    fn collect(iterable: &JsValue) -> Result<Array, JsValue>;

    type Stub;
    #[wasm_bindgen(method, catch)]
    fn read(this: &Stub, id: &str) -> Result<Promise, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn search(this: &Stub, code: &str) -> Result<Promise, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn insert(this: &Stub, id: &str, body: &JsString, rows: &str) -> Result<Promise, JsValue>;

    #[wasm_bindgen(js_namespace = crypto, js_name = randomUUID)]
    fn random_uuid() -> String;

    #[wasm_bindgen(js_name = Response)]
    type TextResponse;
    #[wasm_bindgen(constructor, js_class = "Response")]
    fn new(body: &JsString) -> TextResponse;
}

/// `GET /hello`, `GET /read/{id}`, `GET /search/{code}`, `POST /insert/{index rows}`.
///
/// # Errors
/// What the runtime says.
#[wasm_bindgen]
pub async fn fetch(request: Request, env: Env) -> Result<Response, JsValue> {
    let url = request.url();
    let mut steps = url.splitn(5, '/').skip(3);
    let (verb, argument) = (
        steps.next().unwrap_or_default(),
        steps.next().unwrap_or_default(),
    );
    let stub: Stub = env.durable_object("OBJECT")?.get_by_name("one")?.into_rpc();
    let body: JsString = match verb {
        "read" => JsFuture::from(stub.read(argument)?).await?.unchecked_into(),
        "search" => {
            let bodies: Array = JsFuture::from(stub.search(argument)?)
                .await?
                .unchecked_into();
            bodies.join(",")
        }
        "insert" => {
            let body: JsString = JsFuture::from(request.text()?).await?.unchecked_into();
            let id = random_uuid();
            let count: u32 = argument.parse().unwrap_or(15);
            let rows: Vec<String> = (0..count)
                .map(|row| format!("[{row},\"{id}{row}\"]"))
                .collect();
            let rows = format!("[{}]", rows.join(","));
            JsFuture::from(stub.insert(&id, &body, &rows)?).await?;
            let response = Response::new()?;
            response
                .headers()
                .set("location", &format!("/Observation/{id}"))?;
            return Ok(response);
        }
        _ => "Hello, world!".into(),
    };
    Ok(TextResponse::new(&body).unchecked_into())
}

/// The object: one table of bodies and one of index rows.
#[wasm_bindgen]
pub struct Bare {
    storage: Storage,
    sql: Sql,
}

#[wasm_bindgen]
impl Bare {
    /// Opens the tables.
    ///
    /// # Errors
    /// What SQLite says.
    #[wasm_bindgen(constructor)]
    pub fn new(state: &State) -> Result<Bare, JsValue> {
        let storage = state.storage();
        let sql = storage.sql();
        let tables =
            "CREATE TABLE IF NOT EXISTS body(n INTEGER PRIMARY KEY, id TEXT UNIQUE, text TEXT);
            CREATE TABLE IF NOT EXISTS row(
                param INTEGER, code TEXT, n INTEGER, PRIMARY KEY(param, code, n)) WITHOUT ROWID;
            CREATE INDEX IF NOT EXISTS row_by_body ON row(n, param);";
        sql.exec(tables, &Array::new())?;
        Ok(Self { storage, sql })
    }

    /// One body by its id.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn read(&self, id: &str) -> Result<JsValue, JsValue> {
        let cursor = self.sql.exec(
            "SELECT text FROM body WHERE id = ?",
            &Array::of1(&id.into()),
        )?;
        let row: Array = collect(&cursor.raw()?)?.get(0).unchecked_into();
        Ok(row.get(0))
    }

    /// The ten first bodies with a code.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn search(&self, code: &str) -> Result<Array, JsValue> {
        let statement = "SELECT b.text FROM row r JOIN body b ON b.n = r.n
            WHERE r.param = 0 AND r.code = ? ORDER BY r.n LIMIT 10";
        let cursor = self.sql.exec(statement, &Array::of1(&code.into()))?;
        Ok(collect(&cursor.raw()?)?
            .iter()
            .map(|row| row.unchecked_into::<Array>().get(0))
            .collect())
    }

    /// A body and its index rows, in one transaction. The first row has a code that ten bodies
    /// share.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn insert(&self, id: &str, body: &JsString, rows: &str) -> Result<(), JsValue> {
        let ended = self.storage.transaction(&mut || {
            let statement = "INSERT INTO body(id, text) VALUES(?, ?) RETURNING n";
            let cursor = self.sql.exec(statement, &Array::of2(&id.into(), body))?;
            let row: Array = collect(&cursor.raw()?)?.get(0).unchecked_into();
            let n = row.get(0);
            let shared = (n.as_f64().unwrap_or_default() / 10.0).floor();
            let statement = "INSERT OR REPLACE INTO row(param, code, n)
                SELECT value->>0, iif(value->>0 = 0, 'c' || CAST(? AS INTEGER), value->>1), ? FROM json_each(?)";
            self.sql.exec(statement, &Array::of3(&shared.into(), &n, &rows.into()))?;
            Ok(JsValue::UNDEFINED)
        });
        ended.map(|_| ())
    }
}
