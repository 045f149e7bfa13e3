// The services of a scenario: each its own HTTP server on this machine, answering by its script.
import http from 'node:http';
import { readRequest, send } from './host.mjs';
import { scripted } from './scripts.mjs';

function listening(server) {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
}

/**
 * `scripts` is {name: script}, see scripts.mjs. Answers {localized, requests, close}: `localized` puts the real address in the place of
 * http://NAME.test in any value; `requests` are those that came, oldest first.
 */
export async function startServices(scripts = {}) {
  const requests = [];
  const servers = {};
  const urls = {};
  const localized = (value) => {
    if (value === undefined) return undefined;
    const text = Object.keys(urls).reduce(
      (all, name) => all.replaceAll(`http://${name}.test`, urls[name]),
      JSON.stringify(value),
    );
    return JSON.parse(text);
  };

  for (const [name, script] of Object.entries(scripts)) {
    const answerTo = scripted(script);
    servers[name] = http.createServer(async (incoming, response) => {
      const request = await readRequest(incoming);
      requests.push({ service: name, ...request });
      const answer = localized(answerTo(request));
      if (answer.broken) {
        incoming.socket.destroy();
        return;
      }
      setTimeout(() => send(response, answer), answer.delay ?? 0);
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
