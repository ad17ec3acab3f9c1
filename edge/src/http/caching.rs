//! What caches may do with an answer: never show one reader's data to another.
//! <https://www.rfc-editor.org/rfc/rfc9111#section-5.2.2>

use crate::message::Answer;
use crate::status::Status;

/// Says how long an answer may be kept where nothing else says so, and what it depends on.
///
/// A resource may be kept by the browser that got it, which asks every time whether it is still so;
/// by that the server judges the reader anew. Everything else has no tag to ask by and is not kept.
pub(super) fn keep_from_others(answer: Answer) -> Answer {
    if answer.header("cache-control").is_some() {
        // Pages and documents that are the same for every reader, or sign-ins.
        return answer.with("vary", "Accept, Origin");
    }
    let is_tagged = answer.header("etag").is_some()
        && [Status::OK, Status::NOT_MODIFIED].contains(&answer.status);
    let control = if is_tagged {
        "private, no-cache"
    } else {
        "no-store"
    };
    answer
        .with("cache-control", control)
        .with("vary", "Authorization, Accept, Origin")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(answer: Answer) -> (Option<String>, Option<String>) {
        let answer = keep_from_others(answer);
        let header = |name| answer.header(name).map(ToOwned::to_owned);
        (header("cache-control"), header("vary"))
    }

    #[test]
    fn only_what_has_a_tag_may_be_kept_and_is_asked_for_again() {
        let depends = Some("Authorization, Accept, Origin".to_owned());
        for (status, is_tagged, expected) in [
            (Status::OK, true, "private, no-cache"),
            (Status::NOT_MODIFIED, true, "private, no-cache"),
            (Status::OK, false, "no-store"),
            (Status::CREATED, true, "no-store"),
            (Status::NOT_FOUND, false, "no-store"),
            (Status::GONE, true, "no-store"),
        ] {
            let answer = Answer::empty(status);
            let answer = if is_tagged {
                answer.with("etag", "W/\"1\"")
            } else {
                answer
            };
            let found = kept(answer);
            assert_eq!(
                found,
                (Some(expected.to_owned()), depends.clone()),
                "{status}"
            );
        }
    }

    #[test]
    fn what_says_so_itself_is_left_as_it_is() {
        let page = Answer::empty(Status::OK).with("cache-control", "no-cache");
        let (control, vary) = kept(page);
        assert_eq!(control.as_deref(), Some("no-cache"));
        assert_eq!(vary.as_deref(), Some("Accept, Origin"));
    }
}
