/** Packets of every type, at the wrong time and in the wrong number. */

import { frame, OPCODE, repeated } from '../wire/frame.js';
import { type Attack, flood, visits } from './attack.js';
import { joined } from './opening.js';

const TYPES = [0, 1, 2, 3, 4, 5, 6] as const;
const TAILS = [
  '',
  '[]',
  '["predict",{"input":[1]}]',
  '1-["predict",{"_placeholder":true,"num":0}]',
  '/x,{}',
  '7["predict"]',
];
const UNFINISHED: Buffer = frame('451-["predict",{"input":{"_placeholder":true,"num":0}}]');
const BINARY: Buffer = frame(Buffer.alloc(64), { opcode: OPCODE.binary });

/** A packet of a type, with a random payload. */
function packet(prefix: string, type: number, tail: string): Buffer {
  return frame(`${prefix}${type}${tail}`);
}

/** Any of them may end the connection; the next visit brings another. */
function eachType(prefix: string): Attack['run'] {
  return visits({
    perSecond: 50,
    holdMs: 100,
    visit: async (peer, { random }) => {
      const type = TYPES[Math.floor(random.next() * TYPES.length)] ?? 0;
      const tail = TAILS[Math.floor(random.next() * TAILS.length)] ?? '';
      await joined(repeated(packet(prefix, type, tail), 100))(peer);
    },
  });
}

export const packets = {
  'engine-packets': { does: 'Engine.IO packets of each type, 5,000 a second over 50 connections', run: eachType('') },
  'socket-packets': { does: 'Socket.IO packets of each type, 5,000 a second over 50 connections', run: eachType('4') },
  'unfinished-binary': {
    does: 'WebSockets that announce an attachment and never send it, 50 a second',
    run: visits({
      perSecond: 50,
      holdMs: 1_000,
      visit: joined(UNFINISHED),
    }),
  },
  'unasked-binary': {
    does: 'WebSocket: attachments that nothing announced, 2,500 a second',
    run: flood({ reads: true, open: joined(), burst: () => repeated(BINARY, 50), perSecond: 50 }),
  },
} satisfies Readonly<Record<string, Attack>>;
