//! Who the patient is, at the head of the app.

use yew::prelude::*;

use super::notice::FhirNotice;
use crate::api::fhir_client::FhirClient;
use crate::clock::today;
use crate::components::loaded::{Loaded, use_asked};
use crate::components::skeleton::Skeleton;
use crate::display::patient::PatientSummary;

#[derive(Clone, PartialEq, Properties)]
pub(super) struct PatientBannerProps {
    pub(super) fhir: FhirClient,
    pub(super) id: AttrValue,
    /// False when the EHR shows the patient around the app.
    pub(super) needed: bool,
}

#[component]
pub(super) fn PatientBanner(props: &PatientBannerProps) -> Html {
    let fhir = props.fhir.clone();
    let asked = use_asked(props.id.clone(), move |id| {
        let fhir = fhir.clone();
        async move { fhir.read(&format!("Patient/{id}")).await }
    });
    let patient = match asked.loaded {
        Loaded::Loading(None) => return html! { <Skeleton words="Loading the patient…" lines=2 /> },
        Loaded::Failed(failure) => return html! { <FhirNotice {failure} again={asked.again} /> },
        Loaded::Loading(Some(patient)) | Loaded::Ready(patient) => {
            PatientSummary::of(&patient, today())
        }
    };
    if !props.needed {
        return html! {
            <p class="hint">
                { "The patient was read. The EHR shows who it is around the app: \
                   need_patient_banner is false." }
            </p>
        };
    }
    let born = patient.birth_date.map(|date| format!("born {date}"));
    let number = patient
        .principal_identifier
        .map(|number| format!("{} {}", number.label, number.value));
    html! {
        <section class="patient-head card" aria-labelledby="patient">
            <span class="avatar" aria-hidden="true">{ &patient.initials }</span>
            <div class="patient-name">
                <h2 id="patient">{ &patient.name }</h2>
                <p class="patient-line">
                    for fact in [patient.gender, born, patient.age, number].into_iter().flatten() {
                        <span>{ fact }</span>
                    }
                    if let Some(death) = &patient.death {
                        <span class="status status-strong">{ death }</span>
                    }
                </p>
            </div>
        </section>
    }
}
