/**
 * The client: client/ and www/ to build/assets/app/**, static files. The glue and the .wasm get
 * the hash of their content in their names, so that they can be cached for ever.
 */
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { run } from './child.mjs';
import { CLIENT_BUILD, inRoot } from './paths.mjs';
import { Failure, step } from './report.mjs';
import { whenChanged } from './stamp.mjs';
import { buildBindgen, cargoBuild, profileOr } from './wasm.mjs';

const WWW = inRoot('www');
const SCRIPT = inRoot('tools/run/build-client.mjs');
const GLUE = inRoot('target/client-glue');

/** The worker lets browsers keep what is in this folder for ever. */
const COMPILED = 'pkg';

/** Writes a compiled file under a name with its hash. @returns that name, within the folder */
function writeHashed(name, content) {
  const hash = createHash('sha256').update(content).digest('hex').slice(0, 12);
  const extension = extname(name);
  const hashed = `${name.slice(0, -extension.length)}-${hash}${extension}`;
  writeFileSync(join(CLIENT_BUILD, COMPILED, hashed), content);
  return hashed;
}

function assemble() {
  if (existsSync(join(GLUE, 'snippets'))) {
    throw new Failure('The client brings JavaScript snippets of its own; their names carry no hash, so put them into www/.');
  }
  rmSync(CLIENT_BUILD, { recursive: true, force: true });
  cpSync(WWW, CLIENT_BUILD, { recursive: true });
  mkdirSync(join(CLIENT_BUILD, COMPILED));

  const wasm = writeHashed('client_bg.wasm', readFileSync(join(GLUE, 'client_bg.wasm')));
  const glue = readFileSync(join(GLUE, 'client.js'), 'utf8').replaceAll('client_bg.wasm', wasm);
  const script = writeHashed('client.js', glue);
  let references = 0;
  for (const name of readdirSync(WWW)) {
    if (!['.html', '.js'].includes(extname(name))) continue;
    const text = readFileSync(join(WWW, name), 'utf8');
    const rewritten = text
      .replaceAll(/\bclient\.js\b/g, `${COMPILED}/${script}`)
      .replaceAll('client_bg.wasm', `${COMPILED}/${wasm}`);
    if (rewritten === text) continue;
    references += 1;
    writeFileSync(join(CLIENT_BUILD, name), rewritten);
  }
  if (references === 0) {
    throw new Failure('No page or script in www/ refers to `client.js`: nothing would start the client.');
  }
}

export async function buildClient() {
  const profile = profileOr('client');
  if (!existsSync(join(WWW, 'index.html'))) {
    throw new Failure('www/index.html is missing: there is no client to build.');
  }
  let wasm;
  await step(`client: cargo (${profile})`, async () => {
    wasm = await cargoBuild('client', profile);
  });
  const bindgen = await buildBindgen();
  await step('client: glue and files', async () => {
    const outputs = [join(CLIENT_BUILD, 'index.html')];
    return whenChanged(inRoot('build/client.stamp'), { inputs: [wasm, WWW, bindgen, SCRIPT], outputs }, async () => {
      rmSync(GLUE, { recursive: true, force: true });
      await run(bindgen, ['client', wasm, GLUE]);
      assemble();
    });
  });
}
