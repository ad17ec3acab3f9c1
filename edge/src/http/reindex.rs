//! How far the rebuilding of search indexes is: `GET /_operations/reindex`, as the managed cloud
//! service answers for its jobs.

use crate::auth::{self, Principal};
use crate::error::Error;
use crate::message::Answer;
use crate::server::Server;
use crate::status::Status;
use crate::store::Indexing;
use serde_json::{Value, json};

/// A Parameters resource; only for whom roles permit to reindex.
pub(super) async fn progress(server: &Server, principal: &Principal) -> Result<Answer, Error> {
    auth::check_may_follow_reindexing(principal)?;
    let indexing = server.partition()?.indexing().await?;
    let body = parameters(&indexing).to_string();
    Ok(Answer::fhir(Status::OK, body).with("cache-control", "no-store"))
}

fn parameters(indexing: &Indexing) -> Value {
    let is_complete = indexing.incomplete.is_empty();
    let status = if is_complete { "Completed" } else { "Running" };
    let share = if is_complete {
        100
    } else {
        let share = (indexing.done * 100).checked_div(indexing.total);
        share.unwrap_or_default().min(99)
    };
    let mut parameters = vec![
        json!({ "name": "status", "valueString": status }),
        json!({ "name": "totalResourcesToReindex", "valueDecimal": indexing.total }),
        json!({ "name": "resourcesSuccessfullyReindexed", "valueDecimal": indexing.done }),
        json!({ "name": "progress", "valueDecimal": share }),
    ];
    let incomplete = indexing.incomplete.iter();
    parameters.extend(incomplete.map(|name| json!({ "name": "searchParam", "valueString": name })));
    json!({ "resourceType": "Parameters", "parameter": parameters })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_is_reported_as_parameters() {
        let indexing = |incomplete: &[&str], done, total| Indexing {
            incomplete: incomplete.iter().map(|name| (*name).to_owned()).collect(),
            done,
            total,
        };
        for (indexing, status, progress, listed) in [
            (indexing(&[], 0, 0), "Completed", 100, 0),
            (indexing(&["Patient.name"], 0, 300), "Running", 0, 1),
            (
                indexing(&["Patient.name", "Basic.code"], 150, 300),
                "Running",
                50,
                2,
            ),
            (indexing(&["Patient.name"], 300, 300), "Running", 99, 1),
            (indexing(&["Patient.name"], 0, 0), "Running", 0, 1),
        ] {
            let told = parameters(&indexing);
            assert_eq!(told["resourceType"], "Parameters");
            assert_eq!(told["parameter"][0]["valueString"], status, "{told}");
            assert_eq!(told["parameter"][3]["valueDecimal"], progress, "{told}");
            assert_eq!(
                told["parameter"].as_array().unwrap().len(),
                4 + listed,
                "{told}"
            );
        }
    }
}
