//! The interactions that the server offers; `route` has the addresses that they are asked for at.
//! <https://hl7.org/fhir/R4/http.html>

/// A RESTful interaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the names are those of the specification")]
pub enum Interaction {
    Read,
    Vread,
    Update,
    Delete,
    HistoryInstance,
    Create,
    SearchType,
    Capabilities,
    Batch,
    Transaction,
}

impl Interaction {
    /// Every interaction that is offered.
    pub const ALL: [Self; 10] = [
        Self::Read,
        Self::Vread,
        Self::Update,
        Self::Delete,
        Self::HistoryInstance,
        Self::Create,
        Self::SearchType,
        Self::Capabilities,
        Self::Batch,
        Self::Transaction,
    ];

    /// The code of the value sets type- and system-restful-interaction.
    pub fn code(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Vread => "vread",
            Self::Update => "update",
            Self::Delete => "delete",
            Self::HistoryInstance => "history-instance",
            Self::Create => "create",
            Self::SearchType => "search-type",
            Self::Capabilities => "capabilities",
            Self::Batch => "batch",
            Self::Transaction => "transaction",
        }
    }
}
