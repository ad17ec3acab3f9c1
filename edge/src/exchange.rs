//! A request and the server that answers it, for what knows HTTP: authentication, the proxy, the
//! router. Interactions get the server and the caller only.

use crate::message::Incoming;
use crate::server::Server;

/// A request that is being answered.
pub(crate) struct Exchange {
    pub(crate) server: Server,
    pub(crate) request: Incoming,
}
