//! One load from beginning to end.

use std::sync::Arc;

use demo::Version;

use crate::arguments::{Arguments, Input};
use crate::delivery::Unit;
use crate::failure::Result;
use crate::pool::{self, Queue};
use crate::progress::{Progress, Summary};
use crate::server::Server;
use crate::source;

/// A unit and the name of where it came from.
struct Job {
    source: Arc<str>,
    unit: Unit,
}

/// Loads what the command line names.
pub(crate) fn run(arguments: &Arguments) -> Result<Summary> {
    let server = Server::connect(arguments)?;
    if arguments.if_empty {
        let patients = server.patients()?;
        if patients > 0 {
            return Ok(Summary::not_empty(patients));
        }
    }
    let version = match arguments.version {
        None if arguments.inputs.contains(&Input::Demo) => Some(server.version()?),
        version => version,
    };
    let progress = Progress::start();
    pool::run(
        arguments.parallel,
        |queue| {
            let (first, others): (Vec<_>, Vec<_>) = arguments
                .inputs
                .iter()
                .partition(|input| source::goes_first(input));
            first
                .iter()
                .for_each(|input| enqueue(input, version, &progress, queue));
            queue.drain();
            others
                .iter()
                .for_each(|input| enqueue(input, version, &progress, queue));
        },
        |job: Job| {
            let delivery = job.unit.deliver(&server);
            progress.delivered(&job.source, &delivery);
        },
    );
    Ok(progress.finish())
}

fn enqueue(input: &Input, version: Option<Version>, progress: &Progress, queue: &Queue<'_, Job>) {
    let source: Arc<str> = source::name(input).into();
    progress.open(&source);
    source::read(input, version, &mut |unit| match unit {
        Ok(unit) => {
            progress.expect(unit.count());
            queue.push(Job {
                source: Arc::clone(&source),
                unit,
            });
        }
        Err(failure) => progress.unreadable(&source, &failure.to_string()),
    });
}
