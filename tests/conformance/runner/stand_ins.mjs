// Servers on this machine that stand in for hosts of the internet, each by its name.
import http from 'node:http';
import https from 'node:https';
import { makeCertificates } from './certificates.mjs';
import { readRequest, send } from './host.mjs';

function listening(server) {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => resolve(server.address().port));
  });
}

function closed(server) {
  return new Promise((resolve) => {
    server.close(resolve);
    server.closeAllConnections();
  });
}

/**
 * `hosts` maps a host's name to a function from a request (see readRequest) to its answer
 * {status, headers, body, delay}; both https and http reach it. Answers {connect_to, ca_file,
 * requests, answer_as, close}: how to reach them ("HOST:443=127.0.0.1:PORT"), whom to trust, what was
 * asked, oldest first; `answer_as` puts other functions in their places and forgets the requests.
 */
export async function startStandIns(hosts) {
  const names = Object.keys(hosts);
  const certificates = makeCertificates(names);
  const requests = [];
  let ways = hosts;

  const serve = async (incoming, response) => {
    const service = (incoming.headers.host ?? '').split(':')[0];
    const request = await readRequest(incoming);
    requests.push({ service, ...request });
    const answer = ways[service]?.(request) ?? {
      status: 421,
      body: { message: `${service} is nobody here` },
    };
    setTimeout(() => send(response, answer), answer.delay ?? 0);
  };
  const secure = https.createServer({ key: certificates.key, cert: certificates.cert }, serve);
  const plain = http.createServer(serve);
  const [secure_port, plain_port] = await Promise.all([listening(secure), listening(plain)]);
  return {
    connect_to: names.flatMap((name) => [
      `${name}:443=127.0.0.1:${secure_port}`,
      `${name}:80=127.0.0.1:${plain_port}`,
    ]),
    ca_file: certificates.ca_file,
    requests,
    answer_as: (others) => {
      ways = others;
      requests.splice(0);
    },
    close: async () => {
      certificates.remove();
      await Promise.all([closed(secure), closed(plain)]);
    },
  };
}
