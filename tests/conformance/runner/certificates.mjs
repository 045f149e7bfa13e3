// Certificates made at run time: a small authority, and a certificate of it for some host names.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const new_key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

/**
 * Answers {key, cert, ca_file, remove}: key and certificate (PEM) of a server that goes by `hosts`,
 * and the file of the authority that a client has to trust. `remove` deletes the file.
 */
export function makeCertificates(hosts) {
  const folder = mkdtempSync(join(tmpdir(), 'conformance-tls-'));
  const file = (name) => join(folder, name);
  const openssl = (...words) =>
    execFileSync('openssl', words, { stdio: ['ignore', 'ignore', 'pipe'] });
  openssl(
    'req',
    '-x509',
    ...new_key,
    '-days',
    '2',
    '-subj',
    '/CN=conformance test authority',
    '-addext',
    'basicConstraints=critical,CA:TRUE',
    '-addext',
    'keyUsage=critical,keyCertSign,cRLSign',
    '-keyout',
    file('ca.key'),
    '-out',
    file('ca.pem'),
  );
  openssl(
    'req',
    ...new_key,
    '-subj',
    `/CN=${hosts[0]}`,
    '-keyout',
    file('key.pem'),
    '-out',
    file('request.pem'),
  );
  writeFileSync(
    file('extensions'),
    [
      `subjectAltName=${hosts.map((host) => `DNS:${host}`).join(',')}`,
      'basicConstraints=CA:FALSE',
      'extendedKeyUsage=serverAuth',
      '',
    ].join('\n'),
  );
  openssl(
    'x509',
    '-req',
    '-in',
    file('request.pem'),
    '-CA',
    file('ca.pem'),
    '-CAkey',
    file('ca.key'),
    '-CAcreateserial',
    '-days',
    '2',
    '-extfile',
    file('extensions'),
    '-out',
    file('cert.pem'),
  );
  return {
    key: readFileSync(file('key.pem')),
    cert: readFileSync(file('cert.pem')),
    ca_file: file('ca.pem'),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
