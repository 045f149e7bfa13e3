// A client of the HTTP API, with the patience that a server which is killed again and again needs.
import http from 'node:http';

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

export class Client {
  /** `headers` go with every request. */
  constructor(url, { sockets = 64, headers = {} } = {}) {
    this.url = url;
    this.headers = headers;
    this.agent = new http.Agent({ keepAlive: true, maxSockets: sockets });
    this.retried = 0;
  }

  /** One request, once. Answers {status, headers, text, json}; throws when no whole answer came. */
  request(method, path, { headers = {}, body, timeout_ms = 30_000 } = {}) {
    return new Promise((resolve, reject) => {
      const request = http.request(this.url + path, {
        method, headers: { ...this.headers, ...headers }, agent: this.agent, timeout: timeout_ms,
      });
      request.on('timeout', () => request.destroy(new Error(`no answer within ${timeout_ms} ms`)));
      request.on('error', reject);
      request.on('response', (response) => {
        const chunks = [];
        response.on('data', (chunk) => chunks.push(chunk));
        response.on('error', reject);
        response.on('aborted', () => reject(new Error('the answer broke off')));
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8');
          const isJson = /\bjson\b/.test(response.headers['content-type'] ?? '');
          try {
            resolve({
              status: response.statusCode,
              headers: response.headers,
              text,
              json: isJson && text !== '' ? JSON.parse(text) : undefined,
            });
          } catch (error) {
            reject(error);
          }
        });
      });
      request.end(body);
    });
  }

  /** The same request again and again until it is answered with something other than 429 or 5xx. */
  async insist(method, path, options = {}, patience_ms = 120_000) {
    const deadline = Date.now() + patience_ms;
    for (;;) {
      let why;
      let pause_ms = 50;
      try {
        const answer = await this.request(method, path, options);
        if (answer.status !== 429 && answer.status < 500) return answer;
        why = `status ${answer.status}: ${answer.text.slice(0, 300)}`;
        if (answer.headers['retry-after']) pause_ms = Math.min(1000, Number(answer.headers['retry-after']) * 1000);
      } catch (error) {
        why = error.code ?? error.message;
      }
      if (Date.now() > deadline) throw new Error(`${method} ${path} was not answered: ${why}`);
      this.retried += 1;
      await sleep(pause_ms);
    }
  }

  async deploy(text) {
    const answer = await this.insist('POST', '/api/v1/workflows', {
      headers: { 'content-type': 'application/yaml' },
      body: text,
    });
    if (answer.status !== 201 && answer.status !== 200)
      throw new Error(`deploying was answered with ${answer.status}: ${answer.text}`);
    return answer.json;
  }

  /** All pages of a list. */
  async all(path) {
    const items = [];
    let cursor;
    do {
      const page = `${path}${path.includes('?') ? '&' : '?'}limit=100${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`;
      const answer = await this.insist('GET', page);
      if (answer.status !== 200) throw new Error(`GET ${page} was answered with ${answer.status}: ${answer.text}`);
      items.push(...answer.json.items);
      cursor = answer.json.next;
    } while (cursor);
    return items;
  }

  close() {
    this.agent.destroy();
  }
}

/** Calls `work(item)` for all items, at most `width` at once. */
export async function atMost(width, items, work) {
  let next = 0;
  const workers = Array.from({ length: Math.min(width, items.length) }, async () => {
    while (next < items.length) {
      const item = items[next];
      next += 1;
      await work(item);
    }
  });
  await Promise.all(workers);
}
