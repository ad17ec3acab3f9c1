//! Workers KV: every version under its own key, and the current one under the resource's.
//!
//! Written by the ledger from its outbox, at least once and in order; read by those who do not
//! mind seeing a few seconds of the past. It is never the truth: emptying it changes no strong
//! answer.

use super::read::Version;
use crate::error::Error;
use js_sys::JsString;
use serde::{Deserialize, Serialize};
use worker::Env;

/// What stands beside a body.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct Metadata {
    #[serde(rename = "v")]
    pub(super) version: i64,
    #[serde(rename = "t")]
    pub(super) updated: i64,
    #[serde(rename = "m")]
    pub(super) method: String,
    #[serde(rename = "d")]
    pub(super) deleted: bool,
}

/// The key of the current version.
pub(super) fn current_key(resource_type: &str, id: &str) -> String {
    format!("{resource_type}/{id}")
}

/// The key of one version, for ever.
pub(super) fn version_key(resource_type: &str, id: &str, version: i64) -> String {
    format!("{resource_type}/{id}/_history/{version}")
}

/// The version under a key, if it has arrived there.
pub(super) async fn get(env: &Env, key: &str) -> Result<Option<Version>, Error> {
    let (body, metadata) = env
        .kv("KV")?
        .get(key)
        .text_with_metadata::<Metadata>()
        .await?;
    let (Some(body), Some(metadata)) = (body, metadata) else {
        return Ok(None);
    };
    Ok(Some(Version {
        version: metadata.version,
        updated: metadata.updated,
        method: metadata.method,
        body: (!metadata.deleted).then(|| JsString::from(body)),
    }))
}

/// Puts a version under a key. A deletion has no body; its key holds a space, because the
/// local runtime does not tell an empty value from none.
pub(super) async fn put(
    env: &Env,
    key: &str,
    body: Option<String>,
    metadata: &Metadata,
) -> Result<(), Error> {
    let value = body.unwrap_or_else(|| " ".into());
    env.kv("KV")?
        .put(key, value)?
        .metadata(metadata)?
        .execute()
        .await?;
    Ok(())
}
