/** Connections reset in the middle of something, and data sent in the smallest pieces. */

import { frame, OPCODE } from '../wire/frame.js';
import { packetsRequest, predictRequest, upgradeRequest } from '../wire/http-text.js';
import { type Attack, flood, siege, visits } from './attack.js';
import { eventFrame, joined, openPolling } from './opening.js';

const PREDICT: Buffer = eventFrame('predict', { input: [1] });
const BODY: Buffer = predictRequest('{"input":[1]}');
const HOLD_MS = 20;

/** A predict event with each character in its own frame. */
const FRAGMENTS: Buffer = Buffer.concat(
  [...'42["predict",{"input":[1]}]'].map((character, at, all) =>
    frame(character, { opcode: at === 0 ? OPCODE.text : OPCODE.continuation, isFinal: at === all.length - 1 }),
  ),
);
const ENDLESS: Buffer = Buffer.concat(
  Array.from({ length: 500 }, () => frame('x', { opcode: OPCODE.continuation, isFinal: false })),
);

export const cuts = {
  'reset-frame': {
    does: 'WebSockets reset in the middle of a frame, 50 a second',
    run: visits({
      perSecond: 50,
      holdMs: HOLD_MS,
      leave: 'reset',
      visit: joined(PREDICT, PREDICT.subarray(0, 9)),
    }),
  },
  'reset-post': {
    does: 'POSTs reset in the middle of the body, 50 a second',
    run: visits({
      perSecond: 50,
      holdMs: HOLD_MS,
      leave: 'reset',
      visit: (peer) => void peer.write(BODY.subarray(0, BODY.length - 4)),
    }),
  },
  'reset-upgrade': {
    does: 'upgrades reset as soon as they are sent, 50 a second',
    run: visits({ perSecond: 50, holdMs: 0, leave: 'reset', visit: (peer) => void peer.write(upgradeRequest()) }),
  },
  'reset-poll': {
    does: 'polling connections reset while they wait and while they post, 20 a second',
    run: visits({
      perSecond: 20,
      holdMs: HOLD_MS,
      leave: 'reset',
      visit: async (peer) => {
        const sid = await openPolling(peer);
        if (sid !== undefined) peer.write(packetsRequest(sid, ['40', '42["predict",{"input":[1]}]']));
      },
    }),
  },
  'one-byte-fragments': {
    does: 'WebSocket: predict events whose every character is a fragment, 500 a second',
    run: flood({
      reads: true,
      open: joined(),
      burst: () => Buffer.concat(Array<Buffer>(10).fill(FRAGMENTS)),
      perSecond: 50,
    }),
  },
  'endless-fragments': {
    does: 'WebSocket: one message of fragments without end, 25,000 a second',
    run: flood({
      reads: true,
      open: joined(frame('4', { isFinal: false })),
      burst: () => ENDLESS,
      perSecond: 50,
    }),
  },
  'one-byte-segments': {
    does: '20 WebSockets whose every byte is a TCP segment',
    run: siege({
      peers: 20,
      open: joined(),
      step: (peer) => {
        for (const byte of PREDICT) peer.write(Buffer.from([byte]));
      },
      perSecond: 20,
    }),
  },
} satisfies Readonly<Record<string, Attack>>;
