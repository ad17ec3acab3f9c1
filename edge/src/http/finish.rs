//! What every answer carries, whatever was asked for.

use super::{caching, cors};
use crate::exchange::Exchange;
use crate::message::{Answer, Incoming};
use crate::proxy::PATH;

/// Two years of https only. <https://www.rfc-editor.org/rfc/rfc6797>
const HSTS: &str = "max-age=63072000";

/// Adds what every answer carries.
pub(super) fn finish(exchange: &Exchange, mut answer: Answer) -> Answer {
    let Exchange { server, request } = exchange;
    answer = answer
        .with("x-request-id", &request.request_id)
        .with("x-content-type-options", "nosniff");
    if answer.header("content-security-policy").is_none() {
        answer = answer
            .with("content-security-policy", "frame-src 'self';")
            .with("x-frame-options", "SAMEORIGIN");
    }
    if let Some(id) = request.header("x-request-id") {
        let id: String = id
            .chars()
            .filter(char::is_ascii_graphic)
            .take(128)
            .collect();
        answer = answer.with("x-correlation-id", id);
    }
    if let Some(partition) = server.used_partition() {
        let charge = partition.charge();
        // How many commits there were, and how many rows were read before it was known whose
        // they are, tells a caller who may see only some of the others.
        if !server.is_confined() {
            if charge.sequence > 0 {
                answer = answer.with("x-ms-session-token", charge.sequence.to_string());
            }
            // One unit for ten rows read or one row written; docs/configuration.md tells users.
            let units = charge.rows_read as f64 / 10.0 + charge.rows_written as f64;
            answer = answer.with("x-ms-request-charge", format!("{units:.1}"));
        }
    }
    if server.base_url.starts_with("https://") {
        answer = answer.with("strict-transport-security", HSTS);
    }
    if is_of_proxy(request) && answer.header("cache-control").is_none() {
        // The address may hold a state or a code, whatever became of it.
        answer = answer
            .with("cache-control", "no-store")
            .with("referrer-policy", "no-referrer");
    }
    answer = caching::keep_from_others(answer);
    if is_for_people(request) {
        return answer;
    }
    cors::add_headers(&server.config.cors, request.header("origin"), &mut answer);
    answer
}

/// Whether the address is a step of a person's sign-in, which is never a script's business.
pub(super) fn is_for_people(request: &Incoming) -> bool {
    let steps: Vec<&str> = request.segments.iter().map(String::as_str).collect();
    matches!(steps.as_slice(), [PATH, "authorize" | "callback", ..])
}

fn is_of_proxy(request: &Incoming) -> bool {
    request.segments.first().is_some_and(|first| first == PATH)
}
