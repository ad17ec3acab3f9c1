//! Why something could not be done, in words for the person at the keyboard.

use std::fmt;

/// A failure of the whole run or of one piece of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Failure(String);

impl Failure {
    /// A failure in words; they should name the remedy where there is one.
    pub(crate) fn new(words: impl Into<String>) -> Self {
        Self(words.into())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Failure {}

/// What may fail in words.
pub(crate) type Result<T> = std::result::Result<T, Failure>;
