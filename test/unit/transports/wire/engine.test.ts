import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { ManualClock } from '../../../../server/testing/manual-clock.js';
import { Turns } from '../../../../server/transports/turns.js';
import { type EngineIo, type EngineRequest, Wires } from '../../../../server/transports/wire/engine.js';
import { Newcomers } from '../../../../server/transports/wire/newcomers.js';
import { Room } from '../../../../server/transports/wire/room.js';
import type { EngineConnection } from '../../../../server/transports/wire/wire.js';

/** The parts of engine.io that wires need. */
class TestTransport extends EventEmitter {
  readonly name = 'websocket';
  readonly packets: string[] = [];
  isClosed = false;

  onPacket({ type }: { type: string }): void {
    this.packets.push(type);
  }

  close(): void {
    this.isClosed = true;
  }
}

class TestWebSocket extends EventEmitter {
  pendingBytes = 0;
  hold(): void {}
  release(): void {}
  destroy(): void {}
}

function make() {
  const clock = new ManualClock();
  const made: TestTransport[] = [];
  const engine = Object.assign(new EventEmitter(), {
    clients: {} as Record<string, EngineConnection>,
    createTransport: (_name: string, _request: unknown) => {
      const transport = new TestTransport();
      made.push(transport);
      return transport;
    },
  });
  const cuts: string[] = [];
  const wires = new Wires(
    engine as unknown as EngineIo,
    {
      clock,
      turns: new Turns(clock),
      room: new Room(clock),
      newcomers: new Newcomers(clock),
      options: { maxOutboxBytes: 1000 },
      onCut: (_wire, kind) => cuts.push(kind),
    },
    1000,
  );
  const transportOf = (sid?: string): TestTransport => {
    const request = { _query: sid === undefined ? {} : { sid }, websocket: new TestWebSocket() };
    return engine.createTransport('websocket', request as unknown as EngineRequest) as unknown as TestTransport;
  };
  const open = (id: string) => {
    const transport = transportOf();
    const parts = { id, transport, readyState: 'open', writeBuffer: [], close: () => undefined };
    const connection = Object.assign(new EventEmitter(), parts);
    engine.clients[id] = connection as unknown as EngineConnection;
    engine.emit('connection', connection);
    return { transport, connection };
  };
  return { clock, engine, wires, cuts, open, transportOf };
}

test.each([
  ['its transport ends first, as when a client goes', ['transport', 'connection']],
  ['it ends itself first, as when the hub closes it', ['connection', 'transport']],
])('nothing is kept of a connection that is gone: %s', (_what, order) => {
  const { wires, open, clock } = make();
  for (let i = 0; i < 100; i++) {
    const { transport, connection } = open(`c${i}`);
    for (const end of order) {
      if (end === 'connection') connection.readyState = 'closed';
      (end === 'connection' ? connection : transport).emit('close');
    }
  }

  expect([wires.all.size, clock.timers]).toEqual([0, 0]);
});

test('an upgraded connection is one wire with the transport that is left', () => {
  const { wires, open, transportOf } = make();
  const { transport, connection } = open('c');
  const upgraded = transportOf('c');
  expect(wires.all.size).toBe(1);
  transport.emit('close');
  expect(wires.all.size).toBe(1);
  connection.readyState = 'closed';
  connection.emit('close');
  expect(wires.all.size).toBe(1);
  upgraded.emit('close');

  expect(wires.all.size).toBe(0);
});

test('probes of an upgrade are passed on twice; the third closes that transport', () => {
  const { open, transportOf } = make();
  const { transport } = open('c');
  const upgraded = transportOf('c');
  for (let i = 0; i < 3; i++) upgraded.onPacket({ type: 'ping' });

  expect([upgraded.packets, upgraded.isClosed]).toEqual([['ping', 'ping'], true]);
  expect(transport.isClosed).toBe(false);
});

test('heartbeats and noops without end are a flood, messages are not', () => {
  const { wires, open, cuts, clock } = make();
  const flood = (transport: TestTransport, type: string): void => {
    for (let i = 0; i < 16_000; i++) {
      transport.onPacket({ type });
      if (i % 4 === 3) clock.advance(4);
    }
  };
  const [a, b] = [open('a'), open('b')];
  for (const { connection } of [a, b]) wires.of(connection).joined();
  flood(a.transport, 'message');
  expect(cuts).toEqual([]);
  flood(b.transport, 'noop');

  expect(cuts).toEqual(['flood']);
});
