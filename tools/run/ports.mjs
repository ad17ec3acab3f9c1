/** Ports of this machine: free ones, and whether a wanted one can be had. */
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { Failure } from './report.mjs';

const [LOWEST, HIGHEST] = [20_000, 31_999];
const MOST_TRIES = 100;

async function listenOnce(port) {
  const server = createServer();
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const actual = server.address().port;
  server.close();
  await once(server, 'close');
  return actual;
}

/**
 * A free port below those that systems give to outgoing connections (from 32768 on Linux, from
 * 49152 elsewhere): until the server listens, nobody takes it by chance, and no client that
 * connects to it can be given the same port and meet itself.
 */
export async function freePort() {
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    try {
      return await listenOnce(randomInt(LOWEST, HIGHEST + 1));
    } catch (error) {
      if (!['EADDRINUSE', 'EACCES'].includes(error.code)) throw error;
    }
  }
  throw new Failure(`No port from ${LOWEST} to ${HIGHEST} is free.`);
}

/**
 * @param {string} what the server that wants the port
 * @param {string} variable the environment variable that moves it
 */
export async function requirePort(port, what, variable) {
  try {
    await listenOnce(port);
  } catch (error) {
    const reason = error.code === 'EADDRINUSE' ? 'another program listens on it' : error.message;
    throw new Failure(
      `${what} cannot listen on port ${port}: ${reason}.\n` +
        `Stop that program, or choose another port: ${variable}=${port + 1000} npm start`,
    );
  }
}

/** @param {string | undefined} text from the environment or a command line */
export function portFrom(text, fallback, variable) {
  const port = text === undefined || text === '' ? fallback : Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65535) {
    throw new Failure(`${variable} must be a port number from 1 to 65535, not ${text}.`);
  }
  return port;
}
