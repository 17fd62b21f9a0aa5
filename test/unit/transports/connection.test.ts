import { expect, test } from 'vitest';
import { rightsOf } from '../../../server/contracts/access.js';
import type { HubOptions } from '../../../server/core/hub.js';
import { Authorization } from '../../../server/transports/authorization.js';
import { Connection } from '../../../server/transports/socketio/connection.js';
import { Demand } from '../../../server/transports/socketio/demand.js';
import type { Outbox } from '../../../server/transports/socketio/outbox.js';
import { Sessions } from '../../../server/transports/socketio/sessions.js';
import { Unreadable } from '../../../server/transports/socketio/unreadable.js';
import type { Wire } from '../../../server/transports/wire/wire.js';
import type { WireError } from '../../../shared/errors.js';
import { makeHub } from '../../support/core.js';

/** Counts what is reported to it. */
class TestWire {
  overloads: number[] = [];
  faults = 0;
  hasRoom: () => boolean = () => false;

  overloaded(chars: number, hasRoom: () => boolean): void {
    this.overloads.push(chars);
    this.hasRoom = hasRoom;
  }

  faulty(units = 1): void {
    this.faults += units;
  }

  answered(): void {}

  hold(): void {}

  release(): void {}
}

function make(options: Partial<HubOptions>, sessionName?: string) {
  const t = makeHub(options);
  const { session } = new Sessions(t.hub, t.clock, { resumeMs: 100, maxLostSessions: 10 }).open(sessionName);
  const wire = new TestWire();
  const answers: { event: string; payload: { id?: unknown; code?: string } }[] = [];
  const outbox = { emit: (event: string, payload: object) => answers.push({ event, payload }) };
  const demand = new Demand({ hub: t.hub, session, wire: wire as unknown as Wire, mayAsk: undefined });
  const connection = new Connection({
    hub: t.hub,
    session,
    outbox: outbox as unknown as Outbox,
    wire: wire as unknown as Wire,
    demand,
    authorization: new Authorization({ rights: rightsOf(['predict']) }, { standard: () => undefined }),
    close: () => {},
  });
  session.attach(connection);
  let id = 0;
  /**
   * Like the decoder and Socket.IO: everything in one chunk passes the gate, or does not, before the first of it is
   * handled.
   */
  const chunk = (...events: readonly { rows: number; attachments?: number }[]): (WireError | undefined)[] => {
    const read = events.map(({ rows, attachments = 0 }) => {
      const request = { id: ++id, input: new Array(rows).fill([1]) };
      const text = `2["predict",{"id":${request.id},"input":""}]`.padEnd(40 + 10 * rows);
      return { request, refusal: demand.gate('predict', text, attachments) };
    });
    for (const { request, refusal } of read) {
      const payload = refusal === undefined ? request : new Unreadable(refusal, request.id, false);
      connection.predict([payload]);
    }
    return read.map(({ refusal }) => refusal);
  };
  const answer = async (): Promise<void> => {
    t.clock.turn();
    await t.engine.finish();
    t.clock.turn();
  };
  return { t, wire, answers, connection, demand, chunk, answer };
}

const overloaded = expect.objectContaining({ code: 'OVERLOADED' });

test('requests are read until one is refused; then those that are as long are refused unread where its rows have no room', () => {
  const { chunk, wire, answers } = make({ maxInFlightRows: 20 });
  // There is room for four rows, but not eight. Nothing was known before.
  expect(chunk({ rows: 8 }, { rows: 8 }, { rows: 8 })).toEqual([undefined, undefined, undefined]);
  expect(answers).toMatchObject([{ event: 'prediction_error', payload: { id: 3, code: 'OVERLOADED' } }]);

  expect(chunk({ rows: 8 })).toEqual([overloaded]);
  expect(answers[1]).toMatchObject({ event: 'prediction_error', payload: { id: 4, code: 'OVERLOADED' } });
  expect(wire.overloads).toEqual([120, 120]);
  expect(wire.faults).toBe(0);
});

test('a shorter request, or one with attachments, is read, and what has room is let in', () => {
  const { chunk, t } = make({ maxInFlightRows: 20 });
  chunk({ rows: 8 }, { rows: 8 }, { rows: 8 });
  // Until nothing is promised any more.
  t.clock.advance(3_000);

  expect(chunk({ rows: 1 }, { rows: 2, attachments: 1 })).toEqual([undefined, undefined]);
  expect(t.hub.inFlight).toBe(4);
});

test('what came in one chunk is counted together before any of it is handled', async () => {
  const { chunk, answer, t } = make({ maxInFlightRows: 20 });
  chunk({ rows: 8 }, { rows: 8 }, { rows: 8 });
  await answer();
  t.clock.advance(3_000);

  expect(chunk({ rows: 8 }, { rows: 8 }, { rows: 8 })).toEqual([undefined, undefined, overloaded]);
  expect(t.hub.inFlight).toBe(2);
});

test('an event that cannot be read after all is counted no more', () => {
  const { connection, demand, chunk, t } = make({ maxInFlightRows: 20 });
  chunk({ rows: 8 }, { rows: 8 }, { rows: 8 });
  t.clock.advance(3_000);
  for (let i = 0; i < 10; i++) {
    expect(demand.gate('predict', 'x', 0)).toBeUndefined();
    connection.predict([new Unreadable({ code: 'INVALID_INPUT', message: 'm', retryable: false }, undefined, true)]);
  }

  expect(chunk({ rows: 1 }, { rows: 1 }, { rows: 1 })).toEqual([undefined, undefined, undefined]);
});

test('after 64 that were accepted in a row nothing is looked at before it is read', async () => {
  const { chunk, answer, t } = make({ maxInFlightRows: 20 });
  chunk({ rows: 8 }, { rows: 8 }, { rows: 8 });
  await answer();
  t.clock.advance(3_000);
  for (let i = 0; i < 64; i++) {
    chunk({ rows: 1 });
    await answer();
  }

  expect(chunk({ rows: 8 }, { rows: 8 }, { rows: 8 })).toEqual([undefined, undefined, undefined]);
});

test('while the hub drains all but the first are refused unread', () => {
  const { chunk, t } = make({});
  chunk({ rows: 1 });
  void t.hub.drain(1000);
  chunk({ rows: 1 });

  expect(chunk({ rows: 1 })).toEqual([expect.objectContaining({ code: 'DRAINING' })]);
});

test('a connection that was refused is read again when half of what was in flight is answered', async () => {
  const { chunk, wire, answer } = make({ maxInFlightRows: 20 });
  chunk({ rows: 8 }, { rows: 8 }, { rows: 8 });
  expect(wire.hasRoom()).toBe(false);
  await answer();

  expect(wire.hasRoom()).toBe(true);
});

test('a cancel that comes after its answer is next to no fault; one that nobody can read is one', () => {
  const { connection, wire, chunk } = make({});
  chunk({ rows: 1 });
  connection.cancel([{ id: 1 }]);
  expect(wire.faults).toBe(0);

  for (let i = 0; i < 8; i++) connection.cancel([{ id: 1 }]);
  expect(wire.faults).toBe(1);
  connection.cancel(['what']);
  expect(wire.faults).toBe(2);
});

const unreadable = new Unreadable({ code: 'INVALID_INPUT', message: 'm', retryable: false }, undefined, true);

test.each([
  ['that is answered', { id: 1, input: [1] }],
  ['without an id', { input: [1] }],
  ['that is too large', { id: 1, input: new Array(300).fill([1]) }],
  ['that has no room', { input: new Array(100).fill([1]) }],
  ['to a model that is not there', { input: [1], model: 'none' }],
  ['with an id that is in flight', { id: 'twice', input: [1] }],
  ['that names no model that there can be', { input: [1], model: 7 }],
  ['that could not be read', unreadable],
])('the model of a request %s is looked up once', async (_which, request) => {
  const { t, connection, answer } = make({ maxInFlightRows: 20 });
  connection.predict([{ id: 'twice', input: [1] }]);
  const before = t.resolutions;

  connection.predict([request]);
  await answer();

  expect(t.resolutions - before).toBe(1);
});

test('answers that nothing but their order tells apart leave in the order of their requests, refusals of every kind included', async () => {
  const { connection, answers, answer } = make({ maxInFlightRows: 2 });
  const [fits, misfits, tooMany] = [{ input: [1] }, { input: 'text' }, { input: [[1], [1], [1]] }];
  for (const request of [fits, misfits, unreadable, fits, tooMany, { input: [1], stream: '?' }])
    connection.predict([request]);
  expect(answers).toEqual([]);

  await answer();

  expect(answers.map(({ payload }) => payload)).toMatchObject([
    { n: 0, prediction: [[2]] },
    { n: 1, code: 'INVALID_INPUT' },
    { n: 2, code: 'INVALID_INPUT' },
    { n: 3, prediction: [[2]] },
    { n: 4, code: 'OVERLOADED' },
    { n: 5, code: 'INVALID_INPUT' },
  ]);
});
