//! One write of a command: what is done to one resource, and what must hold for it.

use super::large_text::Crossing;
use crate::grant::action::{Create, Deed, Delete, Update};
use crate::grant::{Grant, PartitionName};
use fhir::definitions::Definitions;
use fhir::meta::Rendered;
use fhir::search::{Access, Confined, IndexRows};
use fhir::sql::{self, Dialect, Sql};
use js_sys::Array;
use wasm_bindgen::JsValue;

/// The positions in the array that a write travels as.
pub(super) mod field {
    pub(crate) const KIND: u32 = 0;
    pub(crate) const TYPE: u32 = 1;
    pub(crate) const ID: u32 = 2;
    pub(crate) const IF_MATCH: u32 = 3;
    pub(crate) const METHOD: u32 = 4;
    pub(crate) const HEAD: u32 = 5;
    pub(crate) const TAIL: u32 = 6;
    pub(crate) const STRINGS: u32 = 7;
    pub(crate) const TOKENS: u32 = 8;
    pub(crate) const DATES: u32 = 9;
    pub(crate) const REFERENCES: u32 = 10;
    pub(crate) const CONFINEMENT: u32 = 11;
    pub(crate) const CONFINEMENT_VALUES: u32 = 12;
    pub(crate) const VISIBILITY: u32 = 13;
    pub(crate) const VISIBILITY_VALUES: u32 = 14;
}

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

impl Kind {
    fn number(self) -> f64 {
        match self {
            Self::Create => 0.0,
            Self::Update => 1.0,
            Self::Delete => 2.0,
        }
    }

    pub(super) fn from_number(number: f64) -> Option<Self> {
        let kinds = [Self::Create, Self::Update, Self::Delete];
        kinds.into_iter().find(|kind| kind.number() == number)
    }
}

/// One write. A [`Grant`] makes it, and what the grant is confined to goes with it.
pub(crate) struct Write {
    kind: Kind,
    /// The partition that the grant opens.
    pub(super) partition: PartitionName,
    pub(crate) resource_type: &'static str,
    pub(crate) id: String,
    /// The version that must be current.
    if_match: Option<i64>,
    /// The resource and its index rows; none for a delete.
    pub(crate) content: Option<(Rendered, IndexRows)>,
    /// The condition that the resource must meet before and after.
    confinement: Option<Sql>,
    /// The condition that a resource meets which the caller may see, be it theirs to change or not.
    visibility: Option<Sql>,
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

    pub(super) fn to_array(&self, crossing: Crossing) -> Array {
        let pack = |text: &str| crossing.pack(text);
        let table = |arrays: &[String]| -> JsValue {
            let arrays: Array = arrays.iter().map(|array| pack(array)).collect();
            arrays.into()
        };
        let empty = IndexRows::default();
        let (head, tail, rows) = match &self.content {
            Some((rendered, rows)) => (pack(&rendered.head), pack(&rendered.tail), rows),
            None => (JsValue::NULL, JsValue::NULL, &empty),
        };
        let [strings, tokens, dates, references] = &rows.tables;
        let method = match self.kind {
            Kind::Create => "POST",
            Kind::Update => "PUT",
            Kind::Delete => "DELETE",
        };
        let if_match = self
            .if_match
            .map_or(JsValue::NULL, |version| JsValue::from_f64(version as f64));
        let [confinement, visibility] = [&self.confinement, &self.visibility].map(statement);
        [
            JsValue::from_f64(self.kind.number()),
            JsValue::from_str(self.resource_type),
            JsValue::from_str(&self.id),
            if_match,
            JsValue::from_str(method),
            head,
            tail,
            table(strings),
            table(tokens),
            table(dates),
            table(references),
            confinement.0,
            confinement.1,
            visibility.0,
            visibility.1,
        ]
        .into_iter()
        .collect()
    }
}

/// A statement's text and values, or two nulls.
fn statement(sql: &Option<Sql>) -> (JsValue, JsValue) {
    let Some(sql) = sql else {
        return (JsValue::NULL, JsValue::NULL);
    };
    let values: Array = sql.binds.iter().map(JsValue::from).collect();
    (JsValue::from_str(&sql.text), values.into())
}
