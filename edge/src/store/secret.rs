//! Secrets of the deployment, derived from 32 bytes that the ledger drew at its birth: nothing to
//! configure, the same in every instance, and different for every use.

use super::partition::Partition;
use crate::error::Error;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use std::cell::RefCell;

thread_local! {
    static ROOT: RefCell<Option<Vec<u8>>> = const { RefCell::new(None) };
}

/// The secret for one use.
pub(crate) async fn secret(partition: &Partition, purpose: &str) -> Result<[u8; 32], Error> {
    let root = match ROOT.with_borrow(Clone::clone) {
        Some(root) => root,
        None => {
            let root = partition.root_secret().await?;
            ROOT.set(Some(root.clone()));
            root
        }
    };
    let mut mac = Hmac::<Sha256>::new_from_slice(&root)
        .map_err(|error| Error::Bug(format!("the root secret: {error}")))?;
    mac.update(purpose.as_bytes());
    Ok(mac.finalize().into_bytes().into())
}
