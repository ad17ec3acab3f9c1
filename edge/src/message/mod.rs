//! HTTP messages: requests as they come, answers before they are sent.

mod answer;
mod body;
mod incoming;
mod media_type;

pub(crate) use answer::{Answer, Body};
pub(crate) use incoming::Incoming;
pub(crate) use media_type::{JSON_TYPES, media_type};
