//! Vital signs and findings at the bedside: LOINC terms and UCUM units as the FHIR vital signs
//! profile fixes them (<https://hl7.org/fhir/R4/observation-vitalsigns.html>).

use crate::code::loinc;
use crate::measure::{Category, Measure};

/// Systolic part of a blood pressure.
pub(crate) const SYSTOLIC: Measure = Measure::vital(
    "systolic",
    "Systolic",
    loinc("8480-6", "Systolic blood pressure"),
    "mmHg",
    "mm[Hg]",
    0,
)
.between(90.0, 130.0);
/// Diastolic part of a blood pressure.
pub(crate) const DIASTOLIC: Measure = Measure::vital(
    "diastolic",
    "Diastolic",
    loinc("8462-4", "Diastolic blood pressure"),
    "mmHg",
    "mm[Hg]",
    0,
)
.between(60.0, 85.0);
/// Heart rate of an adult.
pub(crate) const HEART_RATE: Measure = Measure::vital(
    "pulse",
    "Heart rate",
    loinc("8867-4", "Heart rate"),
    "beats/min",
    "/min",
    0,
)
.between(50.0, 100.0);
/// Breaths a minute of an adult.
pub(crate) const RESPIRATORY_RATE: Measure = Measure::vital(
    "breaths",
    "Respiratory rate",
    loinc("9279-1", "Respiratory rate"),
    "breaths/min",
    "/min",
    0,
)
.between(12.0, 20.0);
/// Oxygen saturation.
pub(crate) const OXYGEN: Measure = Measure::vital(
    "spo2",
    "Oxygen saturation",
    loinc("2708-6", "Oxygen saturation in Arterial blood"),
    "%",
    "%",
    0,
)
.at_least(94.0);
/// Body temperature.
pub(crate) const TEMPERATURE: Measure = Measure::vital(
    "temperature",
    "Body temperature",
    loinc("8310-5", "Body temperature"),
    "°C",
    "Cel",
    1,
)
.between(36.0, 37.8);
/// Body weight.
pub(crate) const WEIGHT: Measure = Measure::vital(
    "weight",
    "Body weight",
    loinc("29463-7", "Body weight"),
    "kg",
    "kg",
    1,
);
/// Body height.
pub(crate) const HEIGHT: Measure = Measure::vital(
    "height",
    "Body height",
    loinc("8302-2", "Body height"),
    "cm",
    "cm",
    1,
);
/// Body mass index of an adult.
pub(crate) const BMI: Measure = Measure::vital(
    "bmi",
    "Body mass index",
    loinc("39156-5", "Body mass index (BMI) [Ratio]"),
    "kg/m2",
    "kg/m2",
    1,
)
.between(18.5, 25.0);
/// Head circumference.
pub(crate) const HEAD: Measure = Measure::vital(
    "head",
    "Head circumference",
    loinc("9843-4", "Head Occipital-frontal circumference"),
    "cm",
    "cm",
    1,
);
/// Pain from 0 to 10.
pub(crate) const PAIN: Measure = Measure::vital(
    "pain",
    "Pain (0-10)",
    loinc(
        "72514-3",
        "Pain severity - 0-10 verbal numeric rating [Score] - Reported",
    ),
    "{score}",
    "{score}",
    0,
)
.of(Category::Survey);
/// Fundal height in pregnancy.
pub(crate) const FUNDAL_HEIGHT: Measure = Measure::vital(
    "fundal-height",
    "Fundal height",
    loinc("11881-0", "Uterus Fundal height Tape measure"),
    "cm",
    "cm",
    0,
)
.of(Category::Exam);
/// The unborn child's heart rate.
pub(crate) const FETAL_HEART_RATE: Measure = Measure::vital(
    "fetal-pulse",
    "Fetal heart rate",
    loinc("55283-6", "Fetal Heart rate"),
    "beats/min",
    "/min",
    0,
)
.between(110.0, 160.0)
.of(Category::Exam);
/// Peak expiratory flow.
pub(crate) const PEAK_FLOW: Measure = Measure::vital(
    "peak-flow",
    "Peak expiratory flow",
    loinc(
        "19935-6",
        "Maximum expiratory gas flow Respiratory system airway by Peak flow meter",
    ),
    "L/min",
    "L/min",
    0,
)
.at_least(380.0)
.of(Category::Exam);
/// Forced expiratory volume in one second.
pub(crate) const FEV1: Measure =
    Measure::vital("fev1", "FEV1", loinc("20150-9", "FEV1"), "L", "L", 2)
        .at_least(2.6)
        .of(Category::Exam);
/// Forced vital capacity.
pub(crate) const FVC: Measure = Measure::vital(
    "fvc",
    "Forced vital capacity",
    loinc(
        "19868-9",
        "Forced vital capacity [Volume] Respiratory system by Spirometry",
    ),
    "L",
    "L",
    2,
)
.at_least(3.2)
.of(Category::Exam);
/// Left ventricular ejection fraction.
pub(crate) const EJECTION_FRACTION: Measure = Measure::vital(
    "ejection-fraction",
    "Left ventricular ejection fraction",
    loinc("10230-1", "Left ventricular Ejection fraction"),
    "%",
    "%",
    0,
)
.at_least(52.0)
.of(Category::Exam);
