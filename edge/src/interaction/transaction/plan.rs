//! Plans a transaction: who gets which id, what refers to what, and the command that does it all.

use crate::error::Error;
use crate::grant::{Grant, action};
use crate::interaction::context::Context;
use crate::interaction::entry::{if_match, no_conditional_update};
use crate::interaction::{conditional, content};
use crate::store::{Command, Write};
use fhir::Address;
use fhir::bundle::{self, ConditionalReferences, Conditions, Entry, Method, Names, rewrite};
use fhir::outcome::{Issue, IssueType};
use fhir::validate::validate;
use serde_json::Value;
use std::collections::HashMap;

/// What becomes of one entry.
pub(super) enum Planned {
    /// It is the write of that number.
    Write(usize),
    /// `If-None-Exist` found a resource; nothing is written.
    Existing(Address),
    /// It is read after the commit.
    Get,
}

/// A transaction, ready for the ledger.
pub(super) struct Plan {
    pub(super) command: Command,
    /// Per entry, in the order of the request.
    pub(super) planned: Vec<Planned>,
    /// Per entry.
    grants: Vec<Granted>,
}

/// What the caller may do by an entry.
enum Granted {
    Create(Grant<action::Create>),
    Update(Grant<action::Update>),
    Delete(Grant<action::Delete>),
    /// It reads, and is authorised when that is done.
    Later,
}

/// The resource that an entry writes or stands for.
struct Place {
    address: Address,
    /// Whether it is there already and stays as it is.
    exists: bool,
}

impl Plan {
    /// Authorises, assigns ids, resolves references, checks every resource.
    ///
    /// # Errors
    /// What is wrong with any entry, with its place in the bundle. Nothing has changed then.
    pub(super) async fn make(context: Context<'_>, entries: &[Entry]) -> Result<Self, Error> {
        let mut plan = Self {
            command: Command::default(),
            planned: Vec::with_capacity(entries.len()),
            grants: Vec::new(),
        };
        plan.authorise(context, entries)?;
        let places = plan.places(context, entries).await?;
        check_distinct(&places)?;
        let names = names(context, entries, &places)?;
        let conditions = plan.conditional_references(context, entries).await?;
        plan.write(context, entries, &places, (&names, &conditions))?;
        Ok(plan)
    }

    /// The entry that the write of that number came from.
    pub(super) fn entry_of(&self, write: usize) -> Option<usize> {
        self.planned
            .iter()
            .position(|planned| matches!(planned, Planned::Write(at) if *at == write))
    }

    fn authorise(&mut self, context: Context<'_>, entries: &[Entry]) -> Result<(), Error> {
        for entry in entries {
            let (bundle::Target::Type(name) | bundle::Target::Instance(name, _)) = &entry.target
            else {
                self.grants.push(Granted::Later);
                continue;
            };
            self.grants.push(match entry.method {
                Method::Delete => Granted::Delete(context.authorise(name)?),
                Method::Post => Granted::Create(context.authorise(name)?),
                Method::Put => Granted::Update(context.authorise(name)?),
                Method::Get => Granted::Later,
            });
        }
        Ok(())
    }

    async fn places(
        &mut self,
        context: Context<'_>,
        entries: &[Entry],
    ) -> Result<Vec<Option<Place>>, Error> {
        let mut places = Vec::with_capacity(entries.len());
        // The same condition twice means the same resource, be it there or about to be.
        let mut conditions: HashMap<(&str, &str), String> = HashMap::new();
        for (at, entry) in entries.iter().enumerate() {
            let place = match (&entry.target, entry.method) {
                (_, Method::Get) | (bundle::Target::Path(_), _) => None,
                (bundle::Target::Instance(resource_type, id), _) => Some(Place {
                    address: Address::new(resource_type, id.clone()),
                    exists: false,
                }),
                (bundle::Target::Type(_), Method::Put) => return Err(no_conditional_update()),
                (bundle::Target::Type(resource_type), _) => {
                    let mut existing = None;
                    if let Some(criteria) = &entry.if_none_exist {
                        let condition = (*resource_type, criteria.as_str());
                        existing = conditions.get(&condition).cloned();
                        if existing.is_none() {
                            let resolved = conditional::resolve(context, resource_type, criteria);
                            let resolved = resolved.await.map_err(|error| in_entry(error, at))?;
                            self.command.guards.push(resolved.guard);
                            existing = resolved.id;
                        }
                    }
                    let exists = existing.is_some();
                    let id = existing.unwrap_or_else(context.draw_id);
                    if let Some(criteria) = &entry.if_none_exist {
                        conditions.insert((resource_type, criteria), id.clone());
                    }
                    Some(Place {
                        address: Address::new(resource_type, id),
                        exists,
                    })
                }
            };
            places.push(place);
        }
        Ok(places)
    }

    async fn conditional_references(
        &mut self,
        context: Context<'_>,
        entries: &[Entry],
    ) -> Result<Conditions, Error> {
        let mut conditions = Conditions::new();
        let mut found = ConditionalReferences::default();
        for resource in entries.iter().filter_map(|entry| entry.resource.as_ref()) {
            found.collect(context.definitions, resource);
        }
        for reference in found.references {
            let (name, criteria) = reference.split_once('?').unwrap_or((&reference, ""));
            let resource_type = context.resource_type(name)?;
            let resolved = conditional::resolve(context, resource_type, criteria).await?;
            let Some(id) = resolved.id else {
                let message =
                    format!("The conditional reference `{reference}` matches no resource.");
                let issue = Issue::error(IssueType::NotFound, message);
                return Err(Error::invalid_because(issue));
            };
            self.command.guards.push(resolved.guard);
            conditions.insert(reference.clone(), format!("{resource_type}/{id}"));
        }
        Ok(conditions)
    }

    /// Makes the writes: deletions first, then creations, then updates, as the specification
    /// orders them.
    fn write(
        &mut self,
        context: Context<'_>,
        entries: &[Entry],
        places: &[Option<Place>],
        (names, conditions): (&Names, &Conditions),
    ) -> Result<(), Error> {
        let mut issues = Vec::new();
        let mut writes = Vec::new();
        for (at, (entry, place)) in entries.iter().zip(places).enumerate() {
            let Some(Place { address, .. }) = place.as_ref().filter(|place| !place.exists) else {
                continue;
            };
            let expected = if_match(entry).map_err(|error| in_entry(error, at))?;
            let id = address.id.clone();
            let content = if entry.method == Method::Delete {
                None
            } else {
                let mut resource = entry.resource.clone().unwrap_or(Value::Null);
                let root = entry.full_url.as_deref();
                let root = root.and_then(|full_url| names.root(full_url));
                if let Err(issue) = rewrite(&mut resource, root.as_deref(), names, conditions) {
                    issues.push(placed(issue, at));
                    continue;
                }
                let found = validate(context.definitions, &resource);
                if !found.is_empty() {
                    issues.extend(found.into_iter().map(|issue| placed(issue, at)));
                    continue;
                }
                Some(content::prepare(context, &resource, &id)?)
            };
            let definitions = context.definitions;
            let write = match (self.grants.get(at), content) {
                (Some(Granted::Delete(grant)), _) => {
                    Write::delete(definitions, grant, id, expected)
                }
                (Some(Granted::Create(grant)), Some(content)) => {
                    Write::create(definitions, grant, id, content)
                }
                (Some(Granted::Update(grant)), Some(content)) => {
                    Write::update(definitions, grant, id, expected, content)
                }
                _ => return Err(Error::Bug("an entry is written without a grant".into())),
            };
            writes.push((at, entry.method, write));
        }
        if !issues.is_empty() {
            return Err(Error::invalid(issues));
        }
        writes.sort_by_key(|(_, method, _)| *method);
        let mut numbers = HashMap::new();
        for (number, (at, _, write)) in writes.into_iter().enumerate() {
            numbers.insert(at, number);
            self.command.writes.push(write);
        }
        self.planned
            .extend(
                places
                    .iter()
                    .enumerate()
                    .map(|(at, place)| match (numbers.get(&at), place) {
                        (Some(number), _) => Planned::Write(*number),
                        (None, Some(place)) => Planned::Existing(place.address.clone()),
                        (None, None) => Planned::Get,
                    }),
            );
        Ok(())
    }
}

/// No two entries may write the same resource.
fn check_distinct(places: &[Option<Place>]) -> Result<(), Error> {
    let mut seen: HashMap<&Address, usize> = HashMap::new();
    for (at, place) in places.iter().enumerate() {
        let Some(Place { address, .. }) = place.as_ref().filter(|place| !place.exists) else {
            continue;
        };
        if let Some(first) = seen.insert(address, at) {
            let message = format!("Entries {first} and {at} both write {address}.");
            let issue = Issue::error(IssueType::Duplicate, message);
            return Err(Error::invalid_because(
                issue.at(format!("Bundle.entry[{at}].request")),
            ));
        }
    }
    Ok(())
}

/// What the entries are called that references can name.
fn names(
    context: Context<'_>,
    entries: &[Entry],
    places: &[Option<Place>],
) -> Result<Names, Error> {
    let mut names = Names::new(context.definitions, &context.base_url);
    for (at, (entry, place)) in entries.iter().zip(places).enumerate() {
        let Some(Place { address, .. }) = place else {
            continue;
        };
        if entry.method != Method::Delete {
            names
                .add(entry, (address.resource_type, &address.id))
                .map_err(|issue| issue.at(format!("Bundle.entry[{at}].fullUrl")))
                .map_err(Error::invalid_because)?;
        }
    }
    Ok(names)
}

/// An issue about a resource, placed in its entry.
fn placed(issue: Issue, at: usize) -> Issue {
    let inside = issue.expression.as_deref().unwrap_or_default();
    let inside = inside.split_once('.').map_or("", |(_, inside)| inside);
    let dot = if inside.is_empty() { "" } else { "." };
    let place = format!("Bundle.entry[{at}].resource{dot}{inside}");
    issue.at(place)
}

/// An error of one entry, placed in the bundle.
fn in_entry(error: Error, at: usize) -> Error {
    match error {
        Error::Rejected(mut rejection) => {
            let place = format!("Bundle.entry[{at}].request");
            rejection.issues = rejection
                .issues
                .into_iter()
                .map(|i| i.at(&*place))
                .collect();
            Error::Rejected(rejection)
        }
        other => other,
    }
}
