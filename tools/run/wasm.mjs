/** cargo and wasm-bindgen: from a crate to its .wasm and JavaScript glue. */
import { run } from './child.mjs';
import { inRoot } from './paths.mjs';
import { step } from './report.mjs';

const TARGET = inRoot('target');

/** CI builds exactly what Cargo.lock says; at the desk a new dependency may extend it. */
export const LOCKED = process.env.CI ? ['--locked'] : [];

/** `PROFILE=dev` trades the speed and size of the product for a quick build. */
export const profileOr = (release) => (process.env.PROFILE === 'dev' ? 'wasm-dev' : release);

/** @returns the path of the .wasm file */
export async function cargoBuild(crate, profile, environment = {}) {
  const target = 'wasm32-unknown-unknown';
  await run(
    'cargo',
    ['build', '--quiet', ...LOCKED, '--lib', '--package', crate, '--profile', profile, '--target', target],
    { env: { ...process.env, ...environment } },
  );
  return `${TARGET}/${target}/${profile}/${crate}.wasm`;
}

let bindgen;

/** The glue generator, built once. @returns the path of its program */
export async function buildBindgen() {
  bindgen ??= step('glue generator: cargo', () => run('cargo', ['build', '--quiet', ...LOCKED, '--package', 'bindgen']));
  await bindgen;
  return `${TARGET}/debug/bindgen`;
}
