//! Amelia, 58: high blood pressure found at a check-up and brought down over six years.

use serde_json::json;

use crate::chart::{
    Allergy, Chart, ENGLISH, MARRIED, Person, Plan, Reaction, Sig, Treatment, Visit, Vitals,
};
use crate::code::{loinc, rxnorm, snomed};
use crate::course::Course;
use crate::practice::{ANDERSSON, BENNETT};
use crate::{diagnosis, encounter, laboratory, medicine, vaccine};

const SYSTOLIC: Course = Course(&[
    (74.0, 158.0),
    (70.0, 164.0),
    (64.0, 152.0),
    (52.0, 146.0),
    (46.0, 138.0),
    (24.0, 131.0),
    (0.0, 124.0),
]);
const DIASTOLIC: Course = Course(&[
    (74.0, 96.0),
    (70.0, 101.0),
    (64.0, 94.0),
    (46.0, 86.0),
    (24.0, 82.0),
    (0.0, 76.0),
]);
const PULSE: Course = Course(&[(74.0, 82.0), (0.0, 68.0)]);
const WEIGHT: Course = Course(&[(74.0, 84.0), (52.0, 82.5), (24.0, 77.0), (0.0, 73.2)]);
const LDL: Course = Course(&[
    (74.0, 168.0),
    (60.0, 160.0),
    (54.0, 112.0),
    (30.0, 96.0),
    (0.0, 84.0),
]);
const TRIGLYCERIDES: Course = Course(&[(74.0, 212.0), (48.0, 160.0), (0.0, 118.0)]);
const HDL: Course = Course(&[(74.0, 44.0), (0.0, 55.0)]);
const EGFR: Course = Course(&[(74.0, 88.0), (0.0, 81.0)]);

const HEIGHT: f64 = 165.0;

/// Months ago of the visits after the first.
const FOLLOW_UPS: [f64; 21] = [
    70.0, 67.0, 64.0, 61.0, 58.0, 55.0, 52.0, 48.0, 45.0, 42.0, 39.0, 36.0, 33.0, 30.0, 26.0, 22.0,
    18.0, 13.0, 9.0, 5.0, 1.0,
];

pub(super) fn tell(chart: &mut Chart) {
    chart.patient(
        &Person {
            family: "Hartley",
            given: &["Amelia", "Rose"],
            prefix: Some("Mrs."),
            gender: "female",
            born: chart.today.birth(58, 3, 14),
            mrn: "HH-100001",
            phone: "207-555-0131",
            street: "14 Cedar Lane",
            city: "Port Alder",
            postal_code: "04999",
            marital: MARRIED,
            language: ENGLISH,
            doctor: &BENNETT,
        },
        json!({"contact": [{
            "relationship": [{"text": "Husband"}],
            "name": {"family": "Hartley", "given": ["Peter"]},
            "telecom": [{"system": "phone", "value": "207-555-0132", "use": "mobile"}],
        }]}),
    );
    chart.coverage("AM-5520-114");

    let first = chart.visit(&encounter::CHECK_UP, 74.0, &BENNETT, "Yearly check-up");
    readings(chart, &first);
    lipids(chart, &first, "LDL cholesterol high.");
    kidneys(chart, &first);
    chart.smoking(&first, diagnosis::EX_SMOKER);
    chart.allergy(
        &first,
        &Allergy {
            substance: rxnorm("7980", "penicillin G"),
            category: "medication",
            kind: "allergy",
            criticality: "high",
            reaction: Some(Reaction {
                manifestation: diagnosis::URTICARIA,
                severity: "moderate",
            }),
        },
    );
    chart.relative(
        &first,
        ("FTH", "father"),
        snomed("230690007", "Cerebrovascular accident"),
        67,
    );

    let mut hypertension = None;
    for months in FOLLOW_UPS {
        let visit = chart.visit(&encounter::FOLLOW_UP, months, &BENNETT, "Blood pressure");
        readings(chart, &visit);
        match months {
            70.0 => {
                let problem = chart.problem(&visit, diagnosis::HYPERTENSION);
                chart.prescribe(
                    &visit,
                    &medicine::LISINOPRIL_10,
                    Sig::daily(1, 1),
                    Treatment::Stopped(52.0),
                    Some(&problem),
                );
                let plan = Plan {
                    category: snomed("443402002", "Lifestyle education regarding hypertension"),
                    goals: &["Blood pressure below 130/80 mmHg", "Weight below 75 kg"],
                    activities: &[
                        snomed("386619000", "Low sodium diet"),
                        snomed("183301007", "Physical exercise"),
                    ],
                    over: None,
                };
                chart.plan(&visit, &plan, Some(&problem));
                hypertension = Some(problem);
            }
            61.0 => {
                let problem = chart.problem(&visit, diagnosis::HYPERLIPIDEMIA);
                chart.prescribe(
                    &visit,
                    &medicine::ATORVASTATIN_20,
                    Sig::daily(1, 1),
                    Treatment::Ongoing,
                    Some(&problem),
                );
            }
            52.0 => {
                chart.prescribe(
                    &visit,
                    &medicine::LISINOPRIL_20,
                    Sig::daily(1, 1),
                    Treatment::Ongoing,
                    hypertension.as_ref(),
                );
            }
            48.0 => {
                chart.prescribe(
                    &visit,
                    &medicine::AMLODIPINE_5,
                    Sig::daily(1, 1),
                    Treatment::Ongoing,
                    hypertension.as_ref(),
                );
                chart.immunize(&visit, vaccine::TDAP, 1);
            }
            _ => {}
        }
        if [61.0, 52.0, 39.0, 26.0, 13.0, 1.0].contains(&months) {
            lipids(
                chart,
                &visit,
                if months > 60.0 {
                    "LDL cholesterol still high; start a statin."
                } else {
                    ""
                },
            );
            kidneys(chart, &visit);
        }
        if [61.0, 48.0, 36.0, 22.0, 13.0, 1.0].contains(&months) {
            chart.immunize(&visit, vaccine::INFLUENZA, 1);
        }
        if months == 36.0 || months == 22.0 {
            chart.immunize(
                &visit,
                vaccine::COVID_19,
                if months == 36.0 { 1 } else { 2 },
            );
        }
    }

    let colonoscopy = chart.visit(
        &encounter::FOLLOW_UP,
        44.0,
        &BENNETT,
        "Screening colonoscopy",
    );
    chart.procedure(
        &colonoscopy,
        snomed("73761001", "Colonoscopy"),
        35,
        None,
        "No polyps. Repeat in ten years.",
    );
    let cardiology = chart.visit(
        &encounter::FOLLOW_UP,
        43.0,
        &ANDERSSON,
        "Heart check under treatment",
    );
    chart.procedure(
        &cardiology,
        snomed("29303009", "Electrocardiographic procedure"),
        10,
        hypertension.as_ref(),
        "Sinus rhythm, no hypertrophy.",
    );
    chart.document(
        &cardiology,
        loinc("11488-4", "Consult note"),
        "Cardiology consultation",
        "Dear Dr. Bennett,\n\nthank you for sending Mrs. Hartley. Blood pressure is well on its way down under lisinopril and amlodipine. \
         The electrocardiogram shows a sinus rhythm without signs of hypertrophy; there is no need for further tests of the heart now.\n\n\
         I suggest to go on as before and to aim below 130/80 mmHg.\n\nKind regards\nErik Andersson, cardiology\n",
    );
    let cold = chart.visit(
        &encounter::SYMPTOM,
        15.0,
        &BENNETT,
        "Blocked nose for a week",
    );
    chart.past_problem(&cold, diagnosis::SINUSITIS, 14.5);
    chart.vitals(
        &cold,
        &Vitals {
            temperature: Some(37.9),
            pulse: Some(84.0),
            ..Vitals::default()
        },
    );
    chart.prescribe(
        &cold,
        &medicine::IBUPROFEN_200,
        Sig::as_needed(2, 3),
        Treatment::Completed(14.5),
        None,
    );
    chart.appointment(
        24,
        &encounter::FOLLOW_UP,
        &BENNETT,
        "Blood pressure and yearly blood test",
    );
}

fn readings(chart: &mut Chart, visit: &Visit) {
    let months = visit.months;
    let vitals = Vitals {
        pressure: Some((
            chart.noise.around(SYSTOLIC.at(months), 6.0),
            chart.noise.around(DIASTOLIC.at(months), 4.0),
        )),
        pulse: Some(chart.noise.around(PULSE.at(months), 5.0)),
        weight: Some(chart.noise.around(WEIGHT.at(months), 0.7)),
        height: Some(HEIGHT),
        ..Vitals::default()
    };
    chart.vitals(visit, &vitals);
}

fn lipids(chart: &mut Chart, visit: &Visit, conclusion: &str) {
    let ldl = chart.noise.around(LDL.at(visit.months), 6.0);
    let hdl = chart.noise.around(HDL.at(visit.months), 2.0);
    let triglycerides = chart.noise.around(TRIGLYCERIDES.at(visit.months), 12.0);
    let values = [
        (&laboratory::CHOLESTEROL, ldl + hdl + triglycerides / 5.0),
        (&laboratory::LDL, ldl),
        (&laboratory::HDL, hdl),
        (&laboratory::TRIGLYCERIDES, triglycerides),
    ];
    chart.panel(visit, &laboratory::LIPID_PANEL, &values, conclusion);
}

fn kidneys(chart: &mut Chart, visit: &Visit) {
    let values = [
        (&laboratory::CREATININE, chart.noise.around(0.82, 0.06)),
        (
            &laboratory::EGFR,
            chart.noise.around(EGFR.at(visit.months), 3.0),
        ),
        (&laboratory::POTASSIUM, chart.noise.around(4.3, 0.3)),
        (&laboratory::SODIUM, chart.noise.around(139.0, 2.0)),
        (&laboratory::GLUCOSE, chart.noise.around(92.0, 5.0)),
    ];
    chart.panel(visit, &laboratory::METABOLIC_PANEL, &values, "");
}
