//! `load`: sends FHIR Bundles, single resources and NDJSON to a FHIR server
//! (<https://hl7.org/fhir/R4/http.html#transaction>), shows the progress, waits when the server asks
//! for patience, and says in plain words what the server refused.

mod arguments;
mod bundle;
mod clock;
mod delivery;
mod entry;
mod failure;
mod http;
mod outcome;
mod patience;
mod pool;
mod progress;
mod run;
mod server;
mod source;
mod token;

use std::env;
use std::process::ExitCode;

use arguments::Command;

/// Something was not loaded.
const NOT_ALL_LOADED: u8 = 1;
/// The command line was not understood.
const USAGE: u8 = 2;

fn main() -> ExitCode {
    let arguments = match arguments::parse(env::args_os().skip(1), |name| env::var(name).ok()) {
        Ok(Command::Load(arguments)) => arguments,
        Ok(Command::Help) => {
            print!("{}", arguments::HELP);
            return ExitCode::SUCCESS;
        }
        Err(error) => {
            eprintln!("load: {error}\nTry 'load --help'.");
            return ExitCode::from(USAGE);
        }
    };
    match run::run(&arguments) {
        Ok(summary) => {
            println!("{summary}");
            if summary.complete() {
                ExitCode::SUCCESS
            } else {
                ExitCode::from(NOT_ALL_LOADED)
            }
        }
        Err(error) => {
            eprintln!("load: {error}");
            ExitCode::from(NOT_ALL_LOADED)
        }
    }
}
