//! The ledger: a Durable Object, the single writer of a partition.
//!
//! It does SQL and joins strings, nothing else: it is one thread for everybody, so parsing,
//! validation, extraction and rendering are done by the workers that call it.

mod apply;
mod database;
mod handover;
mod outbox;
mod reply;
mod schema;
mod search;

use crate::binding::{self, ObjectState};
use js_sys::{Array, Promise, Uint8Array};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, future_to_promise, spawn_local};
use worker::Env;

pub(super) use database::Database;

/// The Durable Object's class; `shim.js` wraps it.
#[wasm_bindgen]
pub struct Ledger {
    inner: Rc<Inner>,
}

struct Inner {
    database: Database,
    env: Env,
    /// The number of the last commit.
    sequence: Cell<i64>,
    /// The time of the last commit: time never runs backwards from one commit to the next.
    last_updated: Cell<i64>,
    pending: RefCell<Vec<Pending>>,
    flushing: Cell<bool>,
    alarm_is_set: Cell<bool>,
}

/// A command that waits for the next flush.
struct Pending {
    command: Array,
    resolve: js_sys::Function,
    reject: js_sys::Function,
}

#[wasm_bindgen]
impl Ledger {
    /// Opens the database, creating its tables when it is new.
    ///
    /// # Errors
    /// What SQLite says; the runtime answers every call with it and tries again later.
    #[wasm_bindgen(constructor)]
    pub fn new(state: &ObjectState, env: Env) -> Result<Ledger, JsValue> {
        let database = Database::new(state.storage());
        schema::migrate(&database)?;
        let sequence = database.number("SELECT value FROM ledger WHERE name = 'sequence'", &[])?;
        let statement = "SELECT value FROM ledger WHERE name = 'last_updated'";
        let last_updated = database.number(statement, &[])?;
        let inner = Rc::new(Inner {
            database,
            env,
            sequence: Cell::new(sequence),
            last_updated: Cell::new(last_updated),
            pending: RefCell::default(),
            flushing: Cell::new(false),
            alarm_is_set: Cell::new(false),
        });
        inner.wake_outbox();
        Ok(Self { inner })
    }

    /// Applies a command; see `store/command.rs` for its form. Commands that arrive while others
    /// are being made durable share the next flush.
    pub fn commit(&self, command: Array) -> Promise {
        Promise::new(&mut |resolve, reject| {
            let pending = Pending {
                command: command.clone(),
                resolve,
                reject,
            };
            self.inner.pending.borrow_mut().push(pending);
            if !self.inner.flushing.replace(true) {
                let inner = Rc::clone(&self.inner);
                spawn_local(async move { inner.flush().await });
            }
        })
    }

    /// Runs one SELECT; `reply.rs` tells the form of the answer.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn query(
        &self,
        statement: &str,
        values: &Array,
        with_bodies: bool,
    ) -> Result<JsValue, JsValue> {
        let database = &self.inner.database;
        let selected = database.select(statement, values, with_bodies)?;
        reply::reply(self.inner.sequence.get(), &selected, with_bodies, None)
    }

    /// The secret that others are derived from, drawn at the ledger's birth.
    ///
    /// # Errors
    /// What SQLite says.
    #[wasm_bindgen(js_name = rootSecret)]
    pub fn root_secret(&self) -> Result<Uint8Array, JsValue> {
        let statement = "SELECT value FROM ledger WHERE name = 'root_secret'";
        let row = self.inner.database.row(statement, &[])?;
        Ok(Uint8Array::new(
            &row.map(|row| row.get(0)).unwrap_or_default(),
        ))
    }

    /// Brings the outbox to Workers KV; the runtime calls it at the time that was set.
    pub fn alarm(&self) -> Promise {
        let inner = Rc::clone(&self.inner);
        future_to_promise(async move {
            inner.drain_outbox().await;
            Ok(JsValue::UNDEFINED)
        })
    }

    /// Panics, alone or in the middle of a transaction: tests show that nothing is lost.
    /// Reached only where the operator has switched fault injection on.
    ///
    /// # Errors
    /// When there is no such fault.
    pub fn fault(&self, kind: &str) -> Result<(), JsValue> {
        #[expect(clippy::panic, reason = "the fault that is injected")]
        match kind {
            "panic" => panic!("injected fault"),
            "panic-in-transaction" => self.inner.database.transaction(|| {
                self.inner.database.run("DELETE FROM resource", &[])?;
                panic!("injected fault");
            }),
            _ => Err(JsValue::from("there is no such fault")),
        }
    }
}

impl Inner {
    /// Applies what waits, makes it durable, answers; again until nothing waits.
    async fn flush(&self) {
        loop {
            let batch = self.pending.take();
            if batch.is_empty() {
                self.flushing.set(false);
                return;
            }
            let answers = self.apply_all(&batch);
            let durable = match self.database.sync() {
                Ok(promise) => JsFuture::from(promise).await.map(|_| ()),
                Err(error) => Err(error),
            };
            let answers = durable.and(answers);
            for (at, pending) in batch.iter().enumerate() {
                let answered = match &answers {
                    Ok(answers) => pending
                        .resolve
                        .call1(&JsValue::NULL, &answers.get(index(at))),
                    Err(error) => pending.reject.call1(&JsValue::NULL, error),
                };
                if let Err(error) = answered {
                    binding::log_error(&format!("a command could not be answered: {error:?}"));
                }
            }
        }
    }

    /// All of a batch in one transaction, each command in one of its own inside it: a refused
    /// command undoes itself alone.
    fn apply_all(&self, batch: &[Pending]) -> Result<Array, JsValue> {
        let now = (js_sys::Date::now() as i64).max(self.last_updated.get());
        let before = self.sequence.get();
        let answers = self.database.transaction(|| {
            let answers = Array::new();
            for pending in batch {
                answers.push(&self.apply(&pending.command, now));
            }
            if self.sequence.get() != before {
                let statement = "UPDATE ledger SET value = iif(name = 'sequence', ?, ?)
                                 WHERE name IN ('sequence', 'last_updated')";
                let values = [self.sequence.get(), now].map(|value| JsValue::from(value as f64));
                self.database.run(statement, &values)?;
            }
            Ok(answers)
        });
        match &answers {
            Ok(_) if self.sequence.get() != before => {
                self.last_updated.set(now);
                self.wake_outbox();
            }
            Ok(_) => {}
            Err(_) => self.sequence.set(before),
        }
        answers
    }
}

fn index(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}
