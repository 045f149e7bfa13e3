// Reading server-sent events, and Steward's feed as such a stream.
import http from 'node:http';

/** Takes a stream's text piece by piece and gives its events: {id, event, data}. */
export class SseParser {
  #rest = '';
  #lines = [];

  /** The events that this piece completes. */
  push(text) {
    this.#rest += text;
    const events = [];
    for (;;) {
      const end = this.#rest.search(/\r\n|\n|\r(?!$)/);
      if (end < 0) return events;
      const line = this.#rest.slice(0, end);
      this.#rest = this.#rest.slice(end + (this.#rest.startsWith('\r\n', end) ? 2 : 1));
      if (line !== '') {
        this.#lines.push(line);
        continue;
      }
      const event = SseParser.#assemble(this.#lines);
      this.#lines = [];
      if (event) events.push(event);
    }
  }

  static #assemble(lines) {
    const event = { event: 'message', id: undefined, data: undefined };
    for (const line of lines) {
      if (line.startsWith(':')) continue;
      const colon = line.indexOf(':');
      const field = colon < 0 ? line : line.slice(0, colon);
      const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
      if (field === 'data') event.data = event.data === undefined ? value : `${event.data}\n${value}`;
      if (field === 'id' || field === 'event') event[field] = value;
    }
    return event.data === undefined ? undefined : event;
  }
}

/**
 * Opens the feed after a sequence. `onEvent(cloudEvent, event)` gets each event; the promise `ended`
 * is kept when the stream ends, for whatever reason; `close()` ends it; `pause()` stops reading from
 * the socket until `resume()`.
 */
export function openFeed(url, { after, headers = {}, onEvent }) {
  const parser = new SseParser();
  let stream;
  const target = `${url}/api/v1/feed${after === undefined ? '' : `?after=${after}`}`;
  let request;
  const ended = new Promise((resolve) => {
    request = http.get(target, { agent: false, headers: { accept: 'text/event-stream', ...headers } });
    request.on('error', (error) => resolve(error.code ?? error.message));
    request.on('response', (response) => {
      if (response.statusCode !== 200) {
        response.resume();
        resolve(`status ${response.statusCode}`);
        return;
      }
      stream = response;
      response.setEncoding('utf8');
      response.on('data', (text) => {
        for (const event of parser.push(text)) onEvent(JSON.parse(event.data), event);
      });
      response.on('error', (error) => resolve(error.code ?? error.message));
      response.on('close', () => resolve('closed'));
    });
  });
  return { ended, close: () => request.destroy(), pause: () => stream.pause(), resume: () => stream.resume() };
}

export const feedOpened = 'dev.steward.feed.opened.v1';

/** All events from `after` to the newest there is when asked. Throws when the stream breaks off. */
export async function readFeed(url, after = 0, { patience_ms = 60_000, headers = {} } = {}) {
  const events = [];
  let newest;
  let finish;
  const whole = new Promise((resolve) => {
    finish = resolve;
  });
  const feed = openFeed(url, {
    after,
    headers,
    onEvent: (event) => {
      if (event.type === feedOpened) newest = Number(event.data.newest);
      else if (event.sequence !== undefined) events.push(event);
      if (newest !== undefined && (newest <= after || Number(events.at(-1)?.sequence ?? 0) >= newest)) finish('whole');
    },
  });
  const timer = setTimeout(() => finish('too slow'), patience_ms);
  const how = await Promise.race([whole, feed.ended]);
  clearTimeout(timer);
  feed.close();
  if (how !== 'whole') throw new Error(`the feed broke off after ${events.length} events: ${how}`);
  return events;
}

/** Follows the feed across restarts of the server: takes up again after the last event seen. */
export class FeedFollower {
  events = [];
  reconnects = 0;
  #stopped = false;
  #feed;

  constructor(url) {
    this.url = url;
    this.done = this.#follow();
  }

  get last() {
    return Number(this.events.at(-1)?.sequence ?? 0);
  }

  async #follow() {
    while (!this.#stopped) {
      this.#feed = openFeed(this.url, {
        after: this.last,
        onEvent: (event) => {
          if (event.sequence !== undefined) this.events.push(event);
        },
      });
      await this.#feed.ended;
      if (this.#stopped) return;
      this.reconnects += 1;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  async stop() {
    this.#stopped = true;
    this.#feed?.close();
    await this.done;
  }
}
