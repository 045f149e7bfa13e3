// What the stand-ins share: a request as they see it, and their answers.

/** Reads the whole of a request: {method, path, query, headers, text, body}; `body` is parsed JSON, a form or text. */
export async function readRequest(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString('utf8');
  const { pathname, searchParams } = new URL(request.url, 'http://localhost');
  return {
    method: request.method,
    path: decodeURIComponent(pathname),
    query: collected(searchParams),
    headers: request.headers,
    text,
    body: parsedBody(request.headers['content-type'] ?? '', text),
  };
}

/** Names to values; a name that is given more than once has a list. */
function collected(parameters) {
  const out = {};
  for (const name of new Set(parameters.keys())) {
    const values = parameters.getAll(name);
    out[name] = values.length === 1 ? values[0] : values;
  }
  return out;
}

function parsedBody(type, text) {
  if (text === '') return null;
  if (/\bjson\b/.test(type)) {
    try {
      return JSON.parse(text);
    } catch {
      return text;
    }
  }
  return type.startsWith('application/x-www-form-urlencoded')
    ? collected(new URLSearchParams(text))
    : text;
}

/** Sends {status, headers, body, bytes}: status 200 unless said; a body that is no text as JSON, `bytes` from base64. */
export function send(response, { status = 200, headers = {}, body, bytes }) {
  const content = bytes === undefined ? body : Buffer.from(bytes, 'base64');
  const isReady = typeof content === 'string' || Buffer.isBuffer(content);
  const sent = content === undefined ? '' : isReady ? content : JSON.stringify(content);
  const type = content === undefined || isReady ? {} : { 'content-type': 'application/json' };
  response.writeHead(status, { ...type, ...headers, 'content-length': Buffer.byteLength(sent) });
  response.end(sent);
}
