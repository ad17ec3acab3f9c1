//! The table of patients, ordered by its headings.

use yew::prelude::*;

use crate::api::patient_search::{Column, Order};
use crate::components::address_link::AddressLink;
use crate::display::patient::PatientSummary;
use crate::route::Route;

#[derive(Clone, PartialEq, Properties)]
pub(super) struct PatientTableProps {
    pub(super) patients: Vec<PatientSummary>,
    pub(super) order: Order,
    pub(super) onorder: Callback<Order>,
    /// The patient that was created a moment ago.
    pub(super) created: Option<String>,
    /// Another page is on its way.
    pub(super) busy: bool,
}

#[component]
pub(super) fn PatientTable(props: &PatientTableProps) -> Html {
    let sortable = |column: Column, class: &'static str| {
        let is_current = props.order.column == column;
        let sort = match (is_current, props.order.descending) {
            (false, _) => "none",
            (true, false) => "ascending",
            (true, true) => "descending",
        };
        let onclick = {
            let (onorder, order) = (props.onorder.clone(), props.order.after_click(column));
            Callback::from(move |_: MouseEvent| onorder.emit(order))
        };
        html! {
            <th scope="col" aria-sort={sort} {class}>
                <button type="button" class="sort" {onclick}>
                    { column.title() }
                    <span class="sort-mark" aria-hidden="true" />
                </button>
            </th>
        }
    };
    html! {
        <table class="table" aria-busy={props.busy.to_string()}>
            <caption class="visually-hidden">{ "Patients" }</caption>
            <thead>
                <tr>
                    { sortable(Column::Name, "cell-main") }
                    { sortable(Column::BirthDate, "cell wide-only") }
                    <th scope="col" class="cell wide-only">{ "Gender" }</th>
                    <th scope="col" class="cell">{ "Identifier" }</th>
                    <th scope="col" class="cell wide-only">{ "Place" }</th>
                    { sortable(Column::LastUpdated, "cell wide-only") }
                </tr>
            </thead>
            <tbody>
                for patient in &props.patients {
                    { row(patient, props.created.as_deref() == Some(patient.id.as_str())) }
                }
            </tbody>
        </table>
    }
}

fn row(patient: &PatientSummary, is_new: bool) -> Html {
    let dash = || html! { <span class="absent">{ "–" }</span> };
    let or_dash = |words: &Option<String>| match words {
        Some(words) => html! { { words } },
        None => dash(),
    };
    html! {
        <tr key={patient.id.clone()} class={classes!("row-link", is_new.then_some("row-new"))}>
            <td class="cell-main">
                <AddressLink to={Route::Patient { id: patient.id.clone() }}>
                    { &patient.listed_name }
                </AddressLink>
                if is_new {
                    { " " }<span class="status">{ "new" }</span>
                }
                if let Some(death) = &patient.death {
                    { " " }<span class="status">{ death }</span>
                }
                if !patient.active {
                    { " " }<span class="status">{ "inactive" }</span>
                }
                <span class="narrow-only sub-line">
                    { [patient.birth_date.clone(), patient.age.clone(), patient.gender.clone()]
                        .into_iter()
                        .flatten()
                        .collect::<Vec<_>>()
                        .join(" · ") }
                </span>
            </td>
            <td class="cell wide-only">
                <span class="together">{ or_dash(&patient.birth_date) }</span>
                if let Some(age) = &patient.age {
                    <span class="hint">{ format!(" {age}") }</span>
                }
            </td>
            <td class="cell wide-only">{ or_dash(&patient.gender) }</td>
            <td class="cell">
                if let Some(identifier) = &patient.principal_identifier {
                    <span class="number" title={identifier.label.clone()}>{ &identifier.value }</span>
                } else {
                    { dash() }
                }
            </td>
            <td class="cell wide-only">{ or_dash(&patient.place) }</td>
            <td class="cell wide-only together">{ or_dash(&patient.last_updated) }</td>
        </tr>
    }
}
