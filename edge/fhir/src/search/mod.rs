//! Search: a query becomes clauses, clauses become a plan; a resource becomes the index rows that
//! the plan goes through. <https://hl7.org/fhir/R4/search.html>
//!
//! Three types for three steps: [`Query`] is what the caller wrote, [`Predicate`] what it means,
//! [`Plan`] what the store is asked; all of it is data, which [`crate::sql`] renders. Each search type
//! keeps extraction of rows and parsing of query values in one file below [`value`], so that the two
//! cannot drift apart.

mod confinement;
pub mod cost;
mod driver;
mod escape;
mod extract;
mod fingerprint;
mod kind;
pub mod limits;
mod lookup;
mod parameters;
mod plan;
mod predicate;
mod query;
pub mod value;
mod walk;
mod ways;

pub use confinement::{Access, Compartment, Confined, Confinement, Membership, Owner};
pub use extract::{IndexRows, extract};
pub use fingerprint::{IndexedParameter, definitions_hash, indexed, keys};
pub use kind::{Column, ColumnKind, Criterion, INDEX_KINDS, IndexKind};
pub use lookup::{Lookup, Versions};
pub use plan::{After, Candidates, Changed, Found, Plan, Position, Size, Then, Way, count, page};
pub use predicate::{Indexed, Predicate, Spread};
pub use query::{Context, Handling, Query, Sort, SortKey, Total, parse};
pub use walk::{By, Seek, Walk};
