//! The ways that a plan offers.

use super::confinement::{Access, Confined, Confinement};
use super::cost::{self, MOST_SORTED};
use super::driver::{Driver, drivers};
use super::plan::{After, Candidates, Found, Position, Size, Then, Way};
use super::predicate::Predicate;
use super::query::{Query, Sort};
use super::walk::{By, Seek, Walk};
use crate::definitions::Definitions;
use std::rc::Rc;

/// What a plan is made for.
pub(super) struct Planner<'a> {
    query: &'a Query,
    confined: Rc<Confined>,
    /// Whether a way goes through a window of candidates, or to its end.
    is_bounded: bool,
}

impl<'a> Planner<'a> {
    pub(super) fn new(
        definitions: &'static Definitions,
        query: &'a Query,
        confinement: &Confinement,
        is_bounded: bool,
    ) -> Self {
        let confined = Confined::new(definitions, query.resource_type, confinement, Access::Read);
        Self {
            query,
            confined: Rc::new(confined),
            is_bounded,
        }
    }

    pub(super) fn drivers(&self) -> Vec<Driver> {
        drivers(self.query, &self.confined)
    }

    /// The count of all matches by the rows of one index, where those tell it.
    pub(super) fn count_by_index(&self) -> Option<Found> {
        if !self.confined.is_everything() {
            return None;
        }
        let resource_type = self.query.resource_type;
        let seek = match self.query.predicates.as_slice() {
            [] => None,
            [only] => Some(Seek::by(resource_type, only)?),
            _ => return None,
        };
        Some(Found::NumberByIndex {
            resource_type,
            seek,
            most: cost::MOST_COUNTED + 1,
        })
    }

    pub(super) fn walk_driver(
        &self,
        driver: Driver,
        is_only: bool,
        after: Option<&After>,
        limit: usize,
    ) -> Way {
        Way {
            size: driver.size(is_only),
            most: driver.most(),
            ..self.walk(driver.walk, after, limit)
        }
    }

    /// The way along a walk, in its order.
    pub(super) fn walk(&self, walk: Walk, after: Option<&After>, limit: usize) -> Way {
        let position = after.map(|after| after.position.clone());
        Way {
            size: Size::Unknown,
            most: usize::MAX,
            found: Found::Walked {
                candidates: self.candidates(walk, position),
                created_by: after.map(|after| after.sequence),
            },
            limit,
            then: Then::End,
        }
    }

    /// The way that collects the few that a driver finds and sorts them.
    pub(super) fn sort_few(
        &self,
        driver: Driver,
        sort: Sort,
        after: Option<&After>,
        limit: usize,
    ) -> Way {
        let size = match &driver.seek.by {
            By::Predicate(Predicate::Id { .. }) => Size::Few,
            _ => Size::Counted(driver.seek.clone()),
        };
        let candidates = Candidates {
            window: None,
            ..self.candidates(Walk::Set(driver.seek), None)
        };
        Way {
            size,
            most: MOST_SORTED,
            found: Found::Collected {
                candidates,
                created_by: after.map(|after| after.sequence),
                sort,
                after: after.map(|after| after.position.clone()),
            },
            limit,
            then: Then::End,
        }
    }

    /// The next window of a walk.
    pub(super) fn candidates(&self, walk: Walk, after: Option<Position>) -> Candidates {
        let tests = self.query.predicates.iter();
        let tests = tests.filter(|predicate| !walk.drives(predicate));
        let tests: Vec<Predicate> = tests.cloned().collect();
        let window = self
            .is_bounded
            .then(|| cost::window(&tests, &self.confined));
        Candidates {
            resource_type: self.query.resource_type,
            walk,
            after,
            window,
            tests,
            confined: Rc::clone(&self.confined),
        }
    }
}
