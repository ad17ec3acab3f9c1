//! The processes that are measured: raw workerd, once with the server, once with the bare worker,
//! and the development identity provider.

use std::error::Error;
use std::fs;
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::connection::Connection;

/// What `npm run bench` hands over.
pub(crate) struct Setup {
    workerd: PathBuf,
    node: PathBuf,
    root: PathBuf,
    pub(crate) worker_gzip: usize,
    /// To how many rows the store is to grow, where that is what is measured.
    pub(crate) rows: Option<usize>,
}

impl Setup {
    /// Reads `workerd`, `node`, the checkout and the size of the worker from the command line.
    pub(crate) fn from_arguments() -> Result<Self, Box<dyn Error>> {
        let arguments: Vec<String> = std::env::args().skip(1).collect();
        let [workerd, node, root, worker_gzip, rows @ ..] = arguments.as_slice() else {
            return Err("run it by `npm run bench`".into());
        };
        Ok(Self {
            workerd: workerd.into(),
            node: node.into(),
            root: root.into(),
            worker_gzip: worker_gzip.parse()?,
            rows: rows.first().map(|rows| rows.parse()).transpose()?,
        })
    }
}

/// A child that ends with its owner.
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended by itself; then there is nothing to end.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn free_port() -> std::io::Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}

/// The development identity provider.
pub(crate) struct Provider {
    _process: Process,
    authority: String,
    base: String,
    server_port: u16,
    idp: String,
}

impl Provider {
    pub(crate) fn start(setup: &Setup) -> Result<Self, Box<dyn Error>> {
        let server_port = free_port()?;
        let base = format!("http://localhost:{server_port}");
        let mut child = Command::new(&setup.node)
            .arg(setup.root.join("tests/idp/server.mjs"))
            .envs([
                ("IDP_PORT", "0"),
                ("IDP_STATE", "memory"),
                ("FHIR_BASE", base.as_str()),
            ])
            .stdout(Stdio::piped())
            .spawn()?;
        let output = child
            .stdout
            .take()
            .ok_or("the identity provider has no output")?;
        let process = Process(child);
        let mut line = String::new();
        BufReader::new(output).read_line(&mut line)?;
        let url = line
            .split_whitespace()
            .find(|word| word.starts_with("http"));
        let url = url.ok_or_else(|| format!("the identity provider said: {line}"))?;
        let idp: String = url.split('/').take(3).collect::<Vec<_>>().join("/");
        let tenant = "11111111-2222-3333-4444-555555555555";
        Ok(Self {
            _process: process,
            authority: format!("{idp}/{tenant}/v2.0"),
            base,
            server_port,
            idp,
        })
    }

    /// A token of the service that may do everything.
    pub(crate) fn token(&self, setup: &Setup) -> Result<String, Box<dyn Error>> {
        let output = Command::new(&setup.node)
            .arg(setup.root.join("tools/run/token.mjs"))
            .args([
                "--idp",
                &self.idp,
                "--scope",
                &format!("{}/.default", self.base),
            ])
            .output()?;
        let token = String::from_utf8(output.stdout)?.trim().to_owned();
        if token.is_empty() {
            return Err(String::from_utf8_lossy(&output.stderr).into());
        }
        Ok(token)
    }
}

/// A workerd process.
pub(crate) struct Runtime {
    process: Process,
    pub(crate) port: u16,
    /// Seconds from start to the first answer.
    pub(crate) first_answer: f64,
    state: State,
}

/// A state folder that goes away with its owner.
struct State(PathBuf);

impl Drop for State {
    fn drop(&mut self) {
        // What cannot be removed is left for the system's own cleaning.
        let _ = fs::remove_dir_all(&self.0);
    }
}

impl Runtime {
    /// The server, as it is deployed.
    pub(crate) fn server(setup: &Setup, provider: &Provider) -> Result<Self, Box<dyn Error>> {
        let bindings = [
            ("FHIR_VERSION", "R4"),
            ("BASE_URL", &provider.base),
            ("AUTHORITY", &provider.authority),
            ("AUDIENCE", &provider.base),
        ]
        .map(|(name, text)| format!("(name = \"{name}\", text = \"{text}\"),"))
        .concat();
        let worker = "worker";
        let objects = [
            ("LEDGER", "Ledger"),
            ("AUTHORIZATIONS", "AuthorizationShard"),
        ];
        Self::start(setup, worker, &objects, &bindings, provider.server_port)
    }

    /// The bare worker.
    pub(crate) fn bare(setup: &Setup) -> Result<Self, Box<dyn Error>> {
        let worker = "bare";
        Self::start(setup, worker, &[("OBJECT", "Bare")], "", free_port()?)
    }

    fn start(
        setup: &Setup,
        worker: &str,
        objects: &[(&str, &str)],
        bindings: &str,
        port: u16,
    ) -> Result<Self, Box<dyn Error>> {
        let state =
            std::env::temp_dir().join(format!("fhir-edge-bench-{worker}-{}", std::process::id()));
        for folder in ["object", "kv"] {
            fs::create_dir_all(state.join(folder))?;
        }
        let state_path = state.display();
        let classes = objects.iter().map(|(_, class)| {
            format!("(className = \"{class}\", uniqueKey = \"{class}\", enableSql = true),")
        });
        let classes: String = classes.collect();
        let namespaces = objects.iter().map(|(binding, class)| {
            format!("(name = \"{binding}\", durableObjectNamespace = \"{class}\"),")
        });
        let namespaces: String = namespaces.collect();
        let config = format!(
            r#"using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = .main), (name = "kv", worker = .kv),
    (name = "object-disk", disk = (path = "{state_path}/object", writable = true)),
    (name = "kv-disk", disk = (path = "{state_path}/kv", writable = true)),
    (name = "internet", network = (allow = ["private", "public"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:{port}", http = (), service = "main")],
);
const main :Workerd.Worker = (
  modules = [
    (name = "index.js", esModule = embed "../{worker}/index.js"),
    (name = "index_bg.wasm", wasm = embed "../{worker}/index_bg.wasm"),
  ],
  compatibilityDate = "2026-07-01",
  durableObjectNamespaces = [{classes}],
  durableObjectStorage = (localDisk = "object-disk"),
  bindings = [
    {namespaces} (name = "KV", kvNamespace = "kv"),
    {bindings}
  ],
);
const kv :Workerd.Worker = (
  modules = [(name = "kv.js", esModule = embed "../../tests/bench/kv.js")],
  compatibilityDate = "2026-07-01",
  durableObjectNamespaces = [(className = "KvNamespace", uniqueKey = "kv", enableSql = true)],
  durableObjectStorage = (localDisk = "kv-disk"),
  bindings = [(name = "NAMESPACE", durableObjectNamespace = "KvNamespace")],
);
"#
        );
        // What is embedded is found relative to the configuration.
        let folder = setup.root.join("build/bench");
        fs::create_dir_all(&folder)?;
        let path = folder.join(format!("{worker}.capnp"));
        fs::write(&path, config)?;
        let state = State(state);
        let start = Instant::now();
        let child = Command::new(&setup.workerd)
            .arg("serve")
            .arg(&path)
            .stderr(Stdio::inherit())
            .spawn()?;
        let process = Process(child);
        let first_answer = loop {
            let answered = Connection::open(port, None).and_then(|mut connection| {
                connection.request("GET", "/$versions", "text/plain", b"")
            });
            if answered.is_ok() {
                break start.elapsed().as_secs_f64();
            }
            if start.elapsed() > Duration::from_secs(20) {
                return Err("workerd did not answer within 20 seconds".into());
            }
            sleep(Duration::from_millis(2));
        };
        Ok(Self {
            process,
            port,
            first_answer,
            state,
        })
    }

    /// How much memory the process holds, from /proc.
    pub(crate) fn resident_megabytes(&self) -> Result<f64, Box<dyn Error>> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.process.0.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kilobytes = line.and_then(|line| line.split_whitespace().next());
        Ok(kilobytes.unwrap_or("0").parse::<f64>()? / 1024.0)
    }

    /// How many bytes the ledger has on disk, its log included.
    pub(crate) fn stored_bytes(&self) -> Result<u64, Box<dyn Error>> {
        let mut bytes = 0;
        for entry in fs::read_dir(self.state.0.join("object/Ledger"))? {
            bytes += entry?.metadata()?.len();
        }
        Ok(bytes)
    }

    /// The CPU time that the process has used, from /proc.
    pub(crate) fn cpu_seconds(&self) -> Result<f64, Box<dyn Error>> {
        const TICKS_PER_SECOND: f64 = 100.0;
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.process.0.id()))?;
        let after_name = stat
            .rsplit_once(')')
            .map(|(_, rest)| rest)
            .unwrap_or_default();
        let ticks: f64 = after_name
            .split_whitespace()
            .skip(11)
            .take(2)
            .filter_map(|field| field.parse::<f64>().ok())
            .sum();
        Ok(ticks / TICKS_PER_SECOND)
    }
}
