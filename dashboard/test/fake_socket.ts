/** A feed socket driven by the test, and a record of those that were opened. */
import type { FeedSocket } from "../src/live/feed";

export class FakeSocket implements FeedSocket {
  onopen: FeedSocket["onopen"] = null;
  onmessage: FeedSocket["onmessage"] = null;
  onclose: FeedSocket["onclose"] = null;
  onerror: FeedSocket["onerror"] = null;
  closed = false;
  constructor(readonly url: string) {}

  close(): void {
    this.closed = true;
  }
  send(event: object): void {
    this.onmessage?.({ data: JSON.stringify({ specversion: "1.0", source: "/tenants/default", ...event }) });
  }
  opened(newest = "0"): void {
    this.send({ id: "opened", type: "dev.steward.feed.opened.v1", data: { oldest: "0", newest } });
  }
  /** The other side, or the network, ends the connection. */
  lose(code = 1006): void {
    this.onclose?.({ code });
  }
}

export function fakeSockets() {
  const sockets: FakeSocket[] = [];
  return {
    sockets,
    open: (url: string) => {
      const socket = new FakeSocket(url);
      sockets.push(socket);
      return socket;
    },
    /** The newest connection whose address contains `part`. */
    at(part: string): FakeSocket {
      const found = sockets.findLast((socket) => socket.url.includes(part));
      if (!found) throw new Error(`no feed was opened at ${part}`);
      return found;
    },
  };
}
