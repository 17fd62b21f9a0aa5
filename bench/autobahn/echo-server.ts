/** A WebSocket echo server with the hub's server class and options. Knows frames; no packets, no predictions. */

import { createServer } from 'node:http';
import { OPTIONS } from '../../server/config/options.js';
import { webSocketServer } from '../../server/transports/wire/web-socket.js';

export interface EchoServer {
  readonly port: number;
  close(): void;
}

export async function openEcho(): Promise<EchoServer> {
  const http = createServer();
  const sockets = new (webSocketServer(OPTIONS.maxFrameBytes.default))({ noServer: true });
  http.on('upgrade', (request, socket, head) => {
    sockets.handleUpgrade(request, socket, head, (opened) => {
      opened.on('error', () => undefined);
      opened.on('message', (data, isBinary) => opened.send(data, { binary: isBinary }));
    });
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const address = http.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    port,
    close: () => {
      for (const socket of sockets.clients) socket.terminate();
      http.closeAllConnections();
      http.close();
    },
  };
}
