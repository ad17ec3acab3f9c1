//! How far the rebuilding of indexes is, as the ledger keeps it.

use super::Ledger;
use crate::error::Error;
use crate::store::answer::{Charge, Rows};
use crate::store::indexing::Indexing;
use fhir::sql::Sql;

const INCOMPLETE: &str =
    "SELECT type || '.' || code FROM parameter WHERE complete = 0 ORDER BY type, code";
const PROGRESS: &str = "SELECT position, last FROM reindex";

impl Ledger {
    pub(in crate::store) async fn indexing(&self) -> Result<(Charge, Indexing), Error> {
        let asked = [INCOMPLETE, PROGRESS].map(|text| {
            let mut statement = Sql::default();
            statement.push(text);
            statement
        });
        let (charge, answers) = self.query_some(&asked, Rows::Plain).await?;
        let mut answers = answers.into_iter().map(|answer| answer.rows);
        let incomplete = answers.next().unwrap_or_default();
        let progress = answers.next().unwrap_or_default();
        let number = |column| progress.first().map_or(0, |row| row.integer(column));
        let indexing = Indexing {
            incomplete: incomplete.iter().filter_map(|row| row.text(0)).collect(),
            done: number(0),
            total: number(1),
        };
        Ok((charge, indexing))
    }
}
