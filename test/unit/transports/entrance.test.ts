import { expect, test } from 'vitest';
import { openAccess } from '../../../server/access/open-access.js';
import { type Access, type Admission, rightsOf } from '../../../server/contracts/access.js';
import { ManualClock } from '../../../server/testing/manual-clock.js';
import { bearerToken } from '../../../server/transports/bearer.js';
import { Permit } from '../../../server/transports/permit.js';
import { Entrance } from '../../../server/transports/socketio/entrance.js';
import type { HubSocket } from '../../../server/transports/socketio/outbox.js';
import { type WireError, wireError } from '../../../shared/errors.js';

const NO = wireError('UNAUTHENTICATED', 'no');
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** An access that notes the tokens it is shown, and ends passes when the test says so. */
function makeDoor(admission: Admission | Promise<Admission>) {
  const tokens: unknown[] = [];
  const ends: ((error: WireError) => void)[] = [];
  const rejected: unknown[] = [];
  const access: Access = {
    admit: (token) => {
      tokens.push(token);
      return admission;
    },
    watch: (_pass, ended) => {
      ends.push(ended);
      return () => ends.splice(0);
    },
  };
  const clock = new ManualClock();
  const entrance = new Entrance(access, clock, (_socket, error) => rejected.push(error));
  return { entrance, tokens, ends, rejected, clock };
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

async function enter(entrance: Entrance, socket: HubSocket): Promise<unknown> {
  return new Promise((resolve) => entrance.middleware(socket, resolve));
}

const admitted = (...scopes: string[]): Admission => ({ ok: true, pass: { name: 'a', rights: rightsOf(scopes) } });

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
])('auth %j with headers %j shows the token %j', async (auth, headers, token) => {
  const { entrance, tokens } = makeDoor(admitted('predict'));
  await enter(entrance, makeSocket(auth, headers).socket);

  expect(tokens).toEqual([token]);
});

test('a long header is read in one go', () => {
  const began = performance.now();
  bearerToken({ authorization: `Bearer${' '.repeat(16_000)}` });
  bearerToken({ authorization: `Bearer ${'x '.repeat(8_000)}` });

  expect(performance.now() - began).toBeLessThan(200);
});

test.each([
  ['at once', { ok: false, error: NO } as const],
  ['later', Promise.resolve({ ok: false, error: NO } as const)],
])('a refusal, %s: the error goes to the client, then the connection is closed', async (_title, admission) => {
  const { entrance, rejected } = makeDoor(admission);
  const { socket, closed } = makeSocket({});
  const error = await enter(entrance, socket);

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
  const { entrance } = makeDoor(admitted(...scopes));
  const error = await enter(entrance, makeSocket({}).socket);

  const found = error instanceof Error && 'data' in error ? error.data : undefined;
  expect(found).toEqual(code === undefined ? undefined : expect.objectContaining({ code }));
});

test('the end of a pass: no right is left, the client is told, closed, and cut a moment later', async () => {
  const { entrance, ends, clock } = makeDoor(admitted('predict', 'publish', 'subscribe'));
  const { socket } = makeSocket({});
  await enter(entrance, socket);
  const pass = entrance.passOf(socket);
  const permit = new Permit(pass.rights);
  const done: string[] = [];
  entrance.watch(pass, permit, {
    tell: () => done.push('tell'),
    close: () => done.push('close'),
    destroy: () => done.push('destroy'),
  });
  expect([permit.predict('s'), permit.view()]).toEqual([undefined, undefined]);

  ends[0]?.(NO);
  expect([permit.predict(undefined), permit.predict('s'), permit.view()]).toEqual([NO, NO, NO]);
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
  const permit = new Permit(rightsOf(scopes));

  expect([permit.predict(undefined)?.code, permit.predict('s')?.code, permit.view()?.code]).toEqual([
    predict,
    publish,
    view,
  ]);
});

test('an open hub looks at no token and watches nobody', async () => {
  const entrance = new Entrance(openAccess, new ManualClock(), () => {});
  const { socket } = makeSocket({ token: 'any' });

  expect(await enter(entrance, socket)).toBeUndefined();
  expect(entrance.passOf(socket).rights).toEqual({ predict: true, publish: true, subscribe: true, admin: true });
});
