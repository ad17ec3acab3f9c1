//! Nobody gets at another's record: whatever is asked at any route, by any parameter, with any
//! token of one person, nothing of the other's comes back and nothing of it changes.
//!
//! What is asked is generated from the table of routes (`fhir::route`) and the tables of search
//! parameters, so that what is added to them is tested at once; a new interaction does not compile
//! until `attempt.rs` says how it could be abused.

mod attempt;
mod cursors;
mod generated;
mod judgement;
mod oracles;
mod ownership;
mod queries;
mod record;
mod tokens;

use api::{Client, Server};
use attempt::Sides;
use fhir::Release;
use fhir::definitions::Definitions;
use record::Record;
use serde_json::{Value, json};
use std::sync::OnceLock;

/// The scopes that let a SMART user do most, in both notations, and none, which lets it read.
const PATIENT_SCOPES: [&str; 3] = ["patient/*.cruds", "patient/*.*", "openid fhirUser"];

/// Two stored records. What tests write beside them, they find by words of its own.
struct Pair {
    server: &'static Server,
    records: [Record; 2],
}

impl Pair {
    /// Two patients on the server that tests share.
    fn shared() -> &'static Self {
        static SHARED: OnceLock<Pair> = OnceLock::new();
        SHARED.get_or_init(|| Self::plant(Server::shared(), "Patient"))
    }

    fn plant(server: &'static Server, person: &'static str) -> Self {
        let records = Record::pair(Definitions::of(Release::R4), person);
        for record in &records {
            assert_eq!(
                record.gaps(),
                Vec::<String>::new(),
                "parameters without a value"
            );
            record.plant(&server.admin());
        }
        Self { server, records }
    }

    fn sides(&self) -> Sides<'_> {
        let [thief, victim] = &self.records;
        Sides { thief, victim }
    }

    /// The first person, with an app that has these scopes.
    fn thief(&self, scopes: &str) -> Client {
        self.person(&self.records[0], scopes)
    }

    fn person(&self, record: &Record, scopes: &str) -> Client {
        let claims = self.server.forgery().claim("roles", json!(["smartUser"]));
        let claims = claims.claim("fhirUser", Value::from(record.reference()));
        let token = claims.claim("scp", json!(scopes)).sign();
        self.server.bearing(&token)
    }
}
