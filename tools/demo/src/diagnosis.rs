//! Diagnoses, signs and habits by SNOMED CT code.

use crate::code::{Code, snomed};

/// High blood pressure.
pub(crate) const HYPERTENSION: Code = snomed("38341003", "Hypertensive disorder");
/// High cholesterol.
pub(crate) const HYPERLIPIDEMIA: Code = snomed("55822004", "Hyperlipidemia");
/// Diabetes.
pub(crate) const TYPE_2_DIABETES: Code = snomed("44054006", "Diabetes mellitus type 2");
/// What came before diabetes.
pub(crate) const PREDIABETES: Code = snomed("15777000", "Prediabetes");
/// Obesity.
pub(crate) const OBESITY: Code = snomed("414916001", "Obesity");
/// The diabetic eye.
pub(crate) const RETINOPATHY: Code = snomed("4855003", "Retinopathy due to diabetes mellitus");
/// Kidneys at half their strength.
pub(crate) const KIDNEY_DISEASE_3: Code = snomed("433144002", "Chronic kidney disease stage 3");
/// Pregnancy.
pub(crate) const PREGNANCY: Code = snomed("72892002", "Normal pregnancy");
/// Too little iron.
pub(crate) const IRON_DEFICIENCY: Code = snomed("87522002", "Iron deficiency anemia");
/// The child's ear.
pub(crate) const OTITIS_MEDIA: Code = snomed("65363002", "Otitis media");
/// The child's skin.
pub(crate) const ATOPIC_DERMATITIS: Code = snomed("24079001", "Atopic dermatitis");
/// Asthma.
pub(crate) const ASTHMA: Code = snomed("195967001", "Asthma");
/// An asthma attack.
pub(crate) const ASTHMA_ATTACK: Code = snomed("281239006", "Exacerbation of asthma");
/// Hay fever all year.
pub(crate) const RHINITIS: Code = snomed("446096008", "Perennial allergic rhinitis");
/// The failing heart.
pub(crate) const HEART_FAILURE: Code = snomed("88805009", "Chronic congestive heart failure");
/// The irregular heart.
pub(crate) const ATRIAL_FIBRILLATION: Code = snomed("49436004", "Atrial fibrillation");
/// Breast cancer.
pub(crate) const BREAST_CANCER: Code = snomed("254837009", "Malignant neoplasm of breast");
/// Thin bones.
pub(crate) const OSTEOPOROSIS: Code = snomed("64859006", "Osteoporosis");
/// A broken forearm.
pub(crate) const FOREARM_FRACTURE: Code = snomed("65966004", "Fracture of forearm");
/// The slow thyroid.
pub(crate) const HYPOTHYROIDISM: Code = snomed("40930008", "Hypothyroidism");
/// Migraine.
pub(crate) const MIGRAINE: Code = snomed("37796009", "Migraine");
/// Worn knees.
pub(crate) const KNEE_OSTEOARTHRITIS: Code = snomed("239873007", "Osteoarthritis of knee");
/// A cold that stays.
pub(crate) const SINUSITIS: Code = snomed("444814009", "Viral sinusitis");
/// Bronchitis.
pub(crate) const BRONCHITIS: Code = snomed("10509002", "Acute bronchitis");
/// A sprained wrist.
pub(crate) const WRIST_SPRAIN: Code = snomed("70704007", "Sprain of wrist");

/// Hives.
pub(crate) const URTICARIA: Code = snomed("126485001", "Urticaria");
/// The worst reaction.
pub(crate) const ANAPHYLAXIS: Code = snomed("39579001", "Anaphylaxis");
/// A rash.
pub(crate) const RASH: Code = snomed("271807003", "Eruption of skin");
/// Feeling sick.
pub(crate) const NAUSEA: Code = snomed("422587007", "Nausea");
/// Short of breath.
pub(crate) const DYSPNEA: Code = snomed("267036007", "Dyspnea");
/// Swelling of the face.
pub(crate) const ANGIOEDEMA: Code = snomed("41291007", "Angioedema");
/// Sneezing.
pub(crate) const SNEEZING: Code = snomed("76067001", "Sneezing");
/// Itching.
pub(crate) const ITCHING: Code = snomed("418363000", "Itching of skin");

/// Never smoked.
pub(crate) const NEVER_SMOKED: Code = snomed("266919005", "Never smoked tobacco");
/// Smoked once.
pub(crate) const EX_SMOKER: Code = snomed("8517006", "Ex-smoker");
