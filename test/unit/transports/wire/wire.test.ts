import { EventEmitter } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { expect, test } from 'vitest';
import { ManualClock } from '../../../../server/testing/manual-clock.js';
import { Turns } from '../../../../server/transports/turns.js';
import { Newcomers } from '../../../../server/transports/wire/newcomers.js';
import { Room } from '../../../../server/transports/wire/room.js';
import type { Valve } from '../../../../server/transports/wire/valve.js';
import { type EngineConnection, Wire } from '../../../../server/transports/wire/wire.js';

class TestValve implements Valve {
  isHeld = false;
  isDestroyed = false;
  pendingBytes = 0;

  hold(): void {
    this.isHeld = true;
  }

  release(): void {
    this.isHeld = false;
  }

  destroy(): void {
    this.isDestroyed = true;
  }
}

class TestConnection extends EventEmitter {
  readonly id = 'id';
  readyState = 'open';
  writeBuffer: { readonly data: string }[] = [];

  close(): void {
    if (this.readyState === 'closed') return;
    this.readyState = 'closed';
    this.emit('close');
  }

  /** Like engine.io: what is written waits, or leaves immediately. */
  write(bytes: number, leaves = true): void {
    const packet = { data: 'x'.repeat(bytes - 1) };
    this.emit('packetCreate', packet);
    if (!leaves) this.writeBuffer.push(packet);
  }
}

const MAX_OUTBOX = 1 << 20;

const never = (): boolean => false;

function make(count = 1) {
  const clock = new ManualClock();
  const turns = new Turns(clock);
  const cuts: string[] = [];
  const room = new Room(clock);
  const newcomers = new Newcomers(clock);
  const wires = Array.from({ length: count }, () => {
    const wire = new Wire({} as IncomingMessage, {
      clock,
      turns,
      room,
      newcomers,
      options: { maxOutboxBytes: MAX_OUTBOX },
      onCut: (_wire, kind, message) => cuts.push(`${kind}: ${message}`),
    });
    const [valve, connection, transport] = [new TestValve(), new TestConnection(), new EventEmitter()];
    wire.add(valve, transport);
    wire.open(connection as unknown as EngineConnection);
    wire.joined();
    return { wire, valve, connection, transport };
  });
  const [first] = wires;
  if (first === undefined) throw new Error('none');
  return { clock, cuts, wires, ...first };
}

type Made = Pick<ReturnType<typeof make>, 'wire' | 'valve' | 'connection'>;

/** Adds packets until it is held. */
function fill({ wire, valve }: { wire: Wire; valve: TestValve }, most = 1000, bytes = 10): number {
  let packets = 0;
  while (!valve.isHeld && packets < most) {
    wire.enter(bytes);
    packets += 1;
  }
  return packets;
}

test('a connection has 64 packets or 256 KiB a turn, and goes on in the next', () => {
  const one = make();

  expect(fill(one)).toBe(64);
  one.clock.advance(0);
  expect(one.valve.isHeld).toBe(false);
  expect(fill(one, 1000, 65_536)).toBe(4);
  one.clock.advance(0);
  // Fewer, each in its own turn: never held.
  for (let i = 0; i < 500; i++) {
    one.wire.enter(10);
    one.clock.advance(0);
    expect(one.valve.isHeld).toBe(false);
  }
});

test('of many that flood, four go on in one turn, in the order in which they came to wait', () => {
  const { wires, clock } = make(10);
  for (const it of wires) fill(it);
  const free = (): number[] => wires.flatMap(({ valve }, i) => (valve.isHeld ? [] : [i]));

  clock.advance(0);
  const order = [free()];
  for (let turn = 0; turn < 5; turn++) {
    for (const i of free()) fill(wires[i] as (typeof wires)[0]);
    clock.advance(0);
    order.push(free());
  }

  expect(order.every((turn) => turn.length === 4)).toBe(true);
  const counts = wires.map((_, i) => order.flat().filter((j) => j === i).length);
  expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
});

test('after a standstill of the hub, those that joined nothing get a second: what they sent has not been read', () => {
  const { wires, clock, cuts } = make(2);
  for (const { wire } of wires) wire.left();
  clock.stall(60_000);
  expect(cuts).toEqual([]);
  wires[0]?.wire.joined();
  clock.advance(2_000);

  expect(cuts).toHaveLength(1);
});

test('a connection that joined nothing is cut after ten seconds, also one that left again', () => {
  const { wire, clock, cuts, valve, connection } = make();
  clock.advance(60_000);
  expect(cuts).toEqual([]);
  wire.left();
  clock.advance(9_999);
  expect(cuts).toEqual([]);
  clock.advance(1);

  expect(cuts).toEqual(['unjoined: the connection joined nothing within 10000 ms']);
  expect([valve.isDestroyed, connection.readyState]).toEqual([true, 'closed']);
});

test('refusals above a rate slow the connection down, and end it when they go on for ten seconds', () => {
  const { wire, clock, cuts, valve } = make();
  for (let i = 0; i < 256; i++) wire.faulty();
  expect(valve.isHeld).toBe(false);

  const words: string[] = [];
  wire.lastWord = (kind) => words.push(kind);
  let passed = 0;
  for (let ms = 0; ms < 20_000 && cuts.length === 0; ms += 10) {
    for (let i = 0; i < 10 && !valve.isHeld; i++) {
      wire.faulty();
      passed += 1;
    }
    clock.advance(10);
  }

  expect(cuts).toEqual([expect.stringMatching(/^flood: more than 400 requests a second/)]);
  expect(words).toEqual(['flood']);
  // Read in one of these ten milliseconds, and not in four.
  expect(passed).toBeGreaterThan(1_000);
  expect(passed).toBeLessThan(5_000);
});

test('a burst of faults that ends is forgiven', () => {
  const { wire, clock, cuts } = make();
  for (let round = 0; round < 20; round++) {
    for (let i = 0; i < 2_100; i++) wire.faulty();
    clock.advance(11_000);
  }

  expect(cuts).toEqual([]);
});

test('of many connections that join nothing the longest are ended sooner, once they are two seconds old', () => {
  const { clock, cuts, wires } = make(1_500);
  for (const { wire } of wires.slice(0, 1_300)) wire.left();
  expect(cuts).toEqual([]);
  clock.advance(1_000);
  for (const { wire } of wires.slice(1_300, 1_400)) wire.left();
  expect(cuts).toEqual([]);
  clock.advance(1_000);
  for (const { wire } of wires.slice(1_400)) wire.left();

  // Two for each arrival: those that came together do not end together.
  expect(cuts).toEqual(new Array(200).fill('unjoined: the connection joined nothing within 2000 ms'));
  expect(wires.slice(0, 200).every(({ valve }) => valve.isDestroyed)).toBe(true);
  clock.advance(8_000);
  expect(cuts.length).toBeLessThan(220);
  clock.advance(3_000);
  expect(cuts).toHaveLength(1_500);
});

test('refusals because the hub is busy slow the connection down, the sooner the longer its requests; they never end it', () => {
  const short = make();
  for (let i = 0; i < 200; i++) short.wire.overloaded(100, never);
  expect(short.valve.isHeld).toBe(false);
  const long = make();
  for (let i = 0; i < 100; i++) long.wire.overloaded(65_536, never);
  expect(long.valve.isHeld).toBe(true);
  long.clock.advance(1_000);
  expect(long.valve.isHeld).toBe(false);
  for (let s = 0; s < 100; s++) {
    long.wire.overloaded(65_536, never);
    long.clock.advance(1_000);
  }

  expect(long.cuts).toEqual([]);
});

test('who is paused because the hub is busy goes on when an answer leaves room, the longest first; who is paused for faults does not', () => {
  const { wires } = make(4);
  const [first, second, faulty, other] = wires as unknown as [Made, Made, Made, Made];
  let room = 0;
  for (const { wire } of [first, second]) for (let i = 0; i < 200; i++) wire.overloaded(8_192, () => room > 0);
  for (let i = 0; i < 3_000; i++) faulty.wire.faulty();
  faulty.wire.overloaded(8_192, () => true);
  const held = () => [first, second, faulty].map(({ valve }) => valve.isHeld);
  other.wire.answered();
  expect(held()).toEqual([true, true, true]);
  room = 1;
  other.wire.answered();
  expect(held()).toEqual([false, true, true]);
  first.wire.answered();

  expect(held()).toEqual([false, false, true]);
});

test('with maxOutboxBytes unread no request is read, until half of it is taken', () => {
  const { wire, valve, connection, transport, cuts } = make();
  expect(transport.listenerCount('drain')).toBe(0);
  for (let i = 0; i < 20; i++) connection.write(60_000, false);
  expect(wire.unreadBytes).toBe(1_200_000);
  expect(valve.isHeld).toBe(true);
  connection.writeBuffer = [];
  valve.pendingBytes = 600_000;
  transport.emit('drain');
  expect(valve.isHeld).toBe(true);
  valve.pendingBytes = 500_000;
  transport.emit('drain');

  expect([valve.isHeld, transport.listenerCount('drain'), cuts]).toEqual([false, 0, []]);
});

test('one answer of four megabytes, and ten of them, are no reason to cut a client that takes them slowly', () => {
  const { valve, connection, clock, cuts } = make();
  for (let i = 0; i < 10; i++) connection.write(4_000_000);
  valve.pendingBytes = 40_000_000;
  for (let s = 0; s < 60; s++) {
    clock.advance(1_000);
    valve.pendingBytes -= 10_000;
  }

  expect(cuts).toEqual([]);
});

test('a client that takes next to nothing for ten seconds is cut as slow', () => {
  const { valve, connection, clock, cuts } = make();
  connection.write(200_000);
  valve.pendingBytes = 200_000;
  for (let s = 0; s < 9; s++) {
    clock.advance(1_000);
    valve.pendingBytes -= 100;
  }
  expect(cuts).toEqual([]);
  clock.advance(2_000);

  expect(cuts).toEqual([expect.stringMatching(/^slow: .*it took 900 bytes in 1\d{4} ms/)]);
  expect(valve.isDestroyed).toBe(true);
});

test('a hub that stood still cuts nobody for the time in which it did not look', () => {
  const { valve, connection, clock, cuts } = make();
  connection.write(200_000);
  valve.pendingBytes = 200_000;
  clock.stall(60_000);
  expect(cuts).toEqual([]);
  valve.pendingBytes = 100_000;
  for (let s = 0; s < 9; s++) clock.stall(5_000);
  valve.pendingBytes = 0;
  clock.advance(10_000);

  expect(cuts).toEqual([]);
});

test('a little that nobody takes is left to the heartbeat', () => {
  const { valve, connection, clock, cuts } = make();
  connection.write(60_000);
  valve.pendingBytes = 60_000;
  clock.advance(60_000);

  expect(cuts).toEqual([]);
});

test('small answers without end are cut at twice maxOutboxBytes, whoever reads them', () => {
  const { connection, cuts } = make();
  let sent = 0;
  while (cuts.length === 0 && sent < 10_000) {
    connection.write(1_000, false);
    sent += 1;
  }

  expect(cuts).toHaveLength(1);
  // Counted every 16 KiB.
  expect(sent).toBeLessThan(2 * (MAX_OUTBOX / 1_000) + 20 + 17);
});

test('what waits is gone through once in 16 KiB, however much of it there is', () => {
  const { connection } = make();
  let counts = 0;
  const packets: { readonly data: string }[] = [];
  Object.defineProperty(connection, 'writeBuffer', {
    get: () => {
      counts += 1;
      return packets;
    },
  });
  for (let bytes = 0; bytes < MAX_OUTBOX / 2; bytes += 128) {
    const packet = { data: 'x'.repeat(127) };
    connection.emit('packetCreate', packet);
    packets.push(packet);
  }

  expect(counts).toBeGreaterThan(0);
  expect(counts).toBeLessThanOrEqual(MAX_OUTBOX / 2 / 16_384 + 1);
});

test('who holds for different reasons goes on when none is left; a valve that is added meanwhile is held too', () => {
  const { wire, valve } = make();
  wire.hold('order');
  wire.hold('unread');
  const upgraded = new TestValve();
  wire.add(upgraded, new EventEmitter());
  wire.release('order');
  expect([valve.isHeld, upgraded.isHeld]).toEqual([true, true]);
  wire.release('unread');

  expect([valve.isHeld, upgraded.isHeld]).toEqual([false, false]);
});

test('a connection that ends leaves no timer and is held no more', () => {
  const { wire, valve, connection, clock, cuts } = make();
  wire.left();
  for (let i = 0; i < 3_000; i++) wire.faulty();
  connection.write(200_000);
  connection.close();

  expect(valve.isHeld).toBe(false);
  expect(clock.timers).toBe(0);
  clock.advance(60_000);
  expect(cuts).toEqual([]);
});
