import { createServer, IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { ManualClock } from '../../../server/testing/manual-clock.js';
import { ClientAddress } from '../../../server/transports/client-address.js';
import { FloodGuard } from '../../../server/transports/handshake/flood-guard.js';

class Peer extends Socket {
  wasReset = false;

  constructor(address: string) {
    super();
    Object.defineProperty(this, 'remoteAddress', { value: address });
  }

  override resetAndDestroy(): this {
    this.wasReset = true;
    return this;
  }
}

/** A guarded server without a network: connections are passed to it. */
function guarded(proxies: readonly string[] = []) {
  const clock = new ManualClock();
  const guard = new FloodGuard(new ClientAddress(proxies), clock);
  const server = createServer();
  server.removeAllListeners('connection');
  const heard: Socket[] = [];
  server.on('connection', (socket) => heard.push(socket));
  const reset: string[] = [];
  guard.watch(server, (address) => reset.push(address));
  const connects = (address: string): boolean => {
    const peer = new Peer(address);
    server.emit('connection', peer);
    expect(heard.includes(peer)).toBe(!peer.wasReset);
    return !peer.wasReset;
  };
  const refuse = (address: string, times: number): void => {
    for (let i = 0; i < times; i++) guard.refused(new IncomingMessage(new Peer(address)));
  };
  return { clock, reset, connects, refuse };
}

test('refusals are answered up to a number a second; who goes on is reset for a second', () => {
  const { clock, reset, connects, refuse } = guarded();
  refuse('192.0.2.1', 20);
  expect(connects('192.0.2.1')).toBe(true);
  refuse('192.0.2.1', 1);

  for (let i = 0; i < 5; i++) expect(connects('192.0.2.1')).toBe(false);
  expect(reset).toEqual(Array.from({ length: 5 }, () => '192.0.2.1'));
  clock.advance(1000);
  expect(connects('192.0.2.1')).toBe(true);
});

test('a flood that goes on is reset for as long as it does; one that has ended is forgotten', () => {
  const { clock, connects, refuse } = guarded();
  refuse('192.0.2.1', 21);

  for (let i = 0; i < 1000; i++) {
    expect(connects('192.0.2.1')).toBe(false);
    clock.advance(10);
  }
  clock.advance(5000);
  expect(connects('192.0.2.1')).toBe(true);
});

test('many behind one address who come again one by one are heard after a second', () => {
  const { clock, connects, refuse } = guarded();
  refuse('192.0.2.1', 200);

  const heard: boolean[] = [];
  for (let i = 0; i < 15; i++) {
    heard.push(connects('192.0.2.1'));
    clock.advance(100);
  }
  expect(heard.slice(0, 10)).toEqual(Array.from({ length: 10 }, () => false));
  expect(heard.slice(10)).toEqual(Array.from({ length: 5 }, () => true));
});

test('others are heard meanwhile', () => {
  const { connects, refuse } = guarded();
  refuse('192.0.2.1', 1000);

  expect([connects('192.0.2.1'), connects('192.0.2.2'), connects('2001:db8::1')]).toEqual([false, true, true]);
});

test('on a socket for both families, too, one IPv4 address is not all of them', () => {
  const { connects, refuse } = guarded();
  refuse('::ffff:192.0.2.1', 1000);

  expect([connects('::ffff:192.0.2.1'), connects('::ffff:192.0.2.2')]).toEqual([false, true]);
});

test('a trusted proxy is always heard: others come through it too', () => {
  const { connects, refuse } = guarded(['10.0.0.0/8']);
  refuse('10.0.0.5', 1000);

  expect(connects('10.0.0.5')).toBe(true);
});

test('beneath a server that listens it resets what Node made no socket of yet, and gives it the rest', () => {
  const accepted: unknown[] = [];
  const acceptor = { onconnection: (_status: number, handle: unknown) => accepted.push(handle) };
  const server = Object.assign(createServer(), { _handle: acceptor });
  const guard = new FloodGuard(new ClientAddress([]), new ManualClock());
  const reset: string[] = [];
  guard.watch(server, (address) => reset.push(address));
  server.emit('listening');
  const handleOf = (address: string) => ({
    closed: false,
    getpeername(out: { address?: string }): number {
      out.address = address;
      return 0;
    },
    close(): void {
      this.closed = true;
    },
  });
  const [before, flood, other] = [handleOf('192.0.2.1'), handleOf('192.0.2.1'), handleOf('192.0.2.2')];
  acceptor.onconnection(0, before);
  for (let i = 0; i < 100; i++) guard.refused(new IncomingMessage(new Peer('192.0.2.1')));
  acceptor.onconnection(0, flood);
  acceptor.onconnection(0, other);
  acceptor.onconnection(-1, undefined);

  expect(accepted).toEqual([before, other, undefined]);
  expect([before.closed, flood.closed, other.closed]).toEqual([false, true, false]);
  expect(reset).toEqual(['192.0.2.1']);
});

test('a Node without such a handle is no fault', () => {
  const server = createServer();
  new FloodGuard(new ClientAddress([]), new ManualClock()).watch(server, () => undefined);

  expect(() => server.emit('listening')).not.toThrow();
});
