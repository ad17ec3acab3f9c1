//! The ledger: a Durable Object, the single writer of a partition.
//!
//! It does SQL and joins strings: it is one thread for everybody, so parsing, validation, extraction
//! and rendering are done by the workers that call it. Only what is stored already it indexes anew
//! itself, slice by slice.

mod alarm;
mod handover;
mod outbox;
mod reply;
mod wire;

use super::agenda::{Agenda, Work};
use super::by_ledger::obstacle;
use super::platform::Database;
use super::sqlite::{Budget, Condition, Connection, Extraction, Store};
use crate::binding::{self, ObjectState};
use crate::config::Config;
use fhir::definitions::Definitions;
use js_sys::{Array, JsString, Promise, Uint8Array};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, future_to_promise, spawn_local};
use wire::Packed;
use worker::Env;

/// The Durable Object's class; `shim.js` wraps it.
#[wasm_bindgen]
pub struct Ledger {
    inner: Rc<Inner>,
}

struct Inner {
    store: Store,
    env: Env,
    pending: RefCell<Vec<Pending>>,
    flushing: Cell<bool>,
    agenda: RefCell<Agenda>,
    /// When the alarm rings, in milliseconds since 1970; `None` while that is not known.
    alarm: Cell<Option<i64>>,
    /// Whether the alarm is being answered.
    is_ringing: Cell<bool>,
}

/// A command that waits for the next flush.
struct Pending {
    command: Packed,
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
        let connection = Connection::new(Database::new(state.storage()));
        let config = Config::from_env(&env).map_err(|error| js_sys::Error::new(&error))?;
        let extraction = Extraction::new(Definitions::of(config.release));
        let store = Store::open(connection, extraction, draw_secret)?;
        let inner = Rc::new(Inner {
            store,
            env,
            pending: RefCell::default(),
            flushing: Cell::new(false),
            agenda: RefCell::new(Agenda::new()),
            alarm: Cell::default(),
            is_ringing: Cell::default(),
        });
        inner.want_what_is_left()?;
        Ok(Self { inner })
    }

    /// Applies a command, see `store/by_ledger/` for its form. Commands that arrive while others
    /// are being made durable share the next flush.
    pub fn commit(&self, command: Array) -> Promise {
        Promise::new(&mut |resolve, reject| {
            let pending = Pending {
                command: Packed(command.clone()),
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

    /// Runs one SELECT; `reply.rs` describes the form of the answer.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn query(
        &self,
        statement: JsString,
        values: Array,
        with_bodies: bool,
    ) -> Result<JsValue, JsValue> {
        let store = &self.inner.store;
        let condition = Condition {
            statement: statement.into(),
            values: values.into(),
        };
        match store.select(condition, with_bodies, &mut Budget::new())? {
            Ok(selected) => reply::of_query(store.sequence(), &selected, with_bodies),
            Err(obstacle) => Ok(obstacle::packed(obstacle).into()),
        }
    }

    /// Runs SELECTs, the first of them at least, until their answers become too long for one call
    /// or the others have waited long enough.
    ///
    /// # Errors
    /// What SQLite says.
    #[wasm_bindgen(js_name = querySome)]
    pub fn query_some(&self, statements: &Array, with_bodies: bool) -> Result<Array, JsValue> {
        let store = &self.inner.store;
        let mut budget = Budget::new();
        let replies = Array::new();
        for packed in statements.iter() {
            if !budget.is_left() {
                break;
            }
            let selected = store.select(wire::statement(packed), with_bodies, &mut budget)?;
            let selected = match selected {
                Ok(selected) => selected,
                Err(obstacle) => {
                    replies.push(&obstacle::packed(obstacle));
                    break;
                }
            };
            if selected.is_cut && replies.length() > 0 {
                break;
            }
            replies.push(&reply::of_query(store.sequence(), &selected, with_bodies)?);
        }
        Ok(replies)
    }

    /// Runs the shortest of the ways.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn search(&self, ways: &Array, with_bodies: bool) -> Result<JsValue, JsValue> {
        let store = &self.inner.store;
        match store.search(&wire::ways(ways), with_bodies)? {
            Ok(taken) => reply::of_search(store.sequence(), taken, with_bodies),
            Err(obstacle) => Ok(obstacle::packed(obstacle).into()),
        }
    }

    /// The secret that others are derived from, drawn at the ledger's birth.
    ///
    /// # Errors
    /// What SQLite says.
    #[wasm_bindgen(js_name = rootSecret)]
    pub fn root_secret(&self) -> Result<Uint8Array, JsValue> {
        let secret = self.inner.store.root_secret()?;
        Ok(Uint8Array::from(secret.as_slice()))
    }

    /// Does what is due beside requests; the runtime calls it at the time that was set.
    pub fn alarm(&self) -> Promise {
        let inner = Rc::clone(&self.inner);
        future_to_promise(async move {
            inner.ring().await;
            Ok(JsValue::UNDEFINED)
        })
    }

    /// Panics, alone or in the middle of a transaction, or forgets the index: tests show that nothing
    /// is lost.
    /// Reached only where the operator has switched fault injection on.
    ///
    /// # Errors
    /// When there is no such fault.
    pub fn fault(&self, kind: &str) -> Result<(), JsValue> {
        #[expect(clippy::panic, reason = "the fault that is injected")]
        match kind {
            "panic" => panic!("injected fault"),
            "panic-in-transaction" => self.inner.platform().transaction(|| {
                self.inner.platform().run("DELETE FROM resource", &[])?;
                panic!("injected fault");
            }),
            "forget-index" => {
                self.inner.store.forget_index()?;
                self.inner.want(Work::Reindex);
                Ok(())
            }
            _ => Err(JsValue::from("there is no such fault")),
        }
    }
}

impl Inner {
    /// Applies what waits, makes it durable, answers; again until nothing waits.
    async fn flush(self: &Rc<Self>) {
        loop {
            let batch = self.pending.take();
            if batch.is_empty() {
                self.flushing.set(false);
                return;
            }
            let answers = self.apply_all(&batch);
            let durable = match self.platform().sync() {
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

    /// Applies a batch in one transaction; the answers to its commands.
    fn apply_all(self: &Rc<Self>, batch: &[Pending]) -> Result<Array, JsValue> {
        let before = self.store.sequence();
        let commands: Vec<&Packed> = batch.iter().map(|pending| &pending.command).collect();
        let applied = self
            .store
            .apply_all(&commands, js_sys::Date::now() as i64)?;
        if self.store.sequence() != before {
            self.want(Work::Outbox);
        }
        Ok(applied.into_iter().map(wire::answer).collect())
    }

    /// The database as the runtime offers it.
    fn platform(&self) -> &Database {
        self.store.database().connection().platform()
    }
}

/// 32 random bytes.
fn draw_secret() -> [u8; 32] {
    let drawn = Uint8Array::new_with_length(32);
    binding::random_values(&drawn);
    let mut secret = [0; 32];
    drawn.copy_to(&mut secret);
    secret
}

fn index(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}
