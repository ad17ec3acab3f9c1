//! FHIR data types: the text of primitives and the time they stand for.
//! <https://hl7.org/fhir/R4/datatypes.html>

mod calendar;
mod date_time;
mod http_date;
mod instant;
mod primitive;

pub use date_time::{Interval, Ticks};
pub use http_date::{http_date, parse_http_date};
pub use instant::instant;
pub use primitive::{check_primitive, is_id};
