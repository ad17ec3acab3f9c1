//! Cross-origin sharing. <https://fetch.spec.whatwg.org/#http-cors-protocol>

use super::list;

/// One policy for all origins that are listed.
#[derive(Debug)]
pub(crate) struct Cors {
    /// `CORS_ORIGINS`, default empty (off): origins, comma-separated, or `*`.
    pub(crate) origins: Vec<String>,
    /// `CORS_METHODS`, default `GET, HEAD, POST, PUT, PATCH, DELETE`.
    pub(crate) methods: String,
    /// `CORS_HEADERS`, default the headers that FHIR clients send.
    pub(crate) headers: String,
    /// `CORS_MAX_AGE`, default `600`: how many seconds a browser may keep a preflight.
    pub(crate) max_age: u32,
    /// `CORS_CREDENTIALS`, default `off`; refused together with `*`.
    pub(crate) credentials: bool,
}

const METHODS: &str = "GET, HEAD, POST, PUT, PATCH, DELETE";
const HEADERS: &str = "Authorization, DPoP, Content-Type, Accept, Prefer, If-Match, If-None-Match, \
    If-Modified-Since, If-None-Exist, X-Request-Id, X-Provenance, x-ms-consistency-level, \
    x-ms-session-token, x-ms-profile-validation";

impl Cors {
    pub(super) fn read(get: &dyn Fn(&str) -> Option<String>) -> Result<Self, String> {
        let origins = list(get("CORS_ORIGINS"));
        for origin in origins.iter().filter(|origin| *origin != "*") {
            let host = origin.split_once("://").map(|(_, host)| host);
            if host.is_none_or(|host| host.is_empty() || host.contains('/')) {
                return Err(format!(
                    "CORS_ORIGINS holds `{origin}`; an origin is scheme://host or scheme://host:port"
                ));
            }
        }
        let max_age = get("CORS_MAX_AGE").unwrap_or_else(|| "600".into());
        let credentials = get("CORS_CREDENTIALS").is_some_and(|value| value == "on");
        if credentials && origins.iter().any(|origin| origin == "*") {
            return Err(
                "CORS_CREDENTIALS is on while CORS_ORIGINS is `*`; browsers refuse that: list the origins"
                    .into(),
            );
        }
        Ok(Self {
            origins,
            methods: get("CORS_METHODS").unwrap_or_else(|| METHODS.into()),
            headers: get("CORS_HEADERS").unwrap_or_else(|| HEADERS.into()),
            max_age: max_age.parse().map_err(|_| {
                format!("CORS_MAX_AGE is `{max_age}`; it must be a whole number of seconds")
            })?,
            credentials,
        })
    }
}
