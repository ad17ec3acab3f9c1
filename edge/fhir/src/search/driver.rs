//! What drives a search: the predicates and compartments whose members an index finds by seeking.

use super::condition::{Confinement, is_shared};
use super::cost;
use super::plan::Size;
use super::predicate::{Predicate, Spread};
use super::query::Query;
use super::walk::{Searched, Seek, Walk};

/// How many ways a plan offers beside the one that always works.
const MOST_WAYS: usize = 4;
/// The rank of what one or few resources have.
const NARROW: u8 = 1;
/// The rank of a compartment.
const MEMBERS: u8 = 3;

/// A predicate or compartment that can drive a search, and its walk.
#[derive(Clone, Copy)]
pub(super) struct Driver<'a> {
    rank: u8,
    pub(super) seek: Seek<'a>,
    pub(super) walk: Walk<'a>,
}

impl Driver<'_> {
    /// The most that its walk may go through and still be taken: a run streams, whatever its
    /// length.
    pub(super) fn most(&self) -> usize {
        match self.walk {
            Walk::Run(..) => usize::MAX,
            _ => cost::MOST_COLLECTED,
        }
    }

    pub(super) fn size(&self, searched: Searched, is_only: bool) -> Size {
        match (self.seek, self.walk) {
            (Seek::Predicate(Predicate::Id { .. }), _) => Size::Few,
            (_, Walk::Run(..)) if is_only || self.rank == NARROW => Size::Few,
            _ => Size::Counted(self.seek.size(searched)),
        }
    }
}

/// What can drive the search, the likeliest first.
pub(super) fn drivers<'a>(query: &'a Query, confinement: &'a Confinement) -> Vec<Driver<'a>> {
    let constraints = match confinement.constraints.as_slice() {
        [only] => only.as_slice(),
        _ => &[],
    };
    let predicates = query.predicates.iter().chain(constraints);
    let mut drivers: Vec<Driver<'a>> = predicates
        .filter_map(|predicate| {
            let seek = Seek::by(predicate)?;
            let walk = match predicate {
                Predicate::Indexed { key, criterion, .. } if criterion.asked().is_run() => {
                    Walk::Run(*key, criterion)
                }
                _ => Walk::Set(seek),
            };
            let rank = rank(predicate);
            Some(Driver { rank, seek, walk })
        })
        .collect();
    // What everybody may see is not only what belongs to the compartment.
    let compartments = confinement
        .compartments
        .iter()
        .filter(|_| !is_shared(query.resource_type));
    drivers.extend(compartments.map(|compartment| {
        let seek = Seek::Members(compartment);
        Driver {
            rank: MEMBERS,
            seek,
            walk: Walk::Set(seek),
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
        Predicate::Indexed {
            spread: Spread::Narrow,
            ..
        } => NARROW,
        Predicate::Indexed {
            spread: Spread::Wide,
            ..
        } => 8,
        Predicate::Indexed { criterion, .. } => criterion.kind().rank,
        Predicate::LastUpdated(_) | Predicate::Missing { .. } => 7,
    }
}
