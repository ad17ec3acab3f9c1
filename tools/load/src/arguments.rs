//! The command line.

use std::ffi::OsString;
use std::path::PathBuf;

use demo::Version;
use lexopt::prelude::{Long, Short, Value, ValueExt};

use crate::failure::{Failure, Result};

/// What `--help` prints.
pub(crate) const HELP: &str = "\
Loads FHIR Bundles, single resources and NDJSON into a FHIR server.

Usage: load [OPTIONS] FILE...
       load [OPTIONS] --demo

FILE is JSON (a Bundle or a resource) or NDJSON (.ndjson); - reads standard input.
A transaction or batch is posted as it is. A collection or searchset becomes a
transaction: resources with an id keep it, the others get one from the server.

Options:
  --to URL          the FHIR server              [default: http://localhost:8787]
  --demo            load the demo patients
  --if-empty        do nothing when the server has patients already
  --version R4|STU3 the FHIR version of the demo patients
                                                 [default: the server's own]
  --parallel N      how many requests at once    [default: 4]
  -h, --help        show this text

Sign-in, the first that is given:
  --token TOKEN     an access token; or the environment variable FHIR_EDGE_TOKEN
  --client ID --secret SECRET
                    a client that may sign in by itself (client credentials)
                    [default: svc-client of the development identity provider]
  --idp AUTHORITY   its identity provider        [default: the one the server names]
To load as a user: load --token \"$(npm run --silent token -- --user writer)\" FILE...

The exit code is 0 when everything was loaded, 1 when something was refused,
2 when the command line was not understood.
";

const DEFAULT_SERVER: &str = "http://localhost:8787";
const DEFAULT_PARALLEL: usize = 4;
const MOST_PARALLEL: usize = 64;
const TOKEN_VARIABLE: &str = "FHIR_EDGE_TOKEN";

/// What the command line asks for.
#[derive(Debug)]
pub(crate) enum Command {
    /// Show the help.
    Help,
    /// Load.
    Load(Arguments),
}

/// One thing to load.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Input {
    /// The demo patients.
    Demo,
    /// A file.
    File(PathBuf),
    /// Standard input.
    Stdin,
}

/// How to sign in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum SignIn {
    /// With a token that somebody else got.
    Token(String),
    /// By client credentials.
    Client {
        /// The client id.
        id: String,
        /// Its secret.
        secret: String,
    },
    /// As the development client, if the server names an authority at all.
    Development,
}

/// The options of a load.
#[derive(Debug)]
pub(crate) struct Arguments {
    /// The FHIR base URL, without a slash at its end.
    pub(crate) server: String,
    /// How to sign in.
    pub(crate) sign_in: SignIn,
    /// The identity provider, when it is not the server's own.
    pub(crate) authority: Option<String>,
    /// Do nothing when there are patients.
    pub(crate) if_empty: bool,
    /// The FHIR version of the demo patients.
    pub(crate) version: Option<Version>,
    /// Requests at once.
    pub(crate) parallel: usize,
    /// What to load.
    pub(crate) inputs: Vec<Input>,
}

/// Reads the command line; `variable` looks up the environment.
pub(crate) fn parse(
    arguments: impl IntoIterator<Item = OsString>,
    variable: impl Fn(&str) -> Option<String>,
) -> Result<Command> {
    read(arguments, variable).map_err(|error| Failure::new(error.to_string()))
}

fn read(
    arguments: impl IntoIterator<Item = OsString>,
    variable: impl Fn(&str) -> Option<String>,
) -> std::result::Result<Command, lexopt::Error> {
    let mut server = DEFAULT_SERVER.to_owned();
    let mut token = None;
    let (mut client, mut secret, mut authority) = (None, None, None);
    let (mut if_empty, mut demo, mut version) = (false, false, None);
    let mut parallel = DEFAULT_PARALLEL;
    let mut inputs = Vec::new();

    let mut parser = lexopt::Parser::from_args(arguments);
    while let Some(argument) = parser.next()? {
        match argument {
            Long("to") => server = parser.value()?.string()?,
            Long("token") => token = Some(parser.value()?.string()?),
            Long("client") => client = Some(parser.value()?.string()?),
            Long("secret") => secret = Some(parser.value()?.string()?),
            Long("idp") => authority = Some(parser.value()?.string()?),
            Long("demo") => demo = true,
            Long("if-empty") => if_empty = true,
            Long("version") => version = Some(parser.value()?.parse()?),
            Long("parallel") => parallel = parser.value()?.parse()?,
            Short('h') | Long("help") => return Ok(Command::Help),
            Value(path) if path == "-" => inputs.push(Input::Stdin),
            Value(path) => inputs.push(Input::File(path.into())),
            other => return Err(other.unexpected()),
        }
    }
    if !(1..=MOST_PARALLEL).contains(&parallel) {
        return Err(format!("--parallel takes a number from 1 to {MOST_PARALLEL}").into());
    }
    if demo {
        inputs.insert(0, Input::Demo);
    }
    if inputs.is_empty() {
        return Err("nothing to load: name files, or --demo for the demo patients".into());
    }
    let token = token.or_else(|| variable(TOKEN_VARIABLE).filter(|token| !token.is_empty()));
    let sign_in = match (token, client, secret) {
        (_, Some(id), Some(secret)) => SignIn::Client { id, secret },
        (_, Some(_), None) => return Err("--client needs --secret".into()),
        (_, None, Some(_)) => return Err("--secret needs --client".into()),
        (Some(token), None, None) => SignIn::Token(token),
        (None, None, None) => SignIn::Development,
    };
    Ok(Command::Load(Arguments {
        server: server.trim_end_matches('/').to_owned(),
        sign_in,
        authority: authority.map(|authority| authority.trim_end_matches('/').to_owned()),
        if_empty,
        version,
        parallel,
        inputs,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arguments(line: &str) -> Arguments {
        match parse(line.split_whitespace().map(OsString::from), |_| None) {
            Ok(Command::Load(arguments)) => arguments,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn defaults_are_those_of_npm_start() {
        let arguments = arguments("a.json -");
        assert_eq!(arguments.server, "http://localhost:8787");
        assert_eq!(arguments.sign_in, SignIn::Development);
        assert_eq!(arguments.parallel, 4);
        assert_eq!(
            arguments.inputs,
            [Input::File("a.json".into()), Input::Stdin]
        );
    }

    #[test]
    fn every_option_is_read() {
        let arguments = arguments(
            "--to http://x/fhir/ --client c --secret s --idp http://i/ --demo --if-empty --version stu3 --parallel=2",
        );
        assert_eq!(arguments.server, "http://x/fhir");
        assert_eq!(arguments.authority.as_deref(), Some("http://i"));
        assert_eq!(arguments.version, Some(Version::Stu3));
        assert_eq!(arguments.parallel, 2);
        assert!(arguments.if_empty);
        assert_eq!(arguments.inputs, [Input::Demo]);
        let expected = SignIn::Client {
            id: "c".into(),
            secret: "s".into(),
        };
        assert_eq!(arguments.sign_in, expected);
    }

    #[test]
    fn an_explicit_sign_in_goes_before_the_environment() {
        let environment =
            |name: &str| (name == TOKEN_VARIABLE).then(|| "from-environment".to_owned());
        for (line, expected) in [
            ("--demo", SignIn::Token("from-environment".into())),
            ("--demo --token t", SignIn::Token("t".into())),
            (
                "--demo --client c --secret s",
                SignIn::Client {
                    id: "c".into(),
                    secret: "s".into(),
                },
            ),
        ] {
            let command = parse(line.split_whitespace().map(OsString::from), environment).unwrap();
            let Command::Load(arguments) = command else {
                panic!("{line}")
            };
            assert_eq!(arguments.sign_in, expected, "{line}");
        }
    }

    #[test]
    fn mistakes_are_named() {
        for (line, words) in [
            ("", "nothing to load"),
            ("--demo --client c", "--client needs --secret"),
            ("--demo --secret s", "--secret needs --client"),
            ("--demo --parallel 0", "from 1 to 64"),
            ("--demo --version R9", "use R4 or STU3"),
            ("--colour", "--colour"),
        ] {
            let error = parse(line.split_whitespace().map(OsString::from), |_| None).unwrap_err();
            assert!(error.to_string().contains(words), "{line}: {error}");
        }
    }
}
