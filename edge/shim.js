// The module that the runtime loads: the classes and handlers it looks for, forwarding to Rust.
// JavaScript because the runtime wants JavaScript classes, and because somebody must outlive a
// panic: after one, a WebAssembly instance is unusable and the promises it held never settle.
import { DurableObject } from "cloudflare:workers";
import * as wasm from "./index.js";

let generation = 1;
let aborted = false;
const inFlight = new Set();

globalThis.__edge_abort = () => {
  aborted = true;
  const error = new Error("the WebAssembly instance has ended");
  for (const reject of inFlight) reject(error);
  inFlight.clear();
};

// A new instance when the last one has ended; returns its number.
function instance() {
  if (aborted) {
    aborted = false;
    generation++;
    wasm.__wbg_reset_state();
    wasm.__edge_init();
  }
  return generation;
}

// Settles when the call does, or when the instance ends.
function settled(call) {
  return new Promise((resolve, reject) => {
    inFlight.add(reject);
    const done = (settle) => (value) => {
      inFlight.delete(reject);
      settle(value);
    };
    try {
      Promise.resolve(call()).then(done(resolve), done(reject));
    } catch (error) {
      done(reject)(error);
    }
  });
}

// Method, address and headers of a request, line by line: one crossing instead of one a header,
// and as bytes, because the glue copies a long string character by character.
const encoder = new TextEncoder();
globalThis.__edge_request_head = (request) => {
  let head = `${request.method}\n${request.url}`;
  request.headers.forEach((value, name) => {
    head += `\n${name}\n${value}`;
  });
  return encoder.encode(head);
};

// `headers` is name, line break, value, line break, and so on.
globalThis.__edge_respond = (status, headers, body) => {
  const lines = headers.split("\n");
  const named = {};
  for (let at = 0; at + 1 < lines.length; at += 2) named[lines[at]] = lines[at + 1];
  return new Response(body, { status, headers: named });
};

wasm.__edge_init();

const internalError = (error) => {
  const id = crypto.randomUUID();
  console.error(`request ${id}: ${error}`);
  const outcome = {
    resourceType: "OperationOutcome",
    id,
    issue: [{ severity: "error", code: "exception", diagnostics: "The server failed to answer this request. If it was to change something, read it again to see whether that was done. It is logged under the id of this outcome." }],
  };
  const headers = { "content-type": "application/fhir+json; charset=utf-8", "x-request-id": id, "x-content-type-options": "nosniff" };
  return new Response(JSON.stringify(outcome), { status: 500, headers });
};

// Reads a short body that nobody read, and gives up a long or slow one: a connection with the rest of
// a request in it cannot take the next one, and would be closed under a caller who keeps it. What
// http/body.rs does, for when the Rust side died.
const MAX_DRAINED = 4 * 1024 * 1024;
const DRAINING = 500;
async function drain(request) {
  if (!request.body || request.bodyUsed) return;
  const reader = request.body.getReader();
  const late = setTimeout(() => reader.cancel().catch(() => {}), DRAINING);
  try {
    let left = MAX_DRAINED;
    while (left >= 0) {
      const { done, value } = await reader.read();
      if (done) return;
      left -= value.byteLength;
    }
  } finally {
    clearTimeout(late);
    await reader.cancel();
  }
}

export default {
  fetch(request, env) {
    instance();
    return settled(() => wasm.fetch(request, env)).catch(async (error) => {
      await drain(request).catch(() => {});
      return internalError(error);
    });
  },
};

// Extending DurableObject makes the methods callable from other isolates.
export class Ledger extends DurableObject {
  #generation = 0;
  #ledger;

  constructor(ctx, env) {
    super(ctx, env);
    this.#current();
  }

  // The Rust object, rebuilt when the instance that held it has ended.
  #current() {
    const current = instance();
    if (this.#generation !== current) {
      this.#ledger = new wasm.Ledger(this.ctx, this.env);
      this.#generation = current;
    }
    return this.#ledger;
  }

  commit(command) {
    return settled(() => this.#current().commit(command));
  }
  query(statement, values, withBodies) {
    return settled(() => this.#current().query(statement, values, withBodies));
  }
  querySome(statements, withBodies) {
    return settled(() => this.#current().querySome(statements, withBodies));
  }
  search(ways, withBodies) {
    return settled(() => this.#current().search(ways, withBodies));
  }
  rootSecret() {
    return settled(() => this.#current().rootSecret());
  }
  handOver(shard, stored, after) {
    return settled(() => this.#current().handOver(shard, stored, after));
  }
  fault(kind) {
    return settled(() => this.#current().fault(kind));
  }
  alarm() {
    return settled(() => this.#current().alarm());
  }
}

export class AuthorizationShard extends DurableObject {
  #generation = 0;
  #shard;

  constructor(ctx, env) {
    super(ctx, env);
    // When it fails, the runtime ends the object and answers its callers with the error.
    ctx.blockConcurrencyWhile(() => settled(() => this.#current().takeOver()));
  }

  // The Rust object, rebuilt when the instance that held it has ended.
  #current() {
    const current = instance();
    if (this.#generation !== current) {
      this.#shard = new wasm.AuthorizationShard(this.ctx, this.env);
      this.#generation = current;
    }
    return this.#shard;
  }

  spend(id, expires) {
    return settled(() => this.#current().spend(id, expires));
  }
  isSpent(id) {
    return settled(() => this.#current().isSpent(id));
  }
  recordAuthorization(id, generation, expires) {
    return settled(() => this.#current().recordAuthorization(id, generation, expires));
  }
  recordAccessToken(issued, expires) {
    return settled(() => this.#current().recordAccessToken(issued, expires));
  }
  advance(id, generation, grace, expires) {
    return settled(() => this.#current().advance(id, generation, grace, expires));
  }
  retreat(id, generation, advance) {
    return settled(() => this.#current().retreat(id, generation, advance));
  }
  authorization(id) {
    return settled(() => this.#current().authorization(id));
  }
  accessToken(id) {
    return settled(() => this.#current().accessToken(id));
  }
  signedOutSince(name) {
    return settled(() => this.#current().signedOutSince(name));
  }
  signOut(name, since, expires) {
    return settled(() => this.#current().signOut(name, since, expires));
  }
  revokeAuthorization(id, expires) {
    return settled(() => this.#current().revokeAuthorization(id, expires));
  }
  revokeAccessToken(id, expires) {
    return settled(() => this.#current().revokeAccessToken(id, expires));
  }
  alarm() {
    return settled(() => this.#current().alarm());
  }
}
