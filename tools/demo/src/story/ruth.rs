//! Ruth, 66: more allergies than most charts have room for.

use serde_json::Value;

use crate::chart::{Allergy, Chart, ENGLISH, Person, Reaction, Sig, Treatment, Vitals, WIDOWED};
use crate::code::{Code, rxnorm, snomed};
use crate::practice::{BENNETT, HASEGAWA};
use crate::{diagnosis, encounter, medicine, vaccine};

/// Substance, category, kind, criticality, sign, severity.
type Row = (
    Code,
    &'static str,
    &'static str,
    &'static str,
    Code,
    &'static str,
);

const ALLERGIES: [Row; 10] = [
    (
        rxnorm("7980", "penicillin G"),
        "medication",
        "allergy",
        "high",
        diagnosis::ANAPHYLAXIS,
        "severe",
    ),
    (
        rxnorm("10180", "sulfamethoxazole"),
        "medication",
        "allergy",
        "high",
        diagnosis::RASH,
        "moderate",
    ),
    (
        rxnorm("2670", "codeine"),
        "medication",
        "intolerance",
        "low",
        diagnosis::NAUSEA,
        "moderate",
    ),
    (
        rxnorm("5640", "ibuprofen"),
        "medication",
        "intolerance",
        "high",
        diagnosis::DYSPNEA,
        "moderate",
    ),
    (
        snomed("426722002", "Iodinated contrast media"),
        "medication",
        "allergy",
        "high",
        diagnosis::URTICARIA,
        "moderate",
    ),
    (
        snomed("111088007", "Latex"),
        "environment",
        "allergy",
        "high",
        diagnosis::URTICARIA,
        "moderate",
    ),
    (
        snomed("288328004", "Bee venom"),
        "environment",
        "allergy",
        "high",
        diagnosis::ANAPHYLAXIS,
        "severe",
    ),
    (
        snomed("762952008", "Peanut"),
        "food",
        "allergy",
        "high",
        diagnosis::ANGIOEDEMA,
        "severe",
    ),
    (
        snomed("735029006", "Shellfish"),
        "food",
        "allergy",
        "low",
        diagnosis::ITCHING,
        "mild",
    ),
    (
        snomed("256277009", "Grass pollen"),
        "environment",
        "allergy",
        "low",
        diagnosis::SNEEZING,
        "mild",
    ),
];

pub(super) fn tell(chart: &mut Chart) {
    chart.patient(
        &Person {
            family: "Abramowitz",
            given: &["Ruth", "Miriam"],
            prefix: Some("Prof."),
            gender: "female",
            born: chart.today.birth(66, 12, 5),
            mrn: "HH-100010",
            phone: "207-555-0221",
            street: "41 University Avenue",
            city: "Millbrook",
            postal_code: "04998",
            marital: WIDOWED,
            language: ENGLISH,
            doctor: &BENNETT,
        },
        Value::Null,
    );
    let first = chart.visit(
        &encounter::CHECK_UP,
        40.0,
        &BENNETT,
        "New patient: allergies taken down",
    );
    chart.smoking(&first, diagnosis::NEVER_SMOKED);
    for (substance, category, kind, criticality, manifestation, severity) in ALLERGIES {
        let reaction = Some(Reaction {
            manifestation,
            severity,
        });
        chart.allergy(
            &first,
            &Allergy {
                substance,
                category,
                kind,
                criticality,
                reaction,
            },
        );
    }
    chart.allergy(
        &first,
        &Allergy {
            substance: snomed("260147004", "House dust mite"),
            category: "environment",
            kind: "allergy",
            criticality: "low",
            reaction: None,
        },
    );
    let rhinitis = chart.problem(&first, diagnosis::RHINITIS);
    chart.problem(&first, diagnosis::KNEE_OSTEOARTHRITIS);
    chart.prescribe(
        &first,
        &medicine::EPINEPHRINE,
        Sig::as_needed(1, 2),
        Treatment::Ongoing,
        None,
    );
    chart.prescribe(
        &first,
        &medicine::CETIRIZINE_10,
        Sig::daily(1, 1),
        Treatment::Ongoing,
        Some(&rhinitis),
    );
    chart.prescribe(
        &first,
        &medicine::ACETAMINOPHEN_325,
        Sig::as_needed(2, 3),
        Treatment::Ongoing,
        None,
    );

    let sting = chart.visit(&encounter::EMERGENCY, 17.0, &HASEGAWA, "Stung by a bee");
    let shock = Vitals {
        pressure: Some((86.0, 48.0)),
        pulse: Some(128.0),
        breaths: Some(26.0),
        oxygen: Some(92.0),
        ..Vitals::default()
    };
    chart.vitals(&sting, &shock);
    chart.past_problem(&sting, diagnosis::ANAPHYLAXIS, 16.9);
    for months in [28.0, 16.0, 4.0] {
        let visit = chart.visit(&encounter::CHECK_UP, months, &BENNETT, "Yearly check-up");
        let vitals = Vitals {
            pressure: Some((
                chart.noise.around(126.0, 6.0),
                chart.noise.around(78.0, 4.0),
            )),
            pulse: Some(chart.noise.around(70.0, 5.0)),
            weight: Some(chart.noise.around(67.0, 1.0)),
            height: Some(159.5),
            ..Vitals::default()
        };
        chart.vitals(&visit, &vitals);
        chart.immunize(&visit, vaccine::INFLUENZA, 1);
        if months == 16.0 {
            chart.immunize(&visit, vaccine::ZOSTER, 1);
        }
    }
}
