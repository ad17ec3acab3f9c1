//! Laboratory values and the panels they come in: LOINC terms, UCUM units, adult normal ranges.

use crate::code::{Code, loinc};
use crate::measure::Measure;

/// Glycated haemoglobin.
pub(crate) const HBA1C: Measure = Measure::laboratory(
    "hba1c",
    "HbA1c",
    loinc("4548-4", "Hemoglobin A1c/Hemoglobin.total in Blood"),
    "%",
    1,
)
.between(4.0, 5.6);
/// Fasting glucose.
pub(crate) const GLUCOSE: Measure = Measure::laboratory(
    "glucose",
    "Glucose",
    loinc("2345-7", "Glucose [Mass/volume] in Serum or Plasma"),
    "mg/dL",
    0,
)
.between(70.0, 99.0);
/// Glucose one hour after a 50 g drink.
pub(crate) const GLUCOSE_CHALLENGE: Measure = Measure::laboratory(
    "glucose-challenge",
    "Glucose, 1 h after 50 g",
    loinc(
        "1504-0",
        "Glucose [Mass/volume] in Serum or Plasma --1 hour post 50 g glucose PO",
    ),
    "mg/dL",
    0,
)
.up_to(139.0);
/// Total cholesterol.
pub(crate) const CHOLESTEROL: Measure = Measure::laboratory(
    "cholesterol",
    "Total cholesterol",
    loinc("2093-3", "Cholesterol [Mass/volume] in Serum or Plasma"),
    "mg/dL",
    0,
)
.up_to(200.0);
/// Triglycerides.
pub(crate) const TRIGLYCERIDES: Measure = Measure::laboratory(
    "triglycerides",
    "Triglycerides",
    loinc("2571-8", "Triglyceride [Mass/volume] in Serum or Plasma"),
    "mg/dL",
    0,
)
.up_to(150.0);
/// LDL cholesterol.
pub(crate) const LDL: Measure = Measure::laboratory(
    "ldl",
    "LDL cholesterol",
    loinc(
        "13457-7",
        "Cholesterol in LDL [Mass/volume] in Serum or Plasma by calculation",
    ),
    "mg/dL",
    0,
)
.up_to(100.0);
/// HDL cholesterol.
pub(crate) const HDL: Measure = Measure::laboratory(
    "hdl",
    "HDL cholesterol",
    loinc(
        "2085-9",
        "Cholesterol in HDL [Mass/volume] in Serum or Plasma",
    ),
    "mg/dL",
    0,
)
.at_least(40.0);
/// Creatinine.
pub(crate) const CREATININE: Measure = Measure::laboratory(
    "creatinine",
    "Creatinine",
    loinc("2160-0", "Creatinine [Mass/volume] in Serum or Plasma"),
    "mg/dL",
    2,
)
.between(0.5, 1.2);
/// Estimated glomerular filtration rate.
pub(crate) const EGFR: Measure = Measure::laboratory(
    "egfr", "eGFR (CKD-EPI 2021)",
    loinc(
        "98979-8",
        "Glomerular filtration rate/1.73 sq M.predicted [Volume Rate/Area] in Serum, Plasma or Blood by Creatinine-based formula (CKD-EPI 2021)",
    ),
    "mL/min/{1.73_m2}",
    0,
)
.in_words("mL/min/1.73 m2")
.at_least(60.0);
/// Potassium.
pub(crate) const POTASSIUM: Measure = Measure::laboratory(
    "potassium",
    "Potassium",
    loinc("2823-3", "Potassium [Moles/volume] in Serum or Plasma"),
    "mmol/L",
    1,
)
.between(3.5, 5.1);
/// Sodium.
pub(crate) const SODIUM: Measure = Measure::laboratory(
    "sodium",
    "Sodium",
    loinc("2951-2", "Sodium [Moles/volume] in Serum or Plasma"),
    "mmol/L",
    0,
)
.between(135.0, 145.0);
/// Urea nitrogen.
pub(crate) const UREA_NITROGEN: Measure = Measure::laboratory(
    "urea-nitrogen",
    "Urea nitrogen",
    loinc("3094-0", "Urea nitrogen [Mass/volume] in Serum or Plasma"),
    "mg/dL",
    0,
)
.between(7.0, 20.0);
/// Albumin to creatinine in urine.
pub(crate) const ALBUMIN_CREATININE: Measure = Measure::laboratory(
    "urine-acr",
    "Urine albumin/creatinine",
    loinc("9318-7", "Albumin/Creatinine [Mass Ratio] in Urine"),
    "mg/g",
    0,
)
.up_to(30.0);
/// N-terminal pro-brain natriuretic peptide.
pub(crate) const NT_PROBNP: Measure = Measure::laboratory(
    "nt-probnp",
    "NT-proBNP",
    loinc(
        "33762-6",
        "Natriuretic peptide.B prohormone N-Terminal [Mass/volume] in Serum or Plasma",
    ),
    "pg/mL",
    0,
)
.up_to(450.0);
/// The clotting ratio under warfarin; the range is the target of treatment.
pub(crate) const INR: Measure = Measure::laboratory(
    "inr",
    "INR",
    loinc("6301-6", "INR in Platelet poor plasma by Coagulation assay"),
    "{INR}",
    1,
)
.between(2.0, 3.0);
/// Haemoglobin of a woman.
pub(crate) const HEMOGLOBIN: Measure = Measure::laboratory(
    "hemoglobin",
    "Hemoglobin",
    loinc("718-7", "Hemoglobin [Mass/volume] in Blood"),
    "g/dL",
    1,
)
.between(12.0, 15.5);
/// Haematocrit of a woman.
pub(crate) const HEMATOCRIT: Measure = Measure::laboratory(
    "hematocrit",
    "Hematocrit",
    loinc(
        "4544-3",
        "Hematocrit [Volume Fraction] of Blood by Automated count",
    ),
    "%",
    1,
)
.between(36.0, 46.0);
/// White cells.
pub(crate) const LEUKOCYTES: Measure = Measure::laboratory(
    "leukocytes",
    "Leukocytes",
    loinc(
        "6690-2",
        "Leukocytes [#/volume] in Blood by Automated count",
    ),
    "10*3/uL",
    1,
)
.between(4.0, 11.0);
/// Platelets.
pub(crate) const PLATELETS: Measure = Measure::laboratory(
    "platelets",
    "Platelets",
    loinc("777-3", "Platelets [#/volume] in Blood by Automated count"),
    "10*3/uL",
    0,
)
.between(150.0, 400.0);
/// Ferritin.
pub(crate) const FERRITIN: Measure = Measure::laboratory(
    "ferritin",
    "Ferritin",
    loinc("2276-4", "Ferritin [Mass/volume] in Serum or Plasma"),
    "ng/mL",
    0,
)
.between(15.0, 150.0);
/// Thyrotropin.
pub(crate) const TSH: Measure = Measure::laboratory(
    "tsh",
    "TSH",
    loinc("3016-3", "Thyrotropin [Units/volume] in Serum or Plasma"),
    "m[IU]/L",
    2,
)
.in_words("mIU/L")
.between(0.4, 4.0);
/// Free thyroxine.
pub(crate) const FREE_T4: Measure = Measure::laboratory(
    "free-t4",
    "Free T4",
    loinc(
        "3024-7",
        "Thyroxine (T4) free [Mass/volume] in Serum or Plasma",
    ),
    "ng/dL",
    2,
)
.between(0.8, 1.8);
/// A tumour marker of the breast.
pub(crate) const CA_15_3: Measure = Measure::laboratory(
    "ca-15-3",
    "CA 15-3",
    loinc("6875-9", "Cancer Ag 15-3 [Units/volume] in Serum or Plasma"),
    "U/mL",
    1,
)
.up_to(30.0);

/// A panel: its slug and LOINC term.
pub(crate) struct Panel {
    /// The part of the DiagnosticReport's id that names it.
    pub(crate) slug: &'static str,
    /// What clinicians call it.
    pub(crate) name: &'static str,
    /// The LOINC term.
    pub(crate) code: Code,
}

/// Cholesterol and its parts.
pub(crate) const LIPID_PANEL: Panel = Panel {
    slug: "lipid-panel",
    name: "Lipid panel",
    code: loinc("24331-1", "Lipid 1996 panel - Serum or Plasma"),
};
/// Kidneys, salts and sugar.
pub(crate) const METABOLIC_PANEL: Panel = Panel {
    slug: "metabolic-panel",
    name: "Basic metabolic panel",
    code: loinc("51990-0", "Basic metabolic panel - Blood"),
};
/// The blood count.
pub(crate) const BLOOD_COUNT: Panel = Panel {
    slug: "blood-count",
    name: "Blood count",
    code: loinc("58410-2", "CBC panel - Blood by Automated count"),
};
