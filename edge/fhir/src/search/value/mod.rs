//! One file per search type: which rows a value gives, and what a query value selects of them.

pub mod date;
pub mod reference;
pub mod string;
pub mod token;

/// How many bytes of a text an index row holds: nobody searches by more, and rows must fit the
/// store whatever a resource holds. Searches compare as many.
const INDEXED: usize = 100_000;

/// The beginning of a text that is indexed.
fn within(text: &str) -> &str {
    let mut end = text.len().min(INDEXED);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or(text)
}
