import { expect, test } from 'vitest';
import type { EngineEvent } from '../../../server/contracts/engine-events.js';
import type { FromWorker } from '../../../server/engine/thread/messages.js';
import { WorkerEngine } from '../../../server/engine/worker-engine.js';
import { ManualClock } from '../../../server/testing/manual-clock.js';
import type { WorkerListener } from '../../../server/threads/worker-port.js';

test('each thread that is lost is a restart, and ending the engine is none', async () => {
  const threads: WorkerListener<FromWorker>[] = [];
  const events: EngineEvent[] = [];
  const engine = new WorkerEngine({
    clock: new ManualClock(),
    backend: 'wasm',
    threads: 2,
    onEvent: (event) => events.push(event),
    spawn: (listener) => {
      threads.push(listener);
      return { post: () => undefined, terminate: () => undefined };
    },
  });
  const started = engine.start();
  for (const thread of [...threads]) thread.message({ type: 'hello' });
  await started;
  expect(engine.restarts).toBe(0);
  threads[0]?.exit('it trapped');
  threads[2]?.message({ type: 'hello' });
  threads[1]?.exit('it trapped');
  threads[3]?.message({ type: 'hello' });

  expect(engine.restarts).toBe(2);
  expect(events.filter(({ type }) => type === 'thread-lost')).toHaveLength(2);
  const closed = engine.close();
  for (const thread of threads.slice(2)) thread.exit('asked to');
  await closed;
  expect(engine.restarts).toBe(2);
});
