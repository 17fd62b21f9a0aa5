import { expect, test } from 'vitest';
import { ManualClock } from '../../../server/testing/manual-clock.js';
import {
  ConnectionDrain,
  type Drainable,
  type DrainPlan,
} from '../../../server/transports/socketio/drain/connection-drain.js';

/** A connection whose client is controlled by the test. */
class Client implements Drainable {
  resends = false;
  inFlight = 0;
  requests = 0;
  gone = false;
  reads = true;
  closedAt: number | undefined;
  destroyedAt: number | undefined;
  /** Leaves when told to. */
  takesLeave = true;
  readonly #clock: ManualClock;

  constructor(clock: ManualClock) {
    this.#clock = clock;
  }

  ask(): void {
    this.requests += 1;
    if (this.reads) this.inFlight += 1;
  }

  stopReading(): void {
    this.reads = false;
  }

  close(): void {
    expect(this.inFlight).toBe(0);
    this.closedAt = this.#clock.now();
    this.gone = this.takesLeave;
  }

  destroy(): void {
    this.destroyedAt = this.#clock.now();
  }
}

const PLAN: DrainPlan = { spreadMs: 0, patienceMs: 1000, deadline: 5000 };

function start(count: number, plan: Partial<DrainPlan> = {}, change: (client: Client) => void = () => {}) {
  const clock = new ManualClock();
  const clients = Array.from({ length: count }, () => new Client(clock));
  for (const client of clients) change(client);
  const present = new Set(clients);
  const departures = new ConnectionDrain(clock, () => 0.5);
  const state = { isOver: false };
  const first = clients[0] ?? new Client(clock);
  const over = departures.run(() => [...present].filter(({ closedAt }) => closedAt === undefined), {
    ...PLAN,
    ...plan,
  });
  void over.then(() => {
    state.isOver = true;
  });
  const isOver = async (): Promise<boolean> => {
    await undefined;
    await undefined;
    return state.isOver;
  };
  return { clock, clients, first, present, isOver };
}

test('is over at once when there is nobody', async () => {
  const { isOver, clock } = start(0, { spreadMs: 1000 });

  expect(await isOver()).toBe(true);
  expect(clock.timers).toBe(0);
});

test('closes a quiet connection after a moment in which a request may still come', async () => {
  const { clock, first, isOver } = start(1);
  clock.advance(40);
  expect(first.closedAt).toBeUndefined();
  clock.advance(10);

  expect(first.closedAt).toBe(50);
  expect(await isOver()).toBe(false);
  clock.advance(10);
  expect(await isOver()).toBe(true);
  expect(clock.timers).toBe(0);
});

test('closes nobody who is owed an answer or has just asked', () => {
  const { clock, first } = start(1);
  clock.advance(45);
  first.ask();
  clock.advance(300);
  expect(first.closedAt).toBeUndefined();
  first.inFlight = 0;
  clock.advance(30);
  // Asked and answered between two checks.
  first.requests += 1;
  clock.advance(40);
  expect(first.closedAt).toBeUndefined();
  clock.advance(30);

  expect(first.closedAt).toBeGreaterThan(400);
  expect(first.reads).toBe(true);
});

test('stops reading from a client that asks without end, and closes it when all it asked before is answered', () => {
  const { clock, first } = start(1);
  for (let i = 0; i < 100; i++) {
    first.ask();
    clock.advance(10);
    if (i % 2 === 1) first.inFlight -= 1;
  }
  clock.advance(10);
  expect(first.reads).toBe(false);
  expect(first.closedAt).toBeUndefined();
  const owed = first.inFlight;
  first.ask();
  expect(first.inFlight).toBe(owed);

  first.inFlight = 0;
  clock.advance(10);
  expect(first.closedAt).toBe(1020);
});

test('does not wait for a pause of a client that sends again elsewhere what has no answer here', () => {
  const { clock, first } = start(1, {}, (client) => {
    client.resends = true;
    client.inFlight = 2;
  });
  expect(first.reads).toBe(false);
  first.inFlight = 0;
  clock.advance(10);

  expect(first.closedAt).toBe(10);
});

test('spreads the departures evenly', () => {
  const { clock, clients } = start(100, { spreadMs: 2000 });
  const closed: number[] = [];
  for (let at = 200; at <= 2200; at += 200) {
    clock.advance(200);
    closed.push(clients.filter(({ closedAt }) => closedAt !== undefined).length);
  }

  const steps = closed.map((count, index) => count - (closed[index - 1] ?? 0));
  expect(steps.slice(1, 10).every((step) => step >= 9 && step <= 11)).toBe(true);
  expect(closed.at(-1)).toBe(100);
});

test('sees off who comes while it is under way', async () => {
  const { clock, present, isOver } = start(1, { spreadMs: 400 });
  clock.advance(100);
  const late = new Client(clock);
  present.add(late);
  clock.advance(100);

  // It is noticed at the next check.
  expect(late.closedAt).toBe(160);
  clock.advance(200);
  expect(await isOver()).toBe(true);
});

test('cuts a client that was told and does not go', async () => {
  const { clock, first, isOver } = start(1, {}, (client) => {
    client.takesLeave = false;
  });
  clock.advance(1040);
  expect(first.destroyedAt).toBeUndefined();
  clock.advance(20);

  expect(first.destroyedAt).toBe(1050);
  expect(await isOver()).toBe(true);
});

test('does not wait for one that is gone by itself', async () => {
  const { clock, first, isOver } = start(1, { spreadMs: 1000 });
  first.gone = true;
  clock.advance(10);

  expect(first.closedAt).toBeUndefined();
  expect(await isOver()).toBe(true);
});

test('gives up at the deadline, whoever is left', async () => {
  const { clock, first, isOver } = start(1, { deadline: 500 });
  first.ask();
  clock.advance(490);
  expect(await isOver()).toBe(false);
  clock.advance(10);

  expect(await isOver()).toBe(true);
  expect(first.closedAt).toBeUndefined();
  expect(clock.timers).toBe(0);
});
