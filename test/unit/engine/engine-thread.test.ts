import { describe, expect, it } from 'vitest';
import type { BatchOutcome } from '../../../server/contracts/engine.js';
import type { EngineEvent } from '../../../server/contracts/engine-events.js';
import type { SessionSource } from '../../../server/contracts/runtime.js';
import type { HostLoading } from '../../../server/engine/session/session-host.js';
import { EngineThread } from '../../../server/engine/thread/engine-thread.js';
import type { FromWorker, ToWorker } from '../../../server/engine/thread/messages.js';
import { ManualClock } from '../../../server/testing/manual-clock.js';
import type { WorkerListener } from '../../../server/threads/worker-port.js';

/** A thread played by the test. */
class Puppet {
  readonly posted: ToWorker[] = [];
  terminated = false;
  readonly #listener: WorkerListener<FromWorker>;

  constructor(listener: WorkerListener<FromWorker>) {
    this.#listener = listener;
  }

  say(message: FromWorker): void {
    this.#listener.message(message);
  }

  exit(reason: string): void {
    this.#listener.exit(reason);
  }

  ids(): readonly number[] {
    return this.posted.flatMap((message) => (message.type === 'run' ? [message.batchId] : []));
  }

  kinds(): readonly string[] {
    return this.posted.map(({ type }) => type);
  }
}

const SOURCE: SessionSource = {
  ref: 'twice@1',
  folder: '/models/twice/1',
  file: 'model.json',
  runtime: 'fault',
  inputs: [],
  featuriser: undefined,
  options: {},
  files: undefined,
};
const MODEL = { inputs: [], outputs: [], runtime: 'fault', engine: 'fault', why: '', loadMs: 1 };

class Stage {
  readonly clock = new ManualClock();
  readonly puppets: Puppet[] = [];
  readonly events: EngineEvent[] = [];
  readonly thread = new EngineThread({
    thread: 0,
    clock: this.clock,
    emit: (event) => this.events.push(event),
    loadMs: 60_000,
    waitMs: 10_000,
    spawn: (listener) => {
      const puppet = new Puppet(listener);
      this.puppets.push(puppet);
      return {
        post: (message) => void puppet.posted.push(message),
        terminate: () => {
          puppet.terminated = true;
        },
      };
    },
  });

  /** The thread started last. */
  get puppet(): Puppet {
    const last = this.puppets.at(-1);
    if (last === undefined) throw new Error('no thread was started');
    return last;
  }

  async ready(): Promise<this> {
    const started = this.thread.start();
    this.puppet.say({ type: 'hello' });
    await started;
    const loading = this.thread.load(1, SOURCE);
    this.puppet.say({ type: 'loaded', handle: 1, model: MODEL });
    await loading;
    return this;
  }

  run(hangMs = 1000): Watched<BatchOutcome> {
    return new Watched(this.thread.run(1, { rows: 1, buffer: new ArrayBuffer(8), hangMs }));
  }
}

/** The result of a promise, if any yet. */
class Watched<T> {
  value: T | undefined;

  constructor(promise: Promise<T>) {
    void promise.then((value) => {
      this.value = value;
    });
  }

  async now(): Promise<T | undefined> {
    await Promise.resolve();
    await Promise.resolve();
    return this.value;
  }
}

describe('a run', () => {
  it('settles with the thread’s answer, by its batch', async () => {
    const stage = await new Stage().ready();
    const [first, second] = [stage.run(), stage.run()];
    const [firstId = 0, secondId = 0] = stage.puppet.ids();
    const buffer = new ArrayBuffer(8);
    stage.puppet.say({ type: 'failed', batchId: secondId, reason: 'too odd' });
    stage.puppet.say({ type: 'done', batchId: firstId, buffer, inferUs: 7 });
    expect(await first.now()).toEqual({ status: 'done', buffer, inferUs: 7 });
    expect(await second.now()).toEqual({ status: 'failed', reason: 'too odd' });
    expect(stage.thread.outstanding).toBe(0);
  });

  it('is lost when the thread exits, and the replacement starts before anything else happens', async () => {
    const stage = await new Stage().ready();
    const run = stage.run();
    stage.puppet.exit('it exited with code 1');
    expect(stage.puppets.length).toBe(2);
    expect(await run.now()).toEqual({ status: 'lost', reason: 'the engine thread was lost: it exited with code 1' });
  });

  it('is lost when it takes longer than hangMs, and the hung thread is terminated but not waited for', async () => {
    const stage = await new Stage().ready();
    const run = stage.run(1000);
    stage.clock.advance(999);
    expect(await run.now()).toBeUndefined();
    stage.clock.advance(1);
    expect(await run.now()).toMatchObject({ status: 'lost', reason: expect.stringContaining('longer than 1000 ms') });
    expect(stage.puppets[0]?.terminated).toBe(true);
    expect(stage.puppets.length).toBe(2);
  });

  it('is not lost to an answer that came in while the main thread was busy past the limit', async () => {
    const stage = await new Stage().ready();
    const run = stage.run(1000);
    const [batchId = 0] = stage.puppet.ids();
    // What the event loop reads between a late timer and the end of its turn.
    stage.clock.immediate = (verdict) => {
      stage.puppet.say({ type: 'done', batchId, buffer: new ArrayBuffer(8), inferUs: 1 });
      verdict();
    };
    stage.clock.advance(1000);
    expect((await run.now())?.status).toBe('done');
    expect(stage.puppets.length).toBe(1);
  });

  it('has its own limit: a later run with a shorter one is found first', async () => {
    const stage = await new Stage().ready();
    stage.run(5000);
    const short = stage.run(100);
    stage.clock.advance(100);
    expect((await short.now())?.status).toBe('lost');
  });

  it('ignores what a replaced thread still says', async () => {
    const stage = await new Stage().ready();
    const old = stage.puppet;
    stage.run(10);
    stage.clock.advance(10);
    const next = stage.run();
    stage.puppet.say({ type: 'hello' });
    stage.puppet.say({ type: 'loaded', handle: 1, model: MODEL });
    const [batchId = 0] = stage.puppet.ids();
    old.say({ type: 'done', batchId, buffer: new ArrayBuffer(8), inferUs: 1 });
    old.exit('it exited with code 1');
    expect(await next.now()).toBeUndefined();
    expect(stage.puppets.length).toBe(2);
  });

  it('waits while models are loaded, and its hang time counts from when it is posted', async () => {
    const stage = await new Stage().ready();
    stage.puppet.exit('gone');
    const run = stage.run(100);
    stage.puppet.say({ type: 'hello' });
    stage.clock.advance(5000);
    expect(stage.puppet.kinds()).toEqual(['load']);
    stage.puppet.say({ type: 'loaded', handle: 1, model: MODEL });
    expect(stage.puppet.kinds()).toEqual(['load', 'run']);
    stage.clock.advance(99);
    expect(await run.now()).toBeUndefined();
    stage.clock.advance(1);
    expect((await run.now())?.status).toBe('lost');
  });

  it('does not wait for a thread for ever', async () => {
    const stage = await new Stage().ready();
    stage.puppet.exit('gone');
    const run = stage.run();
    stage.clock.advance(9999);
    expect(await run.now()).toBeUndefined();
    stage.clock.advance(1);
    expect(await run.now()).toEqual({ status: 'lost', reason: 'no engine thread could run it within 10000 ms' });
  });
});

describe('a replacement', () => {
  it('is tried again after 100 ms, doubling up to 5 s, when it dies before it is ready', async () => {
    const stage = await new Stage().ready();
    stage.puppet.exit('gone');
    expect(stage.thread.healthy).toBe(true);
    for (const pause of [100, 200, 400, 800, 1600, 3200, 5000, 5000]) {
      const count = stage.puppets.length;
      stage.puppet.say({ type: 'hello' });
      stage.puppet.exit('gone again');
      expect(stage.thread.healthy).toBe(false);
      expect(stage.events.at(-1)).toEqual({ type: 'thread-lost', thread: 0, reason: 'gone again', retryMs: pause });
      stage.clock.advance(pause - 1);
      expect(stage.puppets.length).toBe(count);
      stage.clock.advance(1);
      expect(stage.puppets.length).toBe(count + 1);
    }
    stage.puppet.say({ type: 'hello' });
    stage.puppet.say({ type: 'loaded', handle: 1, model: MODEL });
    expect(stage.thread.healthy).toBe(true);
  });

  it('serves its other models when one cannot be loaded again', async () => {
    const stage = await new Stage().ready();
    const loading = stage.thread.load(2, { ...SOURCE, ref: 'other@1' });
    stage.puppet.say({ type: 'loaded', handle: 2, model: MODEL });
    await loading;
    stage.puppet.exit('gone');
    const waiting = stage.run();
    stage.puppet.say({ type: 'hello' });
    stage.puppet.say({ type: 'load-failed', handle: 1, problem: 'out of memory' });
    stage.puppet.say({ type: 'loaded', handle: 2, model: MODEL });
    // The thread knows why.
    const [batchId = 0] = stage.puppet.ids();
    const reason = 'twice@1 could not be loaded again: out of memory';
    stage.puppet.say({ type: 'failed', batchId, reason });
    expect(await waiting.now()).toEqual({ status: 'failed', reason });
    expect(stage.thread.healthy).toBe(true);
    expect(stage.events).toContainEqual({ type: 'model-lost', thread: 0, ref: 'twice@1', problem: 'out of memory' });
    void stage.thread.run(2, { rows: 1, buffer: new ArrayBuffer(8), hangMs: 10 });
    expect(stage.puppet.kinds()).toEqual(['load', 'load', 'run', 'run']);
  });
});

describe('a load', () => {
  it('that ends the thread is refused and not repeated', async () => {
    const stage = await new Stage().ready();
    const loading = new Watched<HostLoading>(stage.thread.load(2, { ...SOURCE, ref: 'bad@1' }));
    stage.puppet.exit('it exited with code 139');
    expect(await loading.now()).toMatchObject({ ok: false, problem: expect.stringContaining('code 139') });
    stage.puppet.say({ type: 'hello' });
    // On the engine that the first thread chose.
    expect(stage.puppet.posted).toEqual([{ type: 'load', handle: 1, source: { ...SOURCE, engine: 'fault' } }]);
    expect(stage.thread.healthy).toBe(true);
  });

  it('that never answers is refused after its limit', async () => {
    const stage = await new Stage().ready();
    const loading = new Watched<HostLoading>(stage.thread.load(2, SOURCE));
    stage.clock.advance(60_000);
    expect(await loading.now()).toMatchObject({ ok: false, problem: expect.stringContaining('in time') });
    expect(stage.puppets[0]?.terminated).toBe(true);
  });
});

describe('start and close', () => {
  it('says why the first thread did not start, and does not try again', async () => {
    const stage = new Stage();
    const started = stage.thread.start();
    stage.puppet.say({ type: 'unusable', problem: 'no such session module' });
    expect(await started).toEqual({ ok: false, problem: 'the engine thread did not start: no such session module' });
    stage.clock.advance(60_000);
    expect(stage.puppets.length).toBe(1);
    expect(stage.thread.healthy).toBe(false);
  });

  it('lets the thread finish, and settles what it did not', async () => {
    const stage = await new Stage().ready();
    const [done, left] = [stage.run(), stage.run()];
    const closed = stage.thread.close(2000);
    const again = stage.thread.close(2000);
    const [batchId = 0] = stage.puppet.ids();
    stage.puppet.say({ type: 'done', batchId, buffer: new ArrayBuffer(8), inferUs: 1 });
    stage.puppet.exit('it exited with code 0');
    await Promise.all([closed, again]);
    expect((await done.now())?.status).toBe('done');
    expect((await left.now())?.status).toBe('lost');
    expect(stage.puppets.length).toBe(1);
    expect((await stage.run().now())?.status).toBe('lost');
    expect(stage.clock.timers).toBe(0);
  });

  it('does not wait longer than its deadline for a thread that hangs', async () => {
    const stage = await new Stage().ready();
    const run = stage.run(60_000);
    const closed = new Watched(stage.thread.close(2000).then(() => 'closed'));
    stage.clock.advance(1999);
    expect(await closed.now()).toBeUndefined();
    stage.clock.advance(1);
    expect(await closed.now()).toBe('closed');
    expect(stage.puppet.terminated).toBe(true);
    expect((await run.now())?.status).toBe('lost');
    expect(stage.clock.timers).toBe(0);
  });
});
