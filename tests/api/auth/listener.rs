//! A web server on this machine that answers with fixed documents and remembers who came: a
//! provider of our own making, or a place that nobody must ever be led to.

use serde_json::Value;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

pub(super) struct Listener {
    /// `http://localhost:port`
    pub(super) url: String,
    documents: Arc<Mutex<Vec<(String, Value)>>>,
    visits: Arc<AtomicUsize>,
}

impl Listener {
    pub(super) fn open() -> Self {
        let socket = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = socket.local_addr().expect("an address").port();
        let documents: Arc<Mutex<Vec<(String, Value)>>> = Arc::default();
        let visits: Arc<AtomicUsize> = Arc::default();
        let (known, counter) = (Arc::clone(&documents), Arc::clone(&visits));
        thread::spawn(move || {
            for stream in socket.incoming().flatten() {
                counter.fetch_add(1, Ordering::SeqCst);
                let known = known.lock().expect("no panic").clone();
                // A visitor that hangs up is none of our concern.
                let _ = answer(stream, &known);
            }
        });
        Self {
            url: format!("http://localhost:{port}"),
            documents,
            visits,
        }
    }

    /// Answers with `document` at a path from now on.
    pub(super) fn serve(&self, path: &str, document: Value) {
        let mut documents = self.documents.lock().expect("no panic");
        documents.push((path.to_owned(), document));
    }

    /// Has nothing at a path from now on.
    pub(super) fn withdraw(&self, path: &str) {
        let mut documents = self.documents.lock().expect("no panic");
        documents.retain(|(known, _)| known != path);
    }

    /// How many connections there were.
    pub(super) fn visits(&self) -> usize {
        self.visits.load(Ordering::SeqCst)
    }
}

fn answer(mut stream: TcpStream, documents: &[(String, Value)]) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut request = String::new();
    reader.read_line(&mut request)?;
    let mut header = String::new();
    while reader.read_line(&mut header)? > 2 {
        header.clear();
    }
    let path = request.split(' ').nth(1).unwrap_or_default();
    let found = documents.iter().find(|(known, _)| known == path);
    let (status, body) = match found {
        Some((_, document)) => ("200 OK", document.to_string()),
        None => ("404 Not Found", String::from("{}")),
    };
    write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\
         Connection: close\r\n\r\n{body}",
        body.len()
    )
}
