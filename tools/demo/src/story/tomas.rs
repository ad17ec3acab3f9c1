//! Tomás, 34: a broken wrist, from the emergency room to the last physiotherapy.

use serde_json::{Value, json};

use crate::chart::{Chart, NEVER_MARRIED, Person, Plan, Sig, Treatment, Vitals};
use crate::code::{loinc, snomed};
use crate::practice::{BENNETT, HASEGAWA};
use crate::{diagnosis, encounter, medicine, vaccine, vital};

pub(super) fn tell(chart: &mut Chart) {
    chart.patient(
        &Person {
            family: "Ferreira da Silva",
            given: &["Tomás"],
            prefix: None,
            gender: "male",
            born: chart.today.birth(34, 8, 25),
            mrn: "HH-100008",
            phone: "207-555-0201",
            street: "60 Quarry Road",
            city: "Eastwick",
            postal_code: "04997",
            marital: NEVER_MARRIED,
            language: ("pt-BR", "Portuguese (Brazil)"),
            doctor: &BENNETT,
        },
        json!({"name": [
            {"use": "official", "text": "Tomás Ferreira da Silva", "family": "Ferreira da Silva", "given": ["Tomás"]},
            {"use": "nickname", "given": ["Tom"]},
        ]}),
    );
    let accident = chart.visit(
        &encounter::EMERGENCY,
        9.0,
        &HASEGAWA,
        "Fell off his bicycle",
    );
    let vitals = Vitals {
        pressure: Some((134.0, 82.0)),
        pulse: Some(96.0),
        oxygen: Some(98.0),
        ..Vitals::default()
    };
    chart.vitals(&accident, &vitals);
    let fracture = chart.past_problem(&accident, diagnosis::FOREARM_FRACTURE, 5.5);
    chart.imaging(
        &accident,
        loinc("37362-1", "XR Bone Views"),
        "Fracture of the distal end of the left radius, not displaced. Ulna intact.",
    );
    chart.procedure(
        &accident,
        snomed("274474001", "Bone immobilization"),
        40,
        Some(&fracture),
        "Short arm cast.",
    );
    chart.prescribe(
        &accident,
        &medicine::ACETAMINOPHEN_325,
        Sig::as_needed(2, 4),
        Treatment::Completed(8.4),
        Some(&fracture),
    );
    chart.prescribe(
        &accident,
        &medicine::IBUPROFEN_200,
        Sig::as_needed(2, 3),
        Treatment::Completed(8.0),
        Some(&fracture),
    );
    chart.immunize(&accident, vaccine::TD, 2);
    chart.document(
        &accident,
        loinc("18842-5", "Discharge summary"),
        "Emergency room summary",
        "Fall on the outstretched left hand. Distal radius fracture without displacement, circulation and sensation intact.\n\
         Cast for six weeks. Come back at once when the fingers turn numb, cold or blue.\n",
    );
    let plan = Plan {
        category: snomed("385691007", "Fracture care"),
        goals: &["Full use of the left hand"],
        activities: &[
            snomed("183051005", "Recommendation to rest"),
            snomed("229065009", "Exercise therapy"),
        ],
        over: Some(5.5),
    };
    chart.plan(&accident, &plan, Some(&fracture));
    chart.measure(&accident, &vital::PAIN, 8.0);

    for (months, pain, seen) in [
        (8.7, 5.0, "Position kept."),
        (8.2, 3.0, "Callus begins to show."),
        (7.6, 2.0, "Healed. Cast removed."),
    ] {
        let visit = chart.visit(&encounter::FOLLOW_UP, months, &BENNETT, "Fracture check");
        chart.measure(&visit, &vital::PAIN, pain);
        chart.imaging(&visit, loinc("37362-1", "XR Bone Views"), seen);
    }
    for (session, pain) in [4.0, 3.0, 2.0, 1.0, 1.0, 0.0].into_iter().enumerate() {
        let visit = chart.visit(
            &encounter::FOLLOW_UP,
            7.3 - session as f64 * 0.3,
            &BENNETT,
            "Physiotherapy",
        );
        chart.procedure(
            &visit,
            snomed("91251008", "Physical therapy procedure"),
            30,
            Some(&fracture),
            "",
        );
        chart.measure(&visit, &vital::PAIN, pain);
    }
    chart.intolerance(
        &accident,
        "active",
        snomed("716186003", "No known allergy"),
        Value::Null,
    );
}
