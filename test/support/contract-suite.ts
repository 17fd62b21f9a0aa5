/** The contract of the core: one test body per statement, run by every caller over the given engine. */

import { Agent } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { HubOptions } from '../../server/core/hub.js';
import {
  type Answer,
  type Asked,
  CALLERS,
  type Caller,
  type OpenCaller,
  post,
  readAnswer,
} from './contract-callers.js';
import type { ContractEngine } from './contract-engines.js';
import { type ContractHub, type HubModules, openContractHub } from './contract-hub.js';
import { until, within } from './until.js';

interface Bench extends ContractHub {
  readonly under: ContractEngine;
  readonly caller: Caller;
  readonly rest: boolean;
  /** Asks for one row and waits until it is posted: the engine is busy until released. */
  occupy(): Promise<Asked>;
  /** The right answer for rows of a version. */
  right(version: string, rows: readonly number[]): Answer;
}

/** Values by which a test recognises a row in the batches of the engine. */
/** Short, and longer than a slow machine expects a request to wait: it would be refused at once. */
const PATIENCE_MS = 250;
const BUSY = 7;
const POISON = 666;
/** Every model here multiplies it beyond the range of float32. */
const OVERFLOW = 3e38;

/** Who calls which hub. @default every caller of one hub, the hub of the source */
export interface ContractEnds {
  readonly callers?: Readonly<Record<string, OpenCaller>>;
  /** Resolved before the first test. */
  readonly hub?: () => Promise<HubModules | undefined>;
}

/** The callers whose requests have the ids that a test gives them; the SDK makes its own, and REST has none. */
const NAMES_ITS_REQUESTS: readonly string[] = [
  'Socket.IO events',
  'Socket.IO acknowledgements',
  'hub.submit',
  'hub.predict',
];

export function describeContract(
  engineName: string,
  open: () => Promise<ContractEngine>,
  { callers = CALLERS, hub = async () => undefined }: ContractEnds = {},
): void {
  describe.each(Object.entries(callers))(`the contract of the core, by %s over ${engineName}`, (name, openCaller) => {
    let modules: HubModules | undefined;
    let under: ContractEngine;
    beforeAll(async () => {
      under = await open();
      modules = await hub();
    });
    afterAll(() => under.close());

    /** Runs a body on its own hub, and checks what every body must leave behind. */
    async function onHub(changes: Partial<HubOptions>, body: (bench: Bench) => Promise<void>): Promise<void> {
      const place = await openContractHub(under.engine, under.models, changes, modules);
      const caller = await openCaller(place);
      const rest = name.startsWith('POST');
      const occupy = async (): Promise<Asked> => {
        place.engine.hold();
        const asked = caller.ask({ input: [BUSY], anonymous: true });
        await until('the engine is busy', () => place.engine.runs.length === 1);
        return asked;
      };
      const right = (version: string, rows: readonly number[]): Answer => ({
        ok: true,
        value: { prediction: rows.map((x) => [under.expected(version, x)]), model: `linear@${version}` },
      });
      try {
        await within('the test body', body({ ...place, under, caller, rest, occupy, right }), 45_000);
        expect(caller.strays).toEqual([]);
      } finally {
        await caller.close();
        expect(await place.close()).toEqual([]);
      }
    }

    test('`submit` answers at once and never throws, and it takes ownership only when it accepts', () =>
      onHub({ maxRequestRows: 4, maxQueueRows: 8, maxBatchRows: 4 }, async ({ hub, engine, caller, occupy, right }) => {
        const first = await occupy();
        const bad = [
          { ask: { input: [1, 2, 3, 4, 5] }, code: 'TOO_LARGE' },
          { ask: { input: ['a'] }, code: 'INVALID_INPUT' },
          { ask: { input: [1, null] }, code: 'INVALID_INPUT' },
          { ask: { input: [[1, 2]] }, code: 'INVALID_INPUT' },
          { ask: { input: [] }, code: 'INVALID_INPUT' },
          { ask: { input: { __proto__: null, x: 'y' } }, code: 'INVALID_INPUT' },
          { ask: { input: [1], model: 'nowhere' }, code: 'MODEL_NOT_FOUND' },
          { ask: { input: [1], model: 'linear@9' }, code: 'MODEL_NOT_FOUND' },
        ];
        // Often enough to fill the queue's slots, if one leaked.
        const often = [...bad, ...bad, ...bad, ...bad, ...bad];
        for (const { ask, code } of often) {
          expect(await caller.ask(ask).answer).toMatchObject({ ok: false, error: { code, retryable: false } });
        }
        expect(hub.inFlight).toBe(1);
        expect(hub.stats).toMatchObject({ accepted: 1, refused: often.length });

        const good = caller.ask({ input: [1, 2, 3, 4] });
        await until('the good one is in flight', () => hub.inFlight === 2);
        engine.release();

        expect(await first.answer).toEqual(right('2', [BUSY]));
        expect(await good.answer).toEqual(right('2', [1, 2, 3, 4]));
        expect(hub.inFlight).toBe(0);
      }));

    test('"full" is a retryable answer and "too large" is not', () =>
      onHub({ maxQueueRows: 4, maxRequestRows: 8 }, async ({ hub, engine, caller, rest, url, occupy, right }) => {
        const first = await occupy();
        const queued = caller.ask({ input: [1, 2, 3, 4] });
        await until('the queue is full', () => hub.queuedRows === 4);

        expect(await caller.ask({ input: [5] }).answer).toMatchObject({
          ok: false,
          error: { code: 'OVERLOADED', retryable: true, retryAfterMs: expect.any(Number) },
        });
        if (rest) {
          const agent = new Agent();
          const reply = await post(url, '/predict', '{"input":[5]}', agent);
          expect(reply).toMatchObject({ status: 503, headers: { 'retry-after': expect.stringMatching(/^[1-9]\d*$/) } });
          agent.destroy();
        }
        const large = await caller.ask({ input: [1, 2, 3, 4, 5, 6, 7, 8, 9] }).answer;
        expect(large).toMatchObject({ ok: false, error: { code: 'TOO_LARGE', retryable: false } });
        expect(large.ok || 'retryAfterMs' in large.error).toBe(false);

        engine.release();
        expect([await first.answer, await queued.answer]).toEqual([right('2', [BUSY]), right('2', [1, 2, 3, 4])]);
        expect(await caller.ask({ input: [5] }).answer).toEqual(right('2', [5]));
      }));

    test('`settle` is called exactly once for an accepted request, never from inside `submit`, never for a refused one', () =>
      onHub({ maxBatchRows: 8 }, async ({ hub, engine, caller, occupy, right }) => {
        const first = await occupy();
        const asked = Array.from({ length: 60 }, (_, i) => {
          if (i % 5 === 1) return caller.ask({ input: ['wrong'], id: i });
          // Sixty callers at once: on a busy machine the last of them must arrive before its time is over.
          if (i % 5 === 2) return caller.ask({ input: [i], id: i, timeoutMs: 6 * PATIENCE_MS });
          return caller.ask({ input: [i, i + 100, i], id: i });
        });
        // Over HTTP each comes on its own connection, in any order: all of them have arrived when those with a deadline
        // are done.
        await until('all are received', () => hub.stats.accepted + hub.stats.refused === 61);
        await Promise.all(asked.filter((_, i) => i % 5 === 2).map(({ answer }) => answer));
        for (let i = 3; i < 60; i += 5) asked[i]?.cancel();
        await until('the cancelled ones are settled, beside those whose time is over', () => hub.inFlight === 25);
        engine.release();
        // A late cancel changes nothing.
        await asked[0]?.answer;
        asked[0]?.cancel();

        const answers = await Promise.all(asked.map(({ answer }) => answer));
        for (const [i, answer] of answers.entries()) {
          const code = ['', 'INVALID_INPUT', 'DEADLINE_EXCEEDED', 'CANCELLED', ''][i % 5];
          if (code === '') expect(answer).toEqual(right('2', [i, i + 100, i]));
          else expect(answer).toMatchObject({ ok: false, error: { code } });
        }
        expect(await first.answer).toEqual(right('2', [BUSY]));
        expect(hub.stats).toMatchObject({ accepted: 49, settled: 49, refused: 12, predicted: 25 });
      }));

    if (NAMES_ITS_REQUESTS.includes(name))
      test('an id in flight is refused to a second request, the first goes on, and the id is free after its answer', () =>
        onHub({}, async ({ engine, hub, caller, occupy, right }) => {
          const busy = await occupy();
          const first = caller.ask({ input: [1], id: 'twice' });
          await until('the first is in flight', () => hub.inFlight === 2);
          expect(await caller.ask({ input: [2], id: 'twice' }).answer).toMatchObject({
            ok: false,
            error: { code: 'DUPLICATE_ID', retryable: false, message: expect.stringContaining('"twice"') },
          });
          engine.release();

          expect(await first.answer).toEqual(right('2', [1]));
          expect(await caller.ask({ input: [3], id: 'twice' }).answer).toEqual(right('2', [3]));
          expect(await busy.answer).toEqual(right('2', [BUSY]));
        }));

    test('no row of one request ever appears in another’s answer', () =>
      onHub({ maxBatchRows: 7 }, async (bench) => {
        const other = await CALLERS['hub.submit'](bench);
        const asked = Array.from({ length: 150 }, (_, i) => {
          const rows = Array.from({ length: 1 + (i % 5) }, (_, row) => i * 10 + row);
          const version = i % 3 === 0 ? '1' : '2';
          const from = i % 4 === 0 ? other : bench.caller;
          return { rows, version, asked: from.ask({ input: rows, model: `linear@${version}` }) };
        });
        for (const { rows, version, asked: one } of asked) expect(await one.answer).toEqual(bench.right(version, rows));
        expect(other.strays).toEqual([]);
        await other.close();
      }));

    test('a batch never mixes model versions', () =>
      onHub({}, async ({ engine, hub, caller, occupy, right }) => {
        const first = await occupy();
        const asked = Array.from({ length: 40 }, (_, i) => {
          const version = i % 2 === 0 ? '1' : '2';
          const rows = version === '1' ? [1000 + i, 1100 + i] : [2000 + i];
          return { version, rows, asked: caller.ask({ input: rows, model: `linear@${version}` }) };
        });
        await until('all are queued', () => hub.queuedRows === 60);
        engine.release();

        for (const { version, rows, asked: one } of asked) expect(await one.answer).toEqual(right(version, rows));
        expect(await first.answer).toEqual(right('2', [BUSY]));
        const mixed = engine.runs.filter(({ values }) => values.some((x) => x >= 2000) && values.some((x) => x < 1500));
        expect(mixed.filter(({ values }) => values.some((x) => x >= 1000 && x < 2000))).toEqual([]);
        expect(new Set(engine.runs.slice(1).map(({ model }) => model.handle)).size).toBe(2);
        expect(engine.runs.length).toBeLessThan(20);
      }));

    test('a cancelled or expired row that has not been posted is not computed', () =>
      onHub({}, async ({ engine, hub, caller, occupy, right }) => {
        const first = await occupy();
        const cancelled = caller.ask({ input: [11, 12], id: 'cancelled' });
        const expired = caller.ask({ input: [21, 22], timeoutMs: PATIENCE_MS });
        const kept = caller.ask({ input: [31, 32] });
        await until('all are received', () => hub.stats.accepted === 4);
        expect(await expired.answer).toMatchObject({
          ok: false,
          error: { code: 'DEADLINE_EXCEEDED', retryable: true },
        });
        cancelled.cancel();
        expect(await cancelled.answer).toMatchObject({ ok: false, error: { code: 'CANCELLED', retryable: false } });
        await until('the cancelled one is settled', () => hub.inFlight === 2);
        engine.release();

        expect(await kept.answer).toEqual(right('2', [31, 32]));
        expect(await first.answer).toEqual(right('2', [BUSY]));
        expect(engine.runs.map(({ values }) => values)).toEqual([[BUSY], [31, 32]]);
      }));

    test('a dead worker disturbs only the batches posted to it: they are tried again in halves, and one poison row fails alone', () =>
      onHub({}, async ({ engine, hub, caller, occupy, right }) => {
        engine.dies = (values) => values.includes(POISON);
        const first = await occupy();
        const rows = [1, 2, 3, POISON, 5, 6, 7, 8];
        const asked = rows.map((x) => caller.ask({ input: [x] }));
        const elsewhere = caller.ask({ input: [9], model: 'linear@1' });
        await until('all are queued', () => hub.queuedRows === 9);
        engine.release();

        const answers = await Promise.all(asked.map(({ answer }) => answer));
        for (const [i, answer] of answers.entries()) {
          if (rows[i] !== POISON) expect(answer).toEqual(right('2', [rows[i] ?? Number.NaN]));
          else expect(answer).toMatchObject({ ok: false, error: { code: 'ENGINE_FAILED' } });
        }
        expect(await first.answer).toEqual(right('2', [BUSY]));
        expect(await elsewhere.answer).toEqual(right('1', [9]));
        const poisoned = engine.runs.filter(({ values }) => values.includes(POISON));
        expect(poisoned.map(({ values }) => values.length)).toEqual([8, 4, 2, 1]);
        expect(hub.stats.errors).toEqual({ ENGINE_FAILED: 1 });
      }));

    test('an answer that has no finite number for one of its rows is NOT_FINITE as a whole, and the others of the batch are answered', () =>
      onHub({}, async ({ hub, engine, caller, occupy, right }) => {
        const first = await occupy();
        const bad = caller.ask({ input: [1, OVERFLOW, 2, OVERFLOW] });
        const good = caller.ask({ input: [3, 4] });
        await until('both are queued', () => hub.queuedRows === 6);
        engine.release();

        const answer = await bad.answer;
        expect(answer).toMatchObject({ ok: false, error: { code: 'NOT_FINITE', retryable: false } });
        if (!answer.ok)
          expect(answer.error.message).toMatch(/^output "[^"]+" has -?Infinity in rows 1, 3 of the answer/);
        expect(await good.answer).toEqual(right('2', [3, 4]));
        expect(await first.answer).toEqual(right('2', [BUSY]));
        expect(engine.runs.length).toBe(2);
        expect(hub.stats).toMatchObject({ predicted: 2, errors: { NOT_FINITE: 1 } });
      }));

    if (name === 'Socket.IO events')
      test('answers to requests without an id, from one connection to one model, leave in request order, errors included', () =>
        onHub({ maxBatchRows: 16, maxRequestRows: 8 }, async ({ engine, hub, caller, occupy, right }) => {
          const first = await occupy();
          const asks = [
            (i: number) => ({ input: [i], model: 'linear@2', anonymous: true }),
            () => ({ input: ['wrong'], model: 'linear@2', anonymous: true }),
            (i: number) => ({ input: [i], model: 'linear@2', timeoutMs: PATIENCE_MS, anonymous: true }),
            () => ({ input: [1, 2, 3, 4, 5, 6, 7, 8, 9], model: 'linear@2', anonymous: true }),
            (i: number) => ({ input: [i, i], model: 'linear@2', anonymous: true }),
          ] as const;
          const asked = Array.from({ length: 300 }, (_, i) => caller.ask(asks[i % 5]?.(i) ?? { input: [] }));
          // Has its own order.
          const other = await caller.ask({ input: ['wrong'], model: 'linear@1', anonymous: true }).answer;
          expect(other).toMatchObject({ ok: false, error: { code: 'INVALID_INPUT' } });
          await until('those with a deadline are settled', () => hub.stats.errors.DEADLINE_EXCEEDED === 60);
          expect(caller.order).toEqual([301]);
          engine.release();

          const answers = await Promise.all(asked.map(({ answer }) => answer));
          await first.answer;
          const codes = answers.map((answer) => (answer.ok ? '' : answer.error.code));
          expect(codes.slice(0, 5)).toEqual(['', 'INVALID_INPUT', 'DEADLINE_EXCEEDED', 'TOO_LARGE', '']);
          expect(answers[299]).toEqual(right('2', [299, 299]));
          // The first one named no model.
          const toLinear2 = caller.order.filter((n) => n !== 0 && n !== 301);
          expect(toLinear2).toEqual(Array.from({ length: 300 }, (_, i) => i + 1));
        }));

    if (name === 'Socket.IO events')
      test('the order holds however the model is named, and for a request whose other fields are wrong', () =>
        onHub({}, async ({ engine, hub, caller, occupy }) => {
          const first = await occupy();
          const asked = [
            caller.ask({ input: [1], anonymous: true }),
            caller.ask({ input: ['wrong'], model: 'linear', anonymous: true }),
            caller.ask({ input: [2], model: 'linear@2', anonymous: true }),
            caller.ask({ input: [3], model: 'linear', timeoutMs: 'soon', anonymous: true }),
            caller.ask({ input: [], model: 'linear@2', anonymous: true }),
            caller.ask({ input: [4], anonymous: true }),
          ];
          await until('all are received', () => hub.stats.accepted + hub.stats.refused === 7);
          engine.release();
          await Promise.all([first, ...asked].map(({ answer }) => answer));

          expect(caller.order).toEqual([0, 1, 2, 3, 4, 5, 6]);
        }));

    if (name === 'POST /predict')
      test('answers to requests that follow one another on one HTTP connection leave in request order, errors included', () =>
        onHub({}, async ({ engine, hub, url, right }) => {
          engine.hold();
          const bodies = Array.from({ length: 40 }, (_, i) => ({ input: i % 4 === 1 ? ['wrong'] : [i] }));
          const replies = pipeline(url, bodies);
          await until('the first is computed', () => engine.runs.length > 0);
          engine.release();

          const answers = await replies;
          for (const [i, answer] of answers.entries()) {
            if (i % 4 !== 1) expect(answer).toEqual(right('2', [i]));
            else expect(answer).toMatchObject({ ok: false, error: { code: 'INVALID_INPUT' } });
          }
          expect(answers.length).toBe(40);
          expect(hub.inFlight).toBe(0);
        }));
  });
}

/** Sends all bodies on one connection without waiting, and reads as many replies. */
function pipeline(url: string, bodies: readonly object[]): Promise<readonly Answer[]> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname);
    const answers: Answer[] = [];
    let text = '';
    socket.on('error', reject);
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
      for (;;) {
        const head = text.indexOf('\r\n\r\n');
        const length = Number(/content-length: (\d+)/i.exec(text.slice(0, head))?.[1]);
        if (head < 0 || text.length < head + 4 + length) return;
        answers.push(readAnswer(JSON.parse(text.slice(head + 4, head + 4 + length))));
        text = text.slice(head + 4 + length);
        if (answers.length < bodies.length) continue;
        socket.destroy();
        resolve(answers);
        return;
      }
    });
    for (const body of bodies) {
      const json = JSON.stringify(body);
      const head = `POST /predict HTTP/1.1\r\nHost: hub\r\nContent-Type: application/json\r\nContent-Length: ${json.length}\r\n\r\n`;
      socket.write(head + json);
    }
  });
}
