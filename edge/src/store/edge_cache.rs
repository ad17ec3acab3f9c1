//! Workers KV: every version under its own key, and the current one under the resource's.
//!
//! Written by the ledger from its outbox, at least once and in order; read by those who do not
//! mind seeing a few seconds of the past. It is never the truth: emptying it changes no strong
//! answer.

use super::read::Version;
use super::text::Text;
use crate::binding;
use crate::error::Error;
use serde::{Deserialize, Serialize};
use std::fmt::Display;
use worker::Env;

/// What stands beside a body. Numbers are text: those of JavaScript do not pass through a
/// serde_json that keeps every digit.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct Metadata {
    #[serde(rename = "v")]
    pub(super) version: String,
    #[serde(rename = "t")]
    pub(super) updated: String,
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
pub(super) fn version_key(resource_type: &str, id: &str, version: impl Display) -> String {
    format!("{resource_type}/{id}/_history/{version}")
}

/// The version under a key, if it has arrived there. Whatever goes wrong is logged and counts as
/// not there: the ledger knows everything that stands here.
pub(super) async fn get(env: &Env, key: &str) -> Option<Version> {
    match fetch(env, key).await {
        Ok(version) => version,
        Err(error) => {
            binding::log_error(&format!("Workers KV was passed over: {error:?}"));
            None
        }
    }
}

async fn fetch(env: &Env, key: &str) -> Result<Option<Version>, Error> {
    let stored = env
        .kv("KV")?
        .get(key)
        .text_with_metadata::<Metadata>()
        .await?;
    let (Some(body), Some(metadata)) = stored else {
        return Ok(None);
    };
    let number = |text: &str| {
        text.parse()
            .map_err(|_| Error::Upstream(format!("`{text}` is no number")))
    };
    Ok(Some(Version {
        version: number(&metadata.version)?,
        updated: number(&metadata.updated)?,
        method: metadata.method,
        body: (!metadata.deleted).then(|| Text::from(body)),
    }))
}

/// Puts a version under a key. A deletion has no body; its key holds a space, because the
/// local runtime does not tell an empty value from none.
#[cfg(target_arch = "wasm32")]
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
