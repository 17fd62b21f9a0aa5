/**
 * Faults of the hub by name: the kind of hub each needs, and what is done to it. Knows the hub's process; no clients.
 */

import { setTimeout as delay } from 'node:timers/promises';
import { FAULT } from '../../server/testing/index.js';
import { isRecord } from '../../shared/parse.js';
import { messageOf } from '../../shared/words/message-of.js';
import type { AttackName } from './attacks/table.js';
import type { ClockFile } from './hub/clock-file.js';
import type { HubProcess } from './hub/hub-process.js';
import type { SmallDisk } from './hub/small-disk.js';

/** Kinds of hubs, in the order of a run. Each has its own process. */
export const hubKinds = ['plain', 'killed', 'engine', 'descriptors', 'clock'] as const;
export type HubKind = (typeof hubKinds)[number];

export interface FaultStage {
  readonly hub: HubProcess;
  readonly seconds: number;
  readonly disk: SmallDisk | undefined;
  readonly clock: ClockFile | undefined;
  /** Says whether the good clients' losses from now on are intended. */
  readonly excuse: (isExcused: boolean) => void;
}

export interface Fault {
  readonly does: string;
  readonly on: HubKind;
  /** Nobody is answered for a while, as expected. */
  readonly stalls?: true;
  /** Length of its round, whatever the length of the others. */
  readonly seconds?: number;
  /** The attacks that belong to it; otherwise some are drawn. */
  readonly beside?: readonly AttackName[];
  /** Resolves with what it found that should not be. */
  readonly run: (stage: FaultStage) => Promise<string | undefined>;
}

/** Time for clients to notice their connections after a hub is back, in milliseconds. */
const AFTERMATH_MS = 1_000;
/** Attackers run only when the good clients' core is idle. */
const ARRIVAL_MS = 4_000;
const POISON_MS = 12_000;

async function half({ seconds }: FaultStage): Promise<void> {
  await delay(500 * seconds);
}

function clockStep(does: string, seconds: number): Fault {
  const run = async (stage: FaultStage): Promise<undefined> => {
    await half(stage);
    stage.clock?.step(seconds);
    await half(stage);
  };
  return { does, on: 'clock', run };
}

/** Rows that make the engine fail, one after the other. */
function poison(does: string, fault: number): Fault {
  const run = async ({ hub, seconds }: FaultStage): Promise<string | undefined> => {
    const until = performance.now() + 1000 * seconds;
    while (performance.now() < until) {
      const code = await askPoison(hub.url, fault);
      if (code !== 'ENGINE_FAILED') return `a row that makes the engine fail was answered ${code}`;
    }
    return undefined;
  };
  return { does, on: 'engine', stalls: true, run };
}

async function askPoison(url: string, fault: number): Promise<string> {
  const body = JSON.stringify({ input: [1, fault], model: 'fault', timeoutMs: POISON_MS });
  const headers = { 'content-type': 'application/json' };
  const signal = AbortSignal.timeout(2 * POISON_MS);
  try {
    const answer: unknown = await (await fetch(`${url}/predict`, { method: 'POST', headers, body, signal })).json();
    return isRecord(answer) && isRecord(answer.error) ? String(answer.error.code) : JSON.stringify(answer);
  } catch (error) {
    return `not at all (${messageOf(error)})`;
  }
}

const TABLE = {
  freeze: {
    does: 'SIGSTOP for half of the time, then SIGCONT',
    on: 'plain',
    stalls: true,
    run: async (stage: FaultStage) => {
      stage.hub.signal('SIGSTOP');
      await half(stage);
      stage.hub.signal('SIGCONT');
      return undefined;
    },
  },
  'full-disk': {
    does: 'the disk of the prediction log is full for half of the time',
    on: 'plain',
    run: async (stage: FaultStage) => {
      stage.disk?.fill();
      await half(stage);
      stage.disk?.free();
      return undefined;
    },
  },
  'unread-log': {
    does: 'nobody reads the log for most of the time',
    on: 'plain',
    run: async (stage: FaultStage) => {
      stage.hub.readLog(false);
      await delay(900 * stage.seconds);
      stage.hub.readLog(true);
      return undefined;
    },
  },
  kill: {
    does: 'SIGKILL in the middle, and a start on the same port',
    on: 'killed',
    stalls: true,
    run: async (stage: FaultStage) => {
      await half(stage);
      stage.excuse(true);
      await stage.hub.kill();
      await stage.hub.restart();
      await delay(AFTERMATH_MS);
      stage.excuse(false);
      return undefined;
    },
  },
  drain: {
    does: 'SIGTERM beside idle connections, and a start on the same port',
    on: 'killed',
    stalls: true,
    // Connections outlive the hub's permitted time.
    seconds: 12,
    beside: ['never-joins', 'leaves-and-stays', 'unanswered-close'],
    run: async (stage: FaultStage) => {
      await delay(ARRIVAL_MS);
      stage.excuse(true);
      const inOrder = await stage.hub.drain();
      await stage.hub.restart();
      await delay(AFTERMATH_MS);
      stage.excuse(false);
      return inOrder ? undefined : 'it did not end by itself within its grace';
    },
  },
  'engine-exit': poison('rows that end the engine thread', FAULT.exit),
  'engine-throw': poison('rows that throw in the engine', FAULT.throw),
  'engine-hang': poison('rows that hang in the engine', FAULT.hang),
  'few-descriptors': {
    does: '200 idle connections on a hub that has 128 file descriptors',
    on: 'descriptors',
    beside: ['silent'],
    run: async (stage: FaultStage) => {
      // Open connections are kept; a REST client that needs a new one gets none.
      stage.excuse(true);
      await delay(1000 * stage.seconds + AFTERMATH_MS);
      stage.excuse(false);
      return undefined;
    },
  },
  'clock-back': clockStep('the wall clock goes back three seconds', -3),
  'clock-hour-back': clockStep('the wall clock goes back an hour', -3_603),
  'clock-ahead': clockStep('the wall clock goes forward two hours', 7_200),
} satisfies Readonly<Record<string, Fault>>;

export type FaultName = keyof typeof TABLE;

export const FAULTS: Readonly<Record<FaultName, Fault>> = TABLE;
export const faultNames: readonly FaultName[] = Object.keys(TABLE) as FaultName[];
