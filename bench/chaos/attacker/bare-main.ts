/**
 * A server on the hub's core that sends what a peer waits for and discards the rest: the cost of an attack to the
 * machine alone.
 */

import { createServer } from 'node:net';
import { argv } from 'node:process';

const ID = 'AAAAAAAAAAAAAAAAAAAA';
const OPEN = `0{"sid":"${ID}","upgrades":["websocket"],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1048576}`;
const CONNECTED = `40{"sid":"${ID}"}`;
const UPGRADED = Buffer.concat([
  Buffer.from('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n'),
  Buffer.from([0x81, OPEN.length]),
  Buffer.from(OPEN),
  Buffer.from([0x81, CONNECTED.length]),
  Buffer.from(CONNECTED),
]);
const POLLED = Buffer.from(`HTTP/1.1 200 OK\r\ncontent-length: ${OPEN.length}\r\n\r\n${OPEN}`);

const server = createServer((socket) => {
  socket.on('error', () => undefined);
  socket.once('data', (first) => {
    socket.write(first.includes('Upgrade: websocket') ? UPGRADED : POLLED);
    socket.resume();
  });
});
server.listen(Number(argv[2]), '127.0.0.1', () => console.log('listening'));
process.on('SIGTERM', () => process.exit(0));
