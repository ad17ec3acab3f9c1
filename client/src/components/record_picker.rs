//! Finds a record while the person types: an editable combobox with a list of results.
//! <https://www.w3.org/WAI/ARIA/apg/patterns/combobox/>

use wasm_bindgen::JsCast;
use web_sys::{HtmlInputElement, KeyboardEvent};
use yew::prelude::*;

use crate::api::bundle::SearchPage;
use crate::api::record_search::Sought;
use crate::clock::today;
use crate::components::loaded::{Loaded, use_asked};
use crate::components::settled::use_settled;
use crate::desk::Desk;
use crate::display::choice::Choice;

/// More than these and the person had better type on.
const SHOWN: usize = 10;

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct RecordPickerProps {
    pub(crate) desk: Desk,
    /// Unique on the page.
    pub(crate) id: AttrValue,
    pub(crate) label: AttrValue,
    pub(crate) hint: AttrValue,
    pub(crate) sought: Sought,
    pub(crate) onchoose: Callback<Choice>,
}

/// What the list below the box has to show.
struct Results {
    choices: Vec<Choice>,
    /// Said below the list and to screen readers.
    words: String,
    /// False while the list answers an earlier text.
    current: bool,
}

#[component]
pub(crate) fn RecordPicker(props: &RecordPickerProps) -> Html {
    let typed = use_state_eq(String::new);
    let open = use_state_eq(|| false);
    let active = use_state_eq(|| None::<usize>);
    let settled = use_settled((*typed).clone());
    let question = open.then(|| props.sought.fhir_query(&settled));
    let fhir = props.desk.fhir.clone();
    let asked = use_asked(question, move |question: Option<String>| {
        let fhir = fhir.clone();
        async move {
            match question {
                Some(query) => fhir.search(&query).await,
                None => Ok(SearchPage::default()),
            }
        }
    });
    let results = results(&props.sought, &typed, *settled == *typed, &asked.loaded);
    let count = results.choices.len();

    let choose = {
        let (onchoose, typed, open, active) = (
            props.onchoose.clone(),
            typed.setter(),
            open.setter(),
            active.setter(),
        );
        Callback::from(move |choice: Choice| {
            typed.set(String::new());
            open.set(false);
            active.set(None);
            onchoose.emit(choice);
        })
    };
    let oninput = {
        let (typed, open, active) = (typed.setter(), open.setter(), active.setter());
        Callback::from(move |event: InputEvent| {
            if let Some(input) = event
                .target()
                .and_then(|target| target.dyn_into::<HtmlInputElement>().ok())
            {
                typed.set(input.value());
                open.set(true);
                active.set(None);
            }
        })
    };
    let onkeydown = {
        let (open, active, choose) = (open.clone(), active.clone(), choose.clone());
        let (choices, current) = (results.choices.clone(), results.current);
        Callback::from(move |event: KeyboardEvent| {
            let step = |forward: bool| {
                open.set(true);
                active.set(stepped(*active, count, forward));
            };
            match event.key().as_str() {
                "ArrowDown" => step(true),
                "ArrowUp" => step(false),
                "Escape" if *open => {
                    open.set(false);
                    active.set(None);
                }
                "Enter" => {
                    // Without a marked one, the first: provided that it answers what was typed.
                    let marked = active.or((current && *open).then_some(0));
                    if let Some(choice) = marked.and_then(|at| choices.get(at)) {
                        choose.emit(choice.clone());
                    }
                }
                _ => return,
            }
            event.prevent_default();
        })
    };
    let set_open = |to: bool| {
        let (open, active) = (open.setter(), active.setter());
        move || {
            open.set(to);
            active.set(None);
        }
    };
    let onclick = set_open(true);
    let onblur = set_open(false);
    let id = &props.id;
    let list_id = format!("{id}-results");
    let option_id = |at: usize| format!("{id}-result-{at}");
    let expanded = *open && count > 0;
    html! {
        <div class="field picker">
            <label for={id.clone()}>{ &props.label }</label>
            <input
                id={id.clone()}
                type="text"
                role="combobox"
                value={(*typed).clone()}
                autocomplete="off"
                spellcheck="false"
                aria-autocomplete="list"
                aria-expanded={if expanded { "true" } else { "false" }}
                aria-controls={list_id.clone()}
                aria-activedescendant={active.filter(|_| expanded).map(option_id)}
                aria-describedby={format!("{id}-hint")}
                {oninput}
                {onkeydown}
                onclick={Callback::from(move |_: MouseEvent| onclick())}
                onblur={Callback::from(move |_: FocusEvent| onblur())}
            />
            <p class="hint" id={format!("{id}-hint")}>{ &props.hint }</p>
            <div class="picker-results" hidden={!*open}>
                <ul role="listbox" id={list_id} aria-label="Results" hidden={!expanded}>
                    for (at, choice) in results.choices.iter().enumerate() {
                        <li
                            key={choice.id.clone()}
                            role="option"
                            id={option_id(at)}
                            aria-selected={if *active == Some(at) { "true" } else { "false" }}
                            // The box keeps the focus, hence the list stays open for the click.
                            onmousedown={Callback::from(|event: MouseEvent| event.prevent_default())}
                            onclick={
                                let (choose, choice) = (choose.clone(), choice.clone());
                                Callback::from(move |_: MouseEvent| choose.emit(choice.clone()))
                            }
                        >
                            <span class="picker-name">{ &choice.name }</span>
                            <span class="hint">{ choice.facts.join(", ") }</span>
                            <code class="hint">{ &choice.id }</code>
                        </li>
                    }
                </ul>
                <p class="hint picker-words" role="status">
                    { if *open { results.words } else { String::new() } }
                </p>
            </div>
        </div>
    }
}

/// The place after or before another, round the ends of the list.
fn stepped(at: Option<usize>, count: usize, forward: bool) -> Option<usize> {
    let last = count.checked_sub(1)?;
    Some(match (at, forward) {
        (None, true) => 0,
        (Some(at), true) if at >= last => 0,
        (Some(at), true) => at + 1,
        (None | Some(0), false) => last,
        (Some(at), false) => at - 1,
    })
}

fn results(sought: &Sought, typed: &str, settled: bool, loaded: &Loaded<SearchPage>) -> Results {
    let (page, ready) = match loaded {
        Loaded::Ready(page) => (page, true),
        Loaded::Loading(Some(page)) => (page, false),
        Loaded::Loading(None) => {
            return Results {
                choices: Vec::new(),
                words: "Searching…".to_owned(),
                current: false,
            };
        }
        Loaded::Failed(failure) => {
            return Results {
                choices: Vec::new(),
                words: format!("{}. {}", failure.heading(), failure.advice()),
                current: false,
            };
        }
    };
    let current = ready && settled;
    let today = today();
    let kept: Vec<Choice> = page
        .matches
        .iter()
        .filter_map(|resource| Choice::of(resource, today))
        .filter(|choice| sought.keeps(&choice.words(), typed, current))
        .collect();
    let all = page.total.map_or(kept.len(), |total| {
        usize::try_from(total).unwrap_or(usize::MAX).max(kept.len())
    });
    let words = match (current, kept.len().min(SHOWN)) {
        (false, _) => "Searching…".to_owned(),
        (true, 0) => format!("No {} found.", sought.plural()),
        (true, shown) if all > shown || page.next.is_some() => {
            format!(
                "The first {shown} {}: type on to see others.",
                sought.plural()
            )
        }
        (true, 1) => "1 found.".to_owned(),
        (true, shown) => format!("{shown} found."),
    };
    Results {
        choices: kept.into_iter().take(SHOWN).collect(),
        words,
        current,
    }
}
