/** One socket that reads, and sends far too much. */

import { frame, repeated } from '../wire/frame.js';
import { type Attack, flood } from './attack.js';
import { eventFrame, joined } from './opening.js';

const ROWS = 64;
const NOOPS: Buffer = repeated(frame('6'), 1_000);
const CANCELS: Buffer = repeated(eventFrame('cancel', { id: 'none' }), 1_000);
const UNKNOWN: Buffer = repeated(eventFrame('no_such_event', { a: 1 }), 1_000);
const SAME_ID: Buffer = repeated(eventFrame('predict', { input: [1], id: 'same' }), 500);
const PREDICTS: Buffer = repeated(eventFrame('predict', { input: [1], timing: false }), 500);
const BATCHES: Buffer = repeated(eventFrame('predict', { input: Array<number>(ROWS).fill(1) }), 100);
const SUBSCRIBES: Buffer = repeated(eventFrame('subscribe', { stream: 'a' }, 1), 250);
const EVERYTHING: Buffer = Buffer.concat(
  [NOOPS, CANCELS, UNKNOWN, SAME_ID, PREDICTS].map((all) => all.subarray(0, all.length / 5)),
);

function chatter(does: string, burst: Buffer, isMeasured = false): Attack {
  return { does, isMeasured, run: flood({ reads: true, open: joined(), burst: () => burst, perSecond: 40 }) };
}

export const chatters = {
  'noop-flood': chatter('40,000 Engine.IO noops a second', NOOPS, true),
  'cancel-flood': chatter('40,000 cancel events a second', CANCELS, true),
  'unknown-flood': chatter('40,000 events a second that the hub does not know', UNKNOWN, true),
  'duplicate-flood': chatter('20,000 predict events a second, all with one id', SAME_ID, true),
  'eager-flood': chatter('20,000 predict events a second', PREDICTS, true),
  'batch-flood': chatter('4,000 predict events a second of 64 rows each', BATCHES, true),
  'subscribe-flood': chatter('10,000 subscribe events a second to one stream', SUBSCRIBES),
  'mixed-flood': chatter('noops, cancels, unknown events, duplicate ids and predicts in turn', EVERYTHING),
} satisfies Readonly<Record<string, Attack>>;
