/** Malformed events: deep, truncated, not finite, with too many attachments. */

import { frame, OPCODE, repeated } from '../wire/frame.js';
import { predictRequest } from '../wire/http-text.js';
import { type Attack, flood, visits } from './attack.js';
import { joined } from './opening.js';

const MEGABYTE = 1 << 20;
const NESTED = (bytes: number): string => `${'['.repeat(bytes / 2)}${']'.repeat(bytes / 2)}`;
const NESTED_BODY: Buffer = predictRequest(`{"input":${NESTED(MEGABYTE - 64)}}`);
const WIDE_BODY: Buffer = predictRequest(`{"input":[${'[],'.repeat((MEGABYTE - 64) / 3)}0]}`);
const NESTED_EVENT: Buffer = frame(`42["predict",{"input":${NESTED(60_000)}}]`);
const NESTED_LONG: Buffer = frame(`42["predict",{"input":${NESTED(MEGABYTE - 128)}}]`);
const NOT_FINITE: Buffer = repeated(frame('42["predict",{"input":[NaN,1e999,-Infinity]}]'), 50);
const CUT_SHORT: Buffer = repeated(frame('42["predict",{"input":[1'), 50);
const MANY_ATTACHMENTS: Buffer = Buffer.concat([
  frame(`4511-["predict",{"input":[${Array.from({ length: 11 }, (_, num) => `{"_placeholder":true,"num":${num}}`)}]}]`),
  repeated(frame(Buffer.alloc(4), { opcode: OPCODE.binary }), 11),
]);

export const events = {
  'nested-rest': {
    does: 'REST: 1 MB of nested JSON, four times a second',
    isMeasured: true,
    run: visits({ perSecond: 4, holdMs: 2_000, visit: (peer) => void peer.write(NESTED_BODY) }),
  },
  'wide-rest': {
    does: 'REST: 1 MB of empty lists, four times a second',
    run: visits({ perSecond: 4, holdMs: 2_000, visit: (peer) => void peer.write(WIDE_BODY) }),
  },
  'nested-event': {
    does: 'WebSocket: predict events of 60 kB of nested JSON, 40 a second',
    isMeasured: true,
    run: flood({ reads: true, open: joined(), burst: () => NESTED_EVENT, perSecond: 40 }),
  },
  'nested-long-event': {
    does: 'WebSocket: predict events of 1 MB of nested JSON, 4 a second',
    run: flood({ reads: true, open: joined(), burst: () => NESTED_LONG, perSecond: 4 }),
  },
  'not-finite': {
    does: 'WebSocket: predict events with NaN and Infinity, 1,000 a second',
    run: flood({ reads: true, open: joined(), burst: () => NOT_FINITE, perSecond: 20 }),
  },
  'cut-short': {
    does: 'WebSocket: events whose JSON ends early, 1,000 a second',
    run: flood({ reads: true, open: joined(), burst: () => CUT_SHORT, perSecond: 20 }),
  },
  'many-attachments': {
    does: 'WebSocket: predict events with eleven attachments, 50 a second',
    run: flood({ reads: true, open: joined(), burst: () => MANY_ATTACHMENTS, perSecond: 50 }),
  },
} satisfies Readonly<Record<string, Attack>>;
