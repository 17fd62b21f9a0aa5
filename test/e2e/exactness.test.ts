/**
 * Many sockets that ask, cancel, time out and hang up at random: every request settles once, with its own rows, on its
 * own connection.
 */

import { join } from 'node:path';
import type { Socket } from 'socket.io-client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { faultRuntimeModule } from '../../dist/server/testing/fault-runtime.js';
import { isErrorCode } from '../../dist/shared/errors.js';
import { isRecord } from '../../dist/shared/parse.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { openSocket } from '../support/contract-callers.js';
import { times } from '../support/long-form.js';
import { Random } from '../support/random.js';
import { difference, expectClose, loadReference } from '../support/reference-model.js';
import { mlp, type Weight, writeJson, writeMlp } from '../support/tiny-models.js';
import { until, within } from '../support/until.js';

const SEED = 7;
const SOCKETS = 200;
const REQUESTS = times(200, 80);
/** Maximum open requests per socket: together, about as many rows as the queue holds. */
const WIDTH = 16;
const FEATURES = 4;
/** Time of a batch of the slow model. */
const BATCH_MS = 2;

/** One request in this many keeps the engine busy longer than it expects. */
const NAP_EVERY = 500;
const NAP_MS = 30;

const napSession = new URL('../fixtures/nap-runtime.mjs', import.meta.url).href;
const memorySession = new URL('../fixtures/memory-runtime.mjs', import.meta.url).href;

let hub: TestApp;
let weights: readonly Weight[];

beforeAll(async () => {
  hub = await startTestApp({
    models: async (folder) => {
      weights = await writeMlp(join(folder, 'mlp', '1'), [FEATURES, 8, 3]);
      // After mlp in loading order: by then TensorFlow.js has its backend.
      await writeJson(join(folder, 'tensors', '1', 'manifest.json'), { runtime: 'memory' });
      await writeJson(join(folder, 'nap', '1', 'manifest.json'), { runtime: 'nap' });
      await writeJson(join(folder, 'slow', '1', 'manifest.json'), { runtime: 'fault', options: { batchMs: BATCH_MS } });
      const reference = await loadReference(join(folder, 'mlp', '1', 'model.json'));
      const random = new Random(1);
      for (let i = 0; i < 50; i++) {
        const row = randomRow(random);
        expectClose([mlp(weights, row)], reference.predict([row]));
      }
    },
    // Whatever engine this machine has.
    config: { engine: 'auto' },
    extras: { runtimeModules: [memorySession, napSession, faultRuntimeModule] },
  });
});

afterAll(() => hub.close());

function randomRow(random: Random): readonly number[] {
  return Array.from({ length: FEATURES }, () => Math.fround(4 * random.next() - 2));
}

/** Tensors held by the engine's thread now. */
async function numTensors(): Promise<number> {
  const { prediction } = await hub.app.hub.predict({ input: [0], model: 'tensors' });
  return Number(Array.isArray(prediction) ? prediction.flat()[0] : prediction);
}

/** How requests ended, counted by the client. */
interface Tally {
  sent: number;
  answered: number;
  /** Requests whose own connection was closed by the client while they were open. */
  closed: number;
  readonly errors: Record<string, number>;
  readonly faults: string[];
}

/** One program that asks {@link REQUESTS} times, over one connection after another. */
class Wanderer {
  readonly #name: number;
  readonly #tally: Tally;
  readonly #random: Random;
  readonly #acknowledged: boolean;
  readonly #waiting = new Map<string, unknown>();
  #socket: Socket | undefined;
  #asked = 0;
  #wake: () => void = () => undefined;

  constructor(name: number, tally: Tally) {
    this.#name = name;
    this.#tally = tally;
    this.#random = new Random(SEED + name);
    this.#acknowledged = name % 2 === 0;
  }

  async run(): Promise<void> {
    const random = this.#random;
    await this.#join();
    while (this.#asked < REQUESTS) {
      if (this.#waiting.size >= WIDTH) {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
      this.#ask();
      if (random.below(12) === 0) this.#socket?.emit('cancel', { id: random.pick([...this.#waiting.keys()]) });
      if (random.below(150) === 0) {
        this.#leave();
        await this.#join();
      }
    }
    await until(`the requests of ${this.#name} are settled`, () => this.#waiting.size === 0);
    this.#socket?.disconnect();
  }

  async #join(): Promise<void> {
    const socket = await openSocket(hub.url);
    this.#socket = socket;
    const hear = (raw: unknown): void => {
      if (socket === this.#socket && !this.#acknowledged) this.#settle(isRecord(raw) ? raw.id : undefined, raw);
      else this.#fault('an answer on a connection that asked for none', raw);
    };
    socket.on('prediction', hear);
    socket.on('prediction_error', hear);
    socket.on('disconnect', (reason) => {
      if (reason !== 'io client disconnect') this.#fault(`disconnected: ${reason}`, undefined);
    });
  }

  #leave(): void {
    this.#tally.closed += this.#waiting.size;
    this.#waiting.clear();
    this.#socket?.disconnect();
  }

  #ask(): void {
    const random = this.#random;
    const id = `${this.#name}.${this.#asked++}`;
    const count = 1 + random.below(5);
    // A nap keeps the engine busy beyond any estimate, so that others wait and time out.
    const nap = random.below(NAP_EVERY) === 0;
    const rows = Array.from({ length: count }, () => (nap ? [NAP_MS] : randomRow(random)));
    const expected = nap ? rows : rows.map((row) => mlp(weights, row));
    const [onlyRow] = rows;
    // A single row is sometimes an example, otherwise a batch of one.
    const single = !nap && count === 1 && random.below(2) === 0;
    const timeoutMs = random.below(10) === 0 ? 1 + random.below(20) : 30_000;
    this.#waiting.set(id, single ? expected[0] : expected);
    this.#tally.sent += 1;
    const request = { id, input: single ? onlyRow : rows, timeoutMs, model: nap ? 'nap' : 'mlp' };
    if (this.#acknowledged) {
      const socket = this.#socket;
      socket?.emit('predict', request, (raw: unknown) => {
        if (socket === this.#socket) this.#settle(id, raw);
        else this.#fault('an acknowledgement after the connection was closed', raw);
      });
    } else this.#socket?.emit('predict', request);
  }

  #settle(id: unknown, raw: unknown): void {
    if (typeof id !== 'string' || !this.#waiting.has(id)) return this.#fault('an answer that nobody waits for', raw);
    const expected = this.#waiting.get(id);
    this.#waiting.delete(id);
    this.#wake();
    const error = isRecord(raw) && isRecord(raw.error) ? raw.error : raw;
    if (isRecord(raw) && 'prediction' in raw) {
      this.#tally.answered += 1;
      const problem = difference(raw.prediction, expected, 'prediction');
      if (problem !== undefined) this.#fault(problem, raw);
    } else if (isRecord(error) && isErrorCode(error.code)) {
      this.#tally.errors[error.code] = (this.#tally.errors[error.code] ?? 0) + 1;
    } else this.#fault('no answer of a hub', raw);
  }

  #fault(what: string, raw: unknown): void {
    this.#tally.faults.push(`${this.#name}: ${what}: ${JSON.stringify(raw)}`);
  }
}

test(`${SOCKETS} sockets of ${REQUESTS} requests: each settles once, rightly, where it was asked, and no tensor is left`, async () => {
  await hub.app.hub.predict({ input: [1, 2, 3, 4], model: 'mlp' });
  const before = await numTensors();
  const tally: Tally = { sent: 0, answered: 0, closed: 0, errors: {}, faults: [] };
  const wanderers = Array.from({ length: SOCKETS }, (_, name) => new Wanderer(name, tally));
  await within('all are done', Promise.all(wanderers.map((wanderer) => wanderer.run())), 180_000);

  expect(tally.faults.slice(0, 5)).toEqual([]);
  const refused = Object.values(tally.errors).reduce((sum, count) => sum + count, 0);
  expect(tally.sent).toBe(SOCKETS * REQUESTS);
  expect(tally.answered + refused + tally.closed).toBe(tally.sent);
  // How many lose patience, and how many the hub refuses instead because it expects that, is up to the machine.
  const { CANCELLED = 0, OVERLOADED = 0, DEADLINE_EXCEEDED = 0, ...others } = tally.errors;
  expect(others).toEqual({});
  expect(CANCELLED).toBeGreaterThan(0);
  expect(OVERLOADED + DEADLINE_EXCEEDED).toBeGreaterThan(0);
  // More than half on a quiet machine; `npm run bench:overload` measures it.
  expect(tally.answered).toBeGreaterThan(tally.sent / 10);
  expect(tally.closed).toBeGreaterThan(0);

  const { hub: core } = hub.app;
  await until('what the closed ones left is settled', () => core.inFlight === 0);
  expect(core.stats.settled).toBe(core.stats.accepted);
  expect(core.queuedRows).toBe(0);
  expect(await numTensors()).toBe(before);
});

test('with one-row requests and an engine that takes 2 ms a batch, the mean batch is above 8 requests', async () => {
  const { hub: core } = hub.app;
  const { batches, rows } = core.stats;
  const requests = times(4000, 2000);
  const sockets = await Promise.all(Array.from({ length: 64 }, () => openSocket(hub.url)));
  let sent = 0;
  const ask = async (socket: Socket): Promise<void> => {
    while (sent < requests) {
      const x = sent++;
      const { prediction } = await socket.emitWithAck('predict', { input: [x, 0], model: 'slow' });
      expect(prediction).toEqual([2 * x]);
    }
  };
  await within('all are answered', Promise.all(sockets.map(ask)), 120_000);
  for (const socket of sockets) socket.disconnect();

  expect(core.stats.rows - rows).toBe(requests);
  expect(requests / (core.stats.batches - batches)).toBeGreaterThan(8);
});
