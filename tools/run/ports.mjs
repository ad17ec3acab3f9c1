/** Ports of this machine: free ones, and whether a wanted one can be had. */
import { once } from 'node:events';
import { createServer } from 'node:net';
import { Failure } from './report.mjs';

async function listenOnce(port) {
  const server = createServer();
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const actual = server.address().port;
  server.close();
  await once(server, 'close');
  return actual;
}

export const freePort = () => listenOnce(0);

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
