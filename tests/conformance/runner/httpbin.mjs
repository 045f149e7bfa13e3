// A stand-in for httpbin.org: what is asked is told, and authentication is checked.
import { createHash } from 'node:crypto';

const md5 = (text) => createHash('md5').update(text).digest('hex');
const refused = (challenge) => ({ status: 401, headers: { 'www-authenticate': challenge } });
const realm = 'Fake Realm';

/** The `name=value` pairs of an Authorization header. */
function credentials(header) {
  return Object.fromEntries(
    [...header.matchAll(/(\w+)=(?:"([^"]*)"|([^\s,]+))/g)].map(([, name, quoted, bare]) => [
      name,
      quoted ?? bare,
    ]),
  );
}

function basic({ headers }, [user, password]) {
  const wanted = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  if (headers.authorization !== wanted) return refused(`Basic realm="${realm}"`);
  return { body: { authenticated: true, user } };
}

function bearer({ headers }) {
  const [scheme, token] = (headers.authorization ?? '').split(' ');
  return scheme === 'Bearer' && token
    ? { body: { authenticated: true, token } }
    : refused('Bearer');
}

/** RFC 7616 with MD5 and qop "auth". */
function digest({ method, headers, path }, [qop, user, password]) {
  const given = credentials(headers.authorization ?? '');
  const nonce = md5(path);
  const first = md5(`${user}:${realm}:${password}`);
  const second = md5(`${method}:${given.uri}`);
  const proof = md5([first, nonce, given.nc, given.cnonce, given.qop, second].join(':'));
  if (given.response === proof && given.username === user)
    return { body: { authenticated: true, user } };
  return refused(
    `Digest realm="${realm}", nonce="${nonce}", qop="${qop}", algorithm=MD5, opaque="${md5(nonce)}"`,
  );
}

const told = ({ method, path, query, headers, text, body }) => {
  const isForm = (headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded');
  return {
    body: {
      args: query,
      data: isForm ? '' : text,
      form: isForm ? body : {},
      headers: Object.fromEntries(
        Object.entries(headers).map(([name, value]) => [
          name.replace(/\b[a-z]/g, (c) => c.toUpperCase()),
          value,
        ]),
      ),
      json: body !== null && typeof body === 'object' && !isForm ? body : null,
      method,
      origin: '127.0.0.1',
      url: `https://httpbin.org${path}`,
    },
  };
};

const redirect = (location, status = 302) => ({ status, headers: { location } });
const limited = (method) => (request) =>
  request.method === method ? told(request) : { status: 405, headers: { allow: method } };

const ways = {
  'basic-auth': basic,
  'hidden-basic-auth': (request, words) => {
    const answer = basic(request, words);
    return answer.status ? { status: 404 } : answer;
  },
  bearer,
  'digest-auth': digest,
  status: (_, [code]) => ({ status: Number(code) }),
  anything: told,
  get: limited('GET'),
  post: limited('POST'),
  put: limited('PUT'),
  patch: limited('PATCH'),
  delete: limited('DELETE'),
  headers: (request) => ({ body: { headers: told(request).body.headers } }),
  ip: () => ({ body: { origin: '127.0.0.1' } }),
  uuid: () => ({ body: { uuid: '8f0a3d2e-0000-4000-8000-000000000001' } }),
  json: () => ({ body: { slideshow: { title: 'Sample Slide Show', slides: [] } } }),
  'user-agent': ({ headers }) => ({ body: { 'user-agent': headers['user-agent'] ?? null } }),
  'response-headers': ({ query }) => ({ headers: query, body: query }),
  delay: (request, [seconds]) => ({
    ...told(request),
    delay: Math.min(10, Number(seconds)) * 1000,
  }),
  redirect: (_, [count]) => redirect(Number(count) > 1 ? `/redirect/${Number(count) - 1}` : '/get'),
  'relative-redirect': (_, [count]) =>
    redirect(Number(count) > 1 ? `/relative-redirect/${Number(count) - 1}` : '/get'),
  'absolute-redirect': () => redirect('https://httpbin.org/get'),
  'redirect-to': ({ query }) => redirect(query.url, Number(query.status_code ?? 302)),
  base64: (_, [value]) => ({
    headers: { 'content-type': 'text/html; charset=utf-8' },
    body: Buffer.from(value, 'base64').toString('utf8'),
  }),
  bytes: (_, [count]) => ({
    headers: { 'content-type': 'application/octet-stream' },
    bytes: Buffer.alloc(Number(count), 7).toString('base64'),
  }),
};

/** Answers a function from requests to answers. */
export function httpbin() {
  return (request) => {
    const [, name, ...rest] = request.path.split('/');
    return Object.hasOwn(ways, name) ? ways[name](request, rest) : { status: 404 };
  };
}
