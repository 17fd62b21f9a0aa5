/**
 * A server on the hub's core that closes each connection on arrival: the cost of a flood to the hub when the hub is not
 * its target.
 */

import { createServer } from 'node:net';
import { argv } from 'node:process';

const server = createServer({ pauseOnConnect: true }, (socket) => socket.resetAndDestroy());
server.listen(Number(argv[2]), '127.0.0.1', () => console.log('listening'));
process.on('SIGTERM', () => process.exit(0));
