//! What the entries of a transaction are called, and which of them a reference names.
//! <https://hl7.org/fhir/R4/bundle.html#references>
//!
//! Two servers can each have a Patient/1. So a relative reference counts together with the root of
//! the fullUrl of the entry that it stands in, and one that can be read in two ways is refused: a
//! guess could put an observation into the chart of somebody else.

use super::address::{Address, is_absolute, split_version, versioned};
use super::request::{Entry, Method};
use crate::definitions::Definitions;
use crate::outcome::{Issue, IssueType};
use serde_json::Value;
use std::collections::HashMap;

#[cfg(test)]
mod tests;

/// The names of the entries that are written or found.
#[derive(Clone)]
pub struct Names {
    definitions: &'static Definitions,
    base_url: String,
    /// What each becomes: `Type/id` on this server.
    addresses: Vec<String>,
    /// By absolute URL or URN.
    by_url: HashMap<String, Named>,
    /// By URL and version. Entries can share a fullUrl when their versions differ.
    by_version: HashMap<String, usize>,
    /// By `Type/id` on whatever server.
    by_relative: HashMap<String, Relative>,
}

/// Who has a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Named {
    One(usize),
    Several,
}

/// Who could be meant by a `Type/id` that does not say on which server.
#[derive(Clone, Copy, Debug)]
struct Relative {
    named: Named,
    /// Whether one of them does not say on which server it was.
    is_rootless: bool,
}

impl Named {
    fn and(self, other: usize) -> Self {
        if self == Self::One(other) {
            self
        } else {
            Self::Several
        }
    }
}

impl Names {
    /// No names yet, on the server with this base URL.
    pub fn new(definitions: &'static Definitions, base_url: &str) -> Self {
        Self {
            definitions,
            base_url: base_url.trim_end_matches('/').to_owned(),
            addresses: Vec::new(),
            by_url: HashMap::new(),
            by_version: HashMap::new(),
            by_relative: HashMap::new(),
        }
    }

    /// Adds the names of an entry that will have the address `Type/id`.
    ///
    /// # Errors
    /// When its fullUrl contradicts it, or another entry has the same name.
    pub fn add(&mut self, entry: &Entry, address: (&str, &str)) -> Result<(), Issue> {
        let (resource_type, id) = address;
        let number = self.addresses.len();
        let address = format!("{resource_type}/{id}");
        let text = |pointer: &str| {
            let value = entry.resource.as_ref()?.pointer(pointer);
            value.and_then(Value::as_str)
        };
        let stated_version = text("/meta/versionId");
        let full_url = entry.full_url.as_deref();
        let root = full_url.and_then(|full_url| self.root(full_url));
        let own = (entry.method == Method::Put).then(|| format!("{}/{address}", self.base_url));
        let name = full_url.map(|full_url| self.absolute(full_url));
        let (name, version) = match name.as_deref().map(split_version) {
            Some((url, version)) => (Some(url.to_owned()), version.or(stated_version)),
            None => (None, stated_version),
        };
        if let Some(named) = name.as_deref().and_then(|url| self.parse(url)) {
            let contradicts = named.resource_type != resource_type
                || (own.is_some()
                    && named.root == Some(self.base_url.as_str())
                    && named.relative != address);
            if contradicts {
                let message = format!(
                    "The fullUrl names {}, but the entry is about {address}.",
                    named.relative
                );
                return Err(Issue::error(IssueType::Invalid, message));
            }
            let relative = named.relative.to_owned();
            self.could_be(relative, number, root.is_none());
        }
        if let Some(id) = text("/id") {
            self.could_be(format!("{resource_type}/{id}"), number, root.is_none());
        }
        let second = own.filter(|own| name.as_ref() != Some(own));
        for url in name.into_iter().chain(second) {
            let key = versioned(&url, version.unwrap_or_default());
            if self.by_version.insert(key, number).is_some() {
                let message = format!("Two entries have the fullUrl or address `{url}`.");
                return Err(Issue::error(IssueType::Duplicate, message));
            }
            let named = self.by_url.entry(url).or_insert(Named::One(number));
            *named = named.and(number);
        }
        self.addresses.push(address);
        Ok(())
    }

    fn could_be(&mut self, relative: String, number: usize, is_rootless: bool) {
        let relative = self.by_relative.entry(relative).or_insert(Relative {
            named: Named::One(number),
            is_rootless: false,
        });
        relative.named = relative.named.and(number);
        relative.is_rootless |= is_rootless;
    }

    fn parse<'a>(&self, url: &'a str) -> Option<Address<'a>> {
        Address::parse(self.definitions, url)
    }

    /// A fullUrl `Type/id` is one of this server, as all relative addresses of a request.
    fn absolute(&self, full_url: &str) -> String {
        match self.parse(split_version(full_url).0) {
            Some(Address { root: None, .. }) => format!("{}/{full_url}", self.base_url),
            _ => full_url.to_owned(),
        }
    }

    /// The root that the relative references of an entry with this fullUrl resolve against; `None`
    /// when it has none, as a URN.
    pub fn root(&self, full_url: &str) -> Option<String> {
        let address = self.parse(split_version(full_url).0)?;
        Some(address.root.unwrap_or(&self.base_url).to_owned())
    }

    /// What a reference in an entry with this root becomes; `None` when it stays as it is.
    ///
    /// # Errors
    /// When it can be read in two ways.
    pub fn resolve(&self, root: Option<&str>, reference: &str) -> Result<Option<String>, Issue> {
        if reference.is_empty() || reference.starts_with('#') {
            return Ok(None);
        }
        if is_absolute(reference) || self.by_url.contains_key(reference) {
            let found = self.find(reference, reference)?;
            return Ok(found.map(|number| self.become_address(number, reference)));
        }
        if reference.contains('?') {
            return Ok(None);
        }
        let relative = reference.trim_start_matches('/');
        let absolute = format!("{}/{relative}", root.unwrap_or(&self.base_url));
        let found = self.find(&absolute, reference)?;
        let unversioned = split_version(relative).0;
        let others = self.by_relative.get(unversioned);
        match (found, root) {
            (Some(number), Some(_)) => Ok(Some(self.become_address(number, &absolute))),
            // Nothing but the entry that writes this very address may be meant.
            (Some(number), None)
                if self.addresses.get(number).map(String::as_str) == Some(unversioned)
                    && others.is_none_or(|others| others.named == Named::One(number)) =>
            {
                Ok(Some(self.become_address(number, &absolute)))
            }
            (None, None) if others.is_none() => Ok(None),
            (None, Some(root)) if !others.is_some_and(|others| others.is_rootless) => {
                Ok((root != self.base_url).then_some(absolute))
            }
            (None, Some(_)) => {
                let message = format!(
                    "By the fullUrl of this entry, `{reference}` means `{absolute}`, which is not in \
                     the bundle, but another entry without such a fullUrl may be meant. Write the \
                     reference in full, or give every entry a fullUrl."
                );
                Err(Issue::error(IssueType::Invalid, message))
            }
            (_, None) => {
                let message = format!(
                    "`{reference}` can mean a resource of this server and an entry of the bundle. \
                     Refer to an entry by its fullUrl, and to a resource of this server as `{absolute}`."
                );
                Err(Issue::error(IssueType::Invalid, message))
            }
        }
    }

    /// The entry with this absolute name: of the version that it states, or else of any.
    fn find(&self, absolute: &str, reference: &str) -> Result<Option<usize>, Issue> {
        let (url, version) = split_version(absolute);
        if version.is_some()
            && let Some(number) = self.by_version.get(absolute)
        {
            return Ok(Some(*number));
        }
        match self.by_url.get(url) {
            None => Ok(None),
            Some(Named::One(number)) => Ok(Some(*number)),
            Some(Named::Several) => {
                let message = format!(
                    "`{reference}` can mean several entries, which have the same fullUrl. Name the \
                     version too, as in `{}`.",
                    versioned(reference, "1")
                );
                Err(Issue::error(IssueType::Invalid, message))
            }
        }
    }

    /// Another server's number of a version means nothing here; ours does, where the id stays.
    fn become_address(&self, number: usize, absolute: &str) -> String {
        let address = self.addresses.get(number).map_or("", String::as_str);
        match split_version(absolute) {
            (url, Some(version))
                if url.strip_prefix(&*self.base_url) == Some(&*format!("/{address}")) =>
            {
                versioned(address, version)
            }
            _ => address.to_owned(),
        }
    }
}
