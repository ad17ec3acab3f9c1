//! The page with the form.

use std::rc::Rc;

use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;
use web_sys::HtmlSelectElement;
use yew::prelude::*;
use yew_router::prelude::*;

use super::draft::{DraftField, PatientDraft};
use crate::api::failure::FhirFailure;
use crate::api::outcome::Issue;
use crate::api::patient_search::GENDERS;
use crate::components::address_link::{AddressLink, go};
use crate::components::failure_notice::FailureNotice;
use crate::components::field::{Field, Problems, described_by};
use crate::components::page_heading::PageHeading;
use crate::desk::Desk;
use crate::display::text;
use crate::route::Route;

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct NewPatientPageProps {
    pub(crate) desk: Desk,
}

#[component]
pub(crate) fn NewPatientPage(props: &NewPatientPageProps) -> Html {
    let draft = use_state_eq(PatientDraft::default);
    let tried = use_state_eq(|| false);
    let sending = use_state_eq(|| false);
    let failure = use_state_eq(|| None::<FhirFailure>);
    let navigator = use_navigator();

    let onsubmit = {
        let (draft, tried, sending) = (draft.clone(), tried.setter(), sending.clone());
        let (failure, fhir) = (failure.setter(), props.desk.fhir.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            tried.set(true);
            failure.set(None);
            if let Some((field, _)) = draft.problems().first() {
                focus(*field);
                return;
            }
            if *sending {
                return;
            }
            sending.set(true);
            let (resource, fhir) = (draft.resource(), fhir.clone());
            let (failure, sending) = (failure.clone(), sending.setter());
            let navigator = navigator.clone();
            spawn_local(async move {
                match (fhir.create(&resource).await, navigator) {
                    (Ok(created), Some(navigator)) => {
                        let id = text(&created, "id").unwrap_or_default().to_owned();
                        let query = vec![
                            ("sort".to_owned(), "-_lastUpdated".to_owned()),
                            ("created".to_owned(), id),
                        ];
                        go(&navigator, &Route::Patients, &query);
                    }
                    (Ok(_), None) => sending.set(false),
                    (Err(refusal), _) => {
                        sending.set(false);
                        failure.set(Some(refusal));
                    }
                }
            });
        })
    };
    let fill_in = {
        let (draft, tried) = (draft.setter(), tried.setter());
        Callback::from(move |_: MouseEvent| {
            draft.set(PatientDraft::example());
            tried.set(false);
        })
    };

    let issues = failure
        .as_ref()
        .map(FhirFailure::issues)
        .unwrap_or_default();
    let form = Form {
        draft: draft.clone(),
        problems: if *tried {
            Rc::new(draft.problems())
        } else {
            Rc::default()
        },
        issues: Rc::new(issues),
    };
    html! {
        <div class="narrow">
            <PageHeading title="New patient" />
            <form class="card form" {onsubmit} novalidate=true aria-label="New patient">
                <div class="actions form-top">
                    <p class="hint">{ "Fields with * are required." }</p>
                    <button type="button" class="button button-small" onclick={fill_in}>
                        { "Fill in the example" }
                    </button>
                </div>
                <fieldset>
                    <legend>{ "Name" }</legend>
                    { form.field(DraftField::Given, "Given names", "James T.") }
                    { form.required(DraftField::Family, "Family name", "Kirk") }
                </fieldset>
                <fieldset>
                    <legend>{ "Person" }</legend>
                    { form.gender() }
                    { form.hinted(
                        DraftField::BirthDate,
                        "Birth date",
                        "2233-03-22",
                        "YYYY-MM-DD; the day or the month may be left out. FHIR allows future dates.",
                    ) }
                </fieldset>
                <fieldset>
                    <legend>{ "Identifier" }</legend>
                    { form.field(DraftField::IdentifierValue, "Number", "SC937-0176-CEC") }
                    { form.hinted(
                        DraftField::IdentifierSystem,
                        "Issued by",
                        "urn:example:starfleet:service-number",
                        "The web address or URN of the numbering, such as your clinic’s.",
                    ) }
                </fieldset>
                <fieldset>
                    <legend>{ "Contact" }</legend>
                    { form.field(DraftField::Phone, "Phone", "") }
                    { form.field(DraftField::Email, "E-mail", "") }
                    { form.field(DraftField::Line, "Street and number", "") }
                    { form.field(DraftField::PostalCode, "Postal code", "") }
                    { form.field(DraftField::City, "City", "Riverside") }
                    { form.field(DraftField::Country, "Country", "US") }
                </fieldset>
                // Beside the button that was pressed, where the person looks.
                if let Some(failure) = &*failure {
                    <FailureNotice desk={props.desk.clone()} failure={failure.clone()}>
                        { who_asks(&props.desk, failure) }
                    </FailureNotice>
                }
                <div class="actions">
                    <button type="submit" class="button button-primary" disabled={*sending}>
                        { if *sending { "Creating…" } else { "Create patient" } }
                    </button>
                    <AddressLink to={Route::Patients} class="button">{ "Cancel" }</AddressLink>
                </div>
            </form>
        </div>
    }
}

/// After a refusal, says who was refused: the remedy is often another account.
fn who_asks(desk: &Desk, failure: &FhirFailure) -> Html {
    match (failure, desk.person.claims()) {
        (FhirFailure::Refused { status: 403, .. }, Some(claims)) => {
            let roles = if claims.roles.is_empty() {
                "no role".to_owned()
            } else {
                claims.roles.join(", ")
            };
            html! {
                <p>
                    { format!("You are signed in as {} with {roles}.", claims.display_name()) }
                </p>
            }
        }
        _ => Html::default(),
    }
}

struct Form {
    draft: UseStateHandle<PatientDraft>,
    problems: Rc<Vec<(DraftField, &'static str)>>,
    issues: Rc<Vec<Issue>>,
}

impl Form {
    fn field(&self, field: DraftField, label: &'static str, example: &'static str) -> Html {
        self.input(field, label, example, None, false)
    }

    fn required(&self, field: DraftField, label: &'static str, example: &'static str) -> Html {
        self.input(field, label, example, None, true)
    }

    fn hinted(
        &self,
        field: DraftField,
        label: &'static str,
        example: &'static str,
        hint: &'static str,
    ) -> Html {
        self.input(field, label, example, Some(hint.into()), false)
    }

    fn input(
        &self,
        field: DraftField,
        label: &'static str,
        example: &'static str,
        hint: Option<AttrValue>,
        required: bool,
    ) -> Html {
        html! {
            <Field
                id={id(field)}
                {label}
                placeholder={example}
                {hint}
                {required}
                value={self.value(field)}
                autocomplete="off"
                problems={self.problems_of(field)}
                oninput={self.setter(field)}
            />
        }
    }

    fn gender(&self) -> Html {
        let problems = self.problems_of(DraftField::Gender);
        let id = id(DraftField::Gender);
        let value = self.draft.gender.clone();
        let set = self.setter(DraftField::Gender);
        let onchange = Callback::from(move |event: Event| {
            if let Some(select) = event
                .target()
                .and_then(|target| target.dyn_into::<HtmlSelectElement>().ok())
            {
                set.emit(select.value());
            }
        });
        html! {
            <div class="field">
                <label for={id}>{ "Gender" }</label>
                <select
                    {id}
                    {onchange}
                    aria-invalid={(!problems.is_empty()).then_some("true")}
                    aria-describedby={described_by(id, false, !problems.is_empty())}
                >
                    <option value="" selected={value.is_empty()}>{ "Not said" }</option>
                    for (code, title) in GENDERS {
                        <option value={code} selected={value == code}>{ title }</option>
                    }
                </select>
                <Problems {id} {problems} />
            </div>
        }
    }

    fn value(&self, field: DraftField) -> AttrValue {
        let mut draft = (*self.draft).clone();
        AttrValue::from(std::mem::take(draft.text_mut(field)))
    }

    fn setter(&self, field: DraftField) -> Callback<String> {
        let draft = self.draft.clone();
        Callback::from(move |text: String| {
            let mut changed = (*draft).clone();
            *changed.text_mut(field) = text;
            draft.set(changed);
        })
    }

    /// The form's own words, then the server's about the same element.
    fn problems_of(&self, field: DraftField) -> Vec<AttrValue> {
        let own = self
            .problems
            .iter()
            .filter(|(concerned, _)| *concerned == field)
            .map(|(_, words)| AttrValue::from(*words));
        let served = self
            .issues
            .iter()
            .filter(|issue| issue.concerns(field.element()))
            .map(|issue| AttrValue::from(issue.words.clone()));
        own.chain(served).collect()
    }
}

fn id(field: DraftField) -> &'static str {
    match field {
        DraftField::Given => "given",
        DraftField::Family => "family",
        DraftField::Gender => "gender",
        DraftField::BirthDate => "birth-date",
        DraftField::IdentifierSystem => "identifier-system",
        DraftField::IdentifierValue => "identifier-value",
        DraftField::Phone => "phone",
        DraftField::Email => "email",
        DraftField::Line => "line",
        DraftField::City => "city",
        DraftField::PostalCode => "postal-code",
        DraftField::Country => "country",
    }
}

fn focus(field: DraftField) {
    let element = web_sys::window()
        .and_then(|window| window.document())
        .and_then(|document| document.get_element_by_id(id(field)))
        .and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok());
    if let Some(element) = element {
        // The problem is shown beside the field in any case.
        let _ = element.focus();
    }
}
