//! Value sets that elements bind with strength `required`, expanded.
//! <https://hl7.org/fhir/R4/valueset.html>

use super::section::{Sections, columns};
use std::collections::{BTreeMap, HashMap};
use std::sync::{PoisonError, RwLock};

/// The codes of one value set.
pub struct ValueSet {
    /// Code -> systems that define it; `None` when the set cannot be listed (currencies, UCUM).
    codes: Option<BTreeMap<&'static str, Vec<&'static str>>>,
}

impl ValueSet {
    fn parse(text: &'static str) -> Self {
        let mut codes: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for [code, system] in text.lines().map(columns) {
            if code == "*" && system.is_empty() {
                return Self { codes: None };
            }
            codes.entry(code).or_default().push(system);
        }
        Self { codes: Some(codes) }
    }

    /// Whether a plain `code` is in the set; always, when the set cannot be listed.
    pub fn has_code(&self, code: &str) -> bool {
        self.codes
            .as_ref()
            .is_none_or(|codes| codes.contains_key(code))
    }

    /// Whether a Coding is in the set; always, when the set cannot be listed.
    pub fn has_coding(&self, system: &str, code: &str) -> bool {
        self.codes.as_ref().is_none_or(|codes| {
            codes
                .get(code)
                .is_some_and(|systems| systems.contains(&system))
        })
    }

    /// The system of a plain `code` that must come from the set.
    pub fn system_of(&self, code: &str) -> Option<&'static str> {
        self.codes.as_ref()?.get(code)?.first().copied()
    }

    /// The first codes in words, for a message that says what would be right.
    pub fn examples(&self) -> String {
        let Some(codes) = &self.codes else {
            return String::new();
        };
        let mut shown: Vec<&str> = codes.keys().take(12).copied().collect();
        if codes.len() > shown.len() {
            shown.push("…");
        }
        shown.join(", ")
    }
}

pub(super) struct ValueSets {
    sections: Sections,
    parsed: RwLock<HashMap<&'static str, &'static ValueSet>>,
}

impl ValueSets {
    pub(super) fn new(text: &'static str) -> Self {
        Self {
            sections: Sections::new(text),
            parsed: RwLock::default(),
        }
    }

    pub(super) fn get(&self, name: &str) -> Option<&'static ValueSet> {
        let parsed = self.parsed.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(value_set) = parsed.get(name) {
            return Some(value_set);
        }
        drop(parsed);
        let (name, text) = self.sections.entry(name)?;
        // Leaked on purpose: each set is parsed once and serves the instance for its whole life.
        let value_set: &'static ValueSet = Box::leak(Box::new(ValueSet::parse(text)));
        let mut parsed = self.parsed.write().unwrap_or_else(PoisonError::into_inner);
        Some(parsed.entry(name).or_insert(value_set))
    }
}
