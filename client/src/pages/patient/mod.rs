//! A patient's chart.

mod chart;
mod head;
mod others;
mod overview;
pub(crate) mod page;
mod row_drawer;
mod section;
mod vital_signs;
