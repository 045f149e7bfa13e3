// The HTTP front of the peers that are libraries: a table of { 'POST /path': async (body) => answer }.
import { createServer } from 'node:http';

async function bodyOf(request) {
  let text = '';
  for await (const bytes of request) text += bytes;
  return text ? JSON.parse(text) : {};
}

/** Serves `routes` on 127.0.0.1; a handler that throws answers 500 with what it said. */
export function serveJson(port, routes) {
  const server = createServer(async (request, response) => {
    let status = 200;
    let answer;
    try {
      const handler = routes[`${request.method} ${request.url}`];
      if (!handler) throw new Error(`there is no ${request.method} ${request.url}`);
      answer = await handler(await bodyOf(request));
    } catch (error) {
      status = 500;
      answer = { error: String(error?.message ?? error) };
    }
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  });
  server.listen(port, '127.0.0.1');
}
