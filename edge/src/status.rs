//! Status codes by name: the only file with their numbers.
//! <https://www.rfc-editor.org/rfc/rfc9110#section-15>

use std::fmt;

/// A status code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Status(u16);

impl Status {
    pub(crate) const OK: Self = Self(200);
    pub(crate) const CREATED: Self = Self(201);
    pub(crate) const NO_CONTENT: Self = Self(204);
    pub(crate) const FOUND: Self = Self(302);
    pub(crate) const NOT_MODIFIED: Self = Self(304);
    pub(crate) const BAD_REQUEST: Self = Self(400);
    pub(crate) const UNAUTHORIZED: Self = Self(401);
    pub(crate) const FORBIDDEN: Self = Self(403);
    pub(crate) const NOT_FOUND: Self = Self(404);
    pub(crate) const METHOD_NOT_ALLOWED: Self = Self(405);
    pub(crate) const NOT_ACCEPTABLE: Self = Self(406);
    pub(crate) const CONFLICT: Self = Self(409);
    pub(crate) const GONE: Self = Self(410);
    pub(crate) const PRECONDITION_FAILED: Self = Self(412);
    pub(crate) const CONTENT_TOO_LARGE: Self = Self(413);
    pub(crate) const UNSUPPORTED_MEDIA_TYPE: Self = Self(415);
    pub(crate) const TOO_MANY_REQUESTS: Self = Self(429);
    pub(crate) const INTERNAL_ERROR: Self = Self(500);
    pub(crate) const UNAVAILABLE: Self = Self(503);

    /// The status of an answer that came from elsewhere.
    pub(crate) fn of(code: u16) -> Self {
        Self(code)
    }

    pub(crate) fn is_success(self) -> bool {
        (200..300).contains(&self.0)
    }

    pub(crate) fn is_server_error(self) -> bool {
        self.0 >= 500
    }

    pub(crate) fn code(self) -> u16 {
        self.0
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
