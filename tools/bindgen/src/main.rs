//! The wasm-bindgen step of both builds as a library call, so that the generator has the version
//! that Cargo.lock pins and nothing is downloaded: <https://wasm-bindgen.github.io/wasm-bindgen/>
//!
//! `bindgen worker IN.wasm OUT_DIR` writes `index.js` and `index_bg.wasm` for workerd,
//! `bindgen client IN.wasm OUT_DIR` writes `client.js` and `client_bg.wasm` for browsers.

use std::path::{Path, PathBuf};
use std::{env, fs};

use anyhow::{Context, Result, bail};
use wasm_bindgen_cli_support::Bindgen;

const USAGE: &str = "usage: bindgen worker|client IN.wasm OUT_DIR";

fn main() -> Result<()> {
    let mut arguments = env::args().skip(1);
    let platform = arguments.next().context(USAGE)?;
    let input = PathBuf::from(arguments.next().context(USAGE)?);
    let out_dir = PathBuf::from(arguments.next().context(USAGE)?);
    if arguments.next().is_some() {
        bail!(USAGE);
    }
    if !input.is_file() {
        bail!(
            "{} is not there: build the crate for wasm32-unknown-unknown first",
            input.display()
        );
    }
    fs::create_dir_all(&out_dir).with_context(|| format!("cannot create {}", out_dir.display()))?;
    match platform.as_str() {
        "worker" => worker(&input, &out_dir),
        "client" => client(&input, &out_dir),
        other => bail!("unknown platform {other:?}; {USAGE}"),
    }
}

/// Glue for workerd, which instantiates the imported `.wasm` module itself.
fn worker(input: &Path, out_dir: &Path) -> Result<()> {
    let mut generator = generator(input, "index");
    generator
        .module(true)?
        // The shim starts a fresh instance after a panic: it must hear of the panic, then reset.
        .reset_state_function(true)
        .force_enable_abort_handler(true)
        .generate(out_dir)?;
    // The generator writes source-phase syntax; workerd gives a module to a plain import.
    let glue = out_dir.join("index.js");
    let text = fs::read_to_string(&glue)
        .with_context(|| format!("cannot read {}", glue.display()))?
        .replace("import source ", "import ");
    fs::write(&glue, text).with_context(|| format!("cannot write {}", glue.display()))
}

/// Glue for browsers: an ES module whose default export fetches and starts the `.wasm`.
fn client(input: &Path, out_dir: &Path) -> Result<()> {
    generator(input, "client").web(true)?.generate(out_dir)
}

fn generator(input: &Path, name: &str) -> Bindgen {
    let mut generator = Bindgen::new();
    generator
        .input_path(input)
        .out_name(name)
        .typescript(false)
        .remove_name_section(true)
        .remove_producers_section(true);
    generator
}
