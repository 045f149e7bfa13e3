// A member of a cluster that is only made believe: it speaks the frames of cluster/network_link.hpp and the
// fields of cluster/wire.hpp as a server of another version might.
import { createHmac, randomBytes } from 'node:crypto';
import { createServer } from 'node:net';

const number = (n) => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64LE(BigInt(n));
  return bytes;
};
const bytesOf = (value) => (Buffer.isBuffer(value) ? value : typeof value === 'string' ? Buffer.from(value) : number(value));

function lengthOf(size) {
  const out = [];
  for (; size >= 0x80; size >>>= 7) out.push((size & 0x7f) | 0x80);
  return Buffer.from([...out, size]);
}

/** Fields, each behind its length: strings, numbers or Buffers. */
export const fields = (...values) => Buffer.concat(values.map(bytesOf).flatMap((b) => [lengthOf(b.length), b]));

/** The fields of such bytes, as Buffers. */
export function takeFields(bytes) {
  const out = [];
  for (let at = 0; at < bytes.length; ) {
    let size = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++];
      size |= (byte & 0x7f) << shift;
      if (byte < 0x80) break;
    }
    out.push(bytes.subarray(at, at + size));
    at += size;
  }
  return out;
}

export class ClusterPeer {
  #hello;
  #others;
  #socket;
  #rest = Buffer.alloc(0);
  #stage = 'hello';
  #heard = [];
  #waiting = [];

  constructor({ cluster, node, secret = '', protocol = 1, extra = [] }) {
    Object.assign(this, { cluster, secret });
    this.#hello = fields(protocol, cluster, node, randomBytes(16), ...extra);
  }

  /** Answers the port at which it waits to be dialled. */
  listen() {
    this.server = createServer((socket) => this.#accept(socket));
    return new Promise((resolve) => {
      this.server.listen(0, '127.0.0.1', () => resolve(this.server.address().port));
    });
  }

  close() {
    clearInterval(this.beating);
    this.#socket?.destroy();
    this.server?.close();
  }

  #accept(socket) {
    this.#socket = socket;
    this.#stage = 'hello';
    this.#rest = Buffer.alloc(0);
    socket.on('error', () => {});
    socket.on('data', (bytes) => this.#take(bytes));
    this.#put('h', this.#hello);
  }

  #put(kind, bytes) {
    const head = Buffer.alloc(5);
    head.writeUInt32BE(bytes.length + 1);
    head.write(kind, 4);
    this.#socket.write(Buffer.concat([head, bytes]));
  }

  #take(bytes) {
    this.#rest = Buffer.concat([this.#rest, bytes]);
    while (this.#rest.length >= 4 && this.#rest.length >= 4 + this.#rest.readUInt32BE()) {
      const size = this.#rest.readUInt32BE();
      this.#frame(String.fromCharCode(this.#rest[4]), this.#rest.subarray(5, 4 + size));
      this.#rest = this.#rest.subarray(4 + size);
    }
  }

  #frame(kind, bytes) {
    if (kind === 'h' && this.#stage === 'hello') {
      this.#others = Buffer.from(bytes);
      this.#put('h', this.#proof('acceptor'));
      this.#stage = 'proof';
    } else if (kind === 'h') {
      this.#stage = 'open';
      clearInterval(this.beating);
      this.beating = setInterval(() => this.#put('b', Buffer.alloc(0)), 300);
      this.onOpen?.();
    } else if (kind === 'd') {
      const message = { tag: String.fromCharCode(bytes[0]), fields: takeFields(Buffer.from(bytes.subarray(1))) };
      const next = this.#waiting.findIndex((w) => w.wants(message));
      if (next >= 0) this.#waiting.splice(next, 1)[0].resolve(message);
      else this.#heard.push(message);
    }
  }

  #proof(side) {
    const text = Buffer.concat([Buffer.from(`steward ${side} ${this.#others.length} `), this.#others, this.#hello]);
    return createHmac('sha256', `steward cluster ${this.secret}`).update(text).digest();
  }

  get isOpen() {
    return this.#stage === 'open';
  }

  /** Sends a request for a tenant; `more` are fields that this version does not know. */
  request({ id, name, tenant, epoch, body, more = [] }) {
    this.#put('d', Buffer.concat([Buffer.from('r'), fields(id, name, tenant, epoch, body, ...more)]));
  }

  send(tag, bytes) {
    this.#put('d', Buffer.concat([Buffer.from(tag), bytes]));
  }

  /** The answer to that request, or undefined when none comes in time. */
  async answer(id, patience_ms = 5_000) {
    const wants = (m) => m.tag === 'a' && m.fields[0].readBigInt64LE() === BigInt(id);
    const at = this.#heard.findIndex(wants);
    const message = at >= 0 ? this.#heard.splice(at, 1)[0] : await this.#wait(wants, patience_ms);
    if (!message) return undefined;
    const [, moved, owner, epoch, what, json, , , why] = message.fields;
    const [code, detail] = takeFields(why);
    return {
      moved: moved.readBigInt64LE() !== 0n, owner: Number(owner.readBigInt64LE()), epoch: Number(epoch.readBigInt64LE()),
      kind: Number(what.readBigInt64LE()), json: json.toString(), code: Number(code.readBigInt64LE()), detail: detail.toString(),
    };
  }

  #wait(wants, patience_ms) {
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(undefined), patience_ms);
      this.#waiting.push({ wants, resolve: (m) => { clearTimeout(timer); resolve(m); } });
    });
  }
}
