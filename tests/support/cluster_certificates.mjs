// Certificates with which the nodes of a cluster know each other: an authority of the cluster's own, and
// one certificate for each node that it signs, for serving as well as for asking.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

const openssl = (...words) => execFileSync('openssl', words, { stdio: ['ignore', 'ignore', 'pipe'] });
const newKey = (file) => ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', file];

/** Answers an authority that keeps its files in `folder`. */
export function makeAuthority(folder, name = 'authority') {
  const [key, certificate] = [join(folder, `${name}.key`), join(folder, `${name}.pem`)];
  openssl('req', '-x509', ...newKey(key), '-days', '2', '-out', certificate, '-subj', `/CN=${name} of a test`,
    '-addext', 'basicConstraints=critical,CA:TRUE', '-addext', 'keyUsage=critical,keyCertSign,cRLSign');
  return { folder, key, certificate };
}

/** The files {certificate, key, authority} of a node that is reached at `address`. */
export function makeNodeCertificate(authority, name, address) {
  const file = (ending) => join(authority.folder, `${name}.${ending}`);
  openssl('req', '-new', ...newKey(file('key')), '-out', file('csr'), '-subj', `/CN=${name}`);
  writeFileSync(file('ext'), [
    'basicConstraints=CA:FALSE', 'keyUsage=digitalSignature', 'extendedKeyUsage=serverAuth,clientAuth',
    `subjectAltName=DNS:${name},IP:${address}`,
  ].join('\n'));
  openssl('x509', '-req', '-in', file('csr'), '-CA', authority.certificate, '-CAkey', authority.key, '-CAcreateserial',
    '-days', '2', '-out', file('pem'), '-extfile', file('ext'));
  return { certificate: file('pem'), key: file('key'), authority: authority.certificate };
}
