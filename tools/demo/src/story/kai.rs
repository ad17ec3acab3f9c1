//! Kai: next to nothing is known; what a screen shows when there is little to show.

use serde_json::json;

use crate::chart::{Chart, ENGLISH, Person};
use crate::practice::BENNETT;
use crate::{diagnosis, encounter};

pub(super) fn tell(chart: &mut Chart) {
    let born = chart.today.birth(29, 1, 1);
    let (year, _, _) = born.civil();
    chart.patient(
        &Person {
            family: "Nakamura",
            given: &["Kai"],
            prefix: None,
            gender: "other",
            born,
            mrn: "HH-100012",
            phone: "207-555-0241",
            street: "General delivery",
            city: "Port Alder",
            postal_code: "04999",
            marital: None,
            language: ENGLISH,
            doctor: &BENNETT,
        },
        json!({
            "text": null, "telecom": null, "address": null, "communication": null,
            "birthDate": year.to_string(),
        }),
    );
    let visit = chart.visit(&encounter::SYMPTOM, 7.0, &BENNETT, "Cough");
    chart.past_problem(&visit, diagnosis::BRONCHITIS, 6.5);
}
