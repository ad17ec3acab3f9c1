//! One file per search type: which rows a value gives, and what a query value selects of them.

pub mod date;
pub mod reference;
pub mod string;
pub mod token;
