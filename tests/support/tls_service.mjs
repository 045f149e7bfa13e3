// An HTTPS service with a certificate of its own, for tests of who is trusted.
//
//   node tests/support/tls_service.mjs [--http1] [--name HOST]
//
// Makes a certificate for HOST (localhost and 127.0.0.1 unless given) that nobody has signed, prints
// {"port":N,"url":"https://127.0.0.1:N","ca":"/path/to/certificate.pem"} and serves HTTP/2, and
// HTTP/1.1 to those who ask for it (--http1: that alone). Answers {protocol, path, sessions}.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import http2 from 'node:http2';
import https from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const args = process.argv.slice(2);
const name = args.includes('--name') ? args[args.indexOf('--name') + 1] : undefined;
const folder = mkdtempSync(join(tmpdir(), 'steward-tls-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
process.on('SIGTERM', () => process.exit(0));

const key = join(folder, 'key.pem');
const ca = join(folder, 'certificate.pem');
execFileSync('openssl', [
  'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2',
  '-keyout', key, '-out', ca, '-subj', '/CN=steward-test',
  '-addext', `subjectAltName=${name ? `DNS:${name}` : 'DNS:localhost,IP:127.0.0.1'}`,
], { stdio: 'ignore' });

let sessions = 0;
function answer(request, response) {
  const text = JSON.stringify({ protocol: request.httpVersion, path: request.url, sessions });
  setTimeout(() => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(text);
  }, 20);
}
const options = { key: readFileSync(key), cert: readFileSync(ca), allowHTTP1: true };
const server = args.includes('--http1')
  ? https.createServer(options, answer)
  : http2.createSecureServer(options, answer);
server.on('secureConnection', () => {
  sessions += 1;
});
server.on('sessionError', () => {});
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address();
  console.log(JSON.stringify({ port, url: `https://127.0.0.1:${port}`, ca }));
});
process.stdin.on('end', () => process.exit(0));
process.stdin.resume();
