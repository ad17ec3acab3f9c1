//! SQL: what the store is asked, rendered for a dialect. The questions are data ([`crate::search`]);
//! no SQL is written elsewhere but in the store's engines.

mod condition;
mod confinement;
mod date;
mod dialect;
mod lookup;
mod reference;
mod sort;
mod statement;
mod string;
mod token;
mod walk;
mod way;

pub use confinement::within;
pub use dialect::Dialect;
pub use lookup::lookup;
pub use statement::Sql;
pub use way::{Size, Way, ids, way};
