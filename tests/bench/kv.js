// Workers KV for raw workerd, which brings none: the three verbs of its binding over a Durable
// Object. JavaScript because a binding is answered by a worker, and this one is fifteen lines.
import { DurableObject } from "cloudflare:workers";

export default { fetch: (request, env) => env.NAMESPACE.getByName("kv").fetch(request) };

export class KvNamespace extends DurableObject {
  constructor(ctx, env) {
    super(ctx, env);
    ctx.storage.sql.exec("CREATE TABLE IF NOT EXISTS kv(k TEXT PRIMARY KEY, v BLOB, m TEXT)");
  }
  async fetch(request) {
    const key = decodeURIComponent(new URL(request.url).pathname.slice(1));
    const sql = this.ctx.storage.sql;
    if (request.method === "PUT") {
      sql.exec("INSERT OR REPLACE INTO kv VALUES(?, ?, ?)", key, await request.arrayBuffer(), request.headers.get("CF-KV-Metadata"));
      return new Response();
    }
    if (request.method === "DELETE") {
      sql.exec("DELETE FROM kv WHERE k = ?", key);
      return new Response();
    }
    const [row] = sql.exec("SELECT v, m FROM kv WHERE k = ?", key).raw();
    if (!row) return new Response("Not Found", { status: 404 });
    return new Response(row[0], { headers: row[1] ? { "CF-KV-Metadata": row[1] } : {} });
  }
}
