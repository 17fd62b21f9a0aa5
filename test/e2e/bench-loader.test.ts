import { createServer, type Server as HttpServer } from 'node:http';
import { Server } from 'socket.io';
import { afterEach, expect, test } from 'vitest';
import { Loader } from '../../dist/bench/load/loader.js';
import { buildInputs, expectedPredictions, INPUT_COUNT } from '../../dist/bench/servers/mlp.js';
import { until, within } from '../support/until.js';

interface Request {
  readonly id: number;
  readonly input: readonly number[];
}
type Answer = (request: Request, send: (event: string, payload: object) => void) => void;

let io: Server | undefined;
let loader: Loader | undefined;

afterEach(async () => {
  loader?.close();
  await io?.close();
});

/** A Socket.IO server that answers `predict` in the given way, with a lean loader connected to it. */
async function load(sockets: number, pipeline: number, answer: Answer): Promise<{ failure: Promise<string> }> {
  const http: HttpServer = createServer();
  io = new Server(http);
  io.on('connection', (socket) => {
    socket.emit('hello', {});
    socket.on('predict', (request: Request) => answer(request, (event, payload) => socket.emit(event, payload)));
  });
  const port = await new Promise<number>((resolve) => {
    http.listen(0, '127.0.0.1', () => {
      const address = http.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
  const failure = new Promise<string>((resolve) => {
    loader = new Loader({ port, sockets, pipeline, awaitHello: true }, resolve);
  });
  await loader?.open();
  loader?.begin();
  loader?.start();
  return { failure };
}

const predictions = expectedPredictions();

test('each answer sends the next request, right answers are counted, and an id always carries the same input', async () => {
  const inputs = buildInputs();
  const mismatches: Request[] = [];
  let requests = 0;
  await new Promise<void>((resolve) => {
    void load(3, 2, (request, send) => {
      const { id, input } = request;
      if (JSON.stringify(input) !== JSON.stringify(inputs[id % INPUT_COUNT])) mismatches.push(request);
      send('prediction', { id, prediction: predictions[id % INPUT_COUNT] });
      if (++requests === 3000) resolve();
    });
  });
  const count = loader?.end();
  expect(mismatches).toEqual([]);
  expect(count?.answered).toBeGreaterThan(2900);
  expect(count?.checked).toBeGreaterThanOrEqual(3);
  expect(count?.latencyUs.reduce((total, [, counted]) => total + counted, 0)).toBe(count?.answered);
});

test('a pause waits for the last answers; a start goes on', async () => {
  let [asked, answered] = [0, 0];
  const { failure } = await load(2, 2, ({ id }, send) => {
    asked += 1;
    setImmediate(() => {
      answered += 1;
      send('prediction', { id, prediction: predictions[id % INPUT_COUNT] });
    });
  });
  const counts: [number, number][] = [];
  for (let turn = 0; turn < 2; turn++) {
    const before = asked;
    await until('requests', () => asked > before + 100);
    await within('the pause', Promise.race([new Promise<void>((done) => loader?.pause(done)), failure]));
    counts.push([asked, answered]);
    loader?.start();
  }

  expect(counts.map(([requests, answers]) => requests - answers)).toEqual([0, 0]);
});

test('a wrong answer ends the run', async () => {
  const { failure } = await load(1, 1, ({ id }, send) => send('prediction', { id, prediction: [0.1, 0.2, 0.7] }));
  expect(await failure).toMatch(/^a wrong answer: expected \[/);
});

test('an answer to a request that was answered already ends the run', async () => {
  const { failure } = await load(1, 1, ({ id }, send) => {
    for (let i = 0; i < 2; i++) send('prediction', { id, prediction: predictions[id % INPUT_COUNT] });
  });
  expect(await failure).toMatch(/^an answer that nobody waits for/);
});

test('a refusal ends the run and is told', async () => {
  const { failure } = await load(1, 1, ({ id }, send) => send('prediction_error', { id, code: 'OVERLOADED' }));
  expect(await failure).toContain('OVERLOADED');
});
