// The classes and handlers that the runtime looks for, forwarding to Rust.
import { DurableObject } from "cloudflare:workers";
import * as wasm from "./index.js";

export default { fetch: (request, env) => wasm.fetch(request, env) };

export class Bare extends DurableObject {
  #object;
  constructor(ctx, env) {
    super(ctx, env);
    this.#object = new wasm.Bare(ctx);
  }
  read(id) { return this.#object.read(id); }
  search(code) { return this.#object.search(code); }
  insert(id, body, rows) { return this.#object.insert(id, body, rows); }
}
