import { EventEmitter } from 'node:events';
import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { ManualClock } from '../../../server/testing/manual-clock.js';
import { Pipelines } from '../../../server/transports/http/pipelines.js';

class TestSocket {
  destroyed = false;

  destroy(): void {
    this.destroyed = true;
  }
}

function make() {
  const clock = new ManualClock();
  const server = new EventEmitter();
  const handled: string[] = [];
  const cuts: string[] = [];
  const pipelines = new Pipelines(clock, (_socket: Socket, reason) => cuts.push(reason));
  server.on('request', ({ name }: { name: string }) => handled.push(name));
  pipelines.watch(server as unknown as Server);
  server.emit('listening');
  /** Like Node: the response of a pipelined request has no socket yet. */
  const ask = (name: string, socket: TestSocket, isBehind: boolean): void => {
    server.emit('request', { name, socket }, { socket: isBehind ? null : socket });
  };
  return { clock, handled, cuts, ask };
}

test('a request that nobody is before is handled at once; those behind it a few a turn, in order', () => {
  const { clock, handled, ask, cuts } = make();
  const [one, other] = [new TestSocket(), new TestSocket()];
  for (let i = 0; i < 10; i++) ask(`one ${i}`, one, i > 0);
  ask('other 0', other, false);
  expect(handled).toEqual(['one 0', 'other 0']);

  clock.turn();
  expect(handled).toHaveLength(6);
  ask('other 1', other, false);
  expect(handled.at(-1)).toBe('other 1');
  for (let turn = 0; turn < 3; turn++) clock.turn();

  expect(handled.filter((name) => name.startsWith('one'))).toEqual(Array.from({ length: 10 }, (_, i) => `one ${i}`));
  expect(cuts).toEqual([]);
});

test('a connection with too many that wait is ended, and they are not handled; the others go on', () => {
  const { clock, handled, ask, cuts } = make();
  const [flood, honest] = [new TestSocket(), new TestSocket()];
  for (let i = 0; i < 200; i++) ask('flood', flood, i > 0);
  ask('honest 0', honest, false);
  ask('honest 1', honest, true);
  expect(flood.destroyed).toBe(true);
  expect(cuts).toEqual([expect.stringMatching(/^more than 64 requests wait on one connection/)]);

  clock.turn();
  expect(handled).toEqual(['flood', 'honest 0', 'honest 1']);
});

test('what waits of all connections is bounded', () => {
  const { clock, ask, cuts } = make();
  const sockets = Array.from({ length: 20 }, () => new TestSocket());
  for (const socket of sockets) for (let i = 0; i < 61; i++) ask('a', socket, i > 0);

  expect(sockets.filter(({ destroyed }) => destroyed)).toHaveLength(3);
  expect(cuts).toHaveLength(3);
  for (let turn = 0; turn < 300; turn++) clock.turn();
  ask('b', sockets[0] as TestSocket, true);
  expect(sockets[0]?.destroyed).toBe(false);
});
