import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseTokenFile } from '../../../server/access/token-file.js';

const TOKEN = 'a'.repeat(32);
const SECRET = 's'.repeat(32);
const key = { name: 'web', token: TOKEN, scopes: ['predict'] };
const jwt = { algorithm: 'HS256', secret: SECRET, issuer: 'me', audience: 'hub' };

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const short = generateKeyPairSync('rsa', { modulusLength: 1024 });
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const pem = (from: { publicKey: { export(options: object): string | Buffer } }): string =>
  from.publicKey.export({ type: 'spki', format: 'pem' }).toString();
const privatePem = rsa.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const asym = (algorithm: string, publicKey: string): object => ({
  algorithm,
  publicKey,
  issuer: 'me',
  audience: 'hub',
});
const jwks = (...keys: object[]): object => ({ algorithm: 'RS256', jwks: { keys }, issuer: 'me', audience: 'hub' });

test.each([
  ['keys', { keys: [key, { name: 'ops', token: 'b'.repeat(64), scopes: ['admin', 'publish'] }] }],
  ['a secret for JWTs', { keys: [], jwt }],
  ['a public key', { keys: [key], jwt: asym('RS256', pem(rsa)) }],
  ['a curve that fits', { keys: [], jwt: asym('ES256', pem(ec)) }],
  ['a key set', { keys: [], jwt: jwks(rsa.publicKey.export({ format: 'jwk' })) }],
])('takes %s', (_title, file) => {
  expect(parseTokenFile(JSON.stringify(file))).toMatchObject({ ok: true });
});

test.each([
  ['an empty file', '  \n', /is empty; .*access\.md/],
  ['no JSON', '{"keys": [\n{"name": "web", "token": oops', /not JSON( at line 2)?;/],
  ['a list', [], /must be an object: .*"keys"/],
  ['no keys', {}, /"keys": expected a list/],
  ['nothing that opens', { keys: [] }, /nobody could come in/],
  ['a name with spaces', { keys: [{ ...key, name: 'the web' }] }, /"keys\[0\]\.name": expected 1 to 64/],
  ['no token', { keys: [{ name: 'web', scopes: ['predict'] }] }, /"keys\[0\]\.token": expected a text; .*openssl rand/],
  ['the placeholder', { keys: [{ ...key, token: 'put here: openssl rand -hex 32' }] }, /placeholder; .*openssl rand/],
  ['a short token', { keys: [{ ...key, token: 'a'.repeat(31) }] }, /"keys\[0\]\.token": expected 32 to 512/],
  ['a long token', { keys: [{ ...key, token: 'a'.repeat(513) }] }, /expected 32 to 512/],
  ['a token with a space', { keys: [{ ...key, token: `${TOKEN} ${TOKEN}` }] }, /without spaces/],
  ['a token of other letters', { keys: [{ ...key, token: 'é'.repeat(40) }] }, /ASCII/],
  ['no scopes', { keys: [{ ...key, scopes: [] }] }, /"keys\[0\]\.scopes": expected at least one/],
  ['an unknown scope', { keys: [{ ...key, scopes: ['root'] }] }, /"keys\[0\]\.scopes\[0\]": expected one of predict/],
  [
    'an unknown field',
    { keys: [{ ...key, scope: 'predict' }] },
    /"keys\[0\]" has a field .* known are name, token, scopes/,
  ],
  ['a name twice', { keys: [key, { ...key, token: 'b'.repeat(32) }] }, /"keys\[1\]\.name" is that of "keys\[0\]"/],
  ['a token twice', { keys: [key, { ...key, name: 'ops' }] }, /"keys\[1\]\.token" is that of "keys\[0\]"/],
  ['no algorithm', { keys: [], jwt: { ...jwt, algorithm: undefined } }, /"jwt\.algorithm": expected one of HS256/],
  ['algorithm none', { keys: [], jwt: { ...jwt, algorithm: 'none' } }, /"jwt\.algorithm": expected one of/],
  ['no issuer', { keys: [], jwt: { ...jwt, issuer: undefined } }, /"jwt\.issuer": expected a text/],
  ['no audience', { keys: [], jwt: { ...jwt, audience: '' } }, /"jwt\.audience": expected a text/],
  ['a short secret', { keys: [], jwt: { ...jwt, secret: 'x'.repeat(31) } }, /too short: expected 32 bytes/],
  ['a secret and a key', { keys: [], jwt: { ...jwt, publicKey: pem(rsa) } }, /HS256 needs "secret" and neither/],
  ['a secret as the key of RS256', { keys: [], jwt: { ...jwt, algorithm: 'RS256' } }, /RS256 needs either/],
  ['a public key as the secret', { keys: [], jwt: asym('HS256', pem(rsa)) }, /HS256 needs "secret"/],
  ['a private key', { keys: [], jwt: asym('RS256', privatePem) }, /is a private key/],
  ['no PEM', { keys: [], jwt: asym('RS256', 'abc') }, /no PEM public key/],
  ['a key of another kind', { keys: [], jwt: asym('ES256', pem(rsa)) }, /does not fit ES256/],
  ['a small RSA key', { keys: [], jwt: asym('RS256', pem(short)) }, /does not fit RS256 \(RSA: 2048 bits\)/],
  ['a secret in a key set', { keys: [], jwt: jwks({ kty: 'oct', k: 'AAAA' }) }, /"jwt\.jwks\.keys\[0\]" is a secret/],
  [
    'a private key in a key set',
    { keys: [], jwt: jwks(rsa.privateKey.export({ format: 'jwk' })) },
    /"jwt\.jwks\.keys\[0\]" is a secret or private key/,
  ],
])('refuses %s', (_title, file, message) => {
  const parsed = parseTokenFile(typeof file === 'string' ? file : JSON.stringify(file));

  expect(parsed).toEqual({ ok: false, problem: expect.stringMatching(message) });
});

test('a problem quotes nothing of the file', () => {
  const secret = 'hunter2hunter2hunter2hunter2hunter2';
  const broken = [
    `{"keys":[{"name":"web","token":"${secret}" "scopes":[]}]}`,
    secret,
    `"${secret}"`,
    `{"${secret}":1}`,
    JSON.stringify({ keys: [{ name: 'web', token: TOKEN, [secret]: ['predict'] }] }),
    JSON.stringify({ keys: [{ name: 'web', token: `${secret} `, scopes: [secret] }] }),
    JSON.stringify({ keys: [], jwt: { ...jwt, secret: 'hunter2' } }),
  ];
  for (const text of broken) {
    const parsed = parseTokenFile(text);

    expect(parsed.ok).toBe(false);
    expect(JSON.stringify(parsed)).not.toContain('hunter2');
  }
});

test('the example file of deploy/ is refused until its placeholders are replaced', ({ skip }) => {
  let example = '';
  try {
    example = readFileSync(join(import.meta.dirname, '../../../deploy/tokens.example.json'), 'utf8');
  } catch {
    skip('deploy/tokens.example.json is not there');
  }

  expect(parseTokenFile(example)).toMatchObject({ ok: false, problem: expect.stringContaining('placeholder') });
  let count = 0;
  expect(parseTokenFile(example.replace(/put here: [^"]*/g, () => `${count++}`.repeat(64)))).toMatchObject({
    ok: true,
  });
});

test('a token file may have a byte order mark and the line ends of Windows; UTF-16 is told', () => {
  const text = `\ufeff${JSON.stringify({ keys: [key] }, undefined, 2).replaceAll('\n', '\r\n')}\r\n`;

  expect(parseTokenFile(text)).toMatchObject({ ok: true, file: { keys: [key] } });
  expect(parseTokenFile('\ufeff')).toMatchObject({ ok: false, problem: expect.stringContaining('it is empty') });
  expect(parseTokenFile(Buffer.from(text, 'utf16le').toString('utf8'))).toMatchObject({
    ok: false,
    problem: expect.stringContaining('it is not JSON (it is UTF-16; save it as UTF-8)'),
  });
});
