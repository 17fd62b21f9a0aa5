import { expect, test } from 'vitest';
import { StatusBoard, type StatusFacts } from '../../../server/streams/status-board.js';
import { ManualClock } from '../../../server/testing/manual-clock.js';
import type { HubStatus } from '../../../shared/index.js';
import { TestViewer, WALL } from '../../support/streams.js';

function open() {
  const clock = new ManualClock();
  const facts: { -readonly [Name in keyof StatusFacts]: StatusFacts[Name] } = {
    predicted: 0,
    batches: 0,
    rows: 0,
    version: '1',
    state: 'ready',
    queuedRows: 0,
    inFlight: 0,
    connections: 1,
    viewers: 0,
    models: [],
    streams: [],
  };
  let reads = 0;
  const board = new StatusBoard(
    () => {
      reads += 1;
      return { ...facts };
    },
    clock,
    () => WALL + clock.now(),
  );
  return { clock, facts, board, reads: () => reads };
}

test('a watcher is told at once and then once a second, with rates of the last second, encoded once for all', () => {
  const { clock, facts, board } = open();
  const [one, two] = [new TestViewer(), new TestViewer()];
  board.watch(one, true);
  board.watch(two, true);
  facts.predicted = 500;
  facts.batches = 10;
  facts.rows = 600;
  clock.advance(1000);
  clock.advance(1000);

  const told = one.of<HubStatus>('status');
  expect(told).toHaveLength(3);
  expect(told[1]).toMatchObject({ predictionsPerSecond: 500, meanBatchRows: 60, at: WALL + 1000, uptimeSeconds: 1 });
  expect(told[2]).toMatchObject({ predictionsPerSecond: 0 });
  expect(told[2]).not.toHaveProperty('meanBatchRows');
  expect(one.shared.at(-1)).toBe(two.shared.at(-1));
});

test('while nobody watches nothing is read and no timer runs', () => {
  const { clock, board, reads } = open();
  const viewer = new TestViewer();
  board.watch(viewer, true);
  board.watch(viewer, false);
  clock.advance(1000);
  const before = reads();
  clock.advance(10_000);

  expect(reads()).toBe(before);
  expect(clock.timers).toBe(0);
  board.watch(viewer, true);
  board.close();
  clock.advance(10_000);
  expect(clock.timers).toBe(0);
});

test('a watcher that does not read is left out until it does', () => {
  const { clock, board } = open();
  const viewer = new TestViewer();
  board.watch(viewer, true);
  viewer.unreadBytes = 1e6;
  clock.advance(3000);
  const while_ = viewer.events.length;
  viewer.unreadBytes = 0;
  clock.advance(1000);

  expect(while_).toBe(1);
  expect(viewer.events).toHaveLength(2);
});

test('who is shown certain names only gets its own part of the status, and nothing of others', () => {
  const { clock, facts, board } = open();
  const stream = (name: string, viewers: number) =>
    ({ stream: name, epoch: 'e', offset: 1, model: 'mood@1', rate: 1, viewers, lastAt: 0 }) as const;
  facts.streams = [stream('acme/1', 2), stream('other/1', 7)];
  facts.models = [
    { model: 'mood@1', engine: 'wasm' },
    { model: 'secret@1', engine: 'wasm' },
  ];
  Object.assign(facts, { viewers: 9, connections: 12, inFlight: 30, queuedRows: 40, p50: { totalUs: 1 }, p99: {} });
  const usage = { predicted: 10, inFlight: 3, inFlightRows: 5, origins: 2 };
  const viewer = new TestViewer();
  const all = new TestViewer();
  board.watch(all, true);
  board.watch(viewer, true, {
    seesModel: (name) => name === 'mood',
    seesStream: (name) => name.startsWith('acme/'),
    usage,
  });
  facts.predicted = 500;
  usage.predicted = 13;
  clock.advance(1000);

  const told = viewer.of<HubStatus>('status').at(-1);
  expect(told).toEqual({
    at: WALL + 1000,
    version: '1',
    uptimeSeconds: 1,
    state: 'ready',
    predictionsPerSecond: 3,
    queuedRows: 5,
    inFlight: 3,
    connections: 2,
    viewers: 2,
    models: [{ model: 'mood@1', engine: 'wasm' }],
    streams: [expect.objectContaining({ stream: 'acme/1' })],
  });
  expect(all.of<HubStatus>('status').at(-1)).toMatchObject({ predictionsPerSecond: 500, connections: 12 });
});
