import { setTimeout as delay } from 'node:timers/promises';
import { io } from 'socket.io-client';
import { expect, test } from 'vitest';
import { startTestProcess, type TestProcess } from '../support/app.js';
import { frame, RawSocket } from '../support/raw-socket.js';
import { writeLinear } from '../support/tiny-models.js';
import { until } from '../support/until.js';

const FLOODS = 2;
const WARM_UP = 1;
/** Without a limit V8 lets its heap grow by more than the test looks for, because there is memory. */
const HEAP = ['--max-old-space-size=64', '--max-semi-space-size=4'];

/**
 * Joins, then sends and never reads, as fast as the hub takes it, until it is cut. Returns the hub's peak memory, in
 * bytes.
 */
async function flood(hub: TestProcess): Promise<number> {
  const socket = await RawSocket.open(hub.url);
  socket.stopReading();
  // Long answers fill the kernel's buffers soon; no more requests than the hub accepts, since refusals would slow this
  // client down.
  const request = frame(`42["predict",{"timing":false,"input":[${Array(1000).fill(1.5).join(',')}]}]`);
  let most = 0;
  let turn = 0;
  await until(
    'it is cut',
    async () => {
      for (let i = 0; i < 50 && socket.backlog < 1 << 20; i++) socket.bytes(request);
      if (turn++ % 5 === 0) most = Math.max(most, await hub.rss());
      return socket.closed;
    },
    90_000,
  );
  return most;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
}

test('a client that emits without end and never reads is cut, with the reason logged, and its neighbours lose nothing', async () => {
  const hub = await startTestProcess({ models: (folder) => writeLinear(folder), config: { logLevel: 'info' } }, HEAP);
  const neighbour = io(hub.url, { transports: ['websocket'], forceNew: true });
  await until('the neighbour connects', () => neighbour.connected);
  let drops = 0;
  neighbour.on('disconnect', () => {
    drops += 1;
  });
  let answers = 0;
  let stop = false;
  const load = (async () => {
    for (let x = 0; !stop; x++) {
      const answer = (await neighbour.timeout(60_000).emitWithAck('predict', { input: [x] })) as {
        prediction: number[][];
      };
      expect(answer.prediction).toEqual([[2 * x + 1]]);
      answers += 1;
      // All the time, and not all that a core gives: other files run beside this one.
      await delay(5);
    }
  })();
  // The baseline of the same load, compiled code and garbage included, is not the cost of a slow reader.
  const warmUp: number[] = [];
  for (let i = 0; i < WARM_UP; i++) warmUp.push(await flood(hub));
  const peaks: number[] = [];
  for (let i = 0; i < FLOODS; i++) peaks.push(await flood(hub));
  const grown = median(peaks) - median(warmUp);
  stop = true;
  await load;
  const dropped = drops;
  neighbour.close();
  await hub.close();

  const reasons = hub.log.filter(({ msg }) => msg === 'client disconnected').map(({ reason }) => String(reason));
  console.log(
    `cut ${WARM_UP + peaks.length} times, ${answers} answers to the neighbour, RSS grew ${(grown / 1e6).toFixed(1)} MB`,
  );
  expect(reasons.filter((reason) => reason.startsWith('slow'))).toHaveLength(WARM_UP + peaks.length);
  expect(dropped).toBe(0);
  expect(answers).toBeGreaterThan(FLOODS);
  expect(grown).toBeLessThan(20e6);
});
