//! Routes that are not there, and bodies that are too large.

use crate::samples::patient_with_id;
use api::{Client, Server, assert_outcome, unique};
use serde_json::json;
use std::io::{Read, Write};
use std::net::TcpStream;

#[test]
fn a_path_that_leads_nowhere_is_not_found() {
    let client = Server::shared().admin();
    for (method, path) in [
        ("GET", "/Nonsense"),
        ("GET", "/Nonsense/1"),
        ("POST", "/Nonsense"),
        ("GET", "/patient/1"),
        ("GET", "/Patient/1/2/3/4/5"),
        ("GET", "/nothing/here"),
        ("PUT", "/HumanName/1"),
        ("DELETE", "/Resource/1"),
        ("GET", "/DomainResource"),
        ("POST", "/fault/panic"),
    ] {
        let request = client.request(method, path);
        let request = if method == "GET" || method == "DELETE" {
            request
        } else {
            request.json(&json!({}))
        };
        assert_outcome(&request.send(), 404, "not-found", "");
    }
}

#[test]
fn a_method_that_is_not_mapped_is_not_allowed() {
    let client = Server::shared().admin();
    for (method, path) in [
        ("PUT", "/Patient"),
        ("DELETE", "/Patient"),
        ("POST", "/Patient/1"),
        ("PUT", "/Patient/1/_history/1"),
        ("DELETE", "/Patient/1/_history/1"),
        ("POST", "/Patient/1/_history"),
        ("PUT", "/"),
        ("DELETE", "/"),
        ("POST", "/metadata"),
        ("DELETE", "/metadata"),
        ("POST", "/health/check"),
        ("POST", "/$versions"),
        ("POST", "/app/"),
        ("OPTIONS", "/Patient"),
    ] {
        let request = client.request(method, path);
        let answer = if matches!(method, "PUT" | "POST") {
            request.json(&json!({})).send()
        } else {
            request.send()
        };
        assert_outcome(&answer, 405, "not-supported", method);
    }
}

/// Sends a body of `size` bytes and reads the status of the answer, which may come before the
/// whole body was sent.
fn status_of_body(client: &Client, token: &str, size: usize) -> String {
    let host = client.base.trim_start_matches("http://");
    let mut stream = TcpStream::connect(host.replace("localhost", "127.0.0.1")).unwrap();
    let head = format!(
        "POST /Binary HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\n\
         Content-Type: application/fhir+json\r\nContent-Length: {size}\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).unwrap();
    let mut reader = stream.try_clone().unwrap();
    let writing = std::thread::spawn(move || {
        let piece = vec![b' '; 1 << 20];
        let mut left = size;
        while left > 0 {
            let now = left.min(piece.len());
            // The server may hang up once it has answered.
            if stream.write_all(&piece[..now]).is_err() {
                return;
            }
            left -= now;
        }
    });
    let mut answer = Vec::new();
    let _ = reader.read_to_end(&mut answer);
    writing.join().unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

#[test]
fn a_body_of_more_than_20_mb_is_too_large() {
    let server = Server::shared();
    let token = server.service_token("svc-client");
    let answer = status_of_body(&server.admin(), &token, (20 << 20) + 1);
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
    assert!(
        answer.contains("OperationOutcome") && answer.contains("20 MB"),
        "{answer}"
    );
    let answer = status_of_body(&server.admin(), &token, 20 << 20);
    assert!(answer.starts_with("HTTP/1.1 400"), "{answer}");
    server.admin().get("/Patient?_count=1").expect(200);
}

#[test]
fn addresses_may_be_percent_encoded() {
    let client = Server::shared().admin();
    let id = unique("path");
    client.save(&patient_with_id(&id));
    let encoded = id.replace('-', "%2D");
    client.get(&format!("/Patient/{encoded}")).expect(200);
    client.get(&format!("//Patient//{id}/")).expect(200);
}

/// Reads one answer with a Content-Length; its head.
fn read_one(stream: &mut TcpStream) -> Option<String> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte).ok()?;
        head.push(byte[0]);
    }
    let head = String::from_utf8_lossy(&head).to_ascii_lowercase();
    let length = head
        .split("content-length: ")
        .nth(1)?
        .split("\r\n")
        .next()?;
    let mut body = vec![0; length.parse().ok()?];
    stream.read_exact(&mut body).ok()?;
    Some(head)
}

#[test]
fn a_refusal_before_the_body_was_read_does_not_break_the_connection() {
    let server = Server::shared();
    let token = server.service_token("svc-client");
    let host = server.base.trim_start_matches("http://").to_owned();
    let body = patient_with_id("x").to_string();
    for (path, content_type) in [
        ("/Patient", "text/plain"),
        ("/Nonsense", "application/json"),
        ("/Patient/x/_history", "application/json"),
    ] {
        let mut stream = TcpStream::connect(host.replace("localhost", "127.0.0.1")).unwrap();
        let refused = format!(
            "POST {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\n\
             Content-Type: {content_type}\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(refused.as_bytes()).unwrap();
        let first = read_one(&mut stream).expect("an answer");
        assert!(first.starts_with("http/1.1 4"), "{first}");
        if first.contains("connection: close") {
            continue;
        }
        let next = format!("GET /health/check HTTP/1.1\r\nHost: {host}\r\n\r\n");
        let _ = stream.write_all(next.as_bytes());
        let second = read_one(&mut stream);
        assert!(
            second.is_some_and(|head| head.starts_with("http/1.1 200")),
            "{path}: the connection was closed without a word; clients that keep connections fail"
        );
    }
}
