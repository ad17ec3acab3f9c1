//! Leo, three and a half: growth along the middle of the curve and every vaccine in time.

use serde_json::json;

use crate::chart::{Chart, ENGLISH, Person, Sig, Treatment, Visit, Vitals};
use crate::code::{Code, snomed};
use crate::course::Course;
use crate::measure::Measure;
use crate::practice::{HASEGAWA, MORALES};
use crate::{diagnosis, encounter, medicine, vaccine, vital};

const AGE_NOW: f64 = 42.5;

/// Weight, length and head of a boy by months of age, after the WHO child growth standards, median.
const WEIGHT: Course = Course(&[
    (42.5, 3.4),
    (40.5, 5.6),
    (38.5, 7.0),
    (36.5, 7.9),
    (33.5, 8.9),
    (30.5, 9.6),
    (27.5, 10.3),
    (24.5, 10.9),
    (18.5, 12.2),
    (6.5, 14.3),
    (0.0, 15.6),
]);
const LENGTH: Course = Course(&[
    (42.5, 50.2),
    (40.5, 58.4),
    (38.5, 63.9),
    (36.5, 67.6),
    (33.5, 72.0),
    (30.5, 75.7),
    (27.5, 79.1),
    (24.5, 82.3),
    (18.5, 87.8),
    (6.5, 96.1),
    (0.0, 99.6),
]);
const HEAD: Course = Course(&[
    (42.5, 34.6),
    (40.5, 39.1),
    (38.5, 41.6),
    (36.5, 43.3),
    (33.5, 45.0),
    (30.5, 46.1),
    (27.5, 46.8),
    (24.5, 47.4),
    (18.5, 48.3),
    (0.0, 49.6),
]);

/// Age in months and the vaccines of that visit, each with its number in the series.
const SCHEDULE: [(f64, &[(Code, u32)]); 11] = [
    (0.1, &[(vaccine::HEPATITIS_B, 1)]),
    (1.0, &[(vaccine::HEPATITIS_B, 2)]),
    (
        2.0,
        &[
            (vaccine::ROTAVIRUS, 1),
            (vaccine::DTAP, 1),
            (vaccine::HIB, 1),
            (vaccine::PNEUMOCOCCAL_CONJUGATE, 1),
            (vaccine::POLIO, 1),
        ],
    ),
    (
        4.0,
        &[
            (vaccine::ROTAVIRUS, 2),
            (vaccine::DTAP, 2),
            (vaccine::HIB, 2),
            (vaccine::PNEUMOCOCCAL_CONJUGATE, 2),
            (vaccine::POLIO, 2),
        ],
    ),
    (
        6.0,
        &[
            (vaccine::HEPATITIS_B, 3),
            (vaccine::DTAP, 3),
            (vaccine::PNEUMOCOCCAL_CONJUGATE, 3),
            (vaccine::POLIO, 3),
            (vaccine::INFLUENZA, 1),
        ],
    ),
    (9.0, &[]),
    (
        12.0,
        &[
            (vaccine::HIB, 3),
            (vaccine::PNEUMOCOCCAL_CONJUGATE, 4),
            (vaccine::MMR, 1),
            (vaccine::VARICELLA, 1),
            (vaccine::HEPATITIS_A, 1),
        ],
    ),
    (15.0, &[(vaccine::DTAP, 4)]),
    (18.0, &[(vaccine::HEPATITIS_A, 2), (vaccine::INFLUENZA, 2)]),
    (24.0, &[]),
    (36.0, &[(vaccine::INFLUENZA, 3)]),
];

const YOUNG_PULSE: Measure = vital::HEART_RATE.between(80.0, 160.0);
const YOUNG_BREATHS: Measure = vital::RESPIRATORY_RATE.between(20.0, 55.0);

pub(super) fn tell(chart: &mut Chart) {
    let born = chart.today.plus_days(-((AGE_NOW * 30.437) as i64));
    chart.patient(
        &Person {
            family: "Fischer-Braun",
            given: &["Leo"],
            prefix: None,
            gender: "male",
            born,
            mrn: "HH-100004",
            phone: "207-555-0161",
            street: "31 Schoolhouse Road",
            city: "Eastwick",
            postal_code: "04997",
            marital: None,
            language: ENGLISH,
            doctor: &MORALES,
        },
        json!({"multipleBirthBoolean": false, "contact": [{
            "relationship": [{"text": "Mother"}],
            "name": {"family": "Braun", "given": ["Katrin"]},
            "telecom": [{"system": "phone", "value": "207-555-0162", "use": "mobile"}],
            "gender": "female",
        }]}),
    );
    chart.related_person(
        "Braun",
        "Katrin",
        "female",
        ("MTH", "mother"),
        "207-555-0162",
    );
    chart.related_person(
        "Fischer",
        "Jonas",
        "male",
        ("FTH", "father"),
        "207-555-0163",
    );
    for (age, vaccines) in SCHEDULE {
        let visit = chart.visit(
            &encounter::WELL_CHILD,
            AGE_NOW - age,
            &MORALES,
            &at_age(age),
        );
        growth(chart, &visit);
        for &(vaccine, dose) in vaccines {
            chart.immunize(&visit, vaccine, dose);
        }
        if age == 6.0 {
            chart.problem(&visit, diagnosis::ATOPIC_DERMATITIS);
        }
    }
    let ear = chart.visit(
        &encounter::SYMPTOM,
        AGE_NOW - 13.5,
        &MORALES,
        "Fever, pulls his ear",
    );
    feverish(chart, &ear, 39.1);
    let otitis = chart.past_problem(&ear, diagnosis::OTITIS_MEDIA, AGE_NOW - 14.0);
    chart.prescribe(
        &ear,
        &medicine::AMOXICILLIN_SUSPENSION,
        Sig::daily(5, 2),
        Treatment::Completed(AGE_NOW - 13.8),
        Some(&otitis),
    );
    let again = chart.visit(
        &encounter::SYMPTOM,
        AGE_NOW - 26.0,
        &MORALES,
        "Fever, earache",
    );
    feverish(chart, &again, 38.8);
    let second = chart.past_problem(&again, diagnosis::OTITIS_MEDIA, AGE_NOW - 26.5);
    chart.prescribe(
        &again,
        &medicine::AMOXICILLIN_SUSPENSION,
        Sig::daily(6, 2),
        Treatment::Completed(AGE_NOW - 26.3),
        Some(&second),
    );
    let fall = chart.visit(&encounter::EMERGENCY, 3.0, &HASEGAWA, "Fell off a swing");
    chart.measure(&fall, &vital::PAIN, 4.0);
    chart.past_problem(&fall, diagnosis::WRIST_SPRAIN, 2.5);
    chart.intolerance(
        &again,
        "resolved",
        snomed("102263004", "Eggs (edible)"),
        json!({"type": "allergy", "category": ["food"], "criticality": "low", "note": [{"text": "Outgrown by two years of age."}]}),
    );
    chart.appointment(
        150,
        &encounter::WELL_CHILD,
        &MORALES,
        "Check-up at four years",
    );
}

fn at_age(months: f64) -> String {
    match months {
        age if age < 1.0 => "Check-up of the newborn".to_owned(),
        age if age < 24.0 => format!("Check-up at {age} months"),
        age => format!("Check-up at {} years", age / 12.0),
    }
}

fn growth(chart: &mut Chart, visit: &Visit) {
    let months = visit.months;
    let weight = chart.noise.around(WEIGHT.at(months), 0.12);
    let length = chart.noise.around(LENGTH.at(months), 0.5);
    let head = chart.noise.around(HEAD.at(months), 0.2);
    chart.measure(visit, &vital::WEIGHT, weight);
    chart.measure(visit, &vital::HEIGHT, length);
    chart.measure(visit, &vital::HEAD, head);
    let pulse = chart.noise.around(118.0, 10.0);
    chart.measure(visit, &YOUNG_PULSE, pulse);
}

fn feverish(chart: &mut Chart, visit: &Visit, temperature: f64) {
    chart.vitals(
        visit,
        &Vitals {
            temperature: Some(temperature),
            ..Vitals::default()
        },
    );
    let breaths = chart.noise.around(32.0, 3.0);
    chart.measure(visit, &YOUNG_BREATHS, breaths);
}
