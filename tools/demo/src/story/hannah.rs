//! Hannah, 40: a healthy adult with a check-up a year.

use serde_json::Value;

use crate::chart::{Chart, ENGLISH, MARRIED, Person, Vitals};
use crate::code::snomed;
use crate::course::Course;
use crate::practice::BENNETT;
use crate::{diagnosis, encounter, laboratory, vaccine};

const WEIGHT: Course = Course(&[(96.0, 61.5), (48.0, 63.0), (0.0, 62.4)]);

pub(super) fn tell(chart: &mut Chart) {
    chart.patient(
        &Person {
            family: "Whitcombe",
            given: &["Hannah", "Jane"],
            prefix: None,
            gender: "female",
            born: chart.today.birth(40, 2, 29),
            mrn: "HH-100009",
            phone: "207-555-0211",
            street: "8 Beacon Hill",
            city: "Port Alder",
            postal_code: "04999",
            marital: MARRIED,
            language: ENGLISH,
            doctor: &BENNETT,
        },
        Value::Null,
    );
    for year in (0..8_u32).rev() {
        let visit = chart.visit(
            &encounter::CHECK_UP,
            f64::from(year) * 12.0 + 2.0,
            &BENNETT,
            "Yearly check-up",
        );
        let vitals = Vitals {
            pressure: Some((
                chart.noise.around(114.0, 6.0),
                chart.noise.around(72.0, 4.0),
            )),
            pulse: Some(chart.noise.around(62.0, 4.0)),
            breaths: Some(chart.noise.around(14.0, 1.0)),
            temperature: Some(chart.noise.around(36.7, 0.3)),
            weight: Some(chart.noise.around(WEIGHT.at(visit.months), 0.5)),
            height: Some(170.5),
            ..Vitals::default()
        };
        chart.vitals(&visit, &vitals);
        chart.immunize(&visit, vaccine::INFLUENZA, 1);
        match year {
            7 => {
                chart.smoking(&visit, diagnosis::NEVER_SMOKED);
                chart.intolerance(
                    &visit,
                    "active",
                    snomed("716186003", "No known allergy"),
                    Value::Null,
                );
            }
            5 => chart.immunize(&visit, vaccine::TDAP, 1),
            3 | 0 => {
                let values = [
                    (&laboratory::CHOLESTEROL, chart.noise.around(172.0, 8.0)),
                    (&laboratory::LDL, chart.noise.around(92.0, 6.0)),
                    (&laboratory::HDL, chart.noise.around(64.0, 3.0)),
                    (&laboratory::TRIGLYCERIDES, chart.noise.around(80.0, 10.0)),
                ];
                chart.panel(
                    &visit,
                    &laboratory::LIPID_PANEL,
                    &values,
                    "All values normal.",
                );
            }
            _ => {}
        }
    }
}
