//! The table that is printed and the JSON that is kept.

use crate::load::Measured;
use crate::runtime::Setup;
use serde_json::json;
use std::error::Error;
use std::fs;

/// One operation against its bare counterpart.
pub(crate) struct Comparison {
    name: String,
    budget: Option<f64>,
    ours: f64,
    theirs: f64,
    ratio: f64,
    per_second: f64,
}

impl Comparison {
    pub(crate) fn new(name: &str, budget: Option<f64>, rounds: &[(Measured, Measured)]) -> Self {
        let of = |value: &dyn Fn(&(Measured, Measured)) -> f64| {
            median(rounds.iter().map(value).collect())
        };
        Self {
            name: name.to_owned(),
            budget,
            ours: of(&|(ours, _)| ours.cpu),
            theirs: of(&|(_, theirs)| theirs.cpu),
            ratio: of(&|(ours, theirs)| ours.cpu / theirs.cpu),
            per_second: of(&|(ours, _)| ours.per_second),
        }
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}

/// Prints the table and writes `bench-results.json`.
pub(crate) fn print(
    comparisons: &[Comparison],
    resources_per_second: f64,
    first_answer: f64,
    setup: &Setup,
) -> Result<(), Box<dyn Error>> {
    println!(
        "\n{:<18} {:>10} {:>10} {:>7} {:>8} {:>11}",
        "operation", "CPU us", "bare us", "ratio", "budget", "requests/s"
    );
    for c in comparisons {
        let budget = c
            .budget
            .map_or_else(|| "-".into(), |budget| format!("{budget:.1}"));
        println!(
            "{:<18} {:>10.0} {:>10.0} {:>7.2} {:>8} {:>11.0}",
            c.name, c.ours, c.theirs, c.ratio, budget, c.per_second
        );
    }
    println!("transaction of 200: {resources_per_second:.0} resources/s (budget 2000)");
    println!(
        "first answer after start: {:.0} ms (budget 100)",
        first_answer * 1000.0
    );
    println!("worker: {} KB gzip (budget 1536)", setup.worker_gzip / 1024);
    let results = json!({
        "comparisons": comparisons.iter().map(|c| json!({
            "operation": c.name, "cpuMicroseconds": c.ours, "bareCpuMicroseconds": c.theirs,
            "ratio": c.ratio, "budget": c.budget, "requestsPerSecond": c.per_second,
        })).collect::<Vec<_>>(),
        "transactionResourcesPerSecond": resources_per_second,
        "firstAnswerSeconds": first_answer,
        "workerGzipBytes": setup.worker_gzip,
    });
    fs::write("bench-results.json", format!("{results:#}\n"))?;
    println!("\nkept in bench-results.json");
    Ok(())
}
