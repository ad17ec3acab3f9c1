//! Vaccines by CVX code (<https://www2.cdc.gov/vaccines/iis/iisstandards/vaccines.asp>).

use crate::code::{Code, cvx};

/// Hepatitis B for children.
pub(crate) const HEPATITIS_B: Code = cvx("08", "Hep B, adolescent or pediatric");
/// Rotavirus.
pub(crate) const ROTAVIRUS: Code = cvx("119", "rotavirus, monovalent");
/// Diphtheria, tetanus, pertussis for children.
pub(crate) const DTAP: Code = cvx("20", "DTaP");
/// Haemophilus influenzae b.
pub(crate) const HIB: Code = cvx("49", "Hib (PRP-OMP)");
/// Pneumococci, conjugate.
pub(crate) const PNEUMOCOCCAL_CONJUGATE: Code = cvx("133", "Pneumococcal conjugate PCV 13");
/// Polio.
pub(crate) const POLIO: Code = cvx("10", "IPV");
/// Measles, mumps, rubella.
pub(crate) const MMR: Code = cvx("03", "MMR");
/// Chickenpox.
pub(crate) const VARICELLA: Code = cvx("21", "varicella");
/// Hepatitis A for children.
pub(crate) const HEPATITIS_A: Code = cvx("83", "Hep A, ped/adol, 2 dose");
/// The yearly influenza vaccine.
pub(crate) const INFLUENZA: Code = cvx("140", "Influenza, seasonal, injectable, preservative free");
/// Tetanus, diphtheria, pertussis for adults.
pub(crate) const TDAP: Code = cvx("115", "Tdap");
/// Tetanus and diphtheria for adults.
pub(crate) const TD: Code = cvx("113", "Td (adult) preservative free");
/// Pneumococci, polysaccharide.
pub(crate) const PNEUMOCOCCAL: Code = cvx("33", "pneumococcal polysaccharide vaccine, 23 valent");
/// Shingles.
pub(crate) const ZOSTER: Code = cvx("187", "zoster recombinant");
/// COVID-19.
pub(crate) const COVID_19: Code = cvx("208", "COVID-19, mRNA, LNP-S, PF, 30 mcg/0.3 mL dose");
/// Human papillomavirus.
pub(crate) const HPV: Code = cvx("165", "HPV9");
