//! The benchmark: the server and the bare operations on raw workerd, in turn, in one run.
//!
//! Wall times of a shared machine mean little; what is compared is the CPU time of the two
//! runtimes per request, as ratios, round by round; their median is printed. `npm run bench`.
//! With `--rows N` it is the growth of searches with the store, see `rows.rs`.

mod connection;
mod load;
mod population;
mod report;
mod rows;
mod runtime;

use load::{Load, Measured};
use report::Comparison;
use runtime::{Runtime, Setup};
use std::error::Error;

const ROUNDS: usize = 5;
/// Bodies that are there before reads and searches are measured.
const SEEDED: usize = 2000;

fn main() -> Result<(), Box<dyn Error>> {
    let setup = Setup::from_arguments()?;
    let provider = runtime::Provider::start(&setup)?;
    let server = Runtime::server(&setup, &provider)?;
    let token = provider.token(&setup)?;
    let bearer = format!("Bearer {token}");
    if let Some(rows) = setup.rows {
        return rows::run(&server, &bearer, rows);
    }
    let bare = Runtime::bare(&setup)?;
    let start = server.first_answer;

    let observation = load::observation();
    let ours = Load::new(&server, Some(&bearer));
    // The same request on either side: a token costs something before anybody looks at it.
    let theirs = Load::new(&bare, Some(&bearer));
    println!("seeding {SEEDED} resources on either side");
    let ids = ours.create_many("/Observation", &observation, SEEDED)?;
    let bare_ids = theirs.create_many("/insert/15", &observation, SEEDED)?;

    let mut comparisons = Vec::new();
    let mut compare =
        |name: &str, budget: Option<f64>, a: &dyn Fn() -> Measure, b: &dyn Fn() -> Measure| {
            let mut rounds = Vec::new();
            for _ in 0..ROUNDS {
                rounds.push((a()?, b()?));
            }
            comparisons.push(Comparison::new(name, budget, &rounds));
            Ok::<(), Box<dyn Error>>(())
        };
    compare("hello", None, &|| ours.get("/$versions"), &|| {
        theirs.get("/hello")
    })?;
    let (Some(id), Some(bare_id)) = (ids.first(), bare_ids.first()) else {
        return Err("nothing was seeded".into());
    };
    let (read, bare_read) = (format!("/Observation/{id}"), format!("/read/{bare_id}"));
    compare("read by id", Some(1.4), &|| ours.get(&read), &|| {
        theirs.get(&bare_read)
    })?;
    let search = "/Observation?identifier=c7&_count=10";
    compare("search, 10 hits", Some(1.5), &|| ours.get(search), &|| {
        theirs.get("/search/c7")
    })?;
    compare(
        "create",
        Some(1.6),
        &|| ours.post("/Observation", &observation),
        &|| theirs.post("/insert/15", &observation),
    )?;
    let transaction = ours.transactions(&load::transaction(200), 200)?;
    report::print(&comparisons, transaction, start, &setup)?;
    Ok(())
}

type Measure = Result<Measured, Box<dyn Error>>;
