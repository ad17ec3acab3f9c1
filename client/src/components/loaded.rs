//! Loading something when a page needs it: the state, the answer, another try.

use std::cell::Cell;
use std::future::Future;
use std::rc::Rc;

use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use crate::api::failure::FhirFailure;

/// What has come so far.
pub(crate) enum Loaded<T> {
    /// Nothing yet; the answer to the question before, if the page wants to keep it in sight.
    Loading(Option<Rc<T>>),
    /// The answer.
    Ready(Rc<T>),
    /// No answer.
    Failed(FhirFailure),
}

impl<T> Clone for Loaded<T> {
    fn clone(&self) -> Self {
        match self {
            Self::Loading(before) => Self::Loading(before.clone()),
            Self::Ready(answer) => Self::Ready(answer.clone()),
            Self::Failed(failure) => Self::Failed(failure.clone()),
        }
    }
}

impl<T> Loaded<T> {
    fn answer(&self) -> Option<Rc<T>> {
        match self {
            Self::Ready(answer) => Some(answer.clone()),
            Self::Loading(before) => before.clone(),
            Self::Failed(_) => None,
        }
    }
}

/// The state of a question and the way to ask it again.
pub(crate) struct Asked<T> {
    pub(crate) loaded: Loaded<T>,
    pub(crate) again: Callback<()>,
}

/// Asks whenever `question` changes; answers to earlier questions are discarded.
#[hook]
pub(crate) fn use_asked<Q, T, Answering>(
    question: Q,
    ask: impl Fn(Q) -> Answering + 'static,
) -> Asked<T>
where
    Q: Clone + PartialEq + 'static,
    T: 'static,
    Answering: Future<Output = Result<T, FhirFailure>> + 'static,
{
    let loaded = use_state(|| Loaded::Loading(None));
    let attempt = use_state(|| 0_u32);
    {
        let before = loaded.answer();
        let set = loaded.setter();
        use_effect_with((question, *attempt), move |(question, _)| {
            set.set(Loaded::Loading(before));
            let wanted = Rc::new(Cell::new(true));
            let answering = ask(question.clone());
            let still_wanted = wanted.clone();
            spawn_local(async move {
                let answer = answering.await;
                if still_wanted.get() {
                    set.set(match answer {
                        Ok(answer) => Loaded::Ready(Rc::new(answer)),
                        Err(failure) => Loaded::Failed(failure),
                    });
                }
            });
            move || wanted.set(false)
        });
    }
    Asked {
        loaded: (*loaded).clone(),
        again: Callback::from(move |()| attempt.set(*attempt + 1)),
    }
}
