/** What must be on the machine before anything can be built, checked in words. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { firstLine, run } from './child.mjs';
import { ROOT, inRoot } from './paths.mjs';
import { Failure } from './report.mjs';

const WASM_TARGET = 'wasm32-unknown-unknown';
const OLDEST_NODE = 20;

function requireNode() {
  const major = Number(process.versions.node.split('.')[0]);
  if (major < OLDEST_NODE) {
    throw new Failure(`Node ${process.versions.node} is too old: install Node ${OLDEST_NODE} or newer from https://nodejs.org`);
  }
}

/** rustup puts cargo where a shell opened before the installation does not look. */
function findCargo() {
  const home = process.env.CARGO_HOME ?? join(homedir(), '.cargo');
  if (!firstLine('cargo', ['--version']) && existsSync(join(home, 'bin'))) {
    process.env.PATH = `${join(home, 'bin')}${delimiter}${process.env.PATH}`;
  }
}

function requireRust() {
  findCargo();
  if (!firstLine('rustup', ['--version'])) {
    throw new Failure('Rust is missing: install rustup from https://rustup.rs, open a new shell and run this again.');
  }
}

/** Build scripts run on this machine, so they need its linker. */
function requireLinker() {
  if (!firstLine('cc', ['--version'])) {
    throw new Failure(
      process.platform === 'darwin'
        ? 'A C linker is missing: run `xcode-select --install`.'
        : 'A C linker is missing: install one, for example with `apt-get install build-essential`.',
    );
  }
}

/** The toolchain of rust-toolchain.toml with the wasm target, installed when it is missing. */
async function requireToolchain() {
  const installed = spawnSync('rustup', ['target', 'list', '--installed'], { cwd: ROOT, encoding: 'utf8' });
  if (installed.status === 0 && installed.stdout.includes(WASM_TARGET)) return;
  if (installed.status !== 0) {
    // Not every rustup installs what rust-toolchain.toml names by itself.
    const [, channel] = /^channel = "(.+)"$/m.exec(readFileSync(inRoot('rust-toolchain.toml'), 'utf8'));
    const components = ['--component', 'clippy', '--component', 'rustfmt'];
    await run('rustup', ['toolchain', 'install', channel, '--profile', 'minimal', ...components]);
  }
  await run('rustup', ['target', 'add', WASM_TARGET]);
}

export async function requirePrerequisites() {
  requireNode();
  requireRust();
  requireLinker();
  await requireToolchain();
}
