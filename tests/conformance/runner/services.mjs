// The services of a scenario: each its own HTTP server on this machine, answering by its script.
import http from 'node:http';
import { readRequest, send } from './host.mjs';

/** The answers of one "METHOD /path": one for each time it is asked, the last for all that follow. */
function scriptOf(answers) {
  const list = [answers].flat();
  let asked = 0;
  return () => list[Math.min(asked++, list.length - 1)];
}

function listening(server) {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
}

/**
 * `scripts` is {name: {"METHOD /path": answer or list of answers}}; an answer is {status, headers,
 * body, bytes, delay, broken}: `bytes` is a body in base64, `delay` in ms, `broken` closes the
 * connection instead. A path may end in
 * `*`. Answers {localized, requests, close}: `localized` puts the real address in the place of
 * http://NAME.test in any value; `requests` are those that came, oldest first.
 */
export async function startServices(scripts = {}) {
  const requests = [];
  const servers = {};
  const urls = {};
  const localized = (value) => {
    if (value === undefined) return undefined;
    const text = Object.keys(urls).reduce((all, name) => all.replaceAll(`http://${name}.test`, urls[name]), JSON.stringify(value));
    return JSON.parse(text);
  };

  for (const [name, script] of Object.entries(scripts)) {
    const ways = Object.entries(script).map(([way, answers]) => ({ way, next: scriptOf(answers) }));
    const answerTo = ({ method, path }) => {
      const asked = `${method} ${path}`;
      const fits = ({ way }) => way === asked || (way.endsWith('*') && asked.startsWith(way.slice(0, -1)));
      return ways.find(fits)?.next() ?? { status: 404, body: { message: 'nothing is here' } };
    };
    servers[name] = http.createServer(async (incoming, response) => {
      const request = await readRequest(incoming);
      requests.push({ service: name, ...request });
      const answer = localized(answerTo(request));
      if (answer.broken) {
        incoming.socket.destroy();
        return;
      }
      const body = answer.bytes === undefined ? answer.body : Buffer.from(answer.bytes, 'base64');
      setTimeout(() => send(response, { ...answer, body }), answer.delay ?? 0);
    });
    await listening(servers[name]);
    urls[name] = `http://127.0.0.1:${servers[name].address().port}`;
  }
  const closed = (server) =>
    new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    });
  return { localized, requests, close: () => Promise.all(Object.values(servers).map(closed)) };
}
