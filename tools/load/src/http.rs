//! One HTTP exchange, repeated while the server is busy, restarting or dropping connections.
//!
//! A dropped connection is tried again although the request may have arrived: updates and whole
//! transactions of updates are harmless to repeat, and that is what this program mostly sends.

use std::io::ErrorKind;
use std::thread;
use std::time::Duration;

use ureq::{Agent, http};

use crate::failure::{Failure, Result};
use crate::patience::{Patience, retry_after};

const LONGEST_ANSWER: u64 = 256 << 20;
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
const ANSWER_TIMEOUT: Duration = Duration::from_secs(300);
const TOO_MANY_REQUESTS: u16 = 429;
const SERVICE_UNAVAILABLE: u16 = 503;

/// A request that may be sent several times.
pub(crate) struct Request<'a> {
    /// GET, POST or PUT.
    pub(crate) method: &'a str,
    /// The absolute URL.
    pub(crate) url: &'a str,
    /// The headers.
    pub(crate) headers: &'a [(&'a str, &'a str)],
    /// The body, empty for none.
    pub(crate) body: &'a [u8],
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    /// The status code.
    pub(crate) status: u16,
    /// The body.
    pub(crate) body: String,
    /// When the server wants to be asked again.
    pub(crate) retry_after: Option<Duration>,
}

impl Answer {
    /// Whether the status is one of success.
    pub(crate) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

/// Whether a status means: the same again later.
pub(crate) fn is_busy(status: u16) -> bool {
    matches!(status, TOO_MANY_REQUESTS | SERVICE_UNAVAILABLE)
}

/// An HTTP client for one host; a machine's own services are never reached through a proxy.
pub(crate) fn agent(url: &str) -> Agent {
    let mut config = Agent::config_builder()
        .http_status_as_error(false)
        .timeout_connect(Some(CONNECT_TIMEOUT))
        .timeout_recv_response(Some(ANSWER_TIMEOUT));
    let host = url.split("://").nth(1).unwrap_or(url);
    if ["localhost", "127.", "[::1]"]
        .iter()
        .any(|own| host.starts_with(own))
    {
        config = config.proxy(None);
    }
    config.build().new_agent()
}

/// Sends a request until it is answered by something else than "busy", or patience ends.
pub(crate) fn exchange(
    agent: &Agent,
    request: &Request<'_>,
    mut patience: Patience,
) -> Result<Answer> {
    loop {
        let (answer, pause) = match send(agent, request) {
            Ok(answer) if is_busy(answer.status) => {
                let pause = patience.pause(answer.retry_after);
                (Ok(answer), pause)
            }
            Ok(answer) => return Ok(answer),
            Err(error) => {
                let pause = if passes(&error) {
                    patience.pause(None)
                } else {
                    None
                };
                (Err(Failure::new(words(request.url, &error))), pause)
            }
        };
        match pause {
            Some(pause) => thread::sleep(pause),
            None => return answer,
        }
    }
}

fn send(agent: &Agent, request: &Request<'_>) -> std::result::Result<Answer, ureq::Error> {
    let mut builder = http::Request::builder()
        .method(request.method)
        .uri(request.url);
    for (name, value) in request.headers {
        builder = builder.header(*name, *value);
    }
    let mut response = if request.body.is_empty() {
        agent.run(builder.body(())?)?
    } else {
        agent.run(builder.body(request.body)?)?
    };
    let header = |name: &str| {
        response
            .headers()
            .get(name)
            .and_then(|value| value.to_str().ok())
    };
    let retry_after = retry_after(header("x-ms-retry-after-ms"), header("retry-after"));
    let status = response.status().as_u16();
    let body = response
        .body_mut()
        .with_config()
        .limit(LONGEST_ANSWER)
        .lossy_utf8(true)
        .read_to_string()?;
    Ok(Answer {
        status,
        body,
        retry_after,
    })
}

/// Whether an error may be gone the next time.
fn passes(error: &ureq::Error) -> bool {
    match error {
        ureq::Error::ConnectionFailed => true,
        ureq::Error::Io(error) => matches!(
            error.kind(),
            ErrorKind::ConnectionRefused
                | ErrorKind::ConnectionReset
                | ErrorKind::ConnectionAborted
                | ErrorKind::BrokenPipe
                | ErrorKind::UnexpectedEof
                | ErrorKind::NotConnected
        ),
        _ => false,
    }
}

fn words(url: &str, error: &ureq::Error) -> String {
    match error {
        ureq::Error::Io(io) if io.kind() == ErrorKind::ConnectionRefused => {
            format!(
                "nothing answers at {url}: start the server (npm start), or name another with --to URL"
            )
        }
        ureq::Error::HostNotFound => {
            format!("the host of {url} is not known: check --to and --idp")
        }
        ureq::Error::BadUri(_) => {
            format!("{url} is not a URL: write it like http://localhost:8787")
        }
        other => format!("{url}: {other}"),
    }
}
