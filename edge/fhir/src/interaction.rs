//! The interactions that the server offers: one table that routing, authorisation and the
//! CapabilityStatement read. <https://hl7.org/fhir/R4/http.html>

/// What an interaction is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// One resource.
    Instance,
    /// All resources of a type.
    Type,
    /// The whole server.
    System,
}

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

    /// What the interaction is about.
    pub fn level(self) -> Level {
        match self {
            Self::Read | Self::Vread | Self::Update | Self::Delete | Self::HistoryInstance => {
                Level::Instance
            }
            Self::Create | Self::SearchType => Level::Type,
            Self::Capabilities | Self::Batch | Self::Transaction => Level::System,
        }
    }
}
