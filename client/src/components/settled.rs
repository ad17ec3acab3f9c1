//! A value once it has stopped changing: what is typed becomes one question, not one a letter.

use gloo_timers::callback::Timeout;
use yew::prelude::*;

/// Long enough that a name is one search, short enough to feel at once.
const TYPING_MILLIS: u32 = 350;

/// The value as it was when it last stood still.
#[hook]
pub(crate) fn use_settled<T: Clone + PartialEq + 'static>(value: T) -> T {
    let settled = use_state_eq(|| value.clone());
    {
        let set = settled.setter();
        use_effect_with(value, move |value| {
            let value = value.clone();
            let waiting = Timeout::new(TYPING_MILLIS, move || set.set(value));
            move || drop(waiting)
        });
    }
    (*settled).clone()
}
