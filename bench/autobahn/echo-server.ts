// An echo of WebSocket messages, by the server class and the options that the hub's Socket.IO has. Knows frames; no packets, no predictions.
import { createServer, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { Server } from 'socket.io';
import { OPTIONS } from '../../server/options/table.js';
import { webSocketOptions } from '../../server/transports/web-socket-options.js';

/** What engine.io's types do not show: the server of the package `ws` that it made. */
interface WebSocketServer {
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer, done: (socket: WebSocket) => void): void;
}

interface WebSocket {
  on(event: 'message', handle: (data: Buffer, isBinary: boolean) => void): void;
  on(event: 'error', handle: (error: Error) => void): void;
  send(data: Buffer, options: { readonly binary: boolean }): void;
}

export interface EchoServer {
  readonly port: number;
  close(): void;
}

export async function openEcho(): Promise<EchoServer> {
  const http = createServer();
  const io = new Server(http, {
    ...webSocketOptions({ maxFrameBytes: OPTIONS.maxFrameBytes.default }),
    serveClient: false,
    // Else engine.io ends the upgrades that are not for its path.
    destroyUpgrade: false,
  });
  http.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const { ws } = io.engine as unknown as { readonly ws: WebSocketServer };
    // engine.io's listener for response headers reads the query from there.
    ws.handleUpgrade(Object.assign(request, { _query: {} }), socket, head, (opened) => {
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
      http.closeAllConnections();
      void io.close();
    },
  };
}
