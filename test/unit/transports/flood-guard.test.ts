import { createServer, IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { ManualClock } from '../../../server/testing/manual-clock.js';
import { ClientAddress } from '../../../server/transports/client-address.js';
import { FloodGuard } from '../../../server/transports/flood-guard.js';

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

/** A guarded server that hears nothing of the network: connections are given to it. */
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

test('refusals are answered up to a number a second; who goes on is reset until it was quiet for a second', () => {
  const { clock, reset, connects, refuse } = guarded();
  refuse('192.0.2.1', 50);
  expect(connects('192.0.2.1')).toBe(true);
  refuse('192.0.2.1', 1);

  for (let i = 0; i < 20; i++) {
    expect(connects('192.0.2.1')).toBe(false);
    clock.advance(900);
  }
  expect(reset).toEqual(Array.from({ length: 20 }, () => '192.0.2.1'));
  clock.advance(100);
  expect(connects('192.0.2.1')).toBe(true);
});

test('others are heard meanwhile', () => {
  const { connects, refuse } = guarded();
  refuse('192.0.2.1', 1000);

  expect([connects('192.0.2.1'), connects('192.0.2.2'), connects('2001:db8::1')]).toEqual([false, true, true]);
});

test('a trusted proxy is always heard: others come through it too', () => {
  const { connects, refuse } = guarded(['10.0.0.0/8']);
  refuse('10.0.0.5', 1000);

  expect(connects('10.0.0.5')).toBe(true);
});
