import type { IncomingMessage } from 'node:http';
import { describe, expect, test } from 'vitest';
import { ManualClock } from '../../../server/testing/manual-clock.js';
import { RestOrigins } from '../../../server/transports/http/rest-origins.js';
import { principalKey } from '../../../server/transports/principal-key.js';
import { Sessions } from '../../../server/transports/socketio/sessions.js';
import { makeHub } from '../../support/core.js';

test('a principal is the holder of a token, and without one who has the address', () => {
  const open = { name: '' };
  const web = { name: 'web' };
  expect(principalKey(web, '192.0.2.1')).toBe(principalKey(web, '192.0.2.2'));
  expect(principalKey(open, '192.0.2.1')).not.toBe(principalKey(open, '192.0.2.2'));
  expect(principalKey(open, '2001:db8::1')).toBe(principalKey(open, '2001:db8::2'));
  expect(principalKey({ name: 'jwt:' }, '192.0.2.1')).not.toBe(principalKey({ name: 'jwt:' }, '192.0.2.2'));
  expect(principalKey({ name: 'jwt:ann' }, '192.0.2.1')).toBe(principalKey({ name: 'jwt:ann' }, '192.0.2.2'));
  // A key named like an address is not one.
  expect(principalKey({ name: 'address 192.0.2.1' }, '')).not.toBe(principalKey(open, '192.0.2.1'));
});

test('sessions of one principal share it, and leave it when they end', () => {
  const { hub } = makeHub();
  const sessions = new Sessions(hub, new ManualClock(), { resumeMs: 100, maxLostSessions: 10 });
  const [a, b, c] = ['x', 'x', 'y'].map((principal) => sessions.open(undefined, { principal }).session);
  expect(a?.origin.principal).toBe(b?.origin.principal);
  expect(a?.origin.principal).not.toBe(c?.origin.principal);
  expect(hub.principals).toBe(2);
  const sink = { deliver: () => {}, supersede: () => {} };
  for (const session of [a, b, c]) {
    session?.attach(sink);
    if (session !== undefined) sessions.release(session, sink);
  }
  expect(hub.principals).toBe(0);
});

describe('a REST caller', () => {
  test('has one origin over all its connections, and so one credit', () => {
    const t = makeHub({ maxInFlightRows: 3 });
    const origins = new RestOrigins(t.hub);
    const answers = Array.from({ length: 5 }, () =>
      t.send([1], { origin: origins.of({ principal: 'address a' }, '192.0.2.1') }),
    );

    expect(answers.map(({ refusal }) => refusal?.code)).toEqual([...new Array(3), 'OVERLOADED', 'OVERLOADED']);
    expect(t.send([1], { origin: origins.of({ principal: 'address b' }, '192.0.2.2') }).refusal).toBeUndefined();
    expect(t.send([1], { origin: origins.of({ principal: 'token web' }, '192.0.2.1') }).refusal).toBeUndefined();
  });

  test('keeps its origin while something is in flight, however many others come', () => {
    const t = makeHub();
    const origins = new RestOrigins(t.hub);
    const busy = origins.of({ principal: 'token busy' }, '192.0.2.1');
    t.send([1], { origin: busy });
    for (let i = 0; i < 5000; i++) origins.of({ principal: `token ${i}` }, '192.0.2.1');

    expect(origins.of({ principal: 'token busy' }, '192.0.2.1')).toBe(busy);
    expect(origins.size).toBeLessThanOrEqual(1024);
    expect(t.hub.principals).toBe(origins.size);
  });

  test('does not take the place of another connection’s request with its key', () => {
    const origins = new RestOrigins(makeHub().hub);
    const [one, other] = [{}, {}].map((socket) => ({ socket }) as IncomingMessage);
    if (one === undefined || other === undefined) throw new Error('two requests');
    expect(origins.keyOf(one, 'k')).toBe(origins.keyOf(one, 'k'));
    expect(origins.keyOf(one, 'k')).not.toBe(origins.keyOf(other, 'k'));
  });
});
