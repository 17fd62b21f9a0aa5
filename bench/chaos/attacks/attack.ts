/**
 * What an attack is, and the three common shapes: a flood, visits, and a siege. Knows connections and pace; no
 * protocol.
 */

import { setTimeout as delay } from 'node:timers/promises';
import type { Random } from '../../../demo/text/random.js';
import { Peer, type WireCounts } from '../wire/peer.js';

export interface Scene {
  readonly port: number;
  /** Ends the attack. */
  readonly signal: AbortSignal;
  readonly random: Random;
  readonly counts: WireCounts;
}

export interface Attack {
  /** One line for people. */
  readonly does: string;
  /** Whether the acceptance measure includes it: an attack by a single hostile connection, known to hurt. */
  readonly isMeasured?: boolean;
  /** Ends soon after its signal, with all its connections closed. */
  readonly run: (scene: Scene) => Promise<void>;
}

/** Delay before a connection that was ended is replaced, in milliseconds. */
const RECONNECT_MS = 100;
/** Maximum connections of one attack at a time. */
const MOST_OPEN = 200;
/** Maximum overdue steps: a flood does not catch up. */
const MOST_OVERDUE = 5;
const STEP_MS = 5;

/** Calls `step` at this rate, evenly, until the signal. */
async function paced(signal: AbortSignal, perSecond: number, step: () => void): Promise<void> {
  let [done, from] = [0, performance.now()];
  while (!signal.aborted) {
    const due = Math.floor(((performance.now() - from) / 1000) * perSecond);
    if (due - done > MOST_OVERDUE) [done, from] = [0, performance.now()];
    else for (; done < due && !signal.aborted; done++) step();
    await delay(STEP_MS);
  }
}

/** The first actions on a connection. */
type Opening = (peer: Peer) => void | Promise<void>;

export interface FloodPlan {
  /** Whether it keeps reading after the opening. */
  readonly reads: boolean;
  readonly open: Opening;
  /** What follows, at the given rate. */
  readonly burst: (random: Random) => Buffer;
  readonly perSecond: number;
}

/** One connection that sends continuously, replaced when it is ended. */
export function flood({ reads, open, burst, perSecond }: FloodPlan): Attack['run'] {
  return async (scene) => {
    const { port, signal, counts, random } = scene;
    while (!signal.aborted) {
      const peer = new Peer(port, counts);
      const over = AbortSignal.any([signal, endOf(peer)]);
      await open(peer);
      if (!reads) peer.stopReading();
      await paced(over, perSecond, () => void peer.write(burst(random)));
      peer.drop();
      await rest(RECONNECT_MS, signal);
    }
  };
}

export interface VisitPlan {
  readonly perSecond: number;
  /** How long a connection stays, unless ended before, in milliseconds. */
  readonly holdMs: number;
  /** How it leaves. @default 'close' */
  readonly leave?: 'close' | 'reset';
  /** The action on the connection. */
  readonly visit: (peer: Peer, scene: Scene) => void | Promise<void>;
}

/** Connection after connection, each for one action. */
export function visits({ perSecond, holdMs, leave = 'close', visit }: VisitPlan): Attack['run'] {
  return async (scene) => {
    const { port, signal, counts } = scene;
    const open = new Set<Promise<void>>();
    const one = async (): Promise<void> => {
      const peer = new Peer(port, counts);
      await visit(peer, scene);
      await Promise.race([peer.closed, rest(holdMs, signal)]);
      peer.drop(leave);
    };
    await paced(signal, perSecond, () => {
      if (open.size >= MOST_OPEN) return;
      const visiting: Promise<void> = one().finally(() => open.delete(visiting));
      open.add(visiting);
    });
    await Promise.all(open);
  };
}

export interface SiegePlan {
  readonly peers: number;
  /** Whether they keep reading after the opening. @default true */
  readonly reads?: boolean;
  readonly open?: Opening;
  /** Done on every connection, at the given rate. */
  readonly step?: (peer: Peer, random: Random) => void;
  readonly perSecond?: number;
}

/** Many connections that stay and do little; each is replaced when it is ended. */
export function siege({ peers, reads = true, open, step, perSecond = 1 }: SiegePlan): Attack['run'] {
  return async ({ port, signal, counts, random }) => {
    const one = async (): Promise<void> => {
      while (!signal.aborted) {
        const peer = new Peer(port, counts);
        await open?.(peer);
        if (!reads) peer.stopReading();
        await paced(AbortSignal.any([signal, endOf(peer)]), perSecond, () => step?.(peer, random));
        peer.drop();
        await rest(10 * RECONNECT_MS, signal);
      }
    };
    await Promise.all(Array.from({ length: peers }, one));
  };
}

/** Waits, at most until the signal. */
async function rest(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal }).catch(() => undefined);
}

function endOf(peer: Peer): AbortSignal {
  const ending = new AbortController();
  void peer.closed.then(() => ending.abort());
  return ending.signal;
}
