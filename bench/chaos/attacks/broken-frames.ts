/** Frames that RFC 6455 forbids. Each ends its connection; the next follows immediately. */

import { frame, OPCODE } from '../wire/frame.js';
import { type Attack, visits } from './attack.js';
import { joined } from './opening.js';

const EVENT = '42["predict",{"input":[1]}]';
const PER_SECOND = 50;
const OVERSIZE: Buffer = frame(Buffer.alloc(1_500_000, 0x34));

function broken(does: string, ...frames: readonly Buffer[]): Attack {
  return {
    does: `WebSocket: ${does}, ${PER_SECOND} a second`,
    run: visits({ perSecond: PER_SECOND, holdMs: 200, visit: joined(...frames) }),
  };
}

export const brokenFrames = {
  unmasked: broken('frames without a mask', frame(EVENT, { isMasked: false })),
  'reserved-bits': broken('reserved bits', frame(EVENT, { reserved: 4 }), frame(EVENT, { reserved: 3 })),
  'reserved-opcodes': broken('reserved opcodes', frame(EVENT, { opcode: 3 }), frame('', { opcode: 11 })),
  'invalid-utf8': broken('text that is not UTF-8', frame(Buffer.from([0x34, 0x32, 0xc3, 0x28, 0xff]))),
  'long-ping': broken('a ping of 200 bytes', frame(Buffer.alloc(200), { opcode: OPCODE.ping })),
  'cut-ping': broken('a ping in fragments', frame('x', { opcode: OPCODE.ping, isFinal: false })),
  'stray-continuation': broken('a continuation of nothing', frame(EVENT, { opcode: OPCODE.continuation })),
  'long-length': broken('a length of 2^53', frame(EVENT, { declaredBytes: 2 ** 53 })),
  'longest-length': broken('a length of 2 GB', frame(EVENT, { declaredBytes: 2 ** 31 })),
  'wrong-close': broken('a close with a forbidden code', frame(Buffer.from([0x03, 0xed]), { opcode: OPCODE.close })),
  oversize: {
    does: 'WebSocket: messages of 1.5 MB, 4 a second',
    run: visits({ perSecond: 4, holdMs: 1_000, visit: joined(OVERSIZE) }),
  },
} satisfies Readonly<Record<string, Attack>>;
