//! A tiny HTTP server that plays a FHIR server and an identity provider from a script, and keeps
//! what it was sent.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Output, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;

use serde_json::{Value, json};

/// A request as it came in.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) host: String,
    pub(crate) authorization: Option<String>,
    pub(crate) body: String,
}

impl Request {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_default()
    }

    pub(crate) fn entries(&self) -> Vec<Value> {
        self.json()["entry"].as_array().cloned().unwrap_or_default()
    }
}

/// What the script says to a request.
pub(crate) enum Reply {
    /// An answer: status, extra header lines, body.
    Answer(u16, &'static str, Value),
    /// Hang up without a word.
    HangUp,
}

/// Status 200 with a body.
pub(crate) fn ok(body: Value) -> Reply {
    Reply::Answer(200, "", body)
}

/// What a server that takes everything says to a Bundle.
pub(crate) fn taken(request: &Request) -> Reply {
    let count = request.entries().len();
    ok(
        json!({"resourceType": "Bundle", "type": "batch-response", "entry": vec![json!({"response": {"status": "201"}}); count]}),
    )
}

/// The server; it runs until the test ends.
pub(crate) struct Scripted {
    pub(crate) base: String,
    seen: Arc<Mutex<Vec<Request>>>,
}

impl Scripted {
    /// Starts it on a free port. The script gets the request and how many there were of its method
    /// and path before.
    pub(crate) fn start(script: impl Fn(&Request, usize) -> Reply + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let seen: Arc<Mutex<Vec<Request>>> = Arc::default();
        let log = Arc::clone(&seen);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let Some(request) = read(&mut stream) else {
                    continue;
                };
                let earlier = {
                    let mut log = log.lock().unwrap();
                    let same = |other: &&Request| {
                        other.method == request.method && other.path == request.path
                    };
                    let earlier = log.iter().filter(same).count();
                    log.push(request.clone());
                    earlier
                };
                if let Reply::Answer(status, headers, body) = script(&request, earlier) {
                    let body = if body.is_null() {
                        String::new()
                    } else {
                        body.to_string()
                    };
                    let length = body.len();
                    let head = format!(
                        "HTTP/1.1 {status} Script\r\n{headers}connection: close\r\ncontent-length: {length}\r\n\r\n"
                    );
                    stream
                        .write_all(format!("{head}{body}").as_bytes())
                        .unwrap();
                }
            }
        });
        Self { base, seen }
    }

    /// The requests to the FHIR base or below that carried something.
    pub(crate) fn sent(&self) -> Vec<Request> {
        let seen = self.seen.lock().unwrap();
        seen.iter()
            .filter(|request| request.method != "GET" && request.path != "/token")
            .cloned()
            .collect()
    }

    /// The requests to one path.
    pub(crate) fn asked(&self, path: &str) -> Vec<Request> {
        let seen = self.seen.lock().unwrap();
        seen.iter()
            .filter(|request| request.path == path)
            .cloned()
            .collect()
    }

    /// Runs the program against this server.
    pub(crate) fn load(&self, arguments: &[&str], input: &str) -> Output {
        load(&[&["--to", &self.base], arguments].concat(), input)
    }
}

/// Runs the program.
pub(crate) fn load(arguments: &[&str], input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_load"))
        .args(arguments)
        .env_remove("FHIR_EDGE_TOKEN")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // The program may rightly end without reading its input.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

pub(crate) fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

pub(crate) fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn read(stream: &mut TcpStream) -> Option<Request> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let mut parts = line.split_whitespace().map(str::to_owned);
    let (method, path) = (parts.next()?, parts.next()?);
    let (mut length, mut host, mut authorization) = (0, String::new(), None);
    loop {
        let mut header = String::new();
        reader.read_line(&mut header).ok()?;
        let Some((name, value)) = header.trim_end().split_once(": ") else {
            break;
        };
        match name.to_ascii_lowercase().as_str() {
            "content-length" => length = value.parse().ok()?,
            "host" => value.clone_into(&mut host),
            "authorization" => authorization = Some(value.to_owned()),
            _ => {}
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some(Request {
        method,
        path,
        host,
        authorization,
        body: String::from_utf8(body).ok()?,
    })
}
