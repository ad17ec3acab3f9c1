//! What a request is answered with, whatever it asks for: the configuration, the definitions, the
//! time, the store.

use crate::config::{Authority, Config};
use crate::error::{Error, Reason};
use crate::grant::PartitionName;
use crate::rate::Rates;
use crate::seal::{Purpose, nonce, open, seal};
use crate::store::{Authorizations, Partition, secret};
use fhir::definitions::Definitions;
use fhir::outcome::{Issue, IssueType};
use fhir::search::{self, Handling};
use std::cell::{Cell, OnceCell};
use std::rc::Rc;
use worker::Env;

/// The most rows that the conditions of one request may read.
const MAX_GUARDED: i64 = 100_000;

/// The server as one request finds it.
pub(crate) struct Server {
    pub(crate) config: Rc<Config>,
    pub(crate) definitions: &'static Definitions,
    /// The public base URL, without a trailing slash.
    pub(crate) base_url: String,
    /// The time of arrival, in milliseconds since 1970.
    pub(crate) now: i64,
    /// Draws the id of a new resource.
    pub(crate) draw_id: fn() -> String,
    pub(crate) rates: Rates,
    /// Where the bindings are; none in native tests.
    env: Option<Env>,
    partition: OnceCell<Partition>,
    authorizations: OnceCell<Authorizations>,
    /// Whether the caller may see only a part of what the store has to look at.
    is_confined: Cell<bool>,
    /// How many rows the conditions of this request have read.
    guarded: Cell<i64>,
}

impl Server {
    /// The server at `base_url` for a request that arrived at `now`.
    pub(crate) fn new(config: Rc<Config>, env: Env, base_url: String, now: i64) -> Self {
        Self {
            definitions: Definitions::of(config.release),
            config,
            base_url,
            now,
            draw_id: crate::binding::random_uuid,
            rates: Rates::of(&env),
            env: Some(env),
            partition: OnceCell::new(),
            authorizations: OnceCell::new(),
            is_confined: Cell::new(false),
            guarded: Cell::default(),
        }
    }

    /// A server over an empty store in this process, which draws the ids 1, 2, 3 and so on.
    #[cfg(test)]
    pub(crate) fn in_memory(base_url: &str, now: i64) -> Self {
        thread_local! {
            static DRAWN: Cell<u32> = const { Cell::new(0) };
        }
        DRAWN.set(0);
        let config = Rc::new(Config::of_tests(base_url));
        let partition = OnceCell::new();
        let _ = partition.set(Partition::in_memory(config.release));
        Self {
            definitions: Definitions::of(config.release),
            config,
            base_url: base_url.to_owned(),
            now,
            draw_id: || {
                DRAWN.set(DRAWN.get() + 1);
                DRAWN.get().to_string()
            },
            rates: Rates::unlimited(),
            env: None,
            partition,
            authorizations: OnceCell::new(),
            is_confined: Cell::new(false),
            guarded: Cell::default(),
        }
    }

    /// The platform's bindings.
    pub(crate) fn env(&self) -> Result<&Env, Error> {
        let env = self.env.as_ref();
        env.ok_or_else(|| Error::Bug("there are no bindings here".into()))
    }

    /// The store's partition, opened at first use.
    pub(crate) fn partition(&self) -> Result<&Partition, Error> {
        if let Some(partition) = self.partition.get() {
            return Ok(partition);
        }
        let opened = Partition::open(self.env()?, PartitionName::Default)?;
        Ok(self.partition.get_or_init(|| opened))
    }

    /// The OAuth state, opened at first use.
    pub(crate) fn authorizations(&self) -> Result<&Authorizations, Error> {
        if let Some(authorizations) = self.authorizations.get() {
            return Ok(authorizations);
        }
        let opened = Authorizations::open(self.env()?)?;
        Ok(self.authorizations.get_or_init(|| opened))
    }

    /// The partition if this request has used it.
    pub(crate) fn used_partition(&self) -> Option<&Partition> {
        self.partition.get()
    }

    /// The identity provider that people sign in at.
    pub(crate) fn authority(&self) -> Result<&Authority, Error> {
        let authority = self.config.security.primary();
        authority.ok_or_else(|| Error::Bug("AUTHORITY is not set".into()))
    }

    /// Seals what will pass through the browser.
    pub(crate) async fn seal(
        &self,
        purpose: Purpose,
        value: &impl serde::Serialize,
    ) -> Result<String, Error> {
        let key = secret(self.partition()?, "smart-proxy").await?;
        let sealed = seal(&key, purpose.name(), nonce(), value);
        sealed.ok_or_else(|| Error::Bug("a value could not be sealed".into()))
    }

    /// Opens what was sealed; `None` when it was not.
    pub(crate) async fn unseal<T: serde::de::DeserializeOwned>(
        &self,
        purpose: Purpose,
        text: &str,
    ) -> Result<Option<T>, Error> {
        let key = secret(self.partition()?, "smart-proxy").await?;
        Ok(open(&key, purpose.name(), text))
    }

    /// Marks an id as used; `false` when it was used before.
    pub(crate) async fn spend(&self, id: &str, expires: i64) -> Result<bool, Error> {
        self.authorizations()?.spend(id, expires).await
    }

    /// The definition's own name of a resource type; 404 when there is none.
    pub(crate) fn resource_type(&self, name: &str) -> Result<&'static str, Error> {
        let definition = self.definitions.resource(name);
        definition.map(|definition| definition.name).ok_or_else(|| {
            let release = self.definitions.release();
            let message = format!("`{name}` is not a resource type of FHIR {release}.");
            Error::rejected(Reason::NotFound, IssueType::NotFound, message)
        })
    }

    /// The base URL that an absolute reference to this server begins with; empty when it is not
    /// known. The address that a request came to says so only on the developer's own machine:
    /// elsewhere whoever sends the request chooses it, and would choose what counts as ours.
    pub(crate) fn own_base(&self) -> &str {
        let audiences = &self.config.security.audiences;
        let is_settled = self.config.base_url.is_some()
            || audiences.contains(&self.base_url)
            || (audiences.is_empty() && is_loopback(&self.base_url));
        if is_settled { &self.base_url } else { "" }
    }

    /// What the parameters of a search are read against.
    pub(crate) fn search_context(&self, handling: Handling) -> search::Context<'_> {
        search::Context {
            definitions: self.definitions,
            base_url: self.own_base(),
            now: self.now.saturating_mul(10_000),
            handling,
        }
    }

    /// Notes that the caller may see only a part of the store.
    pub(crate) fn confine(&self) {
        self.is_confined.set(true);
    }

    /// Whether the caller may see only a part of the store.
    pub(crate) fn is_confined(&self) -> bool {
        self.is_confined.get()
    }

    /// Counts the rows that a condition has read. The commit tests all conditions of a request once
    /// more, in one go.
    ///
    /// # Errors
    /// 400 when they are too many together.
    pub(crate) fn count_guarded(&self, rows: i64) -> Result<(), Error> {
        self.guarded.set(self.guarded.get() + rows);
        if self.guarded.get() <= MAX_GUARDED {
            return Ok(());
        }
        let message = "The conditions of this request have to look at too many resources together. \
            Use conditions that few resources meet, such as an identifier, or send fewer at once.";
        Err(Error::invalid_because(Issue::error(
            IssueType::TooCostly,
            message,
        )))
    }
}

/// Whether an origin is one of this machine.
pub(crate) fn is_loopback(origin: &str) -> bool {
    let host = origin.split("://").nth(1).unwrap_or_default();
    let host = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    matches!(host, "localhost" | "127.0.0.1" | "::1")
}
