//! Nadia, 24: asthma with two bad winters, then well under a daily inhaler.

use serde_json::Value;

use crate::chart::{
    Allergy, Chart, ENGLISH, NEVER_MARRIED, Person, Plan, Reaction, Sig, Treatment, Visit, Vitals,
};
use crate::code::{Code, loinc, snomed};
use crate::course::Course;
use crate::practice::{BENNETT, HASEGAWA};
use crate::{diagnosis, encounter, medicine, vaccine, vital};

const PEAK_FLOW: Course = Course(&[
    (48.0, 330.0),
    (40.0, 300.0),
    (38.0, 390.0),
    (27.0, 320.0),
    (24.0, 410.0),
    (12.0, 440.0),
    (0.0, 455.0),
]);
const FEV1: Course = Course(&[(48.0, 2.31), (27.0, 2.36), (12.0, 2.84), (0.0, 2.98)]);

pub(super) fn tell(chart: &mut Chart) {
    chart.patient(
        &Person {
            family: "Haddad",
            given: &["Nadia"],
            prefix: None,
            gender: "female",
            born: chart.today.birth(24, 11, 30),
            mrn: "HH-100005",
            phone: "207-555-0171",
            street: "5 Wharf Street, Apt. 12",
            city: "Port Alder",
            postal_code: "04999",
            marital: NEVER_MARRIED,
            language: ENGLISH,
            doctor: &BENNETT,
        },
        Value::Null,
    );
    let first = chart.visit(
        &encounter::SYMPTOM,
        48.0,
        &BENNETT,
        "Cough and tight chest at night",
    );
    breathing(chart, &first, 96.0);
    spirometry(chart, &first);
    chart.smoking(&first, diagnosis::NEVER_SMOKED);
    let asthma = chart.problem(&first, diagnosis::ASTHMA);
    chart.problem(&first, diagnosis::RHINITIS);
    chart.prescribe(
        &first,
        &medicine::ALBUTEROL,
        Sig::as_needed(2, 4),
        Treatment::Ongoing,
        Some(&asthma),
    );
    for (substance, sign) in [
        (snomed("260147004", "House dust mite"), diagnosis::SNEEZING),
        (snomed("260152009", "Cat dander"), diagnosis::DYSPNEA),
        (snomed("256277009", "Grass pollen"), diagnosis::SNEEZING),
    ] {
        chart.allergy(&first, &airborne(substance, sign));
    }

    for (months, cure) in [(40.0, 39.7), (27.0, 26.7)] {
        let attack = chart.visit(&encounter::EMERGENCY, months, &HASEGAWA, "Asthma attack");
        chart.vitals(
            &attack,
            &Vitals {
                pressure: Some((136.0, 84.0)),
                pulse: Some(122.0),
                breaths: Some(28.0),
                oxygen: Some(91.0),
                ..Vitals::default()
            },
        );
        let flow = chart.noise.around(210.0, 15.0);
        chart.measure(&attack, &vital::PEAK_FLOW, flow);
        let problem = chart.past_problem(&attack, diagnosis::ASTHMA_ATTACK, cure);
        chart.prescribe(
            &attack,
            &medicine::PREDNISONE_20,
            Sig::daily(2, 1),
            Treatment::Completed(cure),
            Some(&problem),
        );
        chart.document(
            &attack,
            loinc("18842-5", "Discharge summary"),
            "Emergency room summary",
            "Asthma attack after a cold. Oxygen, nebulised albuterol, prednisone by mouth; better after two hours.\n\
             Home with prednisone for five days. Please see your doctor within a week.\n",
        );
    }
    for months in [
        39.5, 36.0, 31.0, 26.5, 24.0, 20.0, 16.0, 12.0, 8.0, 4.0, 1.0,
    ] {
        let visit = chart.visit(&encounter::FOLLOW_UP, months, &BENNETT, "Asthma");
        breathing(chart, &visit, 98.0);
        if months == 26.5 {
            chart.prescribe(
                &visit,
                &medicine::FLUTICASONE,
                Sig::daily(2, 2),
                Treatment::Ongoing,
                Some(&asthma),
            );
            chart.prescribe(
                &visit,
                &medicine::CETIRIZINE_10,
                Sig::daily(1, 1),
                Treatment::Ongoing,
                None,
            );
            let plan = Plan {
                category: snomed("699728000", "Asthma self management"),
                goals: &[
                    "No night without sleep for asthma",
                    "Peak flow above 400 L/min",
                ],
                activities: &[
                    snomed("710818004", "Inhaled steroid therapy"),
                    snomed("229298005", "Breathing control"),
                    snomed("58332002", "Allergy education"),
                ],
                over: None,
            };
            chart.plan(&visit, &plan, Some(&asthma));
        }
        if [36.0, 24.0, 12.0, 1.0].contains(&months) {
            spirometry(chart, &visit);
            chart.immunize(&visit, vaccine::INFLUENZA, 1);
        }
        if months == 36.0 {
            chart.immunize(&visit, vaccine::HPV, 3);
        }
    }
}

fn airborne(substance: Code, manifestation: Code) -> Allergy {
    Allergy {
        substance,
        category: "environment",
        kind: "allergy",
        criticality: "low",
        reaction: Some(Reaction {
            manifestation,
            severity: "mild",
        }),
    }
}

fn breathing(chart: &mut Chart, visit: &Visit, oxygen: f64) {
    let vitals = Vitals {
        pulse: Some(chart.noise.around(74.0, 6.0)),
        breaths: Some(chart.noise.around(16.0, 2.0)),
        oxygen: Some(oxygen),
        ..Vitals::default()
    };
    chart.vitals(visit, &vitals);
    let flow = chart.noise.around(PEAK_FLOW.at(visit.months), 15.0);
    chart.measure(visit, &vital::PEAK_FLOW, flow);
}

fn spirometry(chart: &mut Chart, visit: &Visit) {
    chart.procedure(visit, snomed("127783003", "Spirometry"), 15, None, "");
    let volume = chart.noise.around(FEV1.at(visit.months), 0.05);
    chart.measure(visit, &vital::FEV1, volume);
    let capacity = chart.noise.around(3.55, 0.06);
    chart.measure(visit, &vital::FVC, capacity);
}
