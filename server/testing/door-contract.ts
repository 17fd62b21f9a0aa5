/**
 * Contract of every door: each request gets exactly one answer, whichever connection closes, and whether the hub is
 * full or draining.
 */

import assert from 'node:assert/strict';
import { type WireError, wireError } from '../../shared/errors.js';
import type { Clock } from '../contracts/clock.js';
import type { Engine, EngineModel, PackedBatch } from '../contracts/engine.js';
import type { ReadyModel } from '../contracts/model.js';
import { Hub, type HubOptions } from '../core/hub.js';
import { type ContractCase, until, within } from './contract.js';
import { PuppetEngine } from './puppet-engine.js';

/** What a caller got: a prediction, or an error code. */
export type DoorAnswer =
  /** The first output: one number per row. */
  { readonly ok: true; readonly values: readonly number[] } | { readonly ok: false; readonly code: WireError['code'] };

/** A caller of the door under test: one connection. */
export interface DoorCaller {
  /**
   * Requests predictions of model `twice`, or another, for rows of one number each. Rejects only when the connection is
   * lost.
   */
  ask(rows: readonly unknown[], model?: string): Promise<DoorAnswer>;
  /** Closes the connection, whatever is unanswered. */
  leave(): Promise<void>;
}

/** An open door and a way to call it. */
export interface DoorUnderTest {
  readonly door: {
    readonly name: string;
    readonly connections: number;
    goaway?(graceMs: number): void;
    seeOff?(deadline: number, which: 'polling' | 'all'): Promise<void>;
    close(): Promise<void>;
  };
  /** Opens a new connection. */
  call(): Promise<DoorCaller>;
  /** Called at the end of each case, after the door was closed. */
  readonly close?: () => Promise<void>;
}

/** What to open the door on: model `twice` doubles each number. `clock` is the machine's. */
export interface DoorHub {
  readonly hub: Hub;
  readonly clock: Clock;
  readonly models: readonly ReadyModel[];
}

interface Bench extends DoorUnderTest, DoorHub {
  /** Holds batches from now on, until they are released. */
  hold(): void;
  letGo(): Promise<void>;
}

const OPTIONS: HubOptions = {
  tickMs: 0,
  maxBatchMs: 50,
  maxBatchRows: 16,
  maxQueueRows: 32,
  maxArenaBytes: 1 << 20,
  watchdogMs: 5000,
  receipts: false,
  maxRequestRows: 32,
  maxInFlightRows: 1024,
};
const SPECS = {
  inputs: [{ name: 'x', dtype: 'float32', shape: [1] }],
  outputs: [{ name: 'y', dtype: 'float32', shape: [1] }],
} as const;
const TWICE: ReadyModel = {
  spec: { name: 'twice', version: '1', ref: 'twice@1', ...SPECS, labels: undefined, maxTextLength: 100 },
  engineModel: { handle: 1, ...SPECS },
  engine: 'puppet',
  warmUp: { overheadMs: 0.1, rowMs: 0.01, byteMs: 0 },
};
const CLOCK: Clock = {
  now: () => performance.now(),
  setTimer(delayMs, run) {
    const timer = setTimeout(run, delayMs);
    return { cancel: () => clearTimeout(timer) };
  },
  immediate: (run) => void setImmediate(run),
};
const GRACE_MS = 2000;

/**
 * Returns the cases that a door must pass.
 * @param open opens the door, anew for each case, on a hub without other doors.
 */
export function doorContract(open: (on: DoorHub) => Promise<DoorUnderTest>): readonly ContractCase[] {
  const on = (
    name: string,
    body: (bench: Bench) => Promise<void>,
    changes: Partial<HubOptions> = {},
  ): ContractCase => ({
    name,
    run: async () => {
      const engine = new HeldEngine();
      const hub = new Hub({
        engine,
        clock: CLOCK,
        options: { ...OPTIONS, ...changes },
        models: {
          resolve: (name = 'twice') =>
            name === 'twice' || name === 'twice@1' ? TWICE : wireError('MODEL_NOT_FOUND', `there is no model ${name}`),
        },
      });
      const doorHub = { hub, clock: CLOCK, models: [TWICE] };
      const under = await open(doorHub);
      const bench = { ...under, ...doorHub, hold: () => engine.hold(), letGo: () => engine.letGo() };
      try {
        await within(name, body(bench));
      } finally {
        await engine.letGo();
        await under.door.close();
        await under.close?.();
        const { accepted, settled } = await within('the hub drains', hub.drain(GRACE_MS));
        assert.equal(settled, accepted, 'every accepted request must be settled');
      }
    },
  });
  return [
    on('has a name', async ({ door }) => {
      assert.match(door.name, /^[a-z][a-z0-9-]*$/);
    }),
    on('answers with what the model makes of the rows', async ({ call, hub }) => {
      const caller = await call();
      assert.deepEqual(await caller.ask([1, 2, 3]), { ok: true, values: [2, 4, 6] });
      assert.deepEqual(await caller.ask([-5], 'twice@1'), { ok: true, values: [-10] });
      assert.equal(hub.stats.predicted, 2);
      await caller.leave();
    }),
    on(
      'gives each of many callers its own answer, once',
      async ({ call, hub }) => {
        const callers = await Promise.all(Array.from({ length: 5 }, call));
        const asked = Array.from({ length: 200 }, (_, i) => {
          const rows = Array.from({ length: 1 + (i % 4) }, (_, row) => 10 * i + row);
          return { rows, answer: callers[i % 5]?.ask(rows) };
        });
        for (const { rows, answer } of asked)
          assert.deepEqual(await answer, { ok: true, values: rows.map((x) => 2 * x) });
        assert.deepEqual([hub.stats.accepted, hub.stats.settled, hub.inFlight], [200, 200, 0]);
        await Promise.all(callers.map((caller) => caller.leave()));
      },
      { maxQueueRows: 1024 },
    ),
    on('refuses what is wrong by its code, and goes on', async ({ call, hub }) => {
      const caller = await call();
      assert.deepEqual(await caller.ask(['no number']), { ok: false, code: 'INVALID_INPUT' });
      assert.deepEqual(await caller.ask([]), { ok: false, code: 'INVALID_INPUT' });
      assert.deepEqual(await caller.ask([1], 'nowhere'), { ok: false, code: 'MODEL_NOT_FOUND' });
      assert.deepEqual(await caller.ask(Array.from({ length: 33 }, () => 1)), { ok: false, code: 'TOO_LARGE' });
      assert.deepEqual(await caller.ask([4]), { ok: true, values: [8] });
      assert.deepEqual([hub.stats.accepted, hub.stats.refused], [1, 4]);
      await caller.leave();
    }),
    on('says OVERLOADED when the hub is full, and serves again when it is not', async ({ call, hub, hold, letGo }) => {
      const caller = await call();
      hold();
      const first = caller.ask([0]);
      await until('the engine is busy', () => hub.inFlight === 1 && hub.queuedRows === 0);
      const queued = caller.ask(Array.from({ length: 32 }, () => 1));
      await until('the queue is full', () => hub.queuedRows === 32);
      assert.deepEqual(await caller.ask([1]), { ok: false, code: 'OVERLOADED' });
      await letGo();
      for (const answer of [first, queued]) assert.equal((await answer).ok, true);
      await until('nothing is in flight', () => hub.inFlight === 0);
      await caller.leave();
    }),
    on(
      'has what a caller asked cancelled when it leaves, and costs no other its answer',
      async ({ call, hub, hold, letGo }) => {
        const [leaver, stayer] = await Promise.all([call(), call()]);
        hold();
        const [mine, theirs] = [stayer.ask([7]), leaver.ask([1])];
        await until('both are in flight', () => hub.inFlight === 2);
        theirs.catch(() => undefined);
        await leaver.leave();
        await until('what the leaver asked is settled', () => hub.inFlight === 1);
        await letGo();
        assert.deepEqual(await mine, { ok: true, values: [14] });
        assert.equal(hub.stats.errors.CANCELLED, 1);
        await stayer.leave();
      },
    ),
    on(
      'answers in a drain what was accepted, and DRAINING to what comes when the hub refuses',
      async ({ call, hub, door, hold, letGo }) => {
        const caller = await call();
        hold();
        const accepted = caller.ask([1]);
        await until('it is in flight', () => hub.inFlight === 1);
        door.goaway?.(GRACE_MS);
        const drained = hub.drain(GRACE_MS);
        const late = await caller.ask([2]);
        assert.deepEqual(late, { ok: false, code: 'DRAINING' });
        await letGo();
        assert.deepEqual(await accepted, { ok: true, values: [2] });
        assert.equal((await drained).abandoned, 0);
        await caller.leave();
      },
    ),
    on('sees connections off by the deadline, and has none once it is closed', async ({ call, clock, door }) => {
      const caller = await call();
      assert.deepEqual(await caller.ask([1]), { ok: true, values: [2] });
      await within('polling connections are seen off', Promise.resolve(door.seeOff?.(clock.now() + 200, 'polling')));
      await within('all connections are seen off', Promise.resolve(door.seeOff?.(clock.now() + 200, 'all')));
      await door.close();
      await until('there is no connection', () => door.connections === 0);
      await caller.leave();
    }),
  ];
}

/** Runs each batch immediately, unless told to hold them. */
class HeldEngine implements Engine {
  readonly slots = 1;
  readonly #puppet = new PuppetEngine();
  #holds = false;

  run(model: EngineModel, batch: PackedBatch): ReturnType<Engine['run']> {
    const run = this.#puppet.run(model, batch);
    if (!this.#holds) void this.#puppet.finish();
    return run;
  }

  hold(): void {
    this.#holds = true;
  }

  async letGo(): Promise<void> {
    this.#holds = false;
    while (this.#puppet.running > 0) await this.#puppet.finish();
  }
}
