//! What can be done with resources, as a value and as the types that a [`Grant`](super::Grant)
//! carries.

/// What is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    Read,
    Search,
    History,
    Create,
    Update,
    Delete,
    /// Post a bundle: each entry is authorised by itself.
    Bundle,
}

/// A type that stands for one action, so that the compiler tells a permission to read from one to
/// delete.
pub(crate) trait Deed {
    const ACTION: Action;
}

/// A deed that shows resources to the caller.
pub(crate) trait Sees: Deed {}

macro_rules! deeds {
    ($($name:ident),+) => {$(
        #[doc = concat!("[`Action::", stringify!($name), "`] as a type.")]
        #[derive(Clone, Copy, Debug)]
        pub(crate) enum $name {}

        impl Deed for $name {
            const ACTION: Action = Action::$name;
        }
    )+};
}

deeds!(Read, Search, History, Create, Update, Delete);

impl Sees for Read {}
impl Sees for Search {}
impl Sees for History {}
