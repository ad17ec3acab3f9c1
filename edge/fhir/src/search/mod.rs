//! Search: a query becomes clauses, clauses become one SQL statement; a resource becomes the
//! index rows that the statement reads. <https://hl7.org/fhir/R4/search.html>
//!
//! Three types for three steps: [`Query`] is what the caller wrote, [`Predicate`] what it means,
//! [`Statement`] what the store runs. Each search type keeps extraction of rows and parsing of
//! query values in one file below [`value`], so that the two cannot drift apart.

mod condition;
pub mod cost;
mod driver;
mod escape;
mod extract;
mod group;
mod kind;
pub mod limits;
mod parameters;
mod plan;
mod predicate;
mod query;
mod sql;
pub mod value;
mod walk;
mod ways;

pub use condition::{Access, Compartment, Confinement, confine};
pub use extract::{IndexRows, extract};
pub use kind::{Column, ColumnKind, Criterion, INDEX_KINDS, IndexKind};
pub use plan::{After, Plan, Position, Size, Statement, Then, Way, count, page};
pub use predicate::{Predicate, Spread};
pub use query::{Context, Handling, Query, Sort, SortKey, Total, parse};
pub use sql::Sql;
