//! The files that git tracks or would track.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A text file of the checkout.
pub(crate) struct SourceFile {
    /// The path from the root, with `/`.
    pub(crate) path: String,
    pub(crate) text: String,
}

/// The root of the checkout.
pub(crate) fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors()
        .nth(2)
        .expect("the crate is two folders deep")
        .to_path_buf()
}

/// Every tracked or new file whose path passes `wanted` and whose content is text.
pub(crate) fn files(wanted: impl Fn(&str) -> bool) -> Vec<SourceFile> {
    let output = Command::new("git")
        .args(["ls-files", "--cached", "--others", "--exclude-standard"])
        .current_dir(root())
        .output()
        .expect("git lists the files of the checkout");
    let listed = String::from_utf8(output.stdout).expect("paths are UTF-8");
    let files: Vec<SourceFile> = listed
        .lines()
        .filter(|path| wanted(path))
        .filter_map(|path| {
            let text = fs::read_to_string(root().join(path)).ok()?;
            Some(SourceFile {
                path: path.to_owned(),
                text,
            })
        })
        .collect();
    assert!(!files.is_empty(), "no file was checked");
    files
}

/// Fails with all findings at once.
pub(crate) fn expect_none(findings: &[String]) {
    assert!(findings.is_empty(), "\n{}", findings.join("\n"));
}
