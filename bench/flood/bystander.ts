/** A server that closes each connection as it comes, on the hub's core: what a flood costs the hub when it is not even for the hub. */

import { createServer } from 'node:net';
import { argv } from 'node:process';

const server = createServer({ pauseOnConnect: true }, (socket) => socket.resetAndDestroy());
server.listen(Number(argv[2]), '127.0.0.1', () => console.log('listening'));
process.on('SIGTERM', () => process.exit(0));
