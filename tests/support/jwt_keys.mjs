// Keys for tests, and a second opinion on the tokens that were signed with them.
//
//   node tests/support/jwt_keys.mjs                    prints {"url":"","rsa":{"private","public"},"ec","ed","locked"}
//   node tests/support/jwt_keys.mjs ALGORITHM JWT KEY  prints {"url":"","holds":true}
import { createHmac, generateKeyPairSync, verify } from 'node:crypto';

function pair(kind, options = {}, privateOptions = {}) {
  return generateKeyPairSync(kind, {
    ...options,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem', ...privateOptions },
  });
}

function holds(algorithm, token, key) {
  const [header, payload, signature] = token.split('.');
  if (JSON.parse(Buffer.from(header, 'base64url')).alg !== algorithm) return false;
  const text = Buffer.from(`${header}.${payload}`);
  const bytes = Buffer.from(signature, 'base64url');
  if (algorithm === 'HS256') return createHmac('sha256', key).update(text).digest().equals(bytes);
  return verify('sha256', text, { key, dsaEncoding: 'ieee-p1363' }, bytes);
}

const [algorithm, token, key] = process.argv.slice(2);
const named = ({ privateKey, publicKey }) => ({ private: privateKey, public: publicKey });
const answer = algorithm
  ? { holds: holds(algorithm, token, key) }
  : {
      rsa: named(pair('rsa', { modulusLength: 2048 })),
      ec: named(pair('ec', { namedCurve: 'P-256' })),
      ed: named(pair('ed25519')),
      locked: named(pair('ec', { namedCurve: 'P-256' }, { cipher: 'aes-256-cbc', passphrase: 'hush' })),
    };
console.log(JSON.stringify({ url: '', ...answer }));
