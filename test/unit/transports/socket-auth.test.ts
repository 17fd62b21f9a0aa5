import { expect, test } from 'vitest';
import { openAccess } from '../../../server/access/open-access.js';
import { type Access, type AccessDecision, rightsOf } from '../../../server/contracts/access.js';
import { ManualClock } from '../../../server/testing/manual-clock.js';
import { Authorization } from '../../../server/transports/authorization.js';
import { bearerToken } from '../../../server/transports/bearer.js';
import type { HubSocket } from '../../../server/transports/socketio/outbox.js';
import { SocketAuth } from '../../../server/transports/socketio/socket-auth.js';
import { type WireError, wireError } from '../../../shared/errors.js';
import { parsePredict } from '../../../shared/parse.js';

const NO = wireError('UNAUTHENTICATED', 'no');
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** An access that records the tokens it gets, and ends grants on demand. */
function makeDoor(decision: AccessDecision | Promise<AccessDecision>) {
  const tokens: unknown[] = [];
  const ends: ((error: WireError) => void)[] = [];
  const rejected: unknown[] = [];
  const access: Access = {
    decide: (token) => {
      tokens.push(token);
      return decision;
    },
    watch: (_pass, ended) => {
      ends.push(ended);
      return () => ends.splice(0);
    },
  };
  const clock = new ManualClock();
  const auth = new SocketAuth(access, clock, (_socket, error) => rejected.push(error));
  return { auth, tokens, ends, rejected, clock };
}

function makeSocket(auth: unknown, headers: object = {}) {
  let closed = 0;
  const conn = {
    close: () => {
      closed += 1;
    },
  };
  const socket = { handshake: { auth, headers, address: '::1' }, conn } as unknown as HubSocket;
  return { socket, closed: () => closed };
}

async function enter(auth: SocketAuth, socket: HubSocket): Promise<unknown> {
  return new Promise((resolve) => auth.middleware(socket, resolve));
}

const accepted = (...scopes: string[]): AccessDecision => ({
  ok: true,
  grant: { name: 'a', rights: rightsOf(scopes) },
});

test.each([
  [{ token: 'one' }, {}, 'one'],
  [{ token: 'one' }, { authorization: 'Bearer two' }, 'one'],
  [{ token: null }, { authorization: 'Bearer two' }, 'two'],
  [{}, { authorization: 'bearer  two ' }, 'two'],
  [null, {}, undefined],
  ['text', {}, undefined],
  [{ token: 5 }, {}, 5],
  [{}, { authorization: 'Basic dXNlcjpwYXNz' }, ''],
  [{}, { authorization: 'Bearer' }, ''],
  [{}, { authorization: 'Bearer two three' }, ''],
])('auth %j with headers %j shows the token %j', async (sent, headers, token) => {
  const { auth, tokens } = makeDoor(accepted('predict'));
  await enter(auth, makeSocket(sent, headers).socket);

  expect(tokens).toEqual([token]);
});

test('a long header that has no token is a token that nobody has', () => {
  expect(bearerToken({ authorization: `Bearer${' '.repeat(16_000)}` })).toBe('');
  expect(bearerToken({ authorization: `Bearer ${'x '.repeat(8_000)}` })).toBe('');
});

test.each([
  ['at once', { ok: false, error: NO } as const],
  ['later', Promise.resolve({ ok: false, error: NO } as const)],
])('a refusal, %s: the error goes to the client, then the connection is closed', async (_title, decision) => {
  const { auth, rejected } = makeDoor(decision);
  const { socket, closed } = makeSocket({});
  const error = await enter(auth, socket);

  expect(error).toMatchObject({ message: 'no', data: NO });
  expect(closed()).toBe(0);
  await turn();
  expect(closed()).toBe(1);
  expect(rejected).toEqual([NO]);
});

test.each([
  [['predict'], undefined],
  [['subscribe'], undefined],
  [['admin'], 'FORBIDDEN'],
  [['publish'], 'FORBIDDEN'],
  [[], 'FORBIDDEN'],
])('the scopes %j at the door', async (scopes, code) => {
  const { auth } = makeDoor(accepted(...scopes));
  const error = await enter(auth, makeSocket({}).socket);

  const found = error instanceof Error && 'data' in error ? error.data : undefined;
  expect(found).toEqual(code === undefined ? undefined : expect.objectContaining({ code }));
});

const NO_DEFAULT = { standard: () => undefined };

function refusalOf(authorization: Authorization, stream?: string): WireError | undefined {
  const parsed = parsePredict({ input: [1], stream });
  if (!parsed.ok) throw new Error(parsed.error.message);
  const asked = authorization.predict(parsed.value);
  return asked.ok ? undefined : asked.error;
}

test('the end of a grant: no right is left, the client is told, closed, and cut a moment later', async () => {
  const { auth, ends, clock } = makeDoor(accepted('predict', 'publish', 'subscribe'));
  const { socket } = makeSocket({});
  await enter(auth, socket);
  const grant = auth.grantOf(socket);
  const authorization = new Authorization(grant, NO_DEFAULT);
  const done: string[] = [];
  auth.watch(grant, authorization, {
    tell: () => done.push('tell'),
    close: () => done.push('close'),
    destroy: () => done.push('destroy'),
  });
  expect([refusalOf(authorization, 's'), authorization.view()]).toEqual([undefined, undefined]);

  ends[0]?.(NO);
  expect([refusalOf(authorization), refusalOf(authorization, 's'), authorization.view()]).toEqual([NO, NO, NO]);
  expect(done).toEqual(['tell', 'close']);
  clock.advance(300);
  expect(done).toEqual(['tell', 'close', 'destroy']);
});

test.each([
  [['predict'], undefined, 'FORBIDDEN', 'FORBIDDEN'],
  [['predict', 'publish'], undefined, undefined, 'FORBIDDEN'],
  [['publish'], 'FORBIDDEN', 'FORBIDDEN', 'FORBIDDEN'],
  [['subscribe'], 'FORBIDDEN', 'FORBIDDEN', undefined],
  [['admin'], 'FORBIDDEN', 'FORBIDDEN', 'FORBIDDEN'],
])('the scopes %j: predict is %s, publishing %s, viewing %s', (scopes, predict, publish, view) => {
  const authorization = new Authorization({ rights: rightsOf(scopes) }, NO_DEFAULT);

  expect([refusalOf(authorization)?.code, refusalOf(authorization, 's')?.code, authorization.view()?.code]).toEqual([
    predict,
    publish,
    view,
  ]);
});

test('an open hub looks at no token and watches nobody', async () => {
  const auth = new SocketAuth(openAccess, new ManualClock(), () => {});
  const { socket } = makeSocket({ token: 'any' });

  expect(await enter(auth, socket)).toBeUndefined();
  expect(auth.grantOf(socket).rights).toEqual({ predict: true, publish: true, subscribe: true, admin: true });
});

test.each([
  [{ protocols: [8, 9] }, 'update the hub'],
  [{ protocol: 0 }, 'update the client'],
])('refuses a handshake with %j before it looks at the token, and says which end to update', async (sent, advice) => {
  const { auth, tokens, rejected } = makeDoor(accepted('predict'));
  const { socket, closed } = makeSocket({ ...sent, token: 'one' });

  const error = await enter(auth, socket);
  await turn();

  const data = { code: 'PROTOCOL_MISMATCH', retryable: false, message: expect.stringContaining(advice) };
  expect(error).toMatchObject({ data });
  expect(rejected).toMatchObject([data]);
  expect(tokens).toEqual([]);
  expect(closed()).toBe(1);
});

test.each([
  [{}],
  [null],
  [{ protocol: 1 }],
  [{ protocols: [1, 9], capabilities: ['telepathy', 5] }],
  [{ protocols: 'many', capabilities: 'all' }],
])('lets a client in that sends %j', async (sent) => {
  const { auth } = makeDoor(accepted('predict'));

  expect(await enter(auth, makeSocket(sent).socket)).toBeUndefined();
});
