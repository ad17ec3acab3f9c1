//! A shard's birth in a server that was deployed before there were shards: it fetches its rows from
//! the ledger, slice by slice, and no request is served before it has them all. A slice that is
//! stored here is deleted there with the request for the next one; that request leaves only when
//! the slice is on disk, so a row is always in one of the two.

use super::Inner;
use crate::binding::LedgerStub;
use crate::grant::PartitionName;
use crate::store::by_ledger;
use crate::store::oauth::sharding::{object_name, shards};
use js_sys::Array;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// Statements that store a row of each table, in the order and with the columns in which the ledger
/// hands them over. A slice may come again.
const STORE: [&str; 4] = [
    "INSERT OR IGNORE INTO spent(id, expires) VALUES(?, ?)",
    "INSERT OR IGNORE INTO authorization(id, generation, advanced, repeated, revoked, expires)
        VALUES(?, ?, ?, ?, ?, ?)",
    "INSERT OR IGNORE INTO access_token(id, authorization, launch, scope, client, key, revoked,
        expires) VALUES(?, ?, ?, ?, ?, ?, ?, ?)",
    "INSERT OR IGNORE INTO signed_out(name, since, expires) VALUES(?, ?, ?)",
];

impl Inner {
    /// Takes over what the ledger holds for this shard, unless that was done.
    pub(super) async fn take_over(&self) -> Result<(), JsValue> {
        let statement = "SELECT value FROM shard WHERE name = 'taken_over'";
        if self.database.number(statement, &[])? != 0 {
            return Ok(());
        }
        let shard = self.number()?;
        let ledger: LedgerStub = by_ledger::stub(&self.env, PartitionName::Default)
            .map_err(|error| JsValue::from(format!("{error:?}")))?;
        let mut stored = STORE.iter().map(|_| Array::new()).collect::<Array>();
        let mut after = JsValue::NULL;
        loop {
            let slice = JsFuture::from(ledger.hand_over(shard, &stored, &after)?).await?;
            let slice: Array = slice.dyn_into()?;
            let rows: Array = slice.get(0).dyn_into()?;
            after = slice.get(1);
            stored = self.database.transaction(|| self.store(&rows))?;
            let is_empty = |ids: JsValue| ids.unchecked_into::<Array>().length() == 0;
            if slice.get(2).is_truthy() && stored.iter().all(is_empty) {
                break;
            }
        }
        let statement = "UPDATE shard SET value = 1 WHERE name = 'taken_over'";
        self.database.run(statement, &[])?;
        self.wake()
    }

    /// Stores the rows of each table; their ids.
    fn store(&self, tables: &Array) -> Result<Array, JsValue> {
        let ids = Array::new();
        for (statement, rows) in STORE.iter().zip(tables.iter()) {
            let of_table = Array::new();
            for row in rows.dyn_into::<Array>()?.iter() {
                let row: Vec<JsValue> = row.dyn_into::<Array>()?.iter().collect();
                self.database.run(statement, &row)?;
                of_table.push(row.first().unwrap_or(&JsValue::NULL));
            }
            ids.push(&of_table);
        }
        Ok(ids)
    }

    /// Which shard this is: the runtime tells an object its id, not its name.
    fn number(&self) -> Result<u32, JsValue> {
        let namespace = self.env.durable_object("AUTHORIZATIONS")?;
        for shard in shards() {
            if namespace.id_from_name(&object_name(shard))?.to_string() == self.id {
                return Ok(shard);
            }
        }
        Err("the object is none of the shards".into())
    }
}
