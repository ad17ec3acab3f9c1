/** Where things are in the checkout; every command works from the repository's root. */
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

export const inRoot = (...parts) => join(ROOT, ...parts);

export const WORKER_BUILD = inRoot('build/worker');
export const ASSETS_BUILD = inRoot('build/assets');
export const CLIENT_BUILD = inRoot('build/assets/app');

/** Node 22 from the npm package: Miniflare and Wrangler do not run on older ones. */
export const NODE_22 = inRoot('node_modules/node/bin/node');
