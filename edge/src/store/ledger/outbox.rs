//! The transactional outbox: every new version is announced in the commit that makes it, and
//! brought to Workers KV afterwards, at least once and in order.

use super::Inner;
use crate::binding;
use crate::error::Error;
use crate::store::agenda::Turn;
use crate::store::edge_cache::{Metadata, current_key, put, version_key};
use futures_util::future::try_join_all;
use std::collections::HashMap;
use std::time::Duration;
use wasm_bindgen::JsValue;

/// How many versions one alarm brings, fewer when they are large; each is up to two writes of the
/// 1000 that a call may make.
const BATCH: i64 = 200;
/// How many are under way at once.
const TOGETHER: usize = 4;
const WAITING: &str = "
    SELECT o.n, r.type, r.id, ifnull(h.updated, r.updated), ifnull(h.method, r.method), o.rid,
           o.version, CASE WHEN h.rid IS NULL THEN r.body ELSE h.body END,
           ifnull(h.chunks, r.chunks)
    FROM (SELECT * FROM outbox ORDER BY n LIMIT ?) o
    JOIN resource r ON r.rid = o.rid
    LEFT JOIN history h ON h.rid = o.rid AND h.version = o.version
    WHERE r.version = o.version OR h.rid IS NOT NULL
    ORDER BY o.n";

struct Announced {
    n: i64,
    resource_type: String,
    id: String,
    metadata: Metadata,
    body: Option<String>,
}

impl Inner {
    /// Whether a version waits.
    pub(super) fn has_outbox(&self) -> Result<bool, JsValue> {
        let database = self.store.database();
        Ok(database.row("SELECT 1 FROM outbox LIMIT 1", [])?.is_some())
    }

    /// Brings a batch.
    pub(super) async fn bring_versions(&self) -> Turn {
        let brought = self.bring_batch().await;
        match brought.and_then(|()| Ok(self.has_outbox()?)) {
            Ok(true) => Turn::More,
            Ok(false) => Turn::Done,
            Err(error) => {
                binding::log_error(&format!(
                    "the outbox was not brought to Workers KV: {error:?}"
                ));
                Turn::Failed
            }
        }
    }

    async fn bring_batch(&self) -> Result<(), Error> {
        let announced = self.announced()?;
        let newest: HashMap<(&str, &str), &str> = announced
            .iter()
            .map(|a| {
                (
                    (a.resource_type.as_str(), a.id.as_str()),
                    a.metadata.version.as_str(),
                )
            })
            .collect();
        for together in announced.chunks(TOGETHER) {
            let bring = together.iter().map(|announced| {
                let address = (announced.resource_type.as_str(), announced.id.as_str());
                // A key takes one write a second: of several versions only the newest is current.
                let is_newest = newest.get(&address) == Some(&announced.metadata.version.as_str());
                self.bring(announced, is_newest)
            });
            try_join_all(bring).await?;
            // What has arrived is done with, whatever happens to the rest.
            if let Some(last) = together.last() {
                let statement = "DELETE FROM outbox WHERE n <= ?";
                self.store.database().run(statement, [last.n.into()])?;
            }
            // Requests come first: a runtime whose KV is in the same process sees to them only
            // when nothing is ready to run.
            worker::Delay::from(Duration::from_millis(1)).await;
        }
        Ok(())
    }

    async fn bring(&self, announced: &Announced, is_newest: bool) -> Result<(), Error> {
        let Announced {
            resource_type,
            id,
            metadata,
            body,
            ..
        } = announced;
        let key = version_key(resource_type, id, &metadata.version);
        put(&self.env, &key, body.clone(), metadata).await?;
        if is_newest {
            put(
                &self.env,
                &current_key(resource_type, id),
                body.clone(),
                metadata,
            )
            .await?;
        }
        Ok(())
    }

    fn announced(&self) -> Result<Vec<Announced>, JsValue> {
        let database = self.store.database();
        let selected = database.select_bodies(WAITING.into(), &[BATCH.into()].into())?;
        let rows = selected.rows.iter().map(|row| {
            let number = |at| row.get(at).integer().unwrap_or_default();
            let text = |at| row.get(at).text().map(String::from).unwrap_or_default();
            let body = row.get(7).text().map(String::from);
            Announced {
                n: number(0),
                resource_type: text(1),
                id: text(2),
                metadata: Metadata {
                    version: number(6).to_string(),
                    updated: number(3).to_string(),
                    method: text(4),
                    deleted: body.is_none(),
                },
                body,
            }
        });
        Ok(rows.collect())
    }
}
