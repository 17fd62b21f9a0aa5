/** Polling connections and their ids: too many, guessed, raced for, upgraded twice or never. */

import { frame } from '../wire/frame.js';
import { httpRequest, packetsRequest, pollRequest, upgradeRequest } from '../wire/http-text.js';
import { Peer } from '../wire/peer.js';
import { type Attack, siege, visits } from './attack.js';
import { bytes, openPolling } from './opening.js';

const PROBE: Buffer = frame('2probe');
const UPGRADE: Buffer = frame('5');
const HOLD_MS = 500;
const GUESSES = 20;

function guess(next: () => number): string {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  return Array.from({ length: 20 }, () => letters[Math.floor(next() * 64)]).join('');
}

/** A polling connection, and several WebSockets that all try to be its upgrade. */
function upgrades(does: string, sockets: readonly Buffer[], withPoll: boolean): Attack {
  const run = visits({
    perSecond: 20,
    holdMs: HOLD_MS,
    visit: async (peer, { port, counts, signal }) => {
      const sid = await openPolling(peer);
      if (sid === undefined || signal.aborted) return;
      if (withPoll) peer.write(pollRequest(sid));
      const rivals = sockets.map((first) => {
        const rival = new Peer(port, counts);
        rival.write(Buffer.concat([upgradeRequest(sid), first]));
        return rival;
      });
      setTimeout(() => {
        for (const rival of rivals) rival.drop();
      }, HOLD_MS);
    },
  });
  return { does, run };
}

export const pollings = {
  'many-connections': {
    does: 'polling: 1,000 new Engine.IO connections a second over 4 TCP connections, none ever used',
    isMeasured: true,
    run: siege({
      peers: 4,
      open: bytes(pollRequest()),
      step: (peer) => void peer.write(Buffer.concat(Array<Buffer>(5).fill(pollRequest()))),
      perSecond: 50,
    }),
  },
  jsonp: {
    does: 'JSONP: 100 handshakes a second, as a script tag makes them',
    isMeasured: true,
    run: siege({
      peers: 4,
      open: bytes(pollRequest(undefined, '&j=0')),
      step: (peer) => void peer.write(pollRequest(undefined, '&j=0')),
      perSecond: 25,
    }),
  },
  'sid-guessing': {
    does: 'polls, posts and upgrades for guessed ids, 400 a second',
    run: visits({
      perSecond: 20,
      holdMs: HOLD_MS,
      visit: (peer, { random }) => {
        for (let at = 0; at < GUESSES; at++) {
          const sid = guess(() => random.next());
          peer.write(at % 2 === 0 ? pollRequest(sid) : packetsRequest(sid, ['40']));
        }
        peer.write(upgradeRequest(guess(() => random.next())));
      },
    }),
  },
  'parallel-polls': {
    does: 'several polls at a time for one id, 20 connections a second',
    run: visits({
      perSecond: 20,
      holdMs: HOLD_MS,
      visit: async (peer, { port, counts }) => {
        const sid = await openPolling(peer);
        if (sid === undefined) return;
        const others = Array.from({ length: 3 }, () => new Peer(port, counts));
        for (const other of others) other.write(Buffer.concat([pollRequest(sid), packetsRequest(sid, ['40', '40'])]));
        setTimeout(() => {
          for (const other of others) other.drop();
        }, HOLD_MS);
      },
    }),
  },
  'upgrade-race': upgrades(
    'two WebSockets for one id at once',
    [PROBE, PROBE].map((probe) => Buffer.concat([probe, UPGRADE])),
    false,
  ),
  'upgrade-and-poll': upgrades('an upgrade while a poll waits', [Buffer.concat([PROBE, UPGRADE])], true),
  'unfinished-probe': upgrades('upgrades whose probe is never finished', [PROBE], true),
  'upgrade-garbage': upgrades('upgrades that begin with something else', [frame('4'), frame('5')], true),
  'wrong-queries': {
    does: 'handshakes with queries that are wrong, 200 a second',
    run: visits({
      perSecond: 20,
      holdMs: HOLD_MS,
      visit: (peer) => {
        for (const query of [
          '?EIO=3&transport=polling',
          '?EIO=4',
          '?EIO=4&transport=flashsocket',
          '?sid[]=a&EIO=4&transport=polling',
          '?EIO=4&transport=websocket',
          '?EIO=%FF',
          '?transport=constructor&EIO=4',
          '//',
          '?EIO=4&transport=polling&b64=1',
          '?EIO=4&EIO=4&transport=polling',
        ])
          peer.write(httpRequest(`/socket.io/${query}`));
      },
    }),
  },
} satisfies Readonly<Record<string, Attack>>;
