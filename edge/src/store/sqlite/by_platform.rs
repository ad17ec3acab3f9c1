//! The storage of a Durable Object. Values, rows and statements are handles of JavaScript values.

use crate::store::platform;
use crate::store::text::Text;
use js_sys::{Array, JsString, Uint8Array};
use std::ops::ControlFlow;
use wasm_bindgen::{JsCast, JsValue};

/// What went wrong, as the runtime says it.
pub(in crate::store) type Failure = JsValue;

/// A value of a statement or a row.
#[derive(Clone, Debug)]
pub(in crate::store) struct Value(JsValue);

impl Value {
    pub(in crate::store) fn null() -> Self {
        Self(JsValue::NULL)
    }

    pub(in crate::store) fn integer(&self) -> Option<i64> {
        self.0.as_f64().map(|number| number as i64)
    }

    pub(in crate::store) fn text(&self) -> Option<Text> {
        self.0.dyn_ref::<JsString>().cloned().map(Text::from)
    }

    pub(in crate::store) fn bytes(&self) -> Vec<u8> {
        Uint8Array::new(&self.0).to_vec()
    }
}

impl From<JsValue> for Value {
    fn from(value: JsValue) -> Self {
        Self(value)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self(JsValue::from_f64(number as f64))
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self(JsValue::from_str(text))
    }
}

impl From<Text> for Value {
    fn from(text: Text) -> Self {
        Self(text.into())
    }
}

impl From<&[u8]> for Value {
    fn from(bytes: &[u8]) -> Self {
        Self(Uint8Array::from(bytes).buffer().into())
    }
}

/// The values of a statement.
#[derive(Clone, Debug)]
pub(in crate::store) struct Values(Array);

impl Values {
    /// The same with one more in front.
    pub(in crate::store) fn with_first(&self, value: impl Into<Value>) -> Self {
        Self(Array::of1(&value.into().0).concat(&self.0))
    }

    /// The same with one more at the end.
    pub(in crate::store) fn with_last(&self, value: impl Into<Value>) -> Self {
        Self(self.0.concat(&Array::of1(&value.into().0)))
    }
}

impl From<Array> for Values {
    fn from(values: Array) -> Self {
        Self(values)
    }
}

impl<const N: usize> From<[Value; N]> for Values {
    fn from(values: [Value; N]) -> Self {
        Self(values.into_iter().map(|value| value.0).collect())
    }
}

/// A row.
#[derive(Clone, Debug)]
pub(in crate::store) struct Row(Array);

impl Row {
    pub(in crate::store) fn columns(&self) -> usize {
        self.0.length() as usize
    }

    pub(in crate::store) fn get(&self, column: usize) -> Value {
        Value(self.0.get(index(column)))
    }

    pub(in crate::store) fn set(&mut self, column: usize, value: impl Into<Value>) {
        self.0.set(index(column), value.into().0);
    }
}

impl From<Row> for JsValue {
    fn from(row: Row) -> Self {
        row.0.into()
    }
}

fn index(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// Rows, in their order.
#[derive(Clone, Debug)]
pub(in crate::store) struct Found(Array);

impl Found {
    pub(in crate::store) fn new() -> Self {
        Self(Array::new())
    }

    pub(in crate::store) fn push(&mut self, row: Row) {
        self.0.push(&row.0);
    }

    pub(in crate::store) fn len(&self) -> usize {
        self.0.length() as usize
    }

    pub(in crate::store) fn first(&self) -> Option<Row> {
        self.0.get(0).dyn_into().ok().map(Row)
    }

    pub(in crate::store) fn iter(&self) -> impl Iterator<Item = Row> {
        self.0.iter().map(|row| Row(row.unchecked_into()))
    }
}

impl AsRef<Array> for Found {
    fn as_ref(&self) -> &Array {
        &self.0
    }
}

/// The database of the object.
pub(in crate::store) struct Connection(platform::Database);

impl Connection {
    pub(in crate::store) fn new(database: platform::Database) -> Self {
        Self(database)
    }

    /// The database as the runtime offers it.
    pub(in crate::store) fn platform(&self) -> &platform::Database {
        &self.0
    }

    /// Runs statements without values for their effect.
    pub(super) fn script(&self, statements: &str) -> Result<(), Failure> {
        self.0.run(statements, &[])
    }

    /// Runs a statement; what it reads and writes is added to the charge.
    pub(super) fn rows(&self, statement: Text, values: &Values) -> Result<Found, Failure> {
        self.0.execute(&statement.into(), &values.0).map(Found)
    }

    /// Runs a SELECT; its rows, and how many were read for them.
    pub(super) fn select(&self, statement: Text, values: &Values) -> Result<(Found, i64), Failure> {
        let cursor = self.0.begin(&statement.into(), &values.0)?;
        let rows = crate::binding::collect(&cursor.raw()?)?;
        Ok((Found(rows), cursor.rows_read() as i64))
    }

    /// Runs a SELECT and shows its rows one by one until told to stop; how many were read.
    pub(super) fn each(
        &self,
        statement: Text,
        values: &Values,
        mut show: impl FnMut(Row) -> Result<ControlFlow<()>, Failure>,
    ) -> Result<i64, Failure> {
        let cursor = self.0.begin(&statement.into(), &values.0)?;
        let iterator: js_sys::Iterator = cursor.raw()?.unchecked_into();
        loop {
            let next = iterator.next()?;
            if next.done() || show(Row(next.value().unchecked_into()))?.is_break() {
                return Ok(cursor.rows_read() as i64);
            }
        }
    }

    /// Runs `body` in a transaction, or a savepoint of the one that runs: an error undoes it.
    pub(super) fn transaction<T>(
        &self,
        body: impl FnMut() -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        self.0.transaction(body)
    }

    /// Rows read and written since the last call.
    pub(super) fn take_charge(&self) -> (i64, i64) {
        let (read, written) = self.0.take_charge();
        (read as i64, written as i64)
    }
}
