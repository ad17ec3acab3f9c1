//! A worker on workerd with its identity provider: `tools/run/serve.mjs` as a child process.

use crate::client::Client;
use serde_json::Value;
use std::collections::HashMap;
use std::env;
use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, OnceLock};
use std::time::Duration;
use ureq::Agent;

/// The origins that the shared server lists.
const ORIGINS: &str = "CORS_ORIGINS=https://app.example,http://localhost:3000";

pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn node_program() -> PathBuf {
    env::var_os("FHIR_EDGE_NODE")
        .map_or_else(|| root().join("node_modules/node/bin/node"), PathBuf::from)
}

/// Runs Node with these arguments; what it prints.
#[track_caller]
pub fn node(arguments: &[&str]) -> String {
    let command = Command::new(node_program()).args(arguments).output();
    let output = command.expect("Node");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

/// How a server is to be started; without changes it keeps nothing and speaks R4.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    arguments: Vec<String>,
}

impl Settings {
    /// Sets a variable of the worker; `{base}` and `{idp}` in the value stand for the addresses.
    #[must_use]
    pub fn variable(mut self, name: &str, value: &str) -> Self {
        self.arguments
            .extend(["--var".into(), format!("{name}={value}")]);
        self
    }

    /// Serves STU3.
    #[must_use]
    pub fn stu3(mut self) -> Self {
        self.arguments
            .extend(["--fhir-version".into(), "STU3".into()]);
        self
    }

    /// Takes so many requests a minute, of what the binding counts.
    #[must_use]
    pub fn rate(mut self, binding: &str, requests: u32) -> Self {
        self.arguments
            .extend(["--rate".into(), format!("{binding}={requests}")]);
        self
    }

    /// Keeps its state in a directory.
    #[must_use]
    pub fn state(mut self, directory: &Path) -> Self {
        let directory = directory.to_string_lossy().into_owned();
        self.arguments.extend(["--state".into(), directory]);
        self
    }

    /// Listens at the addresses of a server that ran before.
    #[must_use]
    pub fn at_the_ports_of(mut self, before: &Server) -> Self {
        let port = |url: &str| url.rsplit(':').next().unwrap_or_default().to_owned();
        self.arguments.extend(["--port".into(), port(&before.base)]);
        self.arguments
            .extend(["--idp-port".into(), port(&before.idp)]);
        self
    }

    /// Starts it; it ends when the result is dropped, or with the tests' process.
    pub fn start(&self) -> Running {
        let node = node_program();
        let program = env::var_os("FHIR_EDGE_SERVE")
            .map_or_else(|| root().join("tools/run/serve.mjs"), PathBuf::from);
        let scratch = env::temp_dir().join(crate::unique("fhir-edge-api"));
        fs::create_dir_all(&scratch).expect("a directory for temporary files");
        // The server may outlive the tests' process by a moment: the shell tidies up after it.
        let mut child = Command::new("sh")
            .args(["-c", "\"$@\" && rm -rf \"$TMPDIR\"", "sh"])
            .arg(&node)
            .arg(&program)
            .args(&self.arguments)
            .env("TMPDIR", &scratch)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(fs::File::create(scratch.join("log")).expect("a log file"))
            .process_group(0)
            .spawn()
            .unwrap_or_else(|error| {
                panic!(
                    "{} does not start: {error}; run npm install",
                    node.display()
                )
            });
        let mut line = String::new();
        let stdout = child.stdout.take().expect("a pipe");
        BufReader::new(stdout)
            .read_line(&mut line)
            .expect("the server's first line");
        let addresses: Value = serde_json::from_str(&line).unwrap_or_else(|_| {
            let log = fs::read_to_string(scratch.join("log")).unwrap_or_default();
            panic!("the server did not start (is everything installed and built?); it says: {log}")
        });
        let text = |name: &str| addresses[name].as_str().expect(name).to_owned();
        Running {
            server: Server {
                base: text("base"),
                idp: text("idp"),
                authority: text("authority"),
                agent: agent(64),
                unpooled: agent(0),
                tokens: Mutex::default(),
            },
            child,
            scratch,
        }
    }
}

/// A server's addresses, and the tokens that its provider gave so far.
#[derive(Debug)]
pub struct Server {
    /// The FHIR base URL.
    pub base: String,
    /// The identity provider.
    pub idp: String,
    /// The authority (and issuer) that the worker trusts.
    pub authority: String,
    pub(crate) agent: Agent,
    unpooled: Agent,
    pub(crate) tokens: Mutex<HashMap<String, String>>,
}

impl Server {
    /// The one that tests without settings of their own share.
    pub fn shared() -> &'static Server {
        static SHARED: OnceLock<Running> = OnceLock::new();
        let start = || {
            let settings = Settings {
                arguments: vec!["--var".into(), ORIGINS.into()],
            };
            let settings = settings.variable("CORS_CREDENTIALS", "on");
            settings.variable("CORS_MAX_AGE", "1234").start()
        };
        &SHARED.get_or_init(start).server
    }

    /// A client without a token.
    pub fn anonymous(&self) -> Client {
        self.client(None)
    }

    /// A client with any text as its token.
    pub fn bearing(&self, token: &str) -> Client {
        let authorization = Some(format!("Bearer {token}"));
        self.client(authorization)
    }

    fn client(&self, authorization: Option<String>) -> Client {
        let agents = (self.agent.clone(), self.unpooled.clone());
        Client::new(agents, self.base.clone(), authorization)
    }

    /// A client of a user who signed in.
    pub fn user(&self, name: &str) -> Client {
        self.bearing(&self.user_token(name))
    }

    /// A client that may do everything: the service with the role globalAdmin.
    pub fn admin(&self) -> Client {
        self.bearing(&self.service_token("svc-client"))
    }
}

/// An agent that keeps so many idle connections.
fn agent(idle: usize) -> Agent {
    Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .max_idle_connections_per_host(idle)
        .max_idle_connections(idle)
        // The runtime closes connections that were idle for five seconds.
        .max_idle_age(Duration::from_secs(1))
        .proxy(None)
        .build()
        .new_agent()
}

/// A server and its process.
#[derive(Debug)]
pub struct Running {
    /// Its addresses.
    pub server: Server,
    child: Child,
    scratch: PathBuf,
}

impl Running {
    /// Ends every process of the server at once, as a power cut does.
    pub fn kill(&self) {
        let group = format!("-{}", self.child.id());
        let killed = Command::new("kill").args(["-KILL", "--", &group]).status();
        assert!(
            killed.expect("kill").success(),
            "the process group is there"
        );
    }

    /// What the worker and the provider have logged so far.
    pub fn log(&self) -> String {
        fs::read_to_string(self.scratch.join("log")).unwrap_or_default()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // The server ends when its standard input does.
        drop(self.child.stdin.take());
        let _ = self.child.wait();
        let _ = fs::remove_dir_all(&self.scratch);
    }
}
