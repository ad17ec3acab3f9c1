//! Walter, who died at 84: heart failure, many medicines, three stays in hospital.

use serde_json::json;

use crate::chart::{Chart, ENGLISH, Person, Plan, Problem, Sig, Treatment, Visit, Vitals, WIDOWED};
use crate::code::{loinc, snomed};
use crate::course::Course;
use crate::practice::{ANDERSSON, BENNETT};
use crate::{diagnosis, encounter, laboratory, medicine, vaccine, vital};

const DEATH: f64 = 4.0;

const WEIGHT: Course = Course(&[
    (60.0, 78.0),
    (48.5, 86.0),
    (47.5, 79.0),
    (30.0, 80.0),
    (24.5, 88.0),
    (23.5, 79.5),
    (10.0, 82.0),
    (6.5, 90.5),
    (6.0, 83.0),
    (4.2, 86.0),
]);
const NT_PROBNP: Course = Course(&[
    (60.0, 420.0),
    (48.5, 5_200.0),
    (46.0, 1_600.0),
    (30.0, 1_900.0),
    (24.5, 7_800.0),
    (22.0, 2_600.0),
    (10.0, 4_100.0),
    (6.5, 14_500.0),
    (4.2, 11_000.0),
]);
const EGFR: Course = Course(&[
    (60.0, 62.0),
    (48.0, 55.0),
    (24.0, 44.0),
    (10.0, 36.0),
    (4.2, 29.0),
]);
const INR: Course = Course(&[(48.0, 1.4), (46.0, 2.4), (0.0, 2.5)]);
const EJECTION: Course = Course(&[(60.0, 55.0), (48.0, 34.0), (24.0, 30.0), (6.0, 22.0)]);

pub(super) fn tell(chart: &mut Chart) {
    let born = chart.today.birth(84, 1, 8);
    let died = chart.today.weekday_months_before(DEATH).at(4 * 60 + 20);
    chart.patient(
        &Person {
            family: "Lindqvist",
            given: &["Walter", "Nils"],
            prefix: Some("Mr."),
            gender: "male",
            born,
            mrn: "HH-100006",
            phone: "207-555-0181",
            street: "2 Meadow View",
            city: "Eastwick",
            postal_code: "04997",
            marital: WIDOWED,
            language: ENGLISH,
            doctor: &BENNETT,
        },
        json!({"deceasedDateTime": died.to_string(), "contact": [{
            "relationship": [{"text": "Daughter"}],
            "name": {"family": "Lindqvist-Moore", "given": ["Ingrid"]},
            "telecom": [{"system": "phone", "value": "207-555-0182", "use": "mobile"}],
        }]}),
    );
    chart.coverage("AM-0017-440");
    let first = chart.visit(&encounter::CHECK_UP, 60.0, &BENNETT, "Yearly check-up");
    readings(chart, &first);
    chart.smoking(&first, diagnosis::EX_SMOKER);
    let hypertension = chart.problem(&first, diagnosis::HYPERTENSION);
    chart.problem(&first, diagnosis::KNEE_OSTEOARTHRITIS);
    chart.prescribe(
        &first,
        &medicine::LISINOPRIL_20,
        Sig::daily(1, 1),
        Treatment::Stopped(6.0),
        Some(&hypertension),
    );
    chart.prescribe(
        &first,
        &medicine::ATORVASTATIN_20,
        Sig::daily(1, 1),
        Treatment::Stopped(DEATH),
        None,
    );
    chart.prescribe(
        &first,
        &medicine::ASPIRIN_81,
        Sig::daily(1, 1),
        Treatment::Stopped(48.0),
        None,
    );
    chart.prescribe(
        &first,
        &medicine::ACETAMINOPHEN_325,
        Sig::as_needed(2, 4),
        Treatment::Stopped(DEATH),
        None,
    );
    chart.immunize(&first, vaccine::INFLUENZA, 1);
    chart.immunize(&first, vaccine::PNEUMOCOCCAL, 1);
    chart.immunize(&first, vaccine::ZOSTER, 1);

    let admission = chart.stay(
        &encounter::ADMISSION,
        48.5,
        6 * 1_440,
        &ANDERSSON,
        "Short of breath, swollen legs",
    );
    let heart_failure = chart.problem(&admission, diagnosis::HEART_FAILURE);
    let fibrillation = chart.problem(&admission, diagnosis::ATRIAL_FIBRILLATION);
    hospital(
        chart,
        &admission,
        &heart_failure,
        "New heart failure with atrial fibrillation. Water removed, metoprolol, spironolactone and warfarin begun.",
    );
    chart.prescribe(
        &admission,
        &medicine::FUROSEMIDE_40,
        Sig::daily(1, 1),
        Treatment::Stopped(24.0),
        Some(&heart_failure),
    );
    chart.prescribe(
        &admission,
        &medicine::METOPROLOL_100,
        Sig::daily(1, 1),
        Treatment::Stopped(DEATH),
        Some(&heart_failure),
    );
    chart.prescribe(
        &admission,
        &medicine::SPIRONOLACTONE_25,
        Sig::daily(1, 1),
        Treatment::Stopped(6.0),
        Some(&heart_failure),
    );
    chart.prescribe(
        &admission,
        &medicine::WARFARIN_5,
        Sig::daily(1, 1),
        Treatment::Stopped(DEATH),
        Some(&fibrillation),
    );
    let plan = Plan {
        category: snomed("735984001", "Heart failure self management plan"),
        goals: &[
            "Weight on the scales every morning; call when two kilos are gained in three days",
            "INR between 2 and 3",
        ],
        activities: &[
            snomed("386619000", "Low sodium diet"),
            snomed("385715006", "Cardiac care"),
        ],
        over: Some(DEATH),
    };
    chart.plan(&admission, &plan, Some(&heart_failure));

    for months in [
        47.0, 46.0, 44.0, 41.0, 38.0, 35.0, 32.0, 29.0, 26.0, 23.0, 21.0, 18.0, 15.0, 12.0, 9.0,
        5.5, 4.6,
    ] {
        let visit = chart.visit(
            &encounter::FOLLOW_UP,
            months,
            &ANDERSSON,
            "Heart failure clinic",
        );
        readings(chart, &visit);
        let inr = chart.noise.around(INR.at(months), 0.6);
        chart.measure(&visit, &laboratory::INR, inr);
        match months {
            35.0 => {
                chart.problem(&visit, diagnosis::KIDNEY_DISEASE_3);
                chart.immunize(&visit, vaccine::COVID_19, 1);
            }
            38.0 | 26.0 | 12.0 => chart.immunize(&visit, vaccine::INFLUENZA, 1),
            _ => {}
        }
    }

    let second = chart.stay(
        &encounter::ADMISSION,
        24.5,
        9 * 1_440,
        &ANDERSSON,
        "Heart failure worse, slow pulse",
    );
    hospital(
        chart,
        &second,
        &heart_failure,
        "Heart failure worse with a slow ventricular rate. Pacemaker implanted, furosemide doubled.",
    );
    chart.procedure(
        &second,
        snomed("307280005", "Implantation of cardiac pacemaker"),
        75,
        Some(&fibrillation),
        "Good position of both leads.",
    );
    chart.pacemaker("PM-20417-C");
    chart.prescribe(
        &second,
        &medicine::FUROSEMIDE_40,
        Sig::daily(1, 2),
        Treatment::Stopped(DEATH),
        Some(&heart_failure),
    );

    let last = chart.stay(
        &encounter::ADMISSION,
        6.5,
        12 * 1_440,
        &ANDERSSON,
        "Heart failure worse, kidneys failing",
    );
    hospital(
        chart,
        &last,
        &heart_failure,
        "Advanced heart failure, kidneys failing. Comfort comes first from here on; home with support, as he and his daughter wish.",
    );
}

fn readings(chart: &mut Chart, visit: &Visit) {
    let months = visit.months;
    let systolic = chart.noise.around(118.0, 9.0);
    let vitals = Vitals {
        pressure: Some((systolic, systolic * 0.58)),
        pulse: Some(chart.noise.around(78.0, 9.0)),
        oxygen: Some(chart.noise.around(95.0, 2.0)),
        weight: Some(chart.noise.around(WEIGHT.at(months), 0.6)),
        ..Vitals::default()
    };
    chart.vitals(visit, &vitals);
    let peptide = chart
        .noise
        .around(NT_PROBNP.at(months), NT_PROBNP.at(months) * 0.1);
    chart.measure(visit, &laboratory::NT_PROBNP, peptide);
    let filtration = EGFR.at(months);
    let values = [
        (
            &laboratory::CREATININE,
            chart.noise.around(75.0 / filtration, 0.05),
        ),
        (&laboratory::EGFR, chart.noise.around(filtration, 2.0)),
        (&laboratory::POTASSIUM, chart.noise.around(4.7, 0.5)),
        (&laboratory::SODIUM, chart.noise.around(136.0, 3.0)),
        (
            &laboratory::UREA_NITROGEN,
            chart.noise.around(1_400.0 / filtration, 3.0),
        ),
    ];
    chart.panel(visit, &laboratory::METABOLIC_PANEL, &values, "");
}

fn hospital(chart: &mut Chart, visit: &Visit, heart_failure: &Problem, summary: &str) {
    readings(chart, visit);
    chart.procedure(
        visit,
        snomed("40701008", "Echocardiography"),
        30,
        Some(heart_failure),
        "",
    );
    let ejection = EJECTION.at(visit.months);
    chart.measure(visit, &vital::EJECTION_FRACTION, ejection);
    chart.imaging(
        visit,
        loinc("36643-5", "XR Chest 2 Views"),
        "Enlarged heart, fluid in both lungs.",
    );
    chart.document(
        visit,
        loinc("18842-5", "Discharge summary"),
        "Discharge summary",
        &format!("{summary}\n\nErik Andersson, cardiology\n"),
    );
}
