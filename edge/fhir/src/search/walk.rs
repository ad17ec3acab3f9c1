//! Walks: ways to go through the resources that may match, in an order that can be continued after
//! any of them. A window bounds how many one statement goes through, whatever it finds.

use super::confinement::Membership;
use super::kind::IndexKind;
use super::predicate::{Indexed, Predicate};
use super::query::Sort;
use std::rc::Rc;

/// What an index finds by seeking: few rows, whatever the size of the store.
#[derive(Clone, Debug, PartialEq)]
pub struct Seek {
    /// The type that is searched.
    pub resource_type: &'static str,
    /// What is sought.
    pub by: By,
}

/// What is sought.
#[derive(Clone, Debug, PartialEq)]
pub enum By {
    /// The resources that meet a predicate.
    Predicate(Predicate),
    /// The members of a compartment.
    Members(Rc<Membership>),
}

/// A way through the resources that may match.
#[derive(Clone, Debug, PartialEq)]
pub enum Walk {
    /// Rows of an index that are in the order of resources.
    Run(Rc<Indexed>),
    /// What an index finds, put into the order of resources.
    Set(Seek),
    /// All resources of the type, in the order in which they were created.
    Type,
    /// All that have a value to sort by, in its order.
    Sorted(Sort),
    /// All that have no value to sort by, which would be the key of a kind.
    Unsorted(u32, &'static IndexKind),
}

impl Seek {
    /// The seek by a predicate, where an index can find what meets it.
    pub(super) fn by(resource_type: &'static str, predicate: &Predicate) -> Option<Self> {
        let seeks = match predicate {
            Predicate::Id { negated, .. } => !negated,
            Predicate::LastUpdated(criterion) => criterion.is_one(),
            Predicate::Indexed(indexed) => !indexed.negated && indexed.criterion.asked().seeks(),
            Predicate::Missing { .. } => false,
        };
        let by = By::Predicate(predicate.clone());
        seeks.then_some(Self { resource_type, by })
    }
}

impl Walk {
    /// Whether the walk finds only what meets the predicate, so that it need not be tested.
    pub(super) fn drives(&self, predicate: &Predicate) -> bool {
        match (self, predicate) {
            (Self::Run(own), Predicate::Indexed(other)) => Rc::ptr_eq(own, other),
            (Self::Set(seek), predicate) => match &seek.by {
                By::Predicate(own) => own.is(predicate),
                By::Members(_) => false,
            },
            _ => false,
        }
    }
}
