//! What a search may cost: how much work one statement does, and how much one search.
//!
//! A unit is about a microsecond of the ledger's one thread, for a resource with a few values of each
//! parameter; extraction bounds how many it can have. A statement goes through as many candidates as
//! fit in [`UNITS`].

use super::confinement::Confined;
use super::kind::Asked;
use super::predicate::Predicate;

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
pub(super) fn window(tests: &[Predicate], confined: &Confined) -> usize {
    let memberships = confined.memberships.iter();
    let memberships = memberships.map(|membership| 2 + membership.keys.len());
    let constraints = confined.constraints.iter().flatten().map(of_predicate);
    let each: usize = tests.iter().map(of_predicate).sum::<usize>()
        + memberships.sum::<usize>()
        + constraints.sum::<usize>();
    UNITS / (1 + each)
}

/// The work of testing one resource.
fn of_predicate(predicate: &Predicate) -> usize {
    match predicate {
        Predicate::Id { .. } => 1,
        Predicate::LastUpdated(criterion) => 1 + criterion.comparisons(),
        Predicate::Indexed(indexed) => 2 + indexed.criterion.asked().comparisons().max(1),
        Predicate::Missing { .. } => 2,
    }
}
