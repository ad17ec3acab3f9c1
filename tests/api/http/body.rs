//! Bodies: how much is taken, what is refused unread, and what becomes of the connection.
//! <https://www.rfc-editor.org/rfc/rfc9112#section-6>

use crate::samples::patient;
use api::{Server, Settings, unique};
use serde_json::Value;
use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::thread;
use std::time::{Duration, Instant};

/// A connection on which requests are written byte by byte.
struct Wire {
    stream: TcpStream,
    host: String,
}

/// An answer as it came.
#[derive(Debug)]
struct Received {
    status: u16,
    head: String,
    body: Value,
}

impl Wire {
    fn to(server: &Server) -> Self {
        let host = server.base.trim_start_matches("http://").to_owned();
        let stream = TcpStream::connect(host.replace("localhost", "127.0.0.1")).unwrap();
        stream.set_nodelay(true).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(30)))
            .unwrap();
        Self { stream, host }
    }

    /// Writes the head of a request; `headers` are whole lines.
    fn head(&mut self, start: &str, token: Option<&str>, headers: &[&str]) {
        let authorization = token.map(|token| format!("Authorization: Bearer {token}\r\n"));
        let headers: String = headers.iter().map(|line| format!("{line}\r\n")).collect();
        let head = format!(
            "{start} HTTP/1.1\r\nHost: {}\r\n{}{headers}\r\n",
            self.host,
            authorization.unwrap_or_default()
        );
        self.stream.write_all(head.as_bytes()).unwrap();
    }

    /// Writes one chunk; `false` when the server hung up.
    fn chunk(&mut self, bytes: &[u8]) -> bool {
        let framed = [format!("{:x}\r\n", bytes.len()).as_bytes(), bytes, b"\r\n"].concat();
        self.stream.write_all(&framed).is_ok()
    }

    /// Reads one answer; `None` when there is none.
    fn answer(&mut self) -> Option<Received> {
        let mut head = Vec::new();
        let mut byte = [0];
        while !head.ends_with(b"\r\n\r\n") {
            match self.stream.read(&mut byte) {
                Ok(1) => head.push(byte[0]),
                Err(error) if error.kind() == ErrorKind::WouldBlock => panic!("no answer"),
                _ => return None,
            }
        }
        let head = String::from_utf8_lossy(&head).to_ascii_lowercase();
        let header = |name: &str| {
            head.split(&format!("{name}: "))
                .nth(1)?
                .split("\r\n")
                .next()
        };
        let length = header("content-length").and_then(|length| length.parse().ok());
        let mut body = vec![0; length.unwrap_or_default()];
        self.stream.read_exact(&mut body).ok()?;
        Some(Received {
            status: head.split(' ').nth(1)?.parse().ok()?,
            body: serde_json::from_slice(&body).unwrap_or_default(),
            head,
        })
    }

    /// Whether another request on the same connection is answered.
    fn is_alive(&mut self) -> bool {
        let next = format!("GET /health/check HTTP/1.1\r\nHost: {}\r\n\r\n", self.host);
        self.stream.write_all(next.as_bytes()).is_ok()
            && self.answer().is_some_and(|answer| answer.status == 200)
    }
}

const JSON: &str = "Content-Type: application/fhir+json";
const CHUNKED: &str = "Transfer-Encoding: chunked";

#[track_caller]
fn assert_too_large(answer: &Received) {
    assert_eq!(answer.status, 413, "{answer:?}");
    assert_eq!(answer.body["issue"][0]["code"], "too-long", "{answer:?}");
}

#[test]
fn a_body_in_chunks_is_taken_whole() {
    let server = Server::shared();
    let token = server.service_token("svc-client");
    let sample = patient(&unique("chunks")).to_string();
    for size in [1, 7, 64, 100_000] {
        let mut wire = Wire::to(server);
        wire.head("POST /Patient", Some(&token), &[JSON, CHUNKED]);
        for piece in sample.as_bytes().chunks(size) {
            assert!(wire.chunk(piece));
        }
        assert!(wire.chunk(b""));
        let answer = wire.answer().expect("an answer");
        assert_eq!(answer.status, 201, "{answer:?}");
        assert!(wire.is_alive(), "after chunks of {size}");
    }
}

#[test]
fn a_body_in_chunks_is_read_no_further_than_it_is_taken() {
    let server = Server::shared();
    let token = server.service_token("svc-client");
    for (path, content_type, limit) in [
        ("POST /Patient", JSON, 20 << 20),
        (
            "POST /AadSmartOnFhirProxy/token",
            "Content-Type: application/x-www-form-urlencoded",
            64 << 10,
        ),
    ] {
        let mut wire = Wire::to(server);
        wire.head(path, Some(&token), &[content_type, CHUNKED]);
        let mut writer = Wire {
            stream: wire.stream.try_clone().unwrap(),
            host: String::new(),
        };
        // It never ends: an answer shows that nobody waits for the end.
        let writing = thread::spawn(move || {
            let piece = vec![b' '; 1 << 16];
            let mut sent = 0_usize;
            while sent < 1 << 30 && writer.chunk(&piece) {
                sent += piece.len();
            }
            sent
        });
        let answer = wire.answer().expect("an answer");
        assert_too_large(&answer);
        let _ = wire.stream.shutdown(std::net::Shutdown::Both);
        let sent = writing.join().unwrap();
        // What the sockets hold and what is drained comes on top.
        assert!(sent < limit + (24 << 20), "{path}: {sent}");
    }
}

#[test]
fn a_stated_length_is_refused_before_any_of_the_body_is_there() {
    let server = Server::shared();
    let token = server.service_token("svc-client");
    for length in [
        "20971521",
        "4294967296",
        "4294967297",
        "9223372036854775807",
    ] {
        let mut wire = Wire::to(server);
        let start = Instant::now();
        let stated = format!("Content-Length: {length}");
        wire.head("POST /Patient", Some(&token), &[JSON, &stated]);
        let answer = wire.answer().expect("an answer");
        assert_too_large(&answer);
        assert!(start.elapsed() < Duration::from_secs(5), "{length}");
    }
}

#[test]
fn a_length_that_is_no_number_is_refused() {
    // Most of them the runtime refuses itself, in its own words and before the worker sees them.
    let server = Server::shared();
    let token = server.service_token("svc-client");
    for lengths in [
        &["Content-Length: -1"][..],
        &["Content-Length: +5"],
        &["Content-Length: many"],
        &["Content-Length: 0x10"],
        &["Content-Length: 99999999999999999999999"],
        &["Content-Length: 5", "Content-Length: 6"],
        &["Content-Length: 5, 6"],
    ] {
        let mut wire = Wire::to(server);
        wire.head("POST /Patient", Some(&token), &[&[JSON], lengths].concat());
        let _ = wire.stream.shutdown(std::net::Shutdown::Write);
        if let Some(answer) = wire.answer() {
            let is_ours = answer.head.contains("x-request-id");
            assert!(!is_ours || matches!(answer.status, 400 | 413), "{answer:?}");
            assert!(answer.status >= 400, "{lengths:?}: {answer:?}");
        }
    }
    server.admin().get("/Patient?_count=1").expect(200);
}

#[test]
fn who_may_not_write_is_answered_without_the_body() {
    let server = Server::shared();
    let reader = server.user_token("patient");
    for (start, token, status) in [
        ("POST /Patient", None, 401),
        ("PUT /Patient/x", None, 401),
        ("POST /", None, 401),
        ("POST /Patient", Some("no.token.atall"), 401),
        ("POST /Patient", Some(reader.as_str()), 403),
        ("PUT /Patient/x", Some(&reader), 403),
        ("PATCH /Patient/x", Some(&reader), 405),
        ("POST /Nonsense", Some(&reader), 404),
    ] {
        for length in ["Content-Length: 1000", "Content-Length: 20000000", CHUNKED] {
            let mut wire = Wire::to(server);
            let began = Instant::now();
            wire.head(start, token, &[JSON, length]);
            let answer = wire.answer().expect("an answer");
            assert_eq!(answer.status, status, "{start} {length}: {answer:?}");
            let took = began.elapsed();
            assert!(took < Duration::from_secs(5), "{start} {length}: {took:?}");
        }
    }
}

#[test]
fn a_refused_request_with_a_short_body_leaves_the_connection_to_the_next() {
    let server = Server::shared();
    let admin = server.service_token("svc-client");
    let reader = server.user_token("patient");
    let form = "Content-Type: application/x-www-form-urlencoded";
    for (start, token, content_type, size, status) in [
        ("POST /Patient", None, JSON, 500, 401),
        ("POST /Patient", None, JSON, 500_000, 401),
        ("POST /Patient", Some(&reader), JSON, 500, 403),
        ("POST /Patient", Some(&reader), JSON, 3_000_000, 403),
        (
            "POST /Patient",
            Some(&admin),
            "Content-Type: text/plain",
            500,
            415,
        ),
        ("POST /Nonsense", Some(&admin), JSON, 500, 404),
        ("POST /Patient", Some(&admin), JSON, 500, 400),
        ("POST /AadSmartOnFhirProxy/token", None, form, 100_000, 413),
    ] {
        for chunked in [false, true] {
            let mut wire = Wire::to(server);
            let body = vec![b'x'; size];
            let token = token.map(String::as_str);
            if chunked {
                wire.head(start, token, &[content_type, CHUNKED]);
                assert!(wire.chunk(&body) && wire.chunk(b""));
            } else {
                let length = format!("Content-Length: {size}");
                wire.head(start, token, &[content_type, &length]);
                wire.stream.write_all(&body).unwrap();
            }
            let answer = wire.answer().expect("an answer");
            assert_eq!(answer.status, status, "{start} {size}: {answer:?}");
            let closes = answer.head.contains("connection: close");
            assert!(
                !closes && wire.is_alive(),
                "{start} {size} {chunked}: {answer:?}"
            );
        }
    }
}

#[test]
fn an_upload_that_ends_early_is_no_failure_of_the_server() {
    let running = Settings::default().start();
    let server = &running.server;
    let token = server.service_token("svc-client");
    for start in [
        "POST /Patient",
        "PUT /Patient/x",
        "POST /",
        "POST /Patient/_search",
    ] {
        let form = "Content-Type: application/x-www-form-urlencoded";
        let content_type = if start.ends_with("search") {
            form
        } else {
            JSON
        };
        for framing in ["Content-Length: 400000", CHUNKED] {
            for half_closed in [true, false] {
                let mut wire = Wire::to(server);
                wire.head(start, Some(&token), &[content_type, framing]);
                if framing == CHUNKED {
                    assert!(wire.chunk(b"{\"resourceType\":"));
                } else {
                    wire.stream.write_all(b"{\"resourceType\":").unwrap();
                }
                thread::sleep(Duration::from_millis(50));
                if half_closed {
                    wire.stream.shutdown(std::net::Shutdown::Write).unwrap();
                    if let Some(answer) = wire.answer() {
                        assert_eq!(answer.status, 400, "{start} {framing}: {answer:?}");
                    }
                }
            }
        }
    }
    server.admin().get("/Patient?_count=1").expect(200);
    let log = running.log();
    assert_eq!(log.lines().collect::<Vec<_>>(), Vec::<&str>::new());
    // Of a chunk that is none the runtime writes a line, the worker none.
    let mut wire = Wire::to(server);
    wire.head("POST /Patient", Some(&token), &[JSON, CHUNKED]);
    wire.stream.write_all(b"nonsense\r\n").unwrap();
    if let Some(answer) = wire.answer() {
        assert_eq!(answer.status, 400, "{answer:?}");
    }
    server.admin().get("/Patient?_count=1").expect(200);
    assert!(!running.log().contains("request "), "{}", running.log());
}
