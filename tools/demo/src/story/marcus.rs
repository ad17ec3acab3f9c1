//! Marcus, 61: type 2 diabetes from the first high sugar to a calm HbA1c, and what it cost.

use serde_json::Value;

use crate::chart::{Chart, ENGLISH, MARRIED, Person, Plan, Sig, Treatment, Visit, Vitals};
use crate::code::{loinc, snomed};
use crate::course::Course;
use crate::practice::{BENNETT, DESAI};
use crate::{diagnosis, encounter, laboratory, medicine, vaccine};

const HBA1C: Course = Course(&[
    (108.0, 6.2),
    (96.0, 7.1),
    (84.0, 9.4),
    (78.0, 8.1),
    (60.0, 7.4),
    (48.0, 8.3),
    (42.0, 7.2),
    (24.0, 6.9),
    (0.0, 6.7),
]);
const EGFR: Course = Course(&[
    (108.0, 92.0),
    (84.0, 84.0),
    (48.0, 68.0),
    (30.0, 57.0),
    (0.0, 55.0),
]);
const CREATININE: Course = Course(&[(108.0, 0.92), (48.0, 1.18), (30.0, 1.36), (0.0, 1.39)]);
const ALBUMIN: Course = Course(&[
    (84.0, 18.0),
    (48.0, 64.0),
    (36.0, 92.0),
    (12.0, 41.0),
    (0.0, 34.0),
]);
const LDL: Course = Course(&[(108.0, 142.0), (84.0, 151.0), (72.0, 98.0), (0.0, 71.0)]);
const WEIGHT: Course = Course(&[
    (108.0, 99.0),
    (84.0, 104.5),
    (48.0, 103.0),
    (24.0, 96.0),
    (0.0, 92.4),
]);
const SYSTOLIC: Course = Course(&[(108.0, 138.0), (84.0, 144.0), (36.0, 134.0), (0.0, 128.0)]);

/// Every half year; the yearly ones bring the full laboratory.
const VISITS: [f64; 16] = [
    96.0, 84.0, 81.0, 78.0, 72.0, 66.0, 60.0, 54.0, 48.0, 42.0, 36.0, 30.0, 24.0, 17.0, 9.0, 2.0,
];

pub(super) fn tell(chart: &mut Chart) {
    chart.patient(
        &Person {
            family: "Okafor",
            given: &["Marcus"],
            prefix: Some("Mr."),
            gender: "male",
            born: chart.today.birth(61, 9, 2),
            mrn: "HH-100002",
            phone: "207-555-0141",
            street: "77 Granite Street, Apt. 4",
            city: "Millbrook",
            postal_code: "04998",
            marital: MARRIED,
            language: ENGLISH,
            doctor: &BENNETT,
        },
        Value::Null,
    );
    chart.coverage("AM-7741-902");
    let first = chart.visit(&encounter::CHECK_UP, 108.0, &BENNETT, "Yearly check-up");
    readings(chart, &first);
    laboratory_values(chart, &first);
    chart.smoking(&first, diagnosis::NEVER_SMOKED);
    chart.past_problem(&first, diagnosis::PREDIABETES, 84.0);
    chart.problem(&first, diagnosis::OBESITY);
    chart.relative(&first, ("MTH", "mother"), diagnosis::TYPE_2_DIABETES, 55);

    let mut diabetes = None;
    for months in VISITS {
        let doctor = if months > 80.0 { &BENNETT } else { &DESAI };
        let visit = chart.visit(&encounter::FOLLOW_UP, months, doctor, "Blood sugar");
        readings(chart, &visit);
        laboratory_values(chart, &visit);
        match months {
            84.0 => {
                let problem = chart.problem(&visit, diagnosis::TYPE_2_DIABETES);
                chart.prescribe(
                    &visit,
                    &medicine::METFORMIN_500,
                    Sig::daily(1, 2),
                    Treatment::Stopped(78.0),
                    Some(&problem),
                );
                chart.prescribe(
                    &visit,
                    &medicine::ATORVASTATIN_20,
                    Sig::daily(1, 1),
                    Treatment::Ongoing,
                    None,
                );
                let plan = Plan {
                    category: snomed("698360004", "Diabetes self management plan"),
                    goals: &[
                        "HbA1c below 7 %",
                        "Weight below 95 kg",
                        "Eyes, feet and urine looked at every year",
                    ],
                    activities: &[
                        snomed("160670007", "Diabetic diet"),
                        snomed("183301007", "Physical exercise"),
                    ],
                    over: None,
                };
                chart.plan(&visit, &plan, Some(&problem));
                diabetes = Some(problem);
            }
            78.0 => chart.prescribe(
                &visit,
                &medicine::METFORMIN_1000,
                Sig::daily(1, 2),
                Treatment::Ongoing,
                diabetes.as_ref(),
            ),
            48.0 => {
                chart.problem(&visit, diagnosis::RETINOPATHY);
                chart.prescribe(
                    &visit,
                    &medicine::EMPAGLIFLOZIN_10,
                    Sig::daily(1, 1),
                    Treatment::Ongoing,
                    diabetes.as_ref(),
                );
            }
            36.0 => {
                let hypertension = chart.problem(&visit, diagnosis::HYPERTENSION);
                chart.prescribe(
                    &visit,
                    &medicine::LISINOPRIL_10,
                    Sig::daily(1, 1),
                    Treatment::Ongoing,
                    Some(&hypertension),
                );
                chart.immunize(&visit, vaccine::PNEUMOCOCCAL, 1);
            }
            30.0 => {
                chart.problem(&visit, diagnosis::KIDNEY_DISEASE_3);
            }
            _ => {}
        }
        if [72.0, 60.0, 48.0, 36.0, 24.0, 9.0].contains(&months) {
            chart.immunize(&visit, vaccine::INFLUENZA, 1);
            let foot = snomed("401191002", "Diabetic foot examination");
            chart.procedure(
                &visit,
                foot,
                10,
                diabetes.as_ref(),
                "Sensation and pulses present.",
            );
            let eyes = snomed("134395001", "Diabetic retinopathy screening");
            let seen = if months > 48.0 {
                "No retinopathy."
            } else {
                "Mild retinopathy, not progressing."
            };
            chart.procedure(&visit, eyes, 15, diabetes.as_ref(), seen);
        }
        if months == 42.0 {
            chart.document(
                &visit,
                loinc("11506-3", "Progress note"),
                "Diabetes clinic note",
                "Half a year on empagliflozin. HbA1c down by more than one point, three kilos lighter, no side effects.\n\
                 Albumin in the urine still up: repeat in six months, consider an ACE inhibitor.\n",
            );
        }
    }
    chart.appointment(33, &encounter::FOLLOW_UP, &DESAI, "Diabetes clinic");
}

fn readings(chart: &mut Chart, visit: &Visit) {
    let systolic = chart.noise.around(SYSTOLIC.at(visit.months), 6.0);
    let vitals = Vitals {
        pressure: Some((systolic, chart.noise.around(systolic * 0.6, 4.0))),
        pulse: Some(chart.noise.around(76.0, 6.0)),
        weight: Some(chart.noise.around(WEIGHT.at(visit.months), 0.9)),
        height: Some(178.5),
        ..Vitals::default()
    };
    chart.vitals(visit, &vitals);
}

fn laboratory_values(chart: &mut Chart, visit: &Visit) {
    let hba1c = chart.noise.around(HBA1C.at(visit.months), 0.15);
    chart.measure(visit, &laboratory::HBA1C, hba1c);
    let values = [
        // The estimated average glucose of an HbA1c (ADAG study), scattered.
        (
            &laboratory::GLUCOSE,
            chart.noise.around(28.7 * hba1c - 46.7, 14.0),
        ),
        (
            &laboratory::CREATININE,
            chart.noise.around(CREATININE.at(visit.months), 0.04),
        ),
        (
            &laboratory::EGFR,
            chart.noise.around(EGFR.at(visit.months), 2.0),
        ),
        (&laboratory::POTASSIUM, chart.noise.around(4.5, 0.3)),
    ];
    chart.panel(visit, &laboratory::METABOLIC_PANEL, &values, "");
    let ldl = chart.noise.around(LDL.at(visit.months), 6.0);
    chart.measure(visit, &laboratory::LDL, ldl);
    if visit.months < 85.0 {
        let albumin = chart.noise.around(ALBUMIN.at(visit.months), 5.0);
        chart.measure(visit, &laboratory::ALBUMIN_CREATININE, albumin);
    }
}
