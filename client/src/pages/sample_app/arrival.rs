//! How the app was opened, according to its URL.
//! <https://hl7.org/fhir/smart-app-launch/app-launch.html>

use smart::form;

use crate::auth::smart_app::address;
use crate::auth::smart_app::server::bare;

/// The folder of the app's pages.
pub const PATH: &str = "/app/sample-app";

/// How the app was opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Arrival {
    /// By an EHR, or by a link that names a server only.
    Launch {
        /// The server.
        iss: String,
        /// The EHR's `launch` parameter.
        launch: Option<String>,
    },
    /// By something that meant to launch it and got the address wrong.
    Mislaunched(String),
    /// By the server's answer; this is the page's query.
    Answer(String),
    /// By itself, or by loading it again.
    Plain,
}

/// True for the pages of the app.
pub fn is_of_app(path: &str) -> bool {
    let rest = path.strip_prefix(PATH);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Reads the page's address.
pub fn arrival(path: &str, query: &str) -> Arrival {
    let pairs = form::decode(query);
    let value = |name| form::first(&pairs, name).filter(|value| !value.is_empty());
    let is_launch = path.trim_end_matches('/').ends_with("/launch");
    if is_launch {
        let Some(iss) = value("iss").map(bare) else {
            return Arrival::Mislaunched("The address names no server (iss).".into());
        };
        return match address::check(iss) {
            Ok(()) => Arrival::Launch {
                iss: iss.to_owned(),
                launch: value("launch").map(str::to_owned),
            },
            Err(problem) => Arrival::Mislaunched(format!(
                "The address of the server (iss) is {iss}. {problem}"
            )),
        };
    }
    let answers = ["code", "error", "state"];
    if answers.iter().any(|name| value(name).is_some()) {
        return Arrival::Answer(query.to_owned());
    }
    Arrival::Plain
}

#[cfg(test)]
mod tests {
    use super::*;

    const LAUNCH: &str = "/app/sample-app/launch";

    #[test]
    fn an_ehr_names_server_and_launch() {
        assert_eq!(
            arrival(LAUNCH, "?iss=https%3A%2F%2Ffhir.example%2F&launch=xyz"),
            Arrival::Launch {
                iss: "https://fhir.example".into(),
                launch: Some("xyz".into())
            }
        );
        assert_eq!(
            arrival(LAUNCH, "?iss=https://fhir.example"),
            Arrival::Launch {
                iss: "https://fhir.example".into(),
                launch: None
            }
        );
    }

    #[test]
    fn a_launch_without_a_usable_server_is_reported() {
        for query in [
            "",
            "?launch=x",
            "?iss=",
            "?iss=javascript:alert(1)",
            "?iss=http://x.example",
        ] {
            assert!(
                matches!(arrival(LAUNCH, query), Arrival::Mislaunched(_)),
                "{query}"
            );
        }
    }

    #[test]
    fn answers_and_plain_visits_are_told_apart() {
        for query in ["?code=a&state=b", "?error=access_denied", "?state=b"] {
            assert_eq!(arrival(PATH, query), Arrival::Answer(query.into()));
        }
        for query in ["", "?code=", "?x=1"] {
            assert_eq!(arrival(PATH, query), Arrival::Plain, "{query}");
        }
    }

    #[test]
    fn only_the_app_s_own_pages_are_its_pages() {
        assert!(is_of_app(PATH) && is_of_app(LAUNCH) && is_of_app("/app/sample-app/"));
        assert!(!is_of_app("/app/sample-apple") && !is_of_app("/app/"));
    }
}
