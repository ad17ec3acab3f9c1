//! The one place that turns an error into an HTTP status.

use super::{Answer, Exchange, dpop};
use crate::auth::challenge;
use crate::error::{Error, Reason, Rejection};
use fhir::Release;
use fhir::outcome::{Issue, IssueType, operation_outcome};

/// The status of a refusal.
pub(crate) fn rejection_status(release: Release, reason: Reason) -> u16 {
    match reason {
        Reason::Invalid => 400,
        Reason::Unauthenticated | Reason::Unproven(_) => 401,
        Reason::Forbidden => 403,
        Reason::NotFound => 404,
        Reason::MethodNotAllowed => 405,
        Reason::NotAcceptable => 406,
        Reason::Contention => 409,
        Reason::Gone(_) => 410,
        // STU3 answers a version conflict with 409: https://hl7.org/fhir/STU3/http.html#concurrency
        Reason::PreconditionFailed if release == Release::Stu3 => 409,
        Reason::PreconditionFailed => 412,
        Reason::TooLarge => 413,
        Reason::UnsupportedMediaType => 415,
        Reason::Throttled(_) => 429,
    }
}

/// The answer to a request that failed. What is not the caller's is logged with the request id
/// and not shown.
pub(super) fn answer(exchange: &Exchange, error: Error) -> Answer {
    let (status, issues, reason) = match error {
        Error::Rejected(Rejection { reason, issues }) => (
            rejection_status(exchange.config.release, reason),
            issues,
            Some(reason),
        ),
        Error::Upstream(problem) => {
            exchange.log(&problem);
            let message =
                "A service that this server depends on did not answer; try again in a moment.";
            (503, vec![Issue::error(IssueType::Transient, message)], None)
        }
        Error::Unconfigured(remedy) => {
            exchange.log(remedy);
            (500, vec![Issue::error(IssueType::Exception, remedy)], None)
        }
        Error::Bug(problem) => (500, vec![exchange.log(&problem)], None),
    };
    let id = Some(exchange.request_id.as_str());
    let outcome = operation_outcome(exchange.config.release, id, &issues);
    let answer = Answer::fhir(status, outcome.to_string());
    match reason {
        Some(Reason::Unauthenticated) => {
            let told = issues
                .first()
                .map_or("", |issue| issue.diagnostics.as_str());
            let value = challenge(&exchange.config.security, &exchange.base_url, told);
            answer.with("www-authenticate", value)
        }
        Some(Reason::Unproven(error)) => {
            let told = issues
                .first()
                .map_or("", |issue| issue.diagnostics.as_str());
            answer.with("www-authenticate", dpop::challenge(error, told))
        }
        Some(Reason::Gone(version)) => answer.with("etag", super::etag(version)),
        Some(Reason::Throttled(seconds)) => answer.with("retry-after", seconds.to_string()),
        _ if status == 503 => answer.with("retry-after", "2"),
        _ => answer,
    }
}

/// The answer to a method that a path does not have; `methods` are those that it has.
pub(crate) fn method_not_allowed(exchange: &Exchange, path: &str, methods: &str) -> Answer {
    let method = &exchange.method;
    let message = format!("The method {method} is not supported for /{path}; there is {methods}.");
    let code = IssueType::NotSupported;
    let refusal = Error::rejected(Reason::MethodNotAllowed, code, message);
    answer(exchange, refusal).with("allow", methods)
}

/// The answer while the configuration is wrong.
pub(super) fn unconfigured(request_id: &str) -> Answer {
    let message = "The server is not configured correctly; its log says which variable is wrong.";
    let issue = Issue::error(IssueType::Exception, message);
    let outcome = operation_outcome(Release::R4, Some(request_id), &[issue]);
    Answer::fhir(500, outcome.to_string()).with("x-request-id", request_id)
}
