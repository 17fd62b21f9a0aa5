/**
 * A bare Socket.IO server for the servers that the hub is compared with: the hub's transport options, `/readyz`, and
 * nothing between event and handler. Knows Socket.IO; knows nothing of predictions.
 */

import { createServer } from 'node:http';
import { argv } from 'node:process';
import { Server, type Socket } from 'socket.io';

/** Listens on the port given by `--port N` and calls `connected` for each socket. Runs until the process ends. */
export function serveBare(connected: (socket: Socket) => void): void {
  const port = Number(argv[argv.indexOf('--port') + 1]);
  const http = createServer((request, response) => {
    response.writeHead(request.url === '/readyz' ? 200 : 404).end();
  });
  const io = new Server(http, {
    transports: ['websocket', 'polling'],
    perMessageDeflate: false,
    httpCompression: false,
    serveClient: false,
  });
  io.on('connection', connected);
  http.listen(port, '127.0.0.1');
}
