import { generateKeyPairSync } from 'node:crypto';
import { beforeEach, expect, test } from 'vitest';
import { TokenAccess } from '../../../server/access/token-access.js';
import { parseTokenFile, type TokenFile } from '../../../server/access/token-file.js';
import type { Grant } from '../../../server/contracts/access.js';
import { ManualClock } from '../../../server/testing/manual-clock.js';
import { FEED, JWT, KEYS, LONG, makeJwt, refusedTokens, WEB } from '../../support/tokens.js';

const START = 1_800_000_000;

let clock: ManualClock;
let access: TokenAccess;

/** By how much the wall clock was set, forward or back. */
let wallStepMs = 0;
const wallNow = (): number => START * 1000 + clock.now() + wallStepMs;

function file(keys: readonly object[], jwt?: object): TokenFile {
  const parsed = parseTokenFile(JSON.stringify({ keys, jwt }));
  if (!parsed.ok) throw new Error(parsed.problem);
  return parsed.file;
}

beforeEach(() => {
  clock = new ManualClock();
  wallStepMs = 0;
  access = new TokenAccess(file(KEYS, JWT), clock, wallNow);
});

async function grant(token: string): Promise<Grant> {
  const decision = await access.decide(token);
  if (!decision.ok) throw new Error(decision.error.message);
  return decision.grant;
}

function watch(given: Grant): string[] {
  const ends: string[] = [];
  access.watch(given, ({ code, message }) => ends.push(`${code}: ${message}`));
  return ends;
}

const refused = [...(await refusedTokens(START)), LONG];

test.each(refused)('refuses a token that is $title', async ({ token, message }) => {
  const decision = await access.decide(token);

  expect(decision).toEqual({
    ok: false,
    error: { code: 'UNAUTHENTICATED', retryable: false, message: expect.stringMatching(message) },
  });
});

test('says nothing of a token in a refusal, and takes no other kind of value', async () => {
  for (const { token } of refused) {
    if (token === undefined || token.length < 20) continue;
    expect(JSON.stringify(await access.decide(token))).not.toContain(token.slice(0, 20));
  }
  for (const value of [5, null, {}, [WEB], true]) {
    expect(await access.decide(value)).toMatchObject({ ok: false, error: { code: 'UNAUTHENTICATED' } });
  }
});

test('a token of 100 kB is refused by its length, before anything is made of it', () => {
  expect(access.decide('x'.repeat(100_000))).toMatchObject({
    ok: false,
    error: { message: expect.stringMatching(/of \d+ characters at most/) },
  });
});

test('a key brings its scopes and does not expire', async () => {
  const found = await grant(WEB);
  const ends = watch(found);
  clock.advance(1e9);

  expect(found).toMatchObject({
    name: 'web',
    rights: { predict: true, publish: false, subscribe: true, admin: false },
  });
  expect(ends).toEqual([]);
});

test.each([
  ['predict subscribe', ['predict', 'subscribe']],
  [
    ['publish', 'predict', 7],
    ['predict', 'publish'],
  ],
  ['openid admin', ['admin']],
  ['predictions', []],
  [null, []],
  [{ predict: true }, []],
])('a JWT with the scope claim %j has the scopes %j', async (scope, expected) => {
  const { rights, name } = await grant(await makeJwt(START, { scope }));

  expect(
    Object.entries(rights)
      .flatMap(([one, has]) => (has ? [one] : []))
      .sort(),
  ).toEqual([...expected].sort());
  expect(name).toBe('jwt:user-7');
});

test('a JWT that begins in a moment is taken: the issuer’s clock may be ahead', async () => {
  expect(await access.decide(await makeJwt(START, { nbf: START + 3 }))).toMatchObject({ ok: true });
});

test('a grant ends at its exp, at most a second late and never early', async () => {
  const ends = watch(await grant(await makeJwt(START, { exp: START + 30 })));
  clock.advance(29_999);
  expect(ends).toEqual([]);

  clock.advance(1000);
  expect(ends).toEqual([expect.stringMatching(/^UNAUTHENTICATED: the token has expired/)]);
  clock.advance(60_000);
  expect(ends).toHaveLength(1);
});

test('a grant ends by the wall clock: within a quarter of a second when that is set past its end, later when it is set back', async () => {
  const ends = watch(await grant(await makeJwt(START, { exp: START + 7200 })));
  wallStepMs = -3_600_000;
  clock.advance(7_200_000);
  expect(ends).toEqual([]);
  wallStepMs = 0;
  clock.advance(250);
  expect(ends).toHaveLength(1);

  const soon = watch(await grant(await makeJwt(START, { exp: START + 7200 + 7000 })));
  clock.advance(5000);
  wallStepMs = 7_200_000;
  clock.advance(250);
  expect(soon).toHaveLength(1);
});

test('grants of all ends share one timer, which rests when there is none', async () => {
  const ends = await Promise.all(
    [5, 3, 3, 60].map(async (s) => watch(await grant(await makeJwt(START, { exp: START + s })))),
  );
  expect(clock.timers).toBe(1);

  clock.advance(4000);
  expect(ends.map((end) => end.length)).toEqual([0, 1, 1, 0]);
  clock.advance(60_000);
  expect(ends.map((end) => end.length)).toEqual([1, 1, 1, 1]);
  expect(clock.timers).toBe(0);
});

test('what is forgotten is told nothing', async () => {
  const ends: unknown[] = [];
  const forget = access.watch(await grant(await makeJwt(START)), (error) => ends.push(error));
  forget();
  clock.advance(120_000);

  expect(ends).toEqual([]);
});

test('a newer file: who is gone or changed ends at once, who stayed stays, who is new comes in', async () => {
  const [web, feed, jwt] = [
    watch(await grant(WEB)),
    watch(await grant(FEED)),
    watch(await grant(await makeJwt(START))),
  ];

  access.replace(file([KEYS[0], { name: 'new', token: 'n'.repeat(32), scopes: ['admin'] }], JWT));
  expect([web.length, feed.length, jwt.length]).toEqual([0, 1, 0]);
  expect(feed[0]).toMatch(/^UNAUTHENTICATED: the token was withdrawn/);
  expect(await access.decide(FEED)).toMatchObject({ ok: false });
  expect(await access.decide('n'.repeat(32))).toMatchObject({ ok: true });

  access.replace(file([{ ...KEYS[0], scopes: ['predict'] }], { ...JWT, audience: 'else' }));
  expect([web.length, feed.length, jwt.length]).toEqual([1, 1, 1]);
  expect((await grant(WEB)).rights.subscribe).toBe(false);
});

test('a grant that was withdrawn, or expired, before it was used ends at once', async () => {
  const late = await grant(FEED);
  const brief = await grant(await makeJwt(START, { exp: START + 1 }));
  access.replace(file([KEYS[0]], JWT));
  clock.advance(2000);

  expect(watch(late)).toHaveLength(1);
  expect(watch(brief)).toHaveLength(1);
});

test('a key set: the token’s kid chooses, and a key that was taken out counts no more', async () => {
  const first = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const second = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const jwk = (kid: string, pair: typeof first): object => ({ ...pair.publicKey.export({ format: 'jwk' }), kid });
  const settings = { algorithm: 'ES256', issuer: JWT.issuer, audience: JWT.audience };
  const isIn = async (kid: string, pair: typeof first): Promise<boolean> => {
    const { ok } = await access.decide(await makeJwt(START, { alg: 'ES256', kid, key: pair.privateKey }));
    return ok;
  };
  const both = { ...settings, jwks: { keys: [jwk('1', first), jwk('2', second)] } };
  access = new TokenAccess(file([], both), clock, wallNow);
  expect([await isIn('1', first), await isIn('2', second)]).toEqual([true, true]);
  expect([await isIn('2', first), await isIn('3', first)]).toEqual([false, false]);

  access.replace(file([], { ...settings, jwks: { keys: [jwk('2', second)] } }));
  expect([await isIn('1', first), await isIn('2', second)]).toEqual([false, true]);
});

test('a secret for JWTs works too, and then no other algorithm', async () => {
  const secret = 's'.repeat(32);
  const claims = { issuer: JWT.issuer, audience: JWT.audience };
  access = new TokenAccess(file([], { algorithm: 'HS256', secret, ...claims }), clock, wallNow);
  expect(
    await access.decide(await makeJwt(START, { alg: 'HS256', key: new TextEncoder().encode(secret) })),
  ).toMatchObject({ ok: true });
  expect(await access.decide(await makeJwt(START))).toMatchObject({ ok: false });
});
