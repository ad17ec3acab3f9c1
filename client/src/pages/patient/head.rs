//! Who this is: the facts at the head of the chart.

use yew::prelude::*;

use crate::components::page_heading::PageHeading;
use crate::display::patient::PatientSummary;

#[derive(Clone, PartialEq, Properties)]
pub(super) struct HeadProps {
    /// Absent while the record is loading.
    pub(super) patient: Option<PatientSummary>,
}

#[component]
pub(super) fn Head(props: &HeadProps) -> Html {
    let Some(patient) = &props.patient else {
        return html! { <PageHeading title="Patient" /> };
    };
    let age_line = [
        patient.gender.clone(),
        patient
            .birth_date
            .as_ref()
            .map(|date| format!("born {date}")),
        patient.age.clone(),
    ];
    html! {
        <div class="patient-head card">
            <span class="avatar" aria-hidden="true">{ &patient.initials }</span>
            <div class="patient-name">
                <PageHeading title={patient.name.clone()} />
                <p class="patient-line">
                    for fact in age_line.iter().flatten() {
                        <span>{ fact }</span>
                    }
                    if let Some(death) = &patient.death {
                        <span class="status status-strong">{ death }</span>
                    }
                    if !patient.active {
                        <span class="status">{ "inactive record" }</span>
                    }
                </p>
            </div>
            <dl class="facts">
                for identifier in patient.identifiers.iter().take(4) {
                    <div>
                        <dt>{ &identifier.label }</dt>
                        <dd class="number">{ &identifier.value }</dd>
                    </div>
                }
                if !patient.address.is_empty() {
                    <div>
                        <dt>{ "Address" }</dt>
                        <dd>
                            for line in &patient.address {
                                <span class="line">{ line }</span>
                            }
                        </dd>
                    </div>
                }
                for contact in &patient.contacts {
                    <div>
                        <dt>{ &contact.label }</dt>
                        <dd>
                            if let Some(link) = &contact.link {
                                <a href={link.clone()}>{ &contact.value }</a>
                            } else {
                                { &contact.value }
                            }
                        </dd>
                    </div>
                }
                if let Some(status) = &patient.marital_status {
                    <div><dt>{ "Marital status" }</dt><dd>{ status }</dd></div>
                }
                if !patient.languages.is_empty() {
                    <div>
                        <dt>{ "Language" }</dt>
                        <dd>{ patient.languages.join(", ") }</dd>
                    </div>
                }
            </dl>
        </div>
    }
}
