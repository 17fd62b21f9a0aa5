/** HTTP requests as bytes on the wire: upgrades, polls, posts. Knows paths and headers; sends nothing. */

const SOCKET_PATH = '/socket.io/?EIO=4';

export interface HttpFields {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

export function httpRequest(path: string, { method = 'GET', headers = {}, body }: HttpFields = {}): Buffer {
  const lines = Object.entries({ host: '127.0.0.1', ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
  const length = body === undefined ? '' : `content-length: ${Buffer.byteLength(body)}\r\n`;
  const head = Buffer.from(`${method} ${path} HTTP/1.1\r\n${lines.join('')}${length}\r\n`, 'latin1');
  return body === undefined ? head : Buffer.concat([head, Buffer.from(body)]);
}

/** Requests a WebSocket: a new connection, or the upgrade of one. */
export function upgradeRequest(sid?: string): Buffer {
  return httpRequest(`${SOCKET_PATH}&transport=websocket${sid === undefined ? '' : `&sid=${sid}`}`, {
    headers: {
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==',
    },
  });
}

/** A poll; without `sid` it opens a connection. */
export function pollRequest(sid?: string, query = ''): Buffer {
  return httpRequest(`${SOCKET_PATH}&transport=polling${sid === undefined ? '' : `&sid=${sid}`}${query}`);
}

/** Packets sent by polling, in one body. */
export function packetsRequest(sid: string, packets: readonly string[]): Buffer {
  return httpRequest(`${SOCKET_PATH}&transport=polling&sid=${sid}`, {
    method: 'POST',
    headers: { 'content-type': 'text/plain;charset=UTF-8' },
    body: packets.join('\x1e'),
  });
}

export function predictRequest(body: string | Buffer): Buffer {
  return httpRequest('/predict', { method: 'POST', headers: { 'content-type': 'application/json' }, body });
}
