/** Peers that take or send next to nothing, and hold what they have. */

import { frame } from '../wire/frame.js';
import { httpRequest, predictRequest, upgradeRequest } from '../wire/http-text.js';
import type { Peer } from '../wire/peer.js';
import { type Attack, siege } from './attack.js';
import { bytes, eventFrame, joined } from './opening.js';

const SIP_BYTES = 100;
const LARGE: Buffer = eventFrame('predict', { input: Array<number>(1_000).fill(1) });
const ONE: Buffer = Buffer.from('x');

function drip(peer: Peer): void {
  peer.write(ONE);
}

export const slow = {
  'slow-reader': {
    does: '10 WebSockets that ask for 1,000 rows ten times a second and read 1 kB a second',
    run: siege({
      peers: 10,
      reads: false,
      open: joined(),
      step: (peer) => {
        peer.write(LARGE);
        peer.sip(SIP_BYTES);
      },
      perSecond: 10,
    }),
  },
  'slow-headers': {
    does: '100 connections that send a byte of a header a second',
    run: siege({
      peers: 100,
      open: bytes(Buffer.from('GET /healthz HTTP/1.1\r\nhost: 127.0.0.1\r\nx-long: ')),
      step: drip,
    }),
  },
  'slow-body': {
    does: '100 connections that send a byte of a body a second',
    run: siege({
      peers: 100,
      open: bytes(predictRequest(`{"input":[${'1,'.repeat(5_000)}1]}`).subarray(0, 200)),
      step: drip,
    }),
  },
  'slow-frame': {
    does: '100 WebSockets that send a byte of a frame a second',
    run: siege({ peers: 100, open: joined(frame('42', { declaredBytes: 50_000 })), step: drip }),
  },
  'slow-upgrade': {
    does: '100 connections that send a byte of an upgrade a second',
    run: siege({ peers: 100, open: bytes(upgradeRequest().subarray(0, 80)), step: drip }),
  },
  'half-open': {
    does: '100 connections that end their side after a request and stay',
    run: siege({
      peers: 100,
      reads: false,
      open: joined(eventFrame('predict', { input: [1] })),
      step: (peer) => peer.finish(),
    }),
  },
  silent: {
    does: '200 TCP connections that never say anything',
    run: siege({ peers: 200, reads: false }),
  },
  'silent-after-request': {
    does: '100 connections that ask over REST and never read',
    run: siege({
      peers: 100,
      reads: false,
      open: bytes(httpRequest('/models')),
      step: (peer) => void peer.write(httpRequest('/models')),
      perSecond: 5,
    }),
  },
} satisfies Readonly<Record<string, Attack>>;
