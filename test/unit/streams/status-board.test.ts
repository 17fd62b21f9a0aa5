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
