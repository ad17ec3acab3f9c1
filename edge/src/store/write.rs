//! One write of a command: what is done to one resource, and what must hold for it.

use crate::grant::action::{Create, Deed, Delete, Update};
use crate::grant::{Grant, PartitionName};
use fhir::definitions::Definitions;
use fhir::meta::Rendered;
use fhir::search::{Access, Confined, IndexRows};
use fhir::sql::{self, Dialect, Sql};

/// What is done to one resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A new resource under an id that nobody has.
    Create,
    /// The next version, or the first.
    Update,
    /// A version that says deleted.
    Delete,
}

#[cfg(any(target_arch = "wasm32", test))]
impl Kind {
    /// The verb that makes such a version.
    pub(super) fn method(self) -> &'static str {
        match self {
            Self::Create => "POST",
            Self::Update => "PUT",
            Self::Delete => "DELETE",
        }
    }
}

/// One write. A [`Grant`] makes it, and what the grant is confined to goes with it.
pub(crate) struct Write {
    pub(super) kind: Kind,
    /// What its index rows were made by.
    pub(super) definitions: &'static Definitions,
    /// The partition that the grant opens.
    pub(super) partition: PartitionName,
    pub(crate) resource_type: &'static str,
    pub(crate) id: String,
    /// The version that must be current.
    pub(super) if_match: Option<i64>,
    /// The resource and its index rows; none for a delete.
    pub(crate) content: Option<(Rendered, IndexRows)>,
    /// The condition that the resource must meet before and after.
    pub(super) confinement: Option<Sql>,
    /// The condition that a resource meets which the caller may see, be it theirs to change or not.
    pub(super) visibility: Option<Sql>,
}

/// Selects the resource of a row if it lies within the grant; nothing when everything does.
fn within(
    definitions: &'static Definitions,
    grant: &Grant<impl Deed>,
    access: Access,
) -> Option<Sql> {
    let confinement = grant.confinement();
    if confinement.is_everything() {
        return None;
    }
    let confined = Confined::new(definitions, grant.resource_type(), confinement, access);
    Some(sql::within(&confined, Dialect::Sqlite))
}

impl Write {
    fn new(
        kind: Kind,
        definitions: &'static Definitions,
        grant: &Grant<impl Deed>,
        id: String,
    ) -> Self {
        Self {
            kind,
            definitions,
            partition: grant.partition(),
            resource_type: grant.resource_type(),
            id,
            if_match: None,
            content: None,
            confinement: within(definitions, grant, Access::Write),
            visibility: None,
        }
    }

    pub(crate) fn create(
        definitions: &'static Definitions,
        grant: &Grant<Create>,
        id: String,
        content: (Rendered, IndexRows),
    ) -> Self {
        Self {
            content: Some(content),
            ..Self::new(Kind::Create, definitions, grant, id)
        }
    }

    pub(crate) fn update(
        definitions: &'static Definitions,
        grant: &Grant<Update>,
        id: String,
        if_match: Option<i64>,
        content: (Rendered, IndexRows),
    ) -> Self {
        Self {
            if_match,
            content: Some(content),
            ..Self::new(Kind::Update, definitions, grant, id)
        }
    }

    pub(crate) fn delete(
        definitions: &'static Definitions,
        grant: &Grant<Delete>,
        id: String,
        if_match: Option<i64>,
    ) -> Self {
        Self {
            if_match,
            visibility: within(definitions, grant, Access::Read),
            ..Self::new(Kind::Delete, definitions, grant, id)
        }
    }

    /// How many values a statement of its conditions binds at the most, the row id included.
    pub(super) fn confinement_values(&self) -> usize {
        let statements = self.confinement.iter().chain(&self.visibility);
        let values = statements.map(|sql| sql.binds.len() + 1);
        values.max().unwrap_or_default()
    }

    /// How many bytes of text the write carries.
    pub(super) fn bytes(&self) -> usize {
        self.content.as_ref().map_or(0, |(rendered, rows)| {
            let rows = rows.tables.iter().flatten().map(String::len);
            rendered.bytes() + rows.sum::<usize>()
        })
    }
}
