import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { Traffic } from '../../../server/transports/traffic.js';

class FakeSocket extends EventEmitter {
  bytesRead = 0;
  bytesWritten = 0;
}

test('bytes are those of the connections that are open and of those that were', () => {
  const traffic = new Traffic();
  const servers = [new EventEmitter(), new EventEmitter()];
  for (const server of servers) traffic.watch(server as never);
  const sockets = servers.map((server) => {
    const socket = new FakeSocket();
    server.emit('connection', socket);
    return Object.assign(socket, { bytesRead: 10, bytesWritten: 100 });
  });
  expect(traffic.read()).toEqual({ received: 20, sent: 200 });
  sockets[0]?.emit('close');
  Object.assign(sockets[1] ?? {}, { bytesRead: 11, bytesWritten: 101 });

  expect(traffic.read()).toEqual({ received: 21, sent: 201 });
  sockets[1]?.emit('close');
  expect(traffic.read()).toEqual({ received: 21, sent: 201 });
});
