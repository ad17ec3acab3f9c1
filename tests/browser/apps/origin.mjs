/** A static web server for test apps: its own origin, as an app has that is not the FHIR server's. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { extname } from 'node:path';

const TYPES = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript; charset=utf-8' };

/**
 * @param {Record<string, Buffer>} files content by path; a path without an ending is a page
 * @returns {Promise<{port: number, close: () => Promise<void>}>}
 */
export async function serveApp(files) {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, 'http://localhost');
    const content = files[pathname];
    if (content === undefined) {
      response.writeHead(404).end();
      return;
    }
    const type = TYPES[extname(pathname) || '.html'];
    response.writeHead(200, { 'content-type': type, 'cache-control': 'no-store' }).end(content);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = async () => {
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  };
  return { port: server.address().port, close };
}
