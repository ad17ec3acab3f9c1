//! `cargo run -p definitions -- generate` writes the tables of FHIR definitions that the `fhir`
//! crate is built with; `-- check` tells whether the committed ones are what it would write.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use definitions::release::{RELEASES, TableFile};
use definitions::{Error, Result, checksums};

const USAGE: &str = "usage: definitions (generate | check) [--packages DIR]
  generate  writes the tables
  check     makes them in memory and compares them with the committed ones
  DIR       where the npm packages are kept (target/definitions-packages);
            those that are not there are fetched with npm";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments) {
        Ok(message) => {
            println!("{message}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[String]) -> Result<String> {
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let (command, packages) = match arguments.as_slice() {
        [command] => (*command, workspace.join("target/definitions-packages")),
        [command, "--packages", folder] => (*command, PathBuf::from(folder)),
        _ => return Err(Error::new(USAGE)),
    };
    let action = match command {
        "generate" => write,
        "check" => check,
        _ => return Err(Error::new(USAGE)),
    };
    action(
        &workspace.join("edge/fhir/src/definitions/tables"),
        &files(&packages)?,
    )
}

fn files(packages: &Path) -> Result<Vec<TableFile>> {
    let mut files = Vec::new();
    for release in &RELEASES {
        files.extend(release.tables(packages)?);
    }
    let sums = checksums::render(&files);
    files.push((checksums::FILE.to_owned(), sums));
    Ok(files)
}

fn write(tables: &Path, files: &[TableFile]) -> Result<String> {
    for (name, text) in files {
        let path = tables.join(name);
        let folder = path.parent().unwrap_or(tables);
        fs::create_dir_all(folder)
            .and_then(|()| fs::write(&path, text))
            .map_err(|error| Error::new(format!("cannot write {}: {error}", path.display())))?;
    }
    Ok(format!("wrote {} files", files.len()))
}

fn check(tables: &Path, files: &[TableFile]) -> Result<String> {
    for (name, made) in files {
        let path = tables.join(name);
        let committed = fs::read_to_string(&path).map_err(|error| {
            Error::new(format!(
                "cannot read {}: {error}. `cargo run -p definitions -- generate` writes it",
                path.display()
            ))
        })?;
        if let Some(difference) = first_difference(&committed, made) {
            return Err(Error::new(format!(
                "{name} is not what the packages give: {difference}\n\
                 `cargo run -p definitions -- generate` writes it anew"
            )));
        }
    }
    Ok(format!("{} files are what the packages give", files.len()))
}

/// The first line in which two texts differ, or none if they are the same.
fn first_difference(committed: &str, made: &str) -> Option<String> {
    if committed == made {
        return None;
    }
    let mut committed = committed.split('\n');
    let mut made = made.split('\n');
    for number in 1_usize.. {
        let pair = (committed.next(), made.next());
        if pair.0 != pair.1 {
            let shown = |line: Option<&str>| line.unwrap_or("(end of file)").to_owned();
            return Some(format!(
                "line {number}\n  committed: {}\n  made:      {}",
                shown(pair.0),
                shown(pair.1)
            ));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::first_difference;

    #[test]
    fn the_first_differing_line_is_shown() {
        assert_eq!(first_difference("a\nb\n", "a\nb\n"), None);
        let cases = [
            ("a\nb\n", "a\nc\n", "line 2\n  committed: b\n  made:      c"),
            ("a\n", "a\nb\n", "line 2\n  committed: \n  made:      b"),
            (
                "a",
                "a\n",
                "line 2\n  committed: (end of file)\n  made:      ",
            ),
        ];
        for (committed, made, difference) in cases {
            assert_eq!(first_difference(committed, made).unwrap(), difference);
        }
    }
}
