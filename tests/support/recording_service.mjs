// A local HTTP service that answers as a test tells it and keeps what it was asked.
import http from 'node:http';

/**
 * Serves on a free port of 127.0.0.1. `service.answer` is called with each request and gives
 * {status, body, headers}: JSON, status 200 if left out. `service.requests` holds the requests as
 * {method, path, query, headers, body}, oldest first; `forget()` empties it.
 */
export async function startRecordingService() {
  const service = { requests: [], answer: () => ({ body: {} }) };
  const server = http.createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString('utf8');
    const { pathname, searchParams } = new URL(request.url, 'http://localhost');
    const recorded = {
      method: request.method,
      path: decodeURIComponent(pathname),
      query: Object.fromEntries(searchParams),
      headers: request.headers,
      body: /\bjson\b/.test(request.headers['content-type'] ?? '') && text ? JSON.parse(text) : text,
    };
    service.requests.push(recorded);
    const { status = 200, body, headers = {} } = service.answer(recorded, service.requests.length);
    response.writeHead(status, { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers });
    response.end(body === undefined ? '' : JSON.stringify(body));
  });
  await new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  service.url = `http://127.0.0.1:${server.address().port}`;
  service.forget = () => service.requests.splice(0);
  service.close = () =>
    new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    });
  return service;
}
