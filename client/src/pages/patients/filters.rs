//! The search box and the filters.

use gloo_timers::callback::Timeout;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{HtmlElement, HtmlInputElement, HtmlSelectElement, KeyboardEvent};
use yew::prelude::*;

use crate::api::patient_search::{Column, GENDERS, Order, PAGE_SIZES, PatientSearch, gender};

const SEARCH_ID: &str = "patient-search";
/// Long enough that a name is one search, short enough to feel at once.
const TYPING_MILLIS: u32 = 350;

/// Whether a change is a step that the back button returns to.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// Yes.
    New,
    /// No: the same search, still being typed.
    Same,
}

#[derive(Clone, PartialEq, Properties)]
pub(super) struct FiltersProps {
    pub(super) search: PatientSearch,
    pub(super) onchange: Callback<(PatientSearch, Step)>,
}

#[component]
pub(super) fn Filters(props: &FiltersProps) -> Html {
    let typed = use_state_eq(|| props.search.text.clone());
    let pending = use_mut_ref(|| None::<Timeout>);
    use_slash_key();
    {
        // The address changed by other means: the back button, or a link to all patients.
        let typed = typed.setter();
        use_effect_with(props.search.text.clone(), move |text| {
            typed.set(text.clone())
        });
    }
    let ask = {
        let (search, onchange) = (props.search.clone(), props.onchange.clone());
        move |text: String, step: Step| {
            if text.trim() != search.text.trim() {
                let search = PatientSearch {
                    text: text.trim().to_owned(),
                    ..search.first_page()
                };
                onchange.emit((search, step));
            }
        }
    };
    let oninput = {
        let (typed, pending, ask) = (typed.setter(), pending.clone(), ask.clone());
        Callback::from(move |event: InputEvent| {
            let Some(input) = event
                .target()
                .and_then(|target| target.dyn_into::<HtmlInputElement>().ok())
            else {
                return;
            };
            let text = input.value();
            typed.set(text.clone());
            let ask = ask.clone();
            pending.replace(Some(Timeout::new(TYPING_MILLIS, move || {
                ask(text, Step::Same);
            })));
        })
    };
    let onsubmit = {
        let (typed, pending) = (typed.clone(), pending);
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            pending.replace(None);
            ask((*typed).clone(), Step::New);
        })
    };
    let choose = |change: fn(&mut PatientSearch, &str)| {
        let (search, onchange) = (props.search.clone(), props.onchange.clone());
        Callback::from(move |event: Event| {
            if let Some(select) = event
                .target()
                .and_then(|target| target.dyn_into::<HtmlSelectElement>().ok())
            {
                let mut search = search.first_page();
                change(&mut search, &select.value());
                onchange.emit((search, Step::New));
            }
        })
    };
    html! {
        <form class="filters" role="search" aria-label="Patients" {onsubmit}>
            <div class="field field-search">
                <label for={SEARCH_ID}>{ "Search" }</label>
                <input
                    id={SEARCH_ID}
                    type="search"
                    value={(*typed).clone()}
                    placeholder="Name, birth date (YYYY-MM-DD) or number"
                    autocomplete="off"
                    spellcheck="false"
                    aria-keyshortcuts="/"
                    {oninput}
                />
            </div>
            <button type="submit" class="button">{ "Search" }</button>
            <div class="field">
                <label for="gender-filter">{ "Gender" }</label>
                <select
                    id="gender-filter"
                    onchange={choose(|search, value| search.gender = gender(value))}
                >
                    <option value="" selected={props.search.gender.is_none()}>{ "Any" }</option>
                    for (code, title) in GENDERS {
                        <option value={code} selected={props.search.gender == Some(code)}>
                            { title }
                        </option>
                    }
                </select>
            </div>
            <div class="field narrow-only">
                <label for="order">{ "Order" }</label>
                <select
                    id="order"
                    onchange={choose(|search, value| {
                        search.order = Order::of_parameter(value).unwrap_or(search.order);
                    })}
                >
                    for column in Column::ALL {
                        for descending in [false, true] {
                            { order_option(Order { column, descending }, props.search.order) }
                        }
                    }
                </select>
            </div>
            <div class="field">
                <label for="page-size">{ "Rows" }</label>
                <select
                    id="page-size"
                    onchange={choose(|search, value| {
                        search.page_size = value.parse().unwrap_or(search.page_size);
                    })}
                >
                    for size in PAGE_SIZES {
                        <option value={size.to_string()} selected={props.search.page_size == size}>
                            { size }
                        </option>
                    }
                </select>
            </div>
        </form>
    }
}

fn order_option(order: Order, current: Order) -> Html {
    let direction = match (order.column, order.descending) {
        (Column::Name, false) => "A to Z",
        (Column::Name, true) => "Z to A",
        (_, false) => "earliest first",
        (_, true) => "latest first",
    };
    html! {
        <option value={order.parameter()} selected={order == current}>
            { format!("{}, {direction}", order.column.title()) }
        </option>
    }
}

/// `/` goes to the search box, unless the person is typing somewhere.
#[hook]
fn use_slash_key() {
    use_effect_with((), |()| {
        let listener = Closure::<dyn Fn(KeyboardEvent)>::new(|event: KeyboardEvent| {
            let typing = event
                .target()
                .and_then(|target| target.dyn_into::<web_sys::Element>().ok())
                .is_some_and(|element| {
                    matches!(element.tag_name().as_str(), "INPUT" | "TEXTAREA" | "SELECT")
                });
            let modified = event.ctrl_key() || event.meta_key() || event.alt_key();
            if event.key() == "/" && !typing && !modified && focus_search() {
                event.prevent_default();
            }
        });
        let document = web_sys::window().and_then(|window| window.document());
        if let Some(document) = &document {
            // Without the listener the box is still a click away.
            let _ = document
                .add_event_listener_with_callback("keydown", listener.as_ref().unchecked_ref());
        }
        move || {
            if let Some(document) = document {
                let _ = document.remove_event_listener_with_callback(
                    "keydown",
                    listener.as_ref().unchecked_ref(),
                );
            }
        }
    });
}

fn focus_search() -> bool {
    let input = web_sys::window()
        .and_then(|window| window.document())
        .and_then(|document| document.get_element_by_id(SEARCH_ID))
        .and_then(|element| element.dyn_into::<HtmlElement>().ok());
    input.is_some_and(|input| input.focus().is_ok())
}
