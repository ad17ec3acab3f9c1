//! Priya, 31: thirty weeks into her first pregnancy.

use serde_json::{Value, json};

use crate::chart::{Chart, MARRIED, Person, Plan, Sig, Treatment, Vitals};
use crate::code::{loinc, snomed};
use crate::course::Course;
use crate::measure::Category;
use crate::practice::{ACHEBE, BENNETT};
use crate::{diagnosis, encounter, laboratory, medicine, vaccine, vital};

const WEEKS_NOW: i64 = 30;
const WEEKS_AT_TERM: i64 = 40;

/// Weeks of pregnancy at the visits.
const VISITS: [i64; 8] = [8, 12, 16, 20, 24, 26, 28, 30];

const WEIGHT: Course = Course(&[(30.0, 61.0), (12.0, 60.4), (0.0, 70.8)]);

pub(super) fn tell(chart: &mut Chart) {
    chart.patient(
        &Person {
            family: "Raman",
            given: &["Priya", "Lakshmi"],
            prefix: None,
            gender: "female",
            born: chart.today.birth(31, 6, 21),
            mrn: "HH-100003",
            phone: "207-555-0151",
            street: "9 Orchard Court",
            city: "Port Alder",
            postal_code: "04999",
            marital: MARRIED,
            language: ("ta", "Tamil"),
            doctor: &BENNETT,
        },
        json!({"communication": [
            {"language": crate::code::concept("urn:ietf:bcp:47", "ta", "Tamil")},
            {"language": crate::code::concept("urn:ietf:bcp:47", "en-US", "English (United States)"), "preferred": true},
        ]}),
    );
    chart.coverage("AM-2290-377");
    let before = chart.visit(
        &encounter::CHECK_UP,
        16.0,
        &BENNETT,
        "Check-up, plans a pregnancy",
    );
    chart.vitals(
        &before,
        &Vitals {
            pressure: Some((112.0, 70.0)),
            pulse: Some(68.0),
            weight: Some(60.6),
            height: Some(161.0),
            ..Vitals::default()
        },
    );
    chart.smoking(&before, diagnosis::NEVER_SMOKED);
    chart.intolerance(
        &before,
        "active",
        snomed("716186003", "No known allergy"),
        Value::Null,
    );

    let mut pregnancy = None;
    for week in VISITS {
        let months = weeks_ago(week);
        let visit = chart.visit(
            &encounter::PRENATAL,
            months,
            &ACHEBE,
            &format!("Pregnancy, week {week}"),
        );
        let weeks = week as f64;
        let vitals = Vitals {
            pressure: Some((
                chart.noise.around(112.0, 6.0),
                chart.noise.around(70.0, 4.0),
            )),
            pulse: Some(chart.noise.around(70.0 + weeks / 2.5, 3.0)),
            weight: Some(chart.noise.around(WEIGHT.at(30.0 - weeks), 0.3)),
            ..Vitals::default()
        };
        chart.vitals(&visit, &vitals);
        if week >= 12 {
            let heart = chart.noise.around(158.0 - weeks / 2.0, 6.0);
            chart.measure(&visit, &vital::FETAL_HEART_RATE, heart);
        }
        if week >= 20 {
            let height = chart.noise.around(weeks, 1.0);
            chart.measure(&visit, &vital::FUNDAL_HEIGHT, height);
        }
        match week {
            8 => {
                let problem = chart.problem(&visit, diagnosis::PREGNANCY);
                chart.procedure(
                    &visit,
                    snomed("252160004", "Standard pregnancy test"),
                    5,
                    None,
                    "Positive.",
                );
                let term = chart.today.plus_days((WEEKS_AT_TERM - WEEKS_NOW) * 7);
                chart.finding(
                    &visit,
                    "due-date",
                    Category::Exam,
                    loinc("11778-8", "Delivery date Estimated"),
                    json!({"valueDateTime": term.to_string()}),
                );
                blood_count(chart, &visit, 12.6, 46.0);
                let plan = Plan {
                    category: snomed("134435003", "Routine antenatal care"),
                    goals: &["A healthy mother and child at term"],
                    activities: &[
                        snomed("171054004", "Pregnancy diet education"),
                        snomed("135892000", "Antenatal education"),
                    ],
                    over: None,
                };
                chart.plan(&visit, &plan, Some(&problem));
                pregnancy = Some(problem);
            }
            12 => ultrasound(
                chart,
                &visit,
                "One child, heart beating, size fits the dates.",
            ),
            20 => {
                let study = snomed("271442007", "Fetal anatomy study");
                chart.procedure(
                    &visit,
                    study,
                    40,
                    pregnancy.as_ref(),
                    "No abnormality seen.",
                );
                ultrasound(
                    chart,
                    &visit,
                    "Anatomy complete and normal. Placenta on the back wall, away from the cervix.",
                );
            }
            24 => {
                let glucose = (&laboratory::GLUCOSE_CHALLENGE, 118.0);
                chart.measure(&visit, glucose.0, glucose.1);
                blood_count(chart, &visit, 10.6, 9.0);
                let anemia = chart.problem(&visit, diagnosis::IRON_DEFICIENCY);
                chart.prescribe(
                    &visit,
                    &medicine::IRON,
                    Sig::daily(1, 1),
                    Treatment::Ongoing,
                    Some(&anemia),
                );
            }
            28 => {
                chart.immunize(&visit, vaccine::TDAP, 1);
                blood_count(chart, &visit, 11.4, 22.0);
            }
            _ => {}
        }
    }
    let call = chart.visit(
        &encounter::TELEPHONE,
        weeks_ago(27),
        &ACHEBE,
        "Leg cramps at night",
    );
    chart.document(
        &call,
        loinc("34133-9", "Summary of episode note"),
        "Telephone advice",
        "Cramps in both calves at night, no swelling, no pain by day. Stretching and enough to drink; call again if one leg swells.\n",
    );
    chart.appointment(14, &encounter::PRENATAL, &ACHEBE, "Pregnancy, week 32");
}

/// Months since a week of this pregnancy; the present week counts as three days ago.
fn weeks_ago(week: i64) -> f64 {
    ((WEEKS_NOW - week) as f64 * 7.0 + 3.0) / 30.437
}

fn blood_count(chart: &mut Chart, visit: &crate::chart::Visit, hemoglobin: f64, ferritin: f64) {
    let values = [
        (&laboratory::HEMOGLOBIN, hemoglobin),
        (&laboratory::HEMATOCRIT, hemoglobin * 2.95),
        (&laboratory::LEUKOCYTES, chart.noise.around(8.6, 0.8)),
        (&laboratory::PLATELETS, chart.noise.around(228.0, 20.0)),
    ];
    let conclusion = if hemoglobin < 11.0 {
        "Anemia of pregnancy."
    } else {
        ""
    };
    chart.panel(visit, &laboratory::BLOOD_COUNT, &values, conclusion);
    chart.measure(visit, &laboratory::FERRITIN, ferritin);
}

fn ultrasound(chart: &mut Chart, visit: &crate::chart::Visit, conclusion: &str) {
    chart.imaging(
        visit,
        loinc("11525-3", "US Pelvis and Fetus for pregnancy"),
        conclusion,
    );
}
