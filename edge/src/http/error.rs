//! The one place that turns an error into an HTTP status.

use crate::auth::{self, challenge};
use crate::error::{Error, Reason, Rejection};
use crate::exchange::Exchange;
use crate::message::Answer;
use crate::status::Status;
use fhir::Release;
use fhir::outcome::{Issue, IssueType, operation_outcome};
use fhir::version_tag::etag;

/// The status of a refusal.
fn rejection_status(release: Release, reason: &Reason) -> Status {
    match reason {
        Reason::Invalid => Status::BAD_REQUEST,
        Reason::Unauthenticated | Reason::Unproven(_) => Status::UNAUTHORIZED,
        Reason::Forbidden => Status::FORBIDDEN,
        Reason::NotFound => Status::NOT_FOUND,
        Reason::MethodNotAllowed(_) => Status::METHOD_NOT_ALLOWED,
        Reason::NotAcceptable => Status::NOT_ACCEPTABLE,
        Reason::Contention => Status::CONFLICT,
        Reason::Gone(_) => Status::GONE,
        // STU3 answers a version conflict with 409: https://hl7.org/fhir/STU3/http.html#concurrency
        Reason::PreconditionFailed if release == Release::Stu3 => Status::CONFLICT,
        Reason::PreconditionFailed => Status::PRECONDITION_FAILED,
        Reason::TooLarge => Status::CONTENT_TOO_LARGE,
        Reason::UnsupportedMediaType => Status::UNSUPPORTED_MEDIA_TYPE,
        Reason::Throttled(_) => Status::TOO_MANY_REQUESTS,
        Reason::Unavailable(_) => Status::UNAVAILABLE,
    }
}

/// What the caller learns of an error: its status and its issues. What is not the caller's fault is
/// logged under the request id and not shown.
pub(super) fn status_and_issues(exchange: &Exchange, error: Error) -> (Status, Vec<Issue>) {
    match error {
        Error::Rejected(Rejection { reason, issues }) => (
            rejection_status(exchange.server.config.release, &reason),
            issues,
        ),
        Error::Upstream(problem) => {
            exchange.request.log(&problem);
            let message =
                "A service that this server depends on did not answer; try again in a moment.";
            let issue = Issue::error(IssueType::Transient, message);
            (Status::UNAVAILABLE, vec![issue])
        }
        Error::Unconfigured(remedy) => {
            exchange.request.log(remedy);
            let issue = Issue::error(IssueType::Exception, remedy);
            (Status::INTERNAL_ERROR, vec![issue])
        }
        Error::Bug(problem) => (Status::INTERNAL_ERROR, vec![exchange.request.log(&problem)]),
    }
}

/// The answer to a request that failed.
pub(super) fn answer(exchange: &Exchange, error: Error) -> Answer {
    let reason = match &error {
        Error::Rejected(rejection) => Some(rejection.reason.clone()),
        _ => None,
    };
    let (status, issues) = status_and_issues(exchange, error);
    let id = Some(exchange.request.request_id.as_str());
    let outcome = operation_outcome(exchange.server.config.release, id, &issues);
    let answer = Answer::fhir(status, outcome.to_string());
    let first = issues.first();
    let words = first.map_or("", |issue| issue.diagnostics.as_str());
    match reason {
        Some(Reason::Unauthenticated) => {
            let value = challenge(
                &exchange.server.config.security,
                &exchange.server.base_url,
                words,
            );
            answer.with("www-authenticate", value)
        }
        Some(Reason::Unproven(error)) => {
            answer.with("www-authenticate", auth::proof_challenge(error, words))
        }
        Some(Reason::MethodNotAllowed(methods)) => answer.with("allow", methods),
        Some(Reason::Gone(version)) => answer.with("etag", etag(version)),
        Some(Reason::Throttled(seconds) | Reason::Unavailable(seconds)) => {
            answer.with("retry-after", seconds.to_string())
        }
        _ if status == Status::UNAVAILABLE => answer.with("retry-after", "2"),
        _ => answer,
    }
}

/// The answer while the configuration is wrong.
pub(super) fn unconfigured(request_id: &str) -> Answer {
    let message = "The server is not configured correctly; its log says which variable is wrong.";
    let issue = Issue::error(IssueType::Exception, message);
    let outcome = operation_outcome(Release::R4, Some(request_id), &[issue]);
    Answer::fhir(Status::INTERNAL_ERROR, outcome.to_string()).with("x-request-id", request_id)
}
