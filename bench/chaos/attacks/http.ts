/** Excessive or invalid HTTP. */

import { httpRequest, predictRequest } from '../wire/http-text.js';
import { type Attack, siege, visits } from './attack.js';
import { bytes } from './opening.js';

const MODELS: Buffer = httpRequest('/models');
const PIPELINE: Buffer = Buffer.concat(Array<Buffer>(200).fill(MODELS));
const PREDICTS: Buffer = Buffer.concat(Array<Buffer>(20).fill(predictRequest('{"input":[1]}')));
const HOLD_MS = 500;
const MANY_HEADERS: Buffer = httpRequest('/models', {
  headers: Object.fromEntries(Array.from({ length: 1_900 }, (_, at) => [`x-${at}`, '1'])),
});
const LONG_HEADER: Buffer = httpRequest('/models', { headers: { 'x-long': 'a'.repeat(200_000) } });
const GARBAGE: readonly Buffer[] = [
  Buffer.from('\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', 'latin1'),
  Buffer.from('GET\0/ HTTP/1.1\r\n\r\n'),
  Buffer.from('GET / HTTP/9.9\r\n\r\n'),
  Buffer.from('POST /predict HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\nhello'),
  Buffer.from('POST /predict HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFF\r\n'),
  Buffer.from('GET / HTTP/1.1\r\nhost: a\r\nhost: b\r\n\r\n'),
  Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
];

export const https = {
  'http-pipeline': {
    does: '200 requests in one write, 20 times a second',
    isMeasured: true,
    run: siege({ peers: 1, open: bytes(MODELS), step: (peer) => void peer.write(PIPELINE), perSecond: 20 }),
  },
  'rest-flood': {
    does: 'REST: 2,000 predictions a second over five connections',
    isMeasured: true,
    run: siege({ peers: 5, open: bytes(MODELS), step: (peer) => void peer.write(PREDICTS), perSecond: 20 }),
  },
  'http-garbage': {
    does: 'bytes that are no HTTP, 100 connections a second',
    run: visits({
      perSecond: 100,
      holdMs: HOLD_MS,
      visit: (peer, { random }) => void peer.write(GARBAGE[Math.floor(random.next() * GARBAGE.length)] ?? MODELS),
    }),
  },
  'header-flood': {
    does: '1,900 headers, or one of 200 kB, 20 times a second',
    run: visits({
      perSecond: 20,
      holdMs: HOLD_MS,
      visit: (peer, { random }) => void peer.write(random.next() < 0.5 ? MANY_HEADERS : LONG_HEADER),
    }),
  },
  'terminal-origins': {
    does: 'Origin headers with control characters for a terminal, 50 a second',
    run: visits({
      perSecond: 50,
      holdMs: HOLD_MS,
      visit: (peer) =>
        void peer.write(
          httpRequest('/socket.io/?EIO=4&transport=polling', { headers: { origin: 'http://\x9b31m\x85a' } }),
        ),
    }),
  },
} satisfies Readonly<Record<string, Attack>>;
