/** CONNECT packets by the thousand, for each of which Socket.IO creates a socket. */

import { frame, repeated } from '../wire/frame.js';
import { packetsRequest, upgradeRequest } from '../wire/http-text.js';
import { type Attack, flood, visits } from './attack.js';
import { JOIN, joined, openPolling } from './opening.js';

const PACKETS = 40_000;
const ONE_WRITE: Buffer = Buffer.concat([upgradeRequest(), repeated(JOIN, PACKETS / 2)]);

export const bursts = {
  'connect-burst-post': {
    does: 'polling: 40,000 CONNECT packets in one POST of 120 kB, twice a second',
    isMeasured: true,
    run: visits({
      perSecond: 2,
      holdMs: 2_000,
      visit: async (peer) => {
        const sid = await openPolling(peer);
        if (sid !== undefined) peer.write(packetsRequest(sid, Array<string>(PACKETS).fill('40')));
      },
    }),
  },
  'connect-burst-write': {
    does: 'WebSocket: the upgrade and 20,000 CONNECT packets in one TCP write, twice a second',
    isMeasured: true,
    run: visits({ perSecond: 2, holdMs: 2_000, visit: (peer) => void peer.write(ONE_WRITE) }),
  },
  'connect-burst-websocket': {
    does: 'WebSocket: 10,000 CONNECT packets a second on a connection that has joined',
    isMeasured: true,
    run: flood({ reads: true, open: joined(), burst: () => CONNECTS, perSecond: 50 }),
  },
  'connect-burst-namespaces': {
    does: 'WebSocket: 10,000 CONNECT packets a second, each to another namespace',
    run: flood({
      reads: true,
      open: joined(),
      burst: (random) =>
        Buffer.concat(Array.from({ length: 200 }, () => frame(`40/${Math.floor(random.next() * 1e9)},`))),
      perSecond: 50,
    }),
  },
} satisfies Readonly<Record<string, Attack>>;

const CONNECTS: Buffer = repeated(JOIN, 200);
