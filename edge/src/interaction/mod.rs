//! One file per FHIR interaction: a function of a [`Context`] and a typed request to an
//! [`Outcome`]. None of them knows HTTP, so that bundle entries ask for the same as requests do.
//! <https://hl7.org/fhir/R4/http.html>

mod batch;
mod bundle;
mod conditional;
mod content;
mod context;
mod create;
mod delete;
mod entry;
mod history_instance;
mod outcome;
mod read;
mod refusal;
mod request;
mod search_type;
#[cfg(test)]
mod tests;
mod transaction;
mod update;
mod vread;

pub(crate) use bundle::bundle;
pub(crate) use context::Context;
pub(crate) use create::Create;
pub(crate) use delete::Delete;
pub(crate) use history_instance::HistoryInstance;
pub(crate) use outcome::{History, Outcome, Responses, SearchSet, Stored, VersionStamp, Written};
pub(crate) use read::Read;
pub(crate) use request::{Request, perform};
pub(crate) use search_type::SearchType;
pub(crate) use update::Update;
pub(crate) use vread::Vread;
