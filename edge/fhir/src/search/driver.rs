//! What drives a search: the predicates and compartments whose members an index finds by seeking.

use super::confinement::Confined;
use super::cost;
use super::plan::Size;
use super::predicate::{Predicate, Spread};
use super::query::Query;
use super::walk::{By, Seek, Walk};
use std::rc::Rc;

/// How many ways a plan offers beside the one that always works.
const MOST_WAYS: usize = 4;
/// The rank of what one or few resources have.
const NARROW: u8 = 1;
/// The rank of a compartment.
const MEMBERS: u8 = 3;

/// A predicate or compartment that can drive a search, and its walk.
#[derive(Clone)]
pub(super) struct Driver {
    rank: u8,
    pub(super) seek: Seek,
    pub(super) walk: Walk,
}

impl Driver {
    /// The most that its walk may go through and still be taken: a run streams, whatever its
    /// length.
    pub(super) fn most(&self) -> usize {
        match self.walk {
            Walk::Run(..) => usize::MAX,
            _ => cost::MOST_COLLECTED,
        }
    }

    pub(super) fn size(&self, is_only: bool) -> Size {
        match (&self.seek.by, &self.walk) {
            (By::Predicate(Predicate::Id { .. }), _) => Size::Few,
            (_, Walk::Run(..)) if is_only || self.rank == NARROW => Size::Few,
            _ => Size::Counted(self.seek.clone()),
        }
    }
}

/// What can drive the search, the likeliest first.
pub(super) fn drivers(query: &Query, confined: &Confined) -> Vec<Driver> {
    let resource_type = query.resource_type;
    let constraints = match confined.constraints.as_slice() {
        [only] => only.as_slice(),
        _ => &[],
    };
    let predicates = query.predicates.iter().chain(constraints);
    let mut drivers: Vec<Driver> = predicates
        .filter_map(|predicate| {
            let seek = Seek::by(resource_type, predicate)?;
            let walk = match predicate {
                Predicate::Indexed(indexed) if indexed.criterion.asked().is_run() => {
                    Walk::Run(Rc::clone(indexed))
                }
                _ => Walk::Set(seek.clone()),
            };
            let rank = rank(predicate);
            Some(Driver { rank, seek, walk })
        })
        .collect();
    drivers.extend(confined.memberships.iter().map(|membership| {
        let by = By::Members(Rc::clone(membership));
        let seek = Seek { resource_type, by };
        Driver {
            rank: MEMBERS,
            walk: Walk::Set(seek.clone()),
            seek,
        }
    }));
    drivers.sort_by_key(|driver| driver.rank);
    drivers.truncate(MOST_WAYS);
    drivers
}

/// The fewer resources a predicate is likely to leave, the lower.
fn rank(predicate: &Predicate) -> u8 {
    match predicate {
        Predicate::Id { .. } => 0,
        Predicate::Indexed(indexed) => match indexed.spread {
            Spread::Narrow => NARROW,
            Spread::Wide => 8,
            Spread::Usual => indexed.criterion.kind().rank,
        },
        Predicate::LastUpdated(_) | Predicate::Missing { .. } => 7,
    }
}
