//! The accounts that this tab knows: whose tokens they are, and which one is active.
//!
//! The list is kept in sessionStorage and nowhere else. It may hold accounts of several
//! connections; each connection sees its own only.

use serde::{Deserialize, Serialize};
use smart::claims::IdClaims;

use super::tokens::Tokens;

/// Identifies an account for good: issuer and subject, the only pair that OpenID Connect promises.
/// <https://openid.net/specs/openid-connect-core-1_0.html#ClaimStability>
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct AccountKey(String);

impl AccountKey {
    /// The key of the person that an ID token names.
    pub fn of(claims: &IdClaims) -> Self {
        Self(format!("{} {}", claims.iss, claims.sub))
    }
}

impl std::fmt::Display for AccountKey {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// One account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// [`super::configuration::Configuration::fingerprint`] of the connection it belongs to.
    pub connection: String,
    /// Who it is.
    pub claims: IdClaims,
    /// True for the active account; each connection has at most one.
    pub active: bool,
    /// Absent when only an interactive sign-in can get new ones.
    pub tokens: Option<Tokens>,
}

impl Account {
    /// Its name among the others.
    pub fn key(&self) -> AccountKey {
        AccountKey::of(&self.claims)
    }
}

/// What sessionStorage holds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Accounts(Vec<Account>);

impl Accounts {
    /// The accounts of a connection, in the order of their first sign-in.
    pub fn of(&self, connection: &str) -> impl Iterator<Item = &Account> {
        let accounts = self.0.iter();
        accounts.filter(move |account| account.connection == connection)
    }

    /// One account.
    pub fn get(&self, connection: &str, key: &AccountKey) -> Option<&Account> {
        self.of(connection).find(|account| account.key() == *key)
    }

    /// The active account.
    pub fn active(&self, connection: &str) -> Option<&Account> {
        self.of(connection).find(|account| account.active)
    }

    /// Stores new tokens. A known account keeps its place in the list and stays active or not.
    pub fn keep(&mut self, connection: &str, claims: IdClaims, tokens: Tokens) {
        let key = AccountKey::of(&claims);
        match self.get_mut(connection, &key) {
            Some(account) => {
                account.claims = claims;
                account.tokens = Some(tokens);
            }
            None => self.0.push(Account {
                connection: connection.to_owned(),
                claims,
                active: false,
                tokens: Some(tokens),
            }),
        }
    }

    /// Makes one account the active one.
    pub fn activate(&mut self, connection: &str, key: &AccountKey) {
        for account in self.of_mut(connection) {
            account.active = account.key() == *key;
        }
    }

    /// Drops the tokens of an account that must sign in again. It stays on the list.
    pub fn end(&mut self, connection: &str, key: &AccountKey) {
        if let Some(account) = self.get_mut(connection, key) {
            account.tokens = None;
            account.active = false;
        }
    }

    /// Forgets an account.
    pub fn remove(&mut self, connection: &str, key: &AccountKey) {
        self.0
            .retain(|account| account.connection != connection || account.key() != *key);
    }

    fn of_mut(&mut self, connection: &str) -> impl Iterator<Item = &mut Account> {
        let accounts = self.0.iter_mut();
        accounts.filter(move |account| account.connection == connection)
    }

    fn get_mut(&mut self, connection: &str, key: &AccountKey) -> Option<&mut Account> {
        self.of_mut(connection)
            .find(|account| account.key() == *key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: &str = "here";
    const THERE: &str = "there";

    fn claims(subject: &str) -> IdClaims {
        IdClaims {
            iss: "https://idp.example".into(),
            sub: subject.into(),
            ..IdClaims::default()
        }
    }

    fn key(subject: &str) -> AccountKey {
        AccountKey::of(&claims(subject))
    }

    fn tokens(access_token: &str) -> Tokens {
        Tokens::new(access_token.into(), None, 1_000, 3_600)
    }

    fn two() -> Accounts {
        let mut accounts = Accounts::default();
        accounts.keep(HERE, claims("ada"), tokens("ada-1"));
        accounts.keep(HERE, claims("rea"), tokens("rea-1"));
        accounts.activate(HERE, &key("ada"));
        accounts
    }

    fn token_of(accounts: &Accounts, subject: &str) -> Option<String> {
        let account = accounts.get(HERE, &key(subject))?;
        account
            .tokens
            .as_ref()
            .map(|kept| kept.access_token.clone())
    }

    #[test]
    fn each_account_keeps_its_own_tokens() {
        let mut accounts = two();
        accounts.keep(HERE, claims("rea"), tokens("rea-2"));
        assert_eq!(token_of(&accounts, "ada").as_deref(), Some("ada-1"));
        assert_eq!(token_of(&accounts, "rea").as_deref(), Some("rea-2"));
        assert_eq!(accounts.of(HERE).count(), 2);
    }

    #[test]
    fn new_tokens_do_not_change_the_active_account() {
        let mut accounts = two();
        accounts.keep(HERE, claims("rea"), tokens("rea-2"));
        assert_eq!(accounts.active(HERE).map(Account::key), Some(key("ada")));
        accounts.activate(HERE, &key("rea"));
        assert_eq!(accounts.active(HERE).map(Account::key), Some(key("rea")));
        assert_eq!(accounts.of(HERE).filter(|one| one.active).count(), 1);
    }

    #[test]
    fn the_same_subject_of_another_issuer_is_another_account() {
        let mut accounts = two();
        let other = IdClaims {
            iss: "https://other.example".into(),
            ..claims("ada")
        };
        accounts.keep(HERE, other, tokens("other"));
        assert_eq!(accounts.of(HERE).count(), 3);
        assert_eq!(token_of(&accounts, "ada").as_deref(), Some("ada-1"));
    }

    #[test]
    fn an_ended_account_is_remembered_without_tokens() {
        let mut accounts = two();
        accounts.end(HERE, &key("ada"));
        assert_eq!(token_of(&accounts, "ada"), None);
        assert!(accounts.get(HERE, &key("ada")).is_some());
        assert_eq!(accounts.active(HERE), None);
    }

    #[test]
    fn a_removed_account_leaves_the_others() {
        let mut accounts = two();
        accounts.remove(HERE, &key("ada"));
        assert!(accounts.get(HERE, &key("ada")).is_none());
        assert_eq!(token_of(&accounts, "rea").as_deref(), Some("rea-1"));
    }

    #[test]
    fn connections_do_not_see_each_other() {
        let mut accounts = two();
        accounts.keep(THERE, claims("ada"), tokens("there"));
        accounts.activate(THERE, &key("ada"));
        accounts.remove(THERE, &key("ada"));
        assert_eq!(token_of(&accounts, "ada").as_deref(), Some("ada-1"));
        assert_eq!(accounts.of(THERE).count(), 0);
        assert_eq!(accounts.active(HERE).map(Account::key), Some(key("ada")));
    }

    #[test]
    fn what_is_stored_is_read_again_and_nothing_else_is() {
        let stored = serde_json::to_string(&two()).unwrap();
        assert_eq!(serde_json::from_str::<Accounts>(&stored).unwrap(), two());
        for unreadable in ["", "null", "{}", "[1]", r#"[{"connection":"here"}]"#] {
            assert!(
                serde_json::from_str::<Accounts>(unreadable).is_err(),
                "{unreadable}"
            );
        }
    }
}
