//! Medicines by RxNorm code (<https://www.nlm.nih.gov/research/umls/rxnorm/>).

use crate::code::{Code, rxnorm};

/// A medicine as it is prescribed.
pub(crate) struct Medicine {
    /// The RxNorm concept.
    pub(crate) code: Code,
    /// What one takes of it: a tablet, a puff.
    pub(crate) unit: &'static str,
    /// The shared Medication resource that stands for it, where there is one.
    pub(crate) resource: Option<&'static str>,
}

const fn tablet(code: &'static str, display: &'static str) -> Medicine {
    Medicine {
        code: rxnorm(code, display),
        unit: "tablet",
        resource: None,
    }
}

const fn puff(code: &'static str, display: &'static str) -> Medicine {
    Medicine {
        code: rxnorm(code, display),
        unit: "puff",
        resource: None,
    }
}

/// For blood pressure.
pub(crate) const LISINOPRIL_10: Medicine = tablet("314076", "lisinopril 10 MG Oral Tablet");
/// For blood pressure, the higher dose.
pub(crate) const LISINOPRIL_20: Medicine = tablet("314077", "lisinopril 20 MG Oral Tablet");
/// For blood pressure.
pub(crate) const AMLODIPINE_5: Medicine = tablet("197361", "amlodipine 5 MG Oral Tablet");
/// For cholesterol.
pub(crate) const ATORVASTATIN_20: Medicine = tablet("617310", "atorvastatin 20 MG Oral Tablet");
/// For blood sugar.
pub(crate) const METFORMIN_500: Medicine =
    tablet("861007", "metformin hydrochloride 500 MG Oral Tablet");
/// For blood sugar, the higher dose.
pub(crate) const METFORMIN_1000: Medicine =
    tablet("861004", "metformin hydrochloride 1000 MG Oral Tablet");
/// For blood sugar, heart and kidneys.
pub(crate) const EMPAGLIFLOZIN_10: Medicine = tablet("1545653", "empagliflozin 10 MG Oral Tablet");
/// Against clots.
pub(crate) const ASPIRIN_81: Medicine = tablet("243670", "aspirin 81 MG Oral Tablet");
/// Iron.
pub(crate) const IRON: Medicine = tablet("310325", "ferrous sulfate 325 MG Oral Tablet");
/// The reliever inhaler.
pub(crate) const ALBUTEROL: Medicine = puff(
    "745679",
    "200 ACTUAT albuterol 0.09 MG/ACTUAT Metered Dose Inhaler",
);
/// The preventer inhaler.
pub(crate) const FLUTICASONE: Medicine = puff(
    "895994",
    "120 ACTUAT fluticasone propionate 0.044 MG/ACTUAT Metered Dose Inhaler",
);
/// For an asthma attack.
pub(crate) const PREDNISONE_20: Medicine = tablet("312615", "prednisone 20 MG Oral Tablet");
/// For hay fever.
pub(crate) const CETIRIZINE_10: Medicine =
    tablet("1014678", "cetirizine hydrochloride 10 MG Oral Tablet");
/// Against water in lungs and legs.
pub(crate) const FUROSEMIDE_40: Medicine = tablet("313988", "furosemide 40 MG Oral Tablet");
/// For the failing heart.
pub(crate) const METOPROLOL_100: Medicine = tablet(
    "866412",
    "24 HR metoprolol succinate 100 MG Extended Release Oral Tablet",
);
/// For the failing heart.
pub(crate) const SPIRONOLACTONE_25: Medicine = tablet("313096", "spironolactone 25 MG Oral Tablet");
/// Against clots in atrial fibrillation; the pharmacy stocks it as a Medication resource.
pub(crate) const WARFARIN_5: Medicine = Medicine {
    resource: Some("demo-warfarin-5"),
    ..tablet("855332", "warfarin sodium 5 MG Oral Tablet")
};
/// Against hormone-driven cancer of the breast.
pub(crate) const ANASTROZOLE_1: Medicine = tablet("199224", "anastrozole 1 MG Oral Tablet");
/// For pain.
pub(crate) const IBUPROFEN_200: Medicine = tablet("310965", "ibuprofen 200 MG Oral Tablet");
/// For pain.
pub(crate) const ACETAMINOPHEN_325: Medicine = tablet("313782", "acetaminophen 325 MG Oral Tablet");
/// For infections in children.
pub(crate) const AMOXICILLIN_SUSPENSION: Medicine = Medicine {
    unit: "mL",
    ..tablet("308189", "amoxicillin 80 MG/ML Oral Suspension")
};
/// For the slow thyroid.
pub(crate) const LEVOTHYROXINE_50: Medicine =
    tablet("966222", "levothyroxine sodium 0.05 MG Oral Tablet");
/// For migraine, by ingredient.
pub(crate) const SUMATRIPTAN: Medicine = tablet("37418", "sumatriptan");
/// For anaphylaxis.
pub(crate) const EPINEPHRINE: Medicine = Medicine {
    unit: "injection",
    ..tablet(
        "1870230",
        "NDA020800 0.3 ML epinephrine 1 MG/ML Auto-Injector",
    )
};
