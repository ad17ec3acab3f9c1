//! Permission to do one thing with resources of one type: what the store demands of every caller.
//!
//! Authorisation (`auth/authorise.rs`) is the only place that makes a [`Grant`].

pub(crate) mod action;

use action::Deed;
use fhir::search::Confinement;
use std::marker::PhantomData;

pub(crate) use action::Action;

/// A part of the store that shares nothing with the others. Today there is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PartitionName {
    Default,
}

impl PartitionName {
    /// The name that the store's engine knows the partition by.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Default => "default",
        }
    }
}

/// Proof that the caller may do `D`, with which type, in which partition and with which of its
/// resources.
#[derive(Debug)]
pub(crate) struct Grant<D> {
    partition: PartitionName,
    resource_type: &'static str,
    confinement: Confinement,
    subject: String,
    deed: PhantomData<D>,
}

impl<D: Deed> Grant<D> {
    /// A grant for `subject`. Only authorisation calls this; the tidy test sees to it.
    pub(crate) fn new(
        partition: PartitionName,
        resource_type: &'static str,
        confinement: Confinement,
        subject: String,
    ) -> Self {
        Self {
            partition,
            resource_type,
            confinement,
            subject,
            deed: PhantomData,
        }
    }

    /// The partition whose resources it opens.
    pub(crate) fn partition(&self) -> PartitionName {
        self.partition
    }

    /// The only type that it opens.
    pub(crate) fn resource_type(&self) -> &'static str {
        self.resource_type
    }

    /// What the store confines every statement to.
    pub(crate) fn confinement(&self) -> &Confinement {
        &self.confinement
    }

    /// The caller, to whom a cursor is bound.
    pub(crate) fn subject(&self) -> &str {
        &self.subject
    }
}

#[cfg(test)]
impl<D: Deed> Grant<D> {
    /// What a native test permits itself.
    pub(crate) fn of_test(resource_type: &'static str, confinement: Confinement) -> Self {
        let subject = "test".to_owned();
        Self::new(PartitionName::Default, resource_type, confinement, subject)
    }
}
