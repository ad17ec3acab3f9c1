//! What a search may cost: how much work one statement does, and how much one search.
//!
//! A unit is about a microsecond of the ledger's one thread, for a resource with a few values of each
//! parameter; extraction bounds how many it can have. A statement goes through as many candidates as
//! fit in [`UNITS`].

use super::condition::Confinement;
use super::kind::Asked;
use super::predicate::Predicate;
use crate::definitions::Definitions;

/// The work of one statement.
const UNITS: usize = 30_000;
/// The windows that one search may go through.
pub const WINDOWS: usize = 2;
/// The most that is collected from an index before it is put into order.
pub(super) const MOST_COLLECTED: usize = 10_000;
/// The most rows of an index that are counted at once.
pub const MOST_COUNTED: usize = 300_000;
/// The most that is sorted.
pub(super) const MOST_SORTED: usize = 2_000;

/// How many candidates one statement goes through when these are tested on each.
pub(super) fn window<'a>(
    (definitions, resource_type): (&'static Definitions, &str),
    tested: impl Iterator<Item = &'a Predicate>,
    confinement: &Confinement,
) -> usize {
    let compartments = confinement.compartments.iter().map(|own| {
        let keys = definitions.compartment_keys(&own.compartment, resource_type);
        2 + keys.len()
    });
    let constraints = confinement.constraints.iter().flatten().map(of_predicate);
    let each: usize = tested.map(of_predicate).sum::<usize>()
        + compartments.sum::<usize>()
        + constraints.sum::<usize>();
    UNITS / (1 + each)
}

/// The work of testing one resource.
fn of_predicate(predicate: &Predicate) -> usize {
    match predicate {
        Predicate::Id { .. } => 1,
        Predicate::LastUpdated(criterion) => 1 + criterion.comparisons(),
        Predicate::Indexed { criterion, .. } => 2 + criterion.asked().comparisons().max(1),
        Predicate::Missing { .. } => 2,
    }
}
