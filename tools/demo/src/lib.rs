//! The demo patients: invented people whose charts make every screen worth looking at.
//!
//! Everything is a pure function of the FHIR version and a given "today": no clock, no outside
//! randomness. Ids are stable, so loading the set again updates the same resources.

mod chart;
mod code;
mod course;
mod date;
mod diagnosis;
mod encounter;
mod laboratory;
mod measure;
mod medicine;
mod noise;
mod practice;
mod story;
mod vaccine;
mod version;
mod vital;

pub use date::{Date, DateError};
pub use version::{Version, VersionError};

use serde_json::Value;

/// The whole demo set as transaction Bundles of PUT entries: first the shared practitioners,
/// organizations, locations and medications, then one Bundle per patient.
#[must_use]
pub fn patients(version: Version, today: Date) -> Vec<Value> {
    let mut bundles = vec![practice::bundle(version)];
    bundles.extend(
        story::STORIES
            .iter()
            .map(|story| chart::Chart::tell(version, today, story)),
    );
    bundles
}

/// The logical ids of the demo Patients, in the order of their Bundles.
pub fn patient_ids() -> impl Iterator<Item = String> {
    story::STORIES
        .iter()
        .map(|story| chart::patient_id(story.slug))
}
