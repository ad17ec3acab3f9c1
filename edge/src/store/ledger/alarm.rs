//! The alarm: gives each kind of background work its turn, as the agenda says.

use super::Inner;
use crate::binding;
use crate::store::agenda::{Turn, Work};
use std::rc::Rc;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::{JsFuture, spawn_local};

impl Inner {
    /// Notes that there is something to do.
    pub(super) fn want(self: &Rc<Self>, work: Work) {
        self.agenda.borrow_mut().want(work, now());
        self.set_alarm();
    }

    /// Notes what an earlier life of the object has left to do.
    pub(super) fn want_what_is_left(self: &Rc<Self>) -> Result<(), JsValue> {
        if self.has_outbox()? {
            self.want(Work::Outbox);
        }
        if self.store.has_to_reindex() {
            self.want(Work::Reindex);
        }
        Ok(())
    }

    /// Sets the alarm for what is due first, unless it rings before. While it is being answered none
    /// is set: the runtime would cut the call short for it.
    fn set_alarm(self: &Rc<Self>) {
        let Some(due) = self.agenda.borrow().alarm() else {
            return;
        };
        if self.is_ringing.get() || self.alarm.get().is_some_and(|set| set <= due) {
            return;
        }
        self.alarm.set(Some(due));
        let set = self.platform().set_alarm(due as f64);
        let inner = Rc::clone(self);
        spawn_local(async move {
            let set = match set {
                Ok(promise) => JsFuture::from(promise).await.map(|_| ()),
                Err(error) => Err(error),
            };
            if let Err(error) = set {
                inner.alarm.set(None);
                binding::log_error(&format!("the alarm could not be set: {error:?}"));
            }
        });
    }

    /// Gives a turn to all work that is due.
    pub(super) async fn ring(self: &Rc<Self>) {
        let rang = now().max(self.alarm.take().unwrap_or_default());
        self.is_ringing.set(true);
        loop {
            let next = self.agenda.borrow().next(rang);
            let Some(work) = next else { break };
            let turn = match work {
                Work::Outbox => self.bring_versions().await,
                Work::Reindex => self.reindex(),
            };
            self.agenda.borrow_mut().ended(work, turn, now().max(rang));
        }
        self.is_ringing.set(false);
        self.set_alarm();
    }

    fn reindex(&self) -> Turn {
        match self.store.reindex_slice() {
            Ok(true) => Turn::More,
            Ok(false) => Turn::Done,
            Err(error) => {
                binding::log_error(&format!("resources were not indexed anew: {error:?}"));
                Turn::Failed
            }
        }
    }
}

/// The time, in milliseconds since 1970.
fn now() -> i64 {
    js_sys::Date::now() as i64
}
