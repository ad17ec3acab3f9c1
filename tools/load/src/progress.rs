//! What the person sees while it loads: a bar on a terminal, a line now and then elsewhere; and the
//! count of it all.

use std::fmt;
use std::io::{self, IsTerminal};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressState, ProgressStyle};

use crate::clock::Stopwatch;
use crate::delivery::Delivery;

const BETWEEN_LINES: Duration = Duration::from_secs(5);
/// A broken file may have a million bad lines; nobody reads more than some.
const MOST_REASONS: usize = 50;

/// The progress of one run.
pub(crate) struct Progress {
    bar: Option<ProgressBar>,
    watch: Stopwatch,
    count: Mutex<Count>,
}

#[derive(Default)]
struct Count {
    files: usize,
    loaded: usize,
    refused: usize,
    unread: usize,
    reasons: usize,
    suppressed: usize,
    last_reason: String,
    last_line: Duration,
}

/// The end of it.
#[derive(Debug)]
pub(crate) struct Summary {
    files: usize,
    loaded: usize,
    refused: usize,
    unread: usize,
    seconds: f64,
    nothing_to_do: Option<u64>,
}

impl Summary {
    /// Nothing was loaded because the server has so many patients already.
    pub(crate) fn not_empty(patients: u64) -> Self {
        Self {
            files: 0,
            loaded: 0,
            refused: 0,
            unread: 0,
            seconds: 0.0,
            nothing_to_do: Some(patients),
        }
    }

    /// Whether everything was loaded.
    pub(crate) fn complete(&self) -> bool {
        self.refused == 0 && self.unread == 0
    }
}

impl Progress {
    /// Starts counting.
    pub(crate) fn start() -> Self {
        let bar = io::stderr()
            .is_terminal()
            .then(|| ProgressBar::new(0).with_style(style()));
        Self {
            bar,
            watch: Stopwatch::start(),
            count: Mutex::default(),
        }
    }

    /// A source was opened.
    pub(crate) fn open(&self, source: &str) {
        self.count().files += 1;
        if let Some(bar) = &self.bar {
            bar.set_message(source.to_owned());
        }
    }

    /// So many more resources are on their way.
    pub(crate) fn expect(&self, resources: usize) {
        if let Some(bar) = &self.bar {
            bar.inc_length(resources as u64);
        }
    }

    /// A unit was delivered.
    pub(crate) fn delivered(&self, source: &str, delivery: &Delivery) {
        for reason in &delivery.reasons {
            self.say(&format!("{source}: {reason}"));
        }
        let mut count = self.count();
        count.loaded += delivery.loaded;
        count.refused += delivery.refused;
        match &self.bar {
            Some(bar) => bar.inc((delivery.loaded + delivery.refused) as u64),
            None => {
                let elapsed = self.watch.elapsed();
                if elapsed.saturating_sub(count.last_line) >= BETWEEN_LINES {
                    count.last_line = elapsed;
                    let rate = count.loaded as f64 / elapsed.as_secs_f64();
                    eprintln!("{} resources loaded, {rate:.0} resources/s", count.loaded);
                }
            }
        }
    }

    /// A source or a part of it could not be read.
    pub(crate) fn unreadable(&self, source: &str, reason: &str) {
        self.count().unread += 1;
        self.say(&format!("{source}: {reason}"));
    }

    /// The end.
    pub(crate) fn finish(self) -> Summary {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
        let seconds = self.watch.elapsed().as_secs_f64();
        let count = self.count();
        if count.suppressed > 0 {
            eprintln!("... and {} more of such", count.suppressed);
        }
        Summary {
            files: count.files,
            loaded: count.loaded,
            refused: count.refused,
            unread: count.unread,
            seconds,
            nothing_to_do: None,
        }
    }

    fn say(&self, line: &str) {
        let mut count = self.count();
        // What is wrong with everything, such as the token, is said once.
        if count.reasons >= MOST_REASONS || count.last_reason == line {
            count.suppressed += 1;
            return;
        }
        count.reasons += 1;
        line.clone_into(&mut count.last_reason);
        match &self.bar {
            Some(bar) => bar.suspend(|| eprintln!("{line}")),
            None => eprintln!("{line}"),
        }
    }

    fn count(&self) -> MutexGuard<'_, Count> {
        self.count.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn style() -> ProgressStyle {
    ProgressStyle::with_template("{bar:30} {pos}/{len} resources, {rate} {wide_msg:.dim}")
        .unwrap_or_else(|_| ProgressStyle::default_bar())
        .with_key("rate", |state: &ProgressState, out: &mut dyn fmt::Write| {
            // The bar has nowhere to report a failed write to.
            let _ = write!(out, "{:.0}/s", state.per_sec());
        })
}

fn plural(count: usize, one: &str) -> String {
    if count == 1 {
        format!("1 {one}")
    } else {
        format!("{count} {one}s")
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(patients) = self.nothing_to_do {
            return write!(
                f,
                "The server has {patients} patients already: nothing loaded."
            );
        }
        let rate = self.loaded as f64 / self.seconds.max(0.001);
        write!(
            f,
            "Loaded {}: {} in {:.1} s ({rate:.0} resources/s)",
            plural(self.files, "file"),
            plural(self.loaded, "resource"),
            self.seconds,
        )?;
        if self.refused > 0 {
            write!(f, "; {} refused", plural(self.refused, "resource"))?;
        }
        if self.unread > 0 {
            write!(f, "; {} not readable", plural(self.unread, "part"))?;
        }
        f.write_str(".")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_summary_counts_everything() {
        let progress = Progress::start();
        progress.open("a");
        progress.delivered(
            "a",
            &Delivery {
                loaded: 3,
                refused: 1,
                reasons: vec!["entry 1: no".into()],
            },
        );
        progress.unreadable("a", "line 5: bad");
        let mut summary = progress.finish();
        assert!(!summary.complete());
        summary.seconds = 1.5;
        assert_eq!(
            summary.to_string(),
            "Loaded 1 file: 3 resources in 1.5 s (2 resources/s); 1 resource refused; 1 part not readable."
        );
        let full = Summary::not_empty(12);
        assert!(full.complete());
        assert_eq!(
            full.to_string(),
            "The server has 12 patients already: nothing loaded."
        );
    }
}
