//! Where a person chooses the patient for an app that was opened by itself: the SMART proxy sends
//! the browser here before it sends it to the identity provider.

pub(crate) mod page;
