//! Bearer x role x scopes x interaction x type, all of them: what a token may do is what its role
//! permits and, wherever it has SMART scopes, one of those covers too. The expectation comes from a
//! model of its own; what is sent needs no set-up, because it is refused before anything is looked
//! up, or finds nothing.

use crate::samples::bundle;
use api::{Answer, Running, Settings, entries};
use fhir::interaction::Interaction;
use fhir::route::{Level, ROUTES, Route};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// A role: its name, the data actions that count here, and whether it is one of SMART users.
struct Role(&'static str, &'static [&'static str], bool);

const EVERYTHING: &[&str] = &[
    "read",
    "readById",
    "search",
    "write",
    "create",
    "update",
    "delete",
    "editProfileDefinitions",
];
const NO_DEFINITIONS: &[&str] = &[
    "read", "readById", "search", "write", "create", "update", "delete",
];

/// The built-in roles, and those that [`configured`] adds.
const ROLES: [Role; 15] = [
    Role("globalReader", &["read"], false),
    Role("globalExporter", &["read"], false),
    Role("globalConverter", &["read"], false),
    Role("globalImporter", &["read"], false),
    Role("globalWriter", NO_DEFINITIONS, false),
    Role("globalAdmin", EVERYTHING, false),
    Role("smartUser", EVERYTHING, true),
    Role("nurse", &["search", "readById", "create"], false),
    Role("author", &["create", "update"], false),
    Role("finder", &["search"], false),
    Role(
        "keeper",
        &["read", "readById", "search", "write", "create", "update"],
        false,
    ),
    Role("porter", &[], false),
    Role("smartReader", &["read"], true),
    Role(
        "smartAuthor",
        &["search", "create", "update", "delete"],
        true,
    ),
    Role("smartPorter", &[], true),
];

fn configured() -> Value {
    json!([
        { "name": "nurse", "dataActions": ["search", "readById", "create"] },
        { "name": "author", "dataActions": ["create", "update"] },
        { "name": "finder", "dataActions": ["read", "search"], "notDataActions": ["read"] },
        { "name": "keeper", "dataActions": ["*"],
            "notDataActions": ["delete", "hardDelete", "editProfileDefinitions"] },
        { "name": "porter", "dataActions": ["export"] },
        { "name": "smartReader", "dataActions": ["read", "smart"] },
        { "name": "smartAuthor", "dataActions": ["*", "smart"],
            "notDataActions": ["read", "readById", "write", "editProfileDefinitions"] },
        { "name": "smartPorter", "dataActions": ["export", "smart"] },
    ])
}

/// Whom a token is of.
#[derive(Clone, Copy, PartialEq)]
enum Bearer {
    Person,
    Service,
}

/// What a token says beside its role: its scopes, and which letters they give for which type.
struct Scopes {
    text: String,
    /// `patient`, `user` or `system`; empty when the token has no scope for resources.
    context: &'static str,
    /// Type (`*` for all) and letters.
    given: Vec<(&'static str, String)>,
}

impl Scopes {
    /// `system` is for services, the rest for persons.
    fn fit(&self, bearer: Bearer) -> bool {
        !self.context.is_empty() && (self.context == "system") == (bearer == Bearer::Service)
    }
}

/// No scope for resources, every single scope, and some pairs.
fn all_scopes() -> Vec<Scopes> {
    let v1 = [("read", "rs"), ("write", "cud"), ("*", "cruds")];
    let v1 = v1.map(|(text, letters)| (text.to_owned(), letters.to_owned()));
    let v2 = (1..32).map(|bits| {
        let letters = "cruds".chars().enumerate();
        let letters = letters.filter(|(at, _)| bits & (1 << at) != 0);
        let letters: String = letters.map(|(_, letter)| letter).collect();
        (letters.clone(), letters)
    });
    let notations = [v1.to_vec(), v2.collect()];
    let without = ["openid fhirUser launch", "user_impersonation"].map(|text| Scopes {
        text: text.into(),
        context: "",
        given: Vec::new(),
    });
    let mut all = Vec::from(without);
    for context in ["patient", "user", "system"] {
        for accesses in &notations {
            for (at, (access, letters)) in accesses.iter().enumerate() {
                for name in ["Observation", "*"] {
                    all.push(Scopes {
                        text: format!("openid {context}/{name}.{access}"),
                        context,
                        given: vec![(name, letters.clone())],
                    });
                }
                let (other, others) = &accesses[(at * 7 + 2) % accesses.len()];
                all.push(Scopes {
                    text: format!("{context}/Condition.{access} {context}/Observation.{other}"),
                    context,
                    given: vec![
                        ("Condition", letters.clone()),
                        ("Observation", others.clone()),
                    ],
                });
            }
        }
    }
    all
}

/// The data actions of which an interaction needs one, and the letter that a scope must have.
fn needs(interaction: Interaction) -> (&'static [&'static str], char) {
    match interaction {
        Interaction::Read | Interaction::Vread => (&["read", "readById"], 'r'),
        Interaction::HistoryInstance => (&["read", "search"], 'r'),
        Interaction::SearchType => (&["read", "search"], 's'),
        Interaction::Create => (&["write", "create"], 'c'),
        Interaction::Update => (&["write", "update"], 'u'),
        Interaction::Delete => (&["delete"], 'd'),
        // For everybody, and for everybody with a role: each entry is judged by itself.
        Interaction::Capabilities | Interaction::Batch | Interaction::Transaction => (&[], ' '),
    }
}

/// Whether a token may do it.
fn may(token: &Token<'_>, interaction: Interaction, name: &str) -> bool {
    let Token {
        bearer,
        role: Role(_, actions, is_smart),
        scopes,
    } = token;
    let (wanted, letter) = needs(interaction);
    let writes = "cud".contains(letter);
    let is_permitted = wanted.iter().any(|wanted| actions.contains(wanted))
        && !(writes && name == "ValueSet" && !actions.contains(&"editProfileDefinitions"));
    let is_covered = if scopes.fit(*bearer) {
        let mut given = scopes.given.iter();
        given.any(|(of, letters)| (*of == "*" || *of == name) && letters.contains(letter))
    } else if *is_smart && (*bearer == Bearer::Person || scopes.context.is_empty()) {
        // Who signed in without an app that asks for data reads the own record.
        !writes
    } else {
        // The role alone counts only where the token is not a SMART app's.
        scopes.text == "user_impersonation"
    };
    is_permitted && is_covered
}

/// A token with one role.
struct Token<'a> {
    bearer: Bearer,
    role: &'a Role,
    scopes: &'a Scopes,
}

const TYPES: [&str; 3] = ["Observation", "Condition", "ValueSet"];

/// The routes that an entry of a batch can ask for.
fn routes() -> impl Iterator<Item = &'static Route> {
    let is_form =
        |route: &Route| route.interaction == Interaction::SearchType && route.method == "POST";
    ROUTES
        .iter()
        .filter(move |route| route.level() != Level::System && !is_form(route))
}

/// A request that finds nothing, or writes what is not valid.
fn entry(route: &Route, name: &str) -> Value {
    let address = route.address(name, "absent", "1");
    let url = match route.interaction {
        Interaction::SearchType => format!("{address}?_id=absent"),
        _ => address,
    };
    let mut entry =
        json!({ "request": { "method": route.method, "url": url.trim_start_matches('/') } });
    if matches!(route.method, "POST" | "PUT") {
        entry["resource"] = json!({ "resourceType": name, "id": "absent", "unknown": true });
    }
    entry
}

fn client(running: &Running, token: &Token<'_>) -> api::Client {
    let Role(role, ..) = token.role;
    let claims = match token.bearer {
        Bearer::Person => running.server.forgery(),
        Bearer::Service => running.server.service_forgery(),
    };
    let claims = claims.claim("roles", json!([role]));
    let claims = claims.claim("fhirUser", json!("Patient/absent"));
    let token = claims.claim("scp", json!(token.scopes.text)).sign();
    running.server.bearing(&token)
}

#[track_caller]
fn assert_decided(answer: (u16, &Value), may: bool, about: &str) {
    let (status, body) = answer;
    if may {
        assert!(matches!(status, 200 | 204 | 400 | 404), "{about}: {body}");
    } else {
        assert_eq!(status, 403, "{about}: {body}");
    }
}

/// Tries everything with one token; the number of decisions that were checked.
fn check(running: &Running, token: &Token<'_>) -> usize {
    let Role(role, ..) = token.role;
    let whose = match token.bearer {
        Bearer::Person => "a person",
        Bearer::Service => "a service",
    };
    let shown = format!("{whose}, {role}, {}", token.scopes.text);
    let client = client(running, token);
    let asked: Vec<(&Route, &str)> = routes()
        .flat_map(|route| TYPES.map(|name| (route, name)))
        .collect();
    let sent: Vec<Value> = asked
        .iter()
        .map(|(route, name)| entry(route, name))
        .collect();
    let answer = client.post("/", &bundle("batch", &sent)).expect(200);
    for ((route, name), entry) in asked.iter().zip(entries(&answer.body)) {
        let interaction = route.interaction;
        let status = entry["response"]["status"].as_str().unwrap_or_default();
        let answered = (status.parse().expect("a status"), &entry);
        let about = format!("{shown}: {interaction:?} {name}");
        assert_decided(answered, may(token, interaction, name), &about);
    }
    let Answer { status, body, .. } = client
        .request("POST", "/Observation/_search")
        .form(&[("_id", "absent")])
        .send();
    let found = may(token, Interaction::SearchType, "Observation");
    assert_decided((status, &body), found, &shown);
    asked.len() + 1
}

/// Every token. Pairs of scopes are of interest where the role permits everything.
fn tokens<'a>(scopes: &'a [Scopes]) -> Vec<Token<'a>> {
    let of_interest = |role: &Role, bearer: Bearer, scopes: &Scopes| {
        let Role(name, actions, is_smart) = role;
        let pairs = scopes.given.len() < 2 || *is_smart || *name == "globalAdmin";
        pairs
            && !actions.is_empty()
            && (*is_smart || bearer == Bearer::Person || scopes.fit(bearer))
    };
    let mut tokens = Vec::new();
    for bearer in [Bearer::Person, Bearer::Service] {
        for role in &ROLES {
            let scopes = scopes.iter();
            let scopes = scopes.filter(|scopes| of_interest(role, bearer, scopes));
            tokens.extend(scopes.map(|scopes| Token {
                bearer,
                role,
                scopes,
            }));
        }
    }
    tokens
}

#[test]
fn what_a_token_may_do_is_what_role_and_scopes_both_permit() {
    let settings = Settings::default().variable("ROLES", &configured().to_string());
    let running = settings.start();
    let scopes = all_scopes();
    assert_eq!(scopes.len(), 2 + 3 * (3 + 31) * 3);
    let tokens = tokens(&scopes);
    let (next, checked) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let work = || {
        while let Some(token) = tokens.get(next.fetch_add(1, Ordering::Relaxed)) {
            checked.fetch_add(check(&running, token), Ordering::Relaxed);
        }
    };
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(work);
        }
    });
    let entries = routes().count() * TYPES.len();
    assert_eq!(checked.into_inner(), tokens.len() * (entries + 1));
}

#[test]
fn the_model_is_neither_all_yes_nor_all_no() {
    let scopes = all_scopes();
    for role in &ROLES {
        let Role(name, actions, _) = role;
        let decisions: Vec<bool> = scopes
            .iter()
            .flat_map(|scopes| {
                let bearer = Bearer::Person;
                let token = Token {
                    bearer,
                    role,
                    scopes,
                };
                let routes = ROUTES.iter().filter(|route| route.level() != Level::System);
                routes.map(move |route| may(&token, route.interaction, "Observation"))
            })
            .collect();
        let permitted = decisions.iter().filter(|may| **may).count();
        let expected = match *actions {
            [] => 0..=0,
            _ => 1..=decisions.len() - 1,
        };
        assert!(expected.contains(&permitted), "{name}: {permitted}");
    }
}
