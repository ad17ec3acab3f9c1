//! The npm packages that carry HL7's published definitions.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde::Deserialize;
use serde_json::Value;

use crate::conformance::Definitions;
use crate::{Error, Result};

/// An npm package of definitions.
#[derive(Debug)]
pub struct Package {
    /// Its name.
    pub name: &'static str,
    /// Its exact version.
    pub version: &'static str,
    /// The folder within it that holds the definitions.
    pub contents: &'static str,
    /// What the names of the files to read start with.
    pub files: &'static [&'static str],
}

#[derive(Deserialize)]
struct Bundle {
    entry: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    resource: Value,
}

impl Package {
    /// The definitions in the package, which is fetched into the folder `packages` if absent.
    ///
    /// # Errors
    /// When npm or tar fails, or a file is not as expected.
    pub fn definitions(&self, packages: &Path) -> Result<Definitions> {
        let folder = self.unpacked(packages)?.join(self.contents);
        let mut definitions = Definitions::default();
        for path in self.paths(&folder)? {
            let content = fs::read_to_string(&path)
                .map_err(|error| Error::new(format!("cannot read {}: {error}", path.display())))?;
            let not_fhir = |error| Error::new(format!("{}: {error}", path.display()));
            let resource: Value = serde_json::from_str(&content).map_err(not_fhir)?;
            if resource.get("resourceType").and_then(Value::as_str) == Some("Bundle") {
                let bundle: Bundle = serde_json::from_value(resource).map_err(not_fhir)?;
                for entry in bundle.entry {
                    definitions.add(entry.resource)?;
                }
            } else {
                definitions.add(resource)?;
            }
        }
        Ok(definitions)
    }

    /// The files to read, in name order, so that the tables come out the same everywhere.
    fn paths(&self, folder: &Path) -> Result<Vec<PathBuf>> {
        let unreadable = |error| Error::new(format!("cannot read {}: {error}", folder.display()));
        let mut paths = Vec::new();
        for entry in fs::read_dir(folder).map_err(unreadable)? {
            let entry = entry.map_err(unreadable)?;
            let name = entry.file_name();
            if let Some(name) = name.to_str()
                && self.files.iter().any(|start| name.starts_with(start))
            {
                paths.push(entry.path());
            }
        }
        paths.sort();
        Ok(paths)
    }

    fn unpacked(&self, packages: &Path) -> Result<PathBuf> {
        let folder = packages.join(format!("{}-{}", self.name, self.version));
        let contents = folder.join("package");
        if contents.is_dir() {
            return Ok(contents);
        }
        let impossible =
            |error| Error::new(format!("cannot write to {}: {error}", packages.display()));
        // Unpacked beside its place and moved there whole: an interrupted run leaves no half.
        let unfinished = packages.join(format!("{}-{}.unfinished", self.name, self.version));
        if unfinished.exists() {
            fs::remove_dir_all(&unfinished).map_err(impossible)?;
        }
        fs::create_dir_all(&unfinished).map_err(impossible)?;
        let archive = format!("{}-{}.tgz", self.name, self.version);
        if !packages.join(&archive).is_file() {
            let package = format!("{}@{}", self.name, self.version);
            let npm = if cfg!(windows) { "npm.cmd" } else { "npm" };
            run(npm, &["pack", "--silent", &package], packages)?;
        }
        run("tar", &["-xzf", &format!("../{archive}")], &unfinished)?;
        fs::rename(&unfinished, &folder).map_err(impossible)?;
        Ok(contents)
    }
}

fn run(program: &str, arguments: &[&str], folder: &Path) -> Result<()> {
    let status = Command::new(program)
        .args(arguments)
        .current_dir(folder)
        .stdout(Stdio::null())
        .status()
        .map_err(|error| {
            Error::new(format!(
                "cannot run {program}: {error}. Please install {program} and try again"
            ))
        })?;
    if status.success() {
        return Ok(());
    }
    Err(Error::new(format!(
        "`{program} {}` failed in {}; see its own message above",
        arguments.join(" "),
        folder.display()
    )))
}
