/**
 * Where sessions, codes, grants and tokens live: in memory, shared by the v1 and v2 endpoints so
 * that one sign-in serves both. The shape is oidc-provider's adapter:
 * https://github.com/panva/node-oidc-provider/blob/main/example/my_adapter.js
 */
export class Store {
  #records = new Map();

  /** The adapter factory to hand to a provider. */
  get adapter() {
    return (model) => new Records(this.#records, model);
  }
}

class Records {
  #records;
  #model;

  constructor(records, model) {
    this.#records = records;
    this.#model = model;
  }

  #key(id) {
    return `${this.#model}:${id}`;
  }

  async upsert(id, payload, expiresIn) {
    const expires = expiresIn === undefined ? Infinity : Date.now() + expiresIn * 1000;
    this.#forgetExpired();
    this.#records.set(this.#key(id), { payload, expires });
  }

  async find(id) {
    const record = this.#records.get(this.#key(id));
    return record && record.expires > Date.now() ? record.payload : undefined;
  }

  async findByUid(uid) {
    for (const [key, { payload }] of this.#records) {
      if (key.startsWith(`${this.#model}:`) && payload.uid === uid) return payload;
    }
    return undefined;
  }

  async consume(id) {
    const payload = await this.find(id);
    if (payload) payload.consumed = Math.floor(Date.now() / 1000);
  }

  async destroy(id) {
    this.#records.delete(this.#key(id));
  }

  async revokeByGrantId(grantId) {
    for (const [key, { payload }] of this.#records) {
      if (payload.grantId === grantId) this.#records.delete(key);
    }
  }

  /** Records are kept in order of writing: the oldest go first, a few on each write. */
  #forgetExpired() {
    let looked = 0;
    for (const [key, { expires }] of this.#records) {
      if (expires <= Date.now()) this.#records.delete(key);
      looked += 1;
      if (looked === 10) return;
    }
  }
}
