//! `SHA256SUMS`, by which an ordinary test sees that nobody edited a table by hand, without the
//! packages at hand. The form is that of `sha256sum`, which can check it as well.

use std::fmt::Write;

use sha2::{Digest, Sha256};

use crate::release::TableFile;

/// The name of the file.
pub const FILE: &str = "SHA256SUMS";

/// The sums of these files, in path order.
#[must_use]
pub fn render(files: &[TableFile]) -> String {
    let mut lines: Vec<String> = files
        .iter()
        .map(|(path, text)| format!("{}  {path}\n", hexadecimal(&Sha256::digest(text))))
        .collect();
    lines.sort_by(|left, right| left.get(64..).cmp(&right.get(64..)));
    lines.concat()
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::render;

    #[test]
    fn sums_are_in_path_order_and_in_the_form_of_sha256sum() {
        let files = [
            ("b".to_owned(), "abc".to_owned()),
            ("a".to_owned(), String::new()),
        ];
        assert_eq!(
            render(&files),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  a\n\
             ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  b\n"
        );
    }
}
