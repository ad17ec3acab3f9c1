//! Grace, 52: breast cancer found on a screening image, treated, and five years of looking again.

use serde_json::Value;

use crate::chart::{Chart, DIVORCED, ENGLISH, Person, Plan, Sig, Treatment, Visit, Vitals};
use crate::code::{loinc, snomed};
use crate::course::Course;
use crate::practice::{BENNETT, FONTAINE};
use crate::{diagnosis, encounter, laboratory, medicine, vaccine};

const MARKER: Course = Course(&[
    (50.0, 41.0),
    (48.0, 38.0),
    (44.0, 24.0),
    (24.0, 19.0),
    (0.0, 18.0),
]);
const HEMOGLOBIN: Course = Course(&[(50.0, 13.1), (46.0, 10.4), (40.0, 12.2), (0.0, 13.3)]);
const LEUKOCYTES: Course = Course(&[(50.0, 7.2), (46.0, 2.9), (42.0, 4.6), (0.0, 6.4)]);
const WEIGHT: Course = Course(&[(50.0, 71.0), (45.0, 65.5), (24.0, 70.0), (0.0, 72.5)]);

pub(super) fn tell(chart: &mut Chart) {
    chart.patient(
        &Person {
            family: "Oyelaran",
            given: &["Grace", "Abimbola"],
            prefix: Some("Ms."),
            gender: "female",
            born: chart.today.birth(52, 4, 17),
            mrn: "HH-100007",
            phone: "207-555-0191",
            street: "18 Chestnut Avenue",
            city: "Millbrook",
            postal_code: "04998",
            marital: DIVORCED,
            language: ENGLISH,
            doctor: &BENNETT,
        },
        Value::Null,
    );
    chart.coverage("AM-6134-028");
    let screening = chart.visit(&encounter::CHECK_UP, 50.0, &BENNETT, "Breast screening");
    chart.procedure(&screening, snomed("71651007", "Mammography"), 15, None, "");
    mammogram(
        chart,
        &screening,
        "A 14 mm mass with an irregular edge in the upper outer quadrant of the left breast. Biopsy advised.",
    );
    chart.relative(&screening, ("MTH", "mother"), diagnosis::BREAST_CANCER, 61);
    chart.relative(
        &screening,
        ("MGRMTH", "maternal grandmother"),
        diagnosis::OSTEOPOROSIS,
        72,
    );
    chart.smoking(&screening, diagnosis::NEVER_SMOKED);

    let biopsy = chart.visit(&encounter::FOLLOW_UP, 49.5, &FONTAINE, "Biopsy");
    let cancer = chart.problem(&biopsy, diagnosis::BREAST_CANCER);
    chart.procedure(
        &biopsy,
        snomed("44578009", "Core needle biopsy of breast"),
        30,
        None,
        "Invasive ductal carcinoma, grade 2, ER and PR positive, HER2 negative.",
    );
    readings(chart, &biopsy);

    let surgery = chart.stay(
        &encounter::ADMISSION,
        48.5,
        2 * 1_440,
        &FONTAINE,
        "Breast conserving surgery",
    );
    chart.procedure(
        &surgery,
        snomed("392021009", "Lumpectomy of breast"),
        95,
        Some(&cancer),
        "Removed with clear margins.",
    );
    chart.procedure(
        &surgery,
        snomed("396487001", "Sentinel lymph node biopsy"),
        30,
        Some(&cancer),
        "Two nodes, both free.",
    );
    chart.document(
        &surgery,
        loinc("18842-5", "Discharge summary"),
        "Discharge summary",
        "Left lumpectomy with sentinel node biopsy for a 14 mm invasive ductal carcinoma (pT1c pN0, grade 2). \
         No complications. Radiotherapy of the breast to follow, then hormone therapy for five years.\n",
    );
    let plan = Plan {
        category: snomed("736353004", "Inpatient care plan"),
        goals: &["Back at work within eight weeks"],
        activities: &[
            snomed("385949008", "Dressing change management"),
            snomed("229070002", "Stretching exercises"),
        ],
        over: Some(46.0),
    };
    chart.plan(&surgery, &plan, Some(&cancer));

    for week in 0..5 {
        let visit = chart.visit(
            &encounter::FOLLOW_UP,
            46.8 - f64::from(week) * 0.23,
            &FONTAINE,
            "Radiotherapy",
        );
        chart.procedure(
            &visit,
            snomed("33195004", "External beam radiation therapy procedure"),
            20,
            Some(&cancer),
            "",
        );
        if week % 2 == 0 {
            blood_count(chart, &visit);
        }
    }
    for months in [
        45.0, 42.0, 39.0, 36.0, 33.0, 30.0, 27.0, 24.0, 18.0, 12.0, 6.0, 0.8,
    ] {
        let visit = chart.visit(&encounter::FOLLOW_UP, months, &FONTAINE, "Cancer follow-up");
        readings(chart, &visit);
        blood_count(chart, &visit);
        match months {
            45.0 => chart.prescribe(
                &visit,
                &medicine::ANASTROZOLE_1,
                Sig::daily(1, 1),
                Treatment::Ongoing,
                Some(&cancer),
            ),
            36.0 | 24.0 | 12.0 | 0.8 => {
                chart.procedure(
                    &visit,
                    snomed("71651007", "Mammography"),
                    15,
                    Some(&cancer),
                    "",
                );
                mammogram(
                    chart,
                    &visit,
                    "Scar of the operation. No sign of recurrence.",
                );
                chart.immunize(&visit, vaccine::INFLUENZA, 1);
            }
            30.0 => {
                chart.procedure(
                    &visit,
                    snomed("312681000", "Bone density scan"),
                    20,
                    Some(&cancer),
                    "T-score -1.4: watch.",
                );
            }
            _ => {}
        }
    }
    chart.appointment(160, &encounter::FOLLOW_UP, &FONTAINE, "Cancer follow-up");
}

fn mammogram(chart: &mut Chart, visit: &Visit, conclusion: &str) {
    chart.imaging(visit, loinc("24606-6", "MG Breast Screening"), conclusion);
}

fn readings(chart: &mut Chart, visit: &Visit) {
    let vitals = Vitals {
        pressure: Some((
            chart.noise.around(121.0, 7.0),
            chart.noise.around(76.0, 5.0),
        )),
        pulse: Some(chart.noise.around(72.0, 6.0)),
        weight: Some(chart.noise.around(WEIGHT.at(visit.months), 0.6)),
        height: Some(169.0),
        ..Vitals::default()
    };
    chart.vitals(visit, &vitals);
    let marker = chart.noise.around(MARKER.at(visit.months), 2.0);
    chart.measure(visit, &laboratory::CA_15_3, marker);
}

fn blood_count(chart: &mut Chart, visit: &Visit) {
    let hemoglobin = chart.noise.around(HEMOGLOBIN.at(visit.months), 0.3);
    let values = [
        (&laboratory::HEMOGLOBIN, hemoglobin),
        (&laboratory::HEMATOCRIT, hemoglobin * 2.95),
        (
            &laboratory::LEUKOCYTES,
            chart.noise.around(LEUKOCYTES.at(visit.months), 0.4),
        ),
        (&laboratory::PLATELETS, chart.noise.around(235.0, 30.0)),
    ];
    chart.panel(visit, &laboratory::BLOOD_COUNT, &values, "");
}
