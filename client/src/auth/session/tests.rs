//! Every transition of the session, with what it leaves in the tab's storage.

use super::*;
use crate::auth::provider_error::ProviderError;
use smart::token_error::TokenError;

const HERE: &str = "here";
const THERE: &str = "there";

fn claims(subject: &str) -> IdClaims {
    IdClaims {
        iss: "https://idp.example".into(),
        sub: subject.into(),
        preferred_username: Some(format!("{subject}@example.org")),
        ..IdClaims::default()
    }
}

fn key(subject: &str) -> AccountKey {
    AccountKey::of(&claims(subject))
}

fn tokens(access_token: &str) -> Tokens {
    Tokens::new(access_token.into(), None, 1_000, 3_600)
}

fn signed_in(subject: &str) -> Person {
    Person::SignedIn(Rc::new(claims(subject)))
}

fn ended(subject: &str) -> Person {
    Person::Ended(Rc::new(claims(subject)))
}

/// Ada is active, Rea signed in as well, and somebody is on another connection.
fn two() -> (Session, Accounts) {
    let mut accounts = Accounts::default();
    accounts.keep(THERE, claims("ada"), tokens("there"));
    accounts.activate(THERE, &key("ada"));
    let mut session = Session::new(HERE.into(), true, &accounts);
    for subject in ["rea", "ada"] {
        session.keep(&mut accounts, &claims(subject), tokens(subject));
        session.activate(&mut accounts, claims(subject));
    }
    (session, accounts)
}

fn subjects(accounts: &Accounts, connection: &str) -> Vec<String> {
    let accounts = accounts.of(connection);
    accounts.map(|account| account.claims.sub.clone()).collect()
}

/// A refusal of the token endpoint, with a claims challenge or without.
fn refusal(challenge: Option<&str>) -> SignInFailure {
    let error = ProviderError::of_token_endpoint(TokenError {
        error: "interaction_required".into(),
        error_description: None,
        error_codes: Vec::new(),
        suberror: None,
        claims: challenge.map(str::to_owned),
    });
    SignInFailure::InteractionRequired(Cause::Provider(error))
}

#[test]
fn a_new_tab_shows_the_active_account_of_its_connection() {
    let (_, accounts) = two();
    for (connection, needs_sign_in, person) in [
        (HERE, true, signed_in("ada")),
        (HERE, false, Person::Anyone),
        ("elsewhere", true, Person::SignedOut),
    ] {
        let session = Session::new(connection.into(), needs_sign_in, &accounts);
        assert_eq!(*session.person(), person, "{connection}");
        assert_eq!(session.reason(), None);
    }
}

#[test]
fn whoever_follows_another_person_starts_anew() {
    let mut accounts = Accounts::default();
    let mut session = Session::new(HERE.into(), true, &accounts);
    for (subject, cleanup) in [
        ("ada", Cleanup::Nothing),
        ("ada", Cleanup::Nothing),
        ("rea", Cleanup::Work),
    ] {
        session.keep(&mut accounts, &claims(subject), tokens(subject));
        let done = session.activate(&mut accounts, claims(subject));
        assert_eq!(done, cleanup, "{subject}");
        assert_eq!(*session.person(), signed_in(subject));
        assert_eq!(accounts.active(HERE).map(Account::key), Some(key(subject)));
    }
}

#[test]
fn tokens_of_an_account_that_is_not_active_change_nothing_on_the_page() {
    let (mut session, mut accounts) = two();
    let before = session.clone();
    session.keep(&mut accounts, &claims("rea"), tokens("rea-2"));
    assert_eq!(session, before);
    let kept = accounts
        .get(HERE, &key("rea"))
        .and_then(|rea| rea.tokens.clone());
    assert_eq!(kept, Some(tokens("rea-2")));
}

#[test]
fn a_session_that_ends_says_why_until_new_tokens_come() {
    let (mut session, mut accounts) = two();
    session.end(&mut accounts, &key("ada"), &SignInFailure::ENDED);
    assert_eq!(*session.person(), ended("ada"));
    assert_eq!(session.reason(), Some(&SignInFailure::ENDED));
    let ada = accounts.get(HERE, &key("ada")).expect("the account stays");
    assert_eq!((ada.tokens.clone(), ada.active), (None, false));

    session.keep(&mut accounts, &claims("ada"), tokens("ada-2"));
    assert_eq!(*session.person(), signed_in("ada"));
    assert_eq!(session.reason(), None);
}

#[test]
fn the_end_of_another_account_s_session_is_not_shown() {
    let (mut session, mut accounts) = two();
    session.end(&mut accounts, &key("rea"), &SignInFailure::ENDED);
    assert_eq!(*session.person(), signed_in("ada"));
    assert_eq!(session.reason(), None);
    let rea = accounts.get(HERE, &key("rea")).expect("the account stays");
    assert_eq!(rea.tokens, None);
}

#[test]
fn a_claims_challenge_is_kept_for_its_account_until_it_was_met() {
    let (mut session, mut accounts) = two();
    session.end(&mut accounts, &key("ada"), &refusal(None));
    assert_eq!(session.challenge(&key("ada")), None);
    session.end(&mut accounts, &key("ada"), &refusal(Some("{}")));
    assert_eq!(session.challenge(&key("ada")), Some("{}"));
    assert_eq!(session.challenge(&key("rea")), None);
    session.keep(&mut accounts, &claims("rea"), tokens("rea-2"));
    assert_eq!(session.challenge(&key("ada")), Some("{}"));
    session.keep(&mut accounts, &claims("ada"), tokens("ada-2"));
    assert_eq!(session.challenge(&key("ada")), None);
}

#[test]
fn a_sign_out_forgets_the_accounts_that_leave() {
    for (leaving, left, cleanup, told) in [
        (Leaving::Active, vec!["rea"], Cleanup::Work, vec!["ada"]),
        (Leaving::All, vec![], Cleanup::Tab, vec!["rea", "ada"]),
    ] {
        let (mut session, mut accounts) = two();
        let interaction = session.interaction();
        let (signed_out, done) = session.sign_out(&mut accounts, leaving);
        assert_eq!(done, cleanup, "{leaving:?}");
        assert_eq!(subjects(&accounts, HERE), left, "{leaving:?}");
        assert_eq!(subjects(&accounts, THERE), ["ada"], "{leaving:?}");
        assert_eq!(signed_out.connection, HERE);
        let told: Vec<_> = told.into_iter().map(key).collect();
        assert_eq!(signed_out.accounts, told);
        assert_eq!(*session.person(), Person::SignedOut);
        assert_eq!(session.reason(), None);
        assert_ne!(session.interaction(), interaction, "a sign-in goes on");
    }
}

#[test]
fn a_sign_out_in_another_tab_is_followed() {
    let told = |connection: &str, subjects: &[&str]| SignedOut {
        connection: connection.into(),
        accounts: subjects.iter().map(|subject| key(subject)).collect(),
    };
    for (signed_out, left, person, cleanup) in [
        (told(HERE, &["ada"]), vec!["rea"], None, Cleanup::Work),
        (told(HERE, &["ada", "rea"]), vec![], None, Cleanup::Tab),
        (
            told(HERE, &["rea"]),
            vec!["ada"],
            Some("ada"),
            Cleanup::Nothing,
        ),
        (
            told(HERE, &["eve"]),
            vec!["rea", "ada"],
            Some("ada"),
            Cleanup::Nothing,
        ),
        (
            told(THERE, &["ada"]),
            vec!["rea", "ada"],
            Some("ada"),
            Cleanup::Nothing,
        ),
    ] {
        let (mut session, mut accounts) = two();
        let interaction = session.interaction();
        let done = session.follow(&mut accounts, &signed_out);
        assert_eq!(done, cleanup, "{signed_out:?}");
        assert_eq!(subjects(&accounts, HERE), left, "{signed_out:?}");
        assert_eq!(subjects(&accounts, THERE), ["ada"], "{signed_out:?}");
        if let Some(subject) = person {
            assert_eq!(*session.person(), signed_in(subject), "{signed_out:?}");
            assert_eq!(session.interaction(), interaction, "{signed_out:?}");
        } else {
            assert_eq!(*session.person(), Person::SignedOut, "{signed_out:?}");
            let reason = Some(&SignInFailure::SignedOutElsewhere);
            assert_eq!(session.reason(), reason, "{signed_out:?}");
            assert_ne!(session.interaction(), interaction, "{signed_out:?}");
        }
    }
}

#[test]
fn the_provider_is_told_which_account_is_meant_also_after_it_was_forgotten() {
    let (session, accounts) = two();
    let hint = |accounts: &Accounts, subject: &str| session.hint(accounts, &key(subject));
    assert_eq!(hint(&accounts, "rea").as_deref(), Some("rea@example.org"));
    // The storage was emptied by other hands: the page still knows whom it shows.
    let empty = Accounts::default();
    assert_eq!(hint(&empty, "ada").as_deref(), Some("ada@example.org"));
    assert_eq!(hint(&empty, "rea"), None);
}

#[test]
fn what_the_other_tabs_are_told_has_no_tokens() {
    let (mut session, mut accounts) = two();
    let (signed_out, _) = session.sign_out(&mut accounts, Leaving::All);
    let text = serde_json::to_string(&signed_out).unwrap();
    let rea = key("rea").to_string();
    assert!(text.contains(&rea), "{text}");
    let told: serde_json::Value = serde_json::from_str(&text).unwrap();
    let names: Vec<_> = told.as_object().unwrap().keys().collect();
    assert_eq!(names, ["connection", "accounts"]);
}
