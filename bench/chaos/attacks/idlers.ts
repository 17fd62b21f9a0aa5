/** Connections that occupy a place without using it, or keep coming and going. */

import { frame, OPCODE } from '../wire/frame.js';
import { upgradeRequest } from '../wire/http-text.js';
import { type Attack, flood, siege } from './attack.js';
import { bytes, JOIN, joined } from './opening.js';

const LEAVE: Buffer = frame('41');
const IN_AND_OUT: Buffer = Buffer.concat([LEAVE, JOIN]);
/** A reserved opcode: the hub answers it with a close. */
const WRONG: Buffer = frame('', { opcode: 3 });

export const idlers = {
  'never-joins': {
    does: '100 WebSockets that never join, nor read',
    isMeasured: true,
    run: siege({ peers: 100, reads: false, open: bytes(upgradeRequest()) }),
  },
  'leaves-and-stays': {
    does: '100 WebSockets that join, leave and stay, and read no more',
    isMeasured: true,
    run: siege({ peers: 100, reads: false, open: joined(LEAVE) }),
  },
  'joins-and-leaves': {
    does: 'one WebSocket that leaves and joins 100 times a second',
    isMeasured: true,
    run: flood({ reads: true, open: joined(), burst: () => IN_AND_OUT, perSecond: 100 }),
  },
  'unanswered-close': {
    does: '50 WebSockets that make the hub close them, and never answer the close nor read it',
    isMeasured: true,
    run: siege({ peers: 50, reads: false, open: joined(WRONG) }),
  },
  'close-and-talk': {
    does: 'WebSockets that send their close and then go on with events',
    run: siege({
      peers: 20,
      reads: false,
      open: joined(frame('', { opcode: OPCODE.close })),
      step: (peer) => void peer.write(frame('42["predict",{"input":[1]}]')),
      perSecond: 10,
    }),
  },
} satisfies Readonly<Record<string, Attack>>;
