//! Zoë, 45: many forms of one name, a slow thyroid and migraine.

use serde_json::json;

use crate::chart::{Chart, MARRIED, Person, Sig, Treatment, Vitals};
use crate::code::concept;
use crate::course::Course;
use crate::practice::{self, BENNETT, DESAI};
use crate::{diagnosis, encounter, laboratory, medicine, vaccine, vital};

const TSH: Course = Course(&[
    (36.0, 11.8),
    (34.0, 8.2),
    (30.0, 4.6),
    (24.0, 2.4),
    (0.0, 2.1),
]);
const FREE_T4: Course = Course(&[(36.0, 0.62), (30.0, 0.9), (0.0, 1.2)]);

pub(super) fn tell(chart: &mut Chart) {
    let married = chart.today.weekday_months_before(140.0).to_string();
    let record = concept(
        &chart.version.code_system("v2-0203"),
        "MR",
        "Medical record number",
    );
    let passport = concept(
        &chart.version.code_system("v2-0203"),
        "PPN",
        "Passport number",
    );
    chart.patient(
        &Person {
            family: "Müller-Sørensen",
            given: &["Zoë", "Ångström"],
            prefix: Some("Dr."),
            gender: "female",
            born: chart.today.birth(45, 7, 19),
            mrn: "HH-100011",
            phone: "207-555-0231",
            street: "3 Île-aux-Oiseaux Road",
            city: "Port Alder",
            postal_code: "04999",
            marital: MARRIED,
            language: ("de", "German"),
            doctor: &BENNETT,
        },
        json!({
            "identifier": [
                {"use": "usual", "type": record, "system": practice::RECORD_NUMBERS, "value": "HH-100011",
                 "assigner": practice::CLINIC.reference()},
                {"use": "official", "type": passport, "system": "https://passports.example", "value": "C01X00T47",
                 "period": {"end": chart.today.plus_days(900).to_string()}},
            ],
            "name": [
                {"use": "official", "text": "Dr. Zoë Ångström Müller-Sørensen", "family": "Müller-Sørensen",
                 "given": ["Zoë", "Ångström"], "prefix": ["Dr."], "suffix": ["PhD"], "period": {"start": married}},
                {"use": "maiden", "family": "Müller", "given": ["Zoë", "Ångström"], "period": {"end": married}},
                {"use": "nickname", "text": "Zoë"},
                {"use": "usual", "text": "佐伊·米勒", "family": "米勒", "given": ["佐伊"]},
            ],
        }),
    );
    let first = chart.visit(
        &encounter::SYMPTOM,
        36.0,
        &BENNETT,
        "Always tired, always cold",
    );
    chart.smoking(&first, diagnosis::EX_SMOKER);
    let thyroid = chart.problem(&first, diagnosis::HYPOTHYROIDISM);
    chart.prescribe(
        &first,
        &medicine::LEVOTHYROXINE_50,
        Sig::daily(1, 1),
        Treatment::Ongoing,
        Some(&thyroid),
    );
    for months in [36.0, 34.0, 30.0, 24.0, 18.0, 12.0, 6.0, 0.6] {
        let visit = chart.visit(&encounter::FOLLOW_UP, months - 0.2, &DESAI, "Thyroid");
        let tsh = chart.noise.around(TSH.at(months), 0.3);
        chart.measure(&visit, &laboratory::TSH, tsh);
        let thyroxine = chart.noise.around(FREE_T4.at(months), 0.05);
        chart.measure(&visit, &laboratory::FREE_T4, thyroxine);
        let vitals = Vitals {
            pressure: Some((
                chart.noise.around(118.0, 6.0),
                chart.noise.around(74.0, 4.0),
            )),
            pulse: Some(chart.noise.around(66.0, 4.0)),
            weight: Some(
                chart
                    .noise
                    .around(if months > 29.0 { 74.0 } else { 69.5 }, 0.6),
            ),
            height: Some(172.0),
            ..Vitals::default()
        };
        chart.vitals(&visit, &vitals);
        if months == 12.0 {
            chart.immunize(&visit, vaccine::COVID_19, 3);
        }
    }
    let headache = chart.visit(
        &encounter::SYMPTOM,
        21.0,
        &BENNETT,
        "Headache on one side, flashes of light",
    );
    chart.measure(&headache, &vital::PAIN, 7.0);
    let migraine = chart.problem(&headache, diagnosis::MIGRAINE);
    chart.prescribe(
        &headache,
        &medicine::SUMATRIPTAN,
        Sig::as_needed(1, 2),
        Treatment::Ongoing,
        Some(&migraine),
    );
}
