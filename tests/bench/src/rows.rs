//! How searches grow with the store: the shapes of public comparisons at 10 000 rows and at many
//! more. `npm run bench -- --rows 1000000`

use crate::connection::{Connection, Reply};
use crate::population::{CODES, OF_PATIENT, drawn, entries, family, location, practitioner};
use crate::runtime::Runtime;
use serde_json::{Value, json};
use std::error::Error;
use std::fs;
use std::time::Instant;

/// The rows at which each shape is measured first.
const SMALL: usize = 10_000;
/// How many patients a transaction brings.
const TOGETHER: usize = 8;
/// How often each shape is asked for, with other values each time.
const REQUESTS: usize = 300;
const FHIR: &str = "application/fhir+json";

/// A search by the number that draws its values, among so many patients.
type Shape = fn(u64, usize) -> String;

const SHAPES: [(&str, Shape); 17] = [
    ("read by id", |n, p| format!("/Patient/p{}", drawn(n, p))),
    ("by identifier", |n, p| {
        format!(
            "/Patient?identifier=http://hospital.example/mrn%7Cmrn-{}",
            drawn(n, p)
        )
    }),
    ("by name prefix", |n, p| {
        let name: String = family(drawn(n, p)).chars().take(4).collect();
        format!("/Patient?name={name}")
    }),
    ("by gender and family", |n, p| {
        let gender = if n.is_multiple_of(2) {
            "female"
        } else {
            "male"
        };
        format!("/Patient?gender={gender}&family={}", family(drawn(n, p)))
    }),
    ("by birth date range", |n, _| {
        let year = 1930 + drawn(n, 80);
        format!("/Patient?birthdate=ge{year}-01-01&birthdate=lt{year}-02-01")
    }),
    ("by patient", |n, p| {
        format!("/Observation?patient=p{}", drawn(n, p))
    }),
    ("by patient and code", |n, p| {
        format!("/Observation?patient=p{}&code={}", drawn(n, p), code(n))
    }),
    ("by patient, newest first", |n, p| {
        format!("/Observation?patient=p{}&_sort=-date", drawn(n, p))
    }),
    ("by code", |n, _| format!("/Observation?code={}", code(n))),
    ("by code and date range", |n, _| {
        let year = 2010 + drawn(n, 16);
        format!(
            "/Observation?code={}&date=ge{year}-03-01&date=lt{year}-03-08",
            code(n)
        )
    }),
    ("by code, newest first", |n, _| {
        format!("/Observation?code={}&_sort=-date", code(n))
    }),
    ("newest first", |n, _| {
        format!("/Observation?_sort=-date&_count={}", 10 + n % 2)
    }),
    ("last updated first", |n, _| {
        format!("/Observation?_sort=-_lastUpdated&_count={}", 10 + n % 2)
    }),
    ("by practitioner", |n, p| {
        format!("/Encounter?participant={}", practitioner(drawn(n, p)))
    }),
    ("by location", |n, p| {
        format!("/Encounter?location={}", location(drawn(n, p)))
    }),
    ("count of a patient", |n, p| {
        format!("/Observation?patient=p{}&_summary=count", drawn(n, p))
    }),
    ("count of a family", |n, p| {
        format!("/Patient?family={}&_summary=count", family(drawn(n, p)))
    }),
];

fn code(n: u64) -> &'static str {
    let (code, ..) = CODES
        .get(drawn(n, CODES.len()))
        .copied()
        .unwrap_or_default();
    code
}

/// What one shape costs.
struct Cost {
    /// Milliseconds.
    p50: f64,
    p95: f64,
    p99: f64,
    /// CPU time of the runtime per request, in microseconds.
    cpu: f64,
    /// Rows read per request, by the charge that the server states.
    rows_read: f64,
    /// Requests that the server refused as too costly.
    refused: usize,
}

/// Where the store stands.
struct Stage {
    rows: usize,
    megabytes: f64,
    bytes_per_resource: f64,
    costs: Vec<Cost>,
}

/// Loads `rows` resources and measures the shapes on the way and at the end.
pub(crate) fn run(server: &Runtime, bearer: &str, rows: usize) -> Result<(), Box<dyn Error>> {
    let mut connection = Connection::open(server.port, Some(bearer))?;
    let mut loaded = 0;
    let mut stages = Vec::new();
    for rows in [SMALL.min(rows), rows] {
        let patients = rows / OF_PATIENT;
        load(&mut connection, loaded, patients)?;
        loaded = patients;
        stages.push(Stage {
            rows: patients * OF_PATIENT,
            megabytes: server.resident_megabytes()?,
            bytes_per_resource: server.stored_bytes()? as f64 / (patients * OF_PATIENT) as f64,
            costs: measure(server, &mut connection, patients)?,
        });
    }
    print(&stages)?;
    Ok(())
}

/// Brings the patients from `first` to before `last`, and says how far it is.
fn load(connection: &mut Connection, first: usize, last: usize) -> Result<(), Box<dyn Error>> {
    let start = Instant::now();
    for patient in (first..last).step_by(TOGETHER) {
        let together = (patient..last.min(patient + TOGETHER)).flat_map(entries);
        let body = json!({
            "resourceType": "Bundle", "type": "transaction", "entry": together.collect::<Vec<_>>(),
        });
        let reply = connection.request("POST", "/", FHIR, body.to_string().as_bytes())?;
        if reply.status != 200 {
            let body = String::from_utf8_lossy(&reply.body);
            return Err(format!("loading was answered with {}: {body}", reply.status).into());
        }
        if (patient / TOGETHER).is_multiple_of(250) {
            let rows = (patient - first) * OF_PATIENT;
            let per_second = rows as f64 / start.elapsed().as_secs_f64();
            println!("{} rows, {per_second:.0} a second", patient * OF_PATIENT);
        }
    }
    Ok(())
}

fn measure(
    server: &Runtime,
    connection: &mut Connection,
    patients: usize,
) -> Result<Vec<Cost>, Box<dyn Error>> {
    let mut costs = Vec::with_capacity(SHAPES.len());
    for (name, shape) in SHAPES {
        let mut times = Vec::with_capacity(REQUESTS);
        let (mut rows_read, mut refused) = (0.0, 0);
        let before = server.cpu_seconds()?;
        for n in 0..REQUESTS {
            let path = shape(n as u64, patients);
            let start = Instant::now();
            let reply = connection.request("GET", &path, FHIR, b"")?;
            times.push(start.elapsed().as_secs_f64() * 1000.0);
            rows_read += reply.charge * 10.0;
            match reply.status {
                200 => {}
                400 if is_too_costly(&reply) => refused += 1,
                status => {
                    let body = String::from_utf8_lossy(&reply.body);
                    return Err(format!("{name}: {path} was answered with {status}: {body}").into());
                }
            }
        }
        times.sort_by(f64::total_cmp);
        let at = |share: usize| {
            times
                .get(REQUESTS * share / 100)
                .copied()
                .unwrap_or_default()
        };
        costs.push(Cost {
            p50: at(50),
            p95: at(95),
            p99: at(99),
            cpu: (server.cpu_seconds()? - before) / REQUESTS as f64 * 1e6,
            rows_read: rows_read / REQUESTS as f64,
            refused,
        });
    }
    Ok(costs)
}

fn is_too_costly(reply: &Reply) -> bool {
    let outcome: Value = serde_json::from_slice(&reply.body).unwrap_or_default();
    let code = outcome.pointer("/issue/0/code").and_then(Value::as_str);
    code == Some("too-costly")
}

/// Prints the table, as Markdown, and writes `bench-rows.json`.
fn print(stages: &[Stage]) -> Result<(), Box<dyn Error>> {
    let [small, large] = stages else {
        return Err("two stages are measured".into());
    };
    println!(
        "\n| shape | p50 at {} | p50 at {} | growth | p95 | p99 | CPU us | rows read | refused |",
        small.rows, large.rows
    );
    println!("|---|---|---|---|---|---|---|---|---|");
    let mut shapes = Vec::new();
    let costs = small.costs.iter().zip(&large.costs);
    for ((name, _), (before, after)) in SHAPES.iter().zip(costs) {
        println!(
            "| {name} | {:.2} | {:.2} | {:.2} | {:.2} | {:.2} | {:.0} | {:.0} | {} |",
            before.p50,
            after.p50,
            after.p50 / before.p50,
            after.p95,
            after.p99,
            after.cpu,
            after.rows_read,
            after.refused
        );
        shapes.push(json!({
            "shape": name, "p50Small": before.p50, "p50": after.p50, "p95": after.p95,
            "p99": after.p99, "cpuMicroseconds": after.cpu, "rowsRead": after.rows_read,
            "refused": after.refused,
        }));
    }
    for stage in stages {
        println!(
            "{} rows: {:.0} bytes stored per resource, {:.0} MB resident",
            stage.rows, stage.bytes_per_resource, stage.megabytes
        );
    }
    let results = json!({ "rows": large.rows, "bytesPerResource": large.bytes_per_resource,
        "residentMegabytes": large.megabytes, "shapes": shapes });
    fs::write("bench-rows.json", format!("{results:#}\n"))?;
    println!("\nkept in bench-rows.json");
    Ok(())
}
