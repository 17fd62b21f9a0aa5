/** What makes the hub answer a peer that never reads. */

import { frame, OPCODE, repeated } from '../wire/frame.js';
import { type Attack, flood } from './attack.js';
import { eventFrame, joined } from './opening.js';

const PING: Buffer = repeated(frame(Buffer.alloc(125), { opcode: OPCODE.ping }), 2_000);
const ENGINE_PING: Buffer = repeated(frame('2'), 2_000);
const NOWHERE: Buffer = repeated(frame('40/nowhere,'), 1_000);
const PREDICTS: Buffer = repeated(eventFrame('predict', { input: [1] }), 500);
const WRONG: Buffer = repeated(eventFrame('predict', { input: ['x'] }), 500);
const ACKS: Buffer = repeated(eventFrame('predict', { input: [1] }, 7), 500);
const STREAMS: Buffer = repeated(eventFrame('streams', null, 7), 500);
const CLOSES: Buffer = repeated(frame('', { opcode: OPCODE.close }), 500);

function unread(does: string, burst: Buffer, isMeasured = false): Attack {
  const run = flood({ reads: false, open: joined(), burst: () => burst, perSecond: 40 });
  return { does: `${does}, by a peer that never reads`, isMeasured, run };
}

export const unreads = {
  'ping-flood': unread('80,000 WebSocket pings a second', PING, true),
  'engine-ping-flood': unread('80,000 Engine.IO pings a second', ENGINE_PING, true),
  'namespace-flood': unread('40,000 CONNECT packets a second to a namespace that is not', NOWHERE, true),
  'predict-flood': unread('20,000 predict events a second without ids', PREDICTS, true),
  'invalid-predict-flood': unread('20,000 predict events a second that are wrong', WRONG, true),
  'acknowledge-flood': unread('20,000 predict events a second with acknowledgements', ACKS),
  'streams-flood': unread('20,000 streams events a second with acknowledgements', STREAMS),
  'close-flood': unread('20,000 close frames a second', CLOSES),
} satisfies Readonly<Record<string, Attack>>;
