// One HTTPS server on this machine that stands in for hosts of the internet, each by its name.
import https from 'node:https';
import { makeCertificates } from './certificates.mjs';
import { readRequest, send } from './host.mjs';

/**
 * `hosts` maps a host's name to a function from a request (see readRequest) to its answer
 * {status, headers, body, delay_ms}. Answers {connect_to, ca_file, requests, close}: how to reach
 * them ("host:443=127.0.0.1:PORT"), whom to trust, and what was asked, oldest first.
 */
export async function startStandIns(hosts) {
  const names = Object.keys(hosts);
  const certificates = makeCertificates(names);
  const requests = [];
  const server = https.createServer({ key: certificates.key, cert: certificates.cert }, async (incoming, response) => {
    const name = (incoming.headers.host ?? '').split(':')[0];
    const request = await readRequest(incoming);
    requests.push({ host: name, ...request });
    const answer = hosts[name]?.(request) ?? { status: 421, body: { message: `${name} is nobody here` } };
    setTimeout(() => send(response, answer), answer.delay_ms ?? 0);
  });
  await new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address();
  return {
    connect_to: names.map((name) => `${name}:443=127.0.0.1:${port}`),
    ca_file: certificates.ca_file,
    requests,
    close: () =>
      new Promise((resolve) => {
        certificates.remove();
        server.close(resolve);
        server.closeAllConnections();
      }),
  };
}
