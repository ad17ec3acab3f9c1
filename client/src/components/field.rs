//! A form field: label, input, hint and what is wrong with it, tied together for screen readers.

use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;
use yew::prelude::*;

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct FieldProps {
    /// Unique on the page.
    pub(crate) id: AttrValue,
    pub(crate) label: AttrValue,
    pub(crate) value: AttrValue,
    pub(crate) oninput: Callback<String>,
    #[prop_or("text".into())]
    pub(crate) kind: AttrValue,
    #[prop_or_default]
    pub(crate) placeholder: AttrValue,
    #[prop_or_default]
    pub(crate) hint: Option<AttrValue>,
    #[prop_or_default]
    pub(crate) autocomplete: Option<AttrValue>,
    #[prop_or(false)]
    pub(crate) required: bool,
    /// What is wrong.
    #[prop_or_default]
    pub(crate) problems: Vec<AttrValue>,
}

#[component]
pub(crate) fn Field(props: &FieldProps) -> Html {
    let oninput = {
        let oninput = props.oninput.clone();
        Callback::from(move |event: InputEvent| {
            if let Some(input) = event
                .target()
                .and_then(|target| target.dyn_into::<HtmlInputElement>().ok())
            {
                oninput.emit(input.value());
            }
        })
    };
    let id = &props.id;
    html! {
        <div class="field">
            <label for={id.clone()}>
                { &props.label }
                if props.required {
                    <span class="required" aria-hidden="true">{ " *" }</span>
                }
            </label>
            <input
                id={id.clone()}
                type={props.kind.clone()}
                value={props.value.clone()}
                placeholder={props.placeholder.clone()}
                autocomplete={props.autocomplete.clone()}
                required={props.required}
                aria-invalid={(!props.problems.is_empty()).then_some("true")}
                aria-describedby={described_by(id, props.hint.is_some(), !props.problems.is_empty())}
                {oninput}
            />
            if let Some(hint) = &props.hint {
                <p class="hint" id={format!("{id}-hint")}>{ hint }</p>
            }
            <Problems {id} problems={props.problems.clone()} />
        </div>
    }
}

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct ProblemsProps {
    /// The field's id.
    pub(crate) id: AttrValue,
    pub(crate) problems: Vec<AttrValue>,
}

/// What is wrong with a field, below it.
#[component]
pub(crate) fn Problems(props: &ProblemsProps) -> Html {
    if props.problems.is_empty() {
        return Html::default();
    }
    html! {
        <ul class="problems" id={format!("{}-problems", props.id)}>
            for problem in &props.problems {
                <li>{ problem }</li>
            }
        </ul>
    }
}

/// The ids of the texts that describe a field.
pub(crate) fn described_by(id: &str, has_hint: bool, has_problems: bool) -> Option<String> {
    let hint = has_hint.then(|| format!("{id}-hint"));
    let problems = has_problems.then(|| format!("{id}-problems"));
    match (hint, problems) {
        (Some(hint), Some(problems)) => Some(format!("{problems} {hint}")),
        (one, other) => one.or(other),
    }
}
