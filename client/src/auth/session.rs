//! Who uses this tab: the state of the sign-in and its transitions, without a browser. The accounts
//! and their tokens are in the tab's storage, so every transition takes them along.

use std::collections::BTreeMap;
use std::rc::Rc;

use serde::{Deserialize, Serialize};
use smart::claims::IdClaims;

use super::account::{Account, AccountKey, Accounts};
use super::failure::{Cause, SignInFailure};
use super::tokens::Tokens;

/// Who uses the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Person {
    /// The server requires no sign-in.
    Anyone,
    /// Nobody: nobody has signed in yet, or the person signed out.
    SignedOut,
    /// Signed in.
    SignedIn(Rc<IdClaims>),
    /// Was signed in; the page keeps its state until this person signs in again.
    Ended(Rc<IdClaims>),
}

impl Person {
    /// The claims of the person that the page shows.
    pub fn claims(&self) -> Option<&IdClaims> {
        match self {
            Self::SignedIn(claims) | Self::Ended(claims) => Some(claims),
            Self::Anyone | Self::SignedOut => None,
        }
    }

    /// The account that the page shows.
    pub fn account(&self) -> Option<AccountKey> {
        self.claims().map(AccountKey::of)
    }
}

/// Who signs out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leaving {
    /// The active account.
    Active,
    /// Every account of this tab.
    All,
}

/// What the other tabs are told of a sign-out: names of accounts, never tokens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedOut {
    connection: String,
    accounts: Vec<AccountKey>,
}

/// What else the tab has stored that must go, since it is not the next person's business.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cleanup {
    /// Nothing.
    Nothing,
    /// Everything but the accounts.
    Work,
    /// Everything.
    Tab,
}

/// The state of the sign-in on one connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    connection: String,
    person: Person,
    /// Why the person of the page has to sign in again.
    reason: Option<SignInFailure>,
    /// The claims that the provider wants requested at the next sign-in, by account.
    challenges: BTreeMap<AccountKey, String>,
    /// Counts the sign-ins that the person began.
    interaction: u32,
}

impl Session {
    /// The state of a tab that was just opened.
    pub fn new(connection: String, needs_sign_in: bool, accounts: &Accounts) -> Self {
        let person = match accounts.active(&connection) {
            _ if !needs_sign_in => Person::Anyone,
            Some(account) => Person::SignedIn(Rc::new(account.claims.clone())),
            None => Person::SignedOut,
        };
        Self {
            connection,
            person,
            reason: None,
            challenges: BTreeMap::new(),
            interaction: 0,
        }
    }

    /// The connection that the accounts belong to.
    pub fn connection(&self) -> &str {
        &self.connection
    }

    /// Who uses the page.
    pub fn person(&self) -> &Person {
        &self.person
    }

    /// Why the person has to sign in again.
    pub fn reason(&self) -> Option<&SignInFailure> {
        self.reason.as_ref()
    }

    /// The claims that the provider wants requested for an account.
    pub fn challenge(&self, key: &AccountKey) -> Option<&str> {
        self.challenges.get(key).map(String::as_str)
    }

    /// The `login_hint` for an account.
    pub fn hint(&self, accounts: &Accounts, key: &AccountKey) -> Option<String> {
        let stored = accounts.get(&self.connection, key);
        let stored = stored.map(|account| &account.claims);
        let shown = self.person.claims().filter(|_| self.shows(key));
        stored.or(shown)?.hint().map(str::to_owned)
    }

    /// Begins a sign-in, which supersedes the one that was under way.
    pub fn begin_interaction(&mut self) -> u32 {
        self.interaction = self.interaction.wrapping_add(1);
        self.interaction
    }

    /// The last sign-in that the person began.
    pub fn interaction(&self) -> u32 {
        self.interaction
    }

    /// Keeps new tokens of an account, active or not.
    pub fn keep(&mut self, accounts: &mut Accounts, claims: &IdClaims, tokens: Tokens) {
        let key = AccountKey::of(claims);
        accounts.keep(&self.connection, claims.clone(), tokens);
        self.challenges.remove(&key);
        if self.shows(&key) {
            self.show(Person::SignedIn(Rc::new(claims.clone())), None);
        }
    }

    /// Makes an account the active one.
    pub fn activate(&mut self, accounts: &mut Accounts, claims: IdClaims) -> Cleanup {
        let key = AccountKey::of(&claims);
        let is_other = self.person.account().is_some_and(|before| before != key);
        accounts.activate(&self.connection, &key);
        self.show(Person::SignedIn(Rc::new(claims)), None);
        if is_other {
            Cleanup::Work
        } else {
            Cleanup::Nothing
        }
    }

    /// Drops the tokens of an account whose person must sign in again.
    pub fn end(&mut self, accounts: &mut Accounts, key: &AccountKey, why: &SignInFailure) {
        accounts.end(&self.connection, key);
        if let SignInFailure::InteractionRequired(Cause::Provider(error)) = why
            && let Some(claims) = &error.claims
        {
            self.challenges.insert(key.clone(), claims.clone());
        }
        if let Person::SignedIn(claims) | Person::Ended(claims) = &self.person
            && self.shows(key)
        {
            self.show(Person::Ended(Rc::clone(claims)), Some(why.clone()));
        }
    }

    /// Signs out; what to tell the other tabs.
    pub fn sign_out(&mut self, accounts: &mut Accounts, leaving: Leaving) -> (SignedOut, Cleanup) {
        let keys = match leaving {
            Leaving::All => accounts.of(&self.connection).map(Account::key).collect(),
            Leaving::Active => self.person.account().into_iter().collect(),
        };
        let signed_out = SignedOut {
            connection: self.connection.clone(),
            accounts: keys,
        };
        let cleanup = self.leave(accounts, &signed_out.accounts, None);
        (signed_out, cleanup)
    }

    /// Follows a sign-out in another tab: the same accounts are signed out here.
    pub fn follow(&mut self, accounts: &mut Accounts, signed_out: &SignedOut) -> Cleanup {
        if signed_out.connection != self.connection {
            return Cleanup::Nothing;
        }
        if signed_out.accounts.iter().any(|key| self.shows(key)) {
            let reason = SignInFailure::SignedOutElsewhere;
            return self.leave(accounts, &signed_out.accounts, Some(reason));
        }
        // Another account is active in this tab, and its work stays.
        self.remove(accounts, &signed_out.accounts);
        Cleanup::Nothing
    }

    fn leave(
        &mut self,
        accounts: &mut Accounts,
        keys: &[AccountKey],
        reason: Option<SignInFailure>,
    ) -> Cleanup {
        self.remove(accounts, keys);
        self.begin_interaction();
        self.show(Person::SignedOut, reason);
        if accounts.of(&self.connection).next().is_none() {
            Cleanup::Tab
        } else {
            Cleanup::Work
        }
    }

    fn remove(&self, accounts: &mut Accounts, keys: &[AccountKey]) {
        for key in keys {
            accounts.remove(&self.connection, key);
        }
    }

    fn show(&mut self, person: Person, reason: Option<SignInFailure>) {
        self.person = person;
        self.reason = reason;
    }

    fn shows(&self, key: &AccountKey) -> bool {
        self.person.account().as_ref() == Some(key)
    }
}

#[cfg(test)]
mod tests;
