/** Child processes of the commands. */
import { spawn, spawnSync } from 'node:child_process';
import { constants } from 'node:os';
import { delimiter, dirname } from 'node:path';
import { NODE_22, ROOT } from './paths.mjs';
import { Failure } from './report.mjs';

/** The environment with Node 22 first on the path. */
export const withNode22 = (extra = {}) => ({
  ...process.env,
  PATH: `${dirname(NODE_22)}${delimiter}${process.env.PATH}`,
  ...extra,
});

const described = (command, commandArguments) => [command, ...commandArguments].join(' ');

/** Runs to the end with the terminal attached; resolves to the exit code. */
export function runAttached(command, commandArguments, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, commandArguments, { cwd: ROOT, stdio: 'inherit', ...options });
    child.on('error', (error) => reject(new Failure(`${command} could not be started: ${error.message}`)));
    child.on('exit', (code, signal) => resolve(code ?? 128 + (constants.signals[signal] ?? 0)));
  });
}

/** Runs to the end with the terminal attached, and fails unless it succeeds. */
export async function run(command, commandArguments, options = {}) {
  const code = await runAttached(command, commandArguments, options);
  if (code !== 0) {
    throw new Failure(`${described(command, commandArguments)} failed with exit code ${code}; its words are above.`);
  }
}

/** The first line that a command prints, or undefined when it is not there or fails. */
export function firstLine(command, commandArguments) {
  const { status, stdout } = spawnSync(command, commandArguments, { cwd: ROOT, encoding: 'utf8' });
  return status === 0 ? stdout.split('\n')[0].trim() : undefined;
}
