//! Cross-origin sharing, before anything else is asked. <https://fetch.spec.whatwg.org/#http-cors-protocol>

use crate::config::Cors;
use crate::message::Answer;
use crate::status::Status;

/// What scripts of other origins may read beside the body.
const EXPOSED: &str = "ETag, Location, Content-Location, Last-Modified, X-Request-Id, \
    X-Correlation-Id, Retry-After, WWW-Authenticate, DPoP-Nonce, x-ms-request-charge, x-ms-session-token";

/// The answer to a preflight; `None` when the request is none.
pub(super) fn preflight(
    cors: &Cors,
    method: &str,
    origin: Option<&str>,
    requested_method: Option<&str>,
) -> Option<Answer> {
    if method != "OPTIONS" || origin.is_none() || requested_method.is_none() {
        return None;
    }
    let mut answer = Answer::empty(Status::NO_CONTENT);
    if allowed(cors, origin).is_some() {
        answer = answer
            .with("access-control-allow-methods", &cors.methods)
            .with("access-control-allow-headers", &cors.headers)
            .with("access-control-max-age", cors.max_age.to_string());
    }
    Some(answer)
}

/// Adds the headers that let a listed origin read the answer. An origin that is not listed gets
/// none; its browser keeps the answer from the script.
pub(super) fn add_headers(cors: &Cors, origin: Option<&str>, answer: &mut Answer) {
    if cors.origins.is_empty() {
        return;
    }
    let Some(allowed) = allowed(cors, origin) else {
        return;
    };
    answer
        .headers
        .push(("access-control-allow-origin", allowed.to_owned()));
    answer
        .headers
        .push(("access-control-expose-headers", EXPOSED.into()));
    if cors.credentials {
        answer
            .headers
            .push(("access-control-allow-credentials", "true".into()));
    }
}

/// What `Access-Control-Allow-Origin` says: the origin to the letter, when it is listed.
fn allowed<'a>(cors: &Cors, origin: Option<&'a str>) -> Option<&'a str> {
    let origin = origin?;
    if cors.origins.iter().any(|listed| listed == origin) {
        return Some(origin);
    }
    cors.origins
        .iter()
        .any(|listed| listed == "*")
        .then_some("*")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cors(origins: &[&str]) -> Cors {
        Cors {
            origins: origins.iter().map(|origin| (*origin).to_owned()).collect(),
            methods: "GET".into(),
            headers: "Accept".into(),
            max_age: 60,
            credentials: false,
        }
    }

    #[test]
    fn only_listed_origins_are_answered_to_the_letter() {
        let listed = cors(&["https://app.example", "http://localhost:3000"]);
        for (origin, expected) in [
            ("https://app.example", Some("https://app.example")),
            ("http://localhost:3000", Some("http://localhost:3000")),
            ("http://app.example", None),
            ("https://app.example:444", None),
            ("https://APP.example", None),
            ("https://app.example.evil", None),
            ("https://evil-app.example", None),
            ("https://app.example/", None),
            ("null", None),
            ("", None),
            ("*", None),
        ] {
            assert_eq!(allowed(&listed, Some(origin)), expected, "{origin}");
        }
        assert_eq!(allowed(&cors(&["*"]), Some("https://x")), Some("*"));
        assert_eq!(allowed(&cors(&[]), Some("https://x")), None);
        assert_eq!(allowed(&listed, None), None);
    }
}
