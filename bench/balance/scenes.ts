// What is done to hubs and nginx while the load goes on. Knows no figures but those that it hands on.
import { setTimeout as delay } from 'node:timers/promises';
import type { BalancedHub, DrainFigures } from './hub.js';
import { type KindFigures, Load } from './load.js';
import type { Nginx } from './nginx.js';
import type { BalanceOptions } from './options.js';

export const SCENES = ['rolling restart', 'kill', 'reload'] as const;
export type SceneName = (typeof SCENES)[number];

/** One thing that was done, from its beginning to that of the next. */
export interface Step {
  readonly what: string;
  readonly from: number;
  /** The hub that it was done to. */
  readonly hub?: number;
  readonly drain?: DrainFigures;
}

export interface SceneFigures {
  readonly name: SceneName;
  readonly seconds: number;
  readonly steps: readonly Step[];
  readonly kinds: readonly KindFigures[];
}

export interface Stage {
  readonly nginx: Nginx;
  readonly hubs: readonly BalancedHub[];
  readonly options: BalanceOptions;
  readonly progress: (line: string) => void;
}

/** Right answers of each kind of caller between two steps. */
const BETWEEN = 20;
/** Of `worker_shutdown_timeout` in nginx.conf, and some room. */
const OLD_WORKERS_MS = 90_000;

export async function playScene(name: SceneName, stage: Stage): Promise<SceneFigures> {
  const load = new Load(stage.nginx.url, stage.options.clients);
  const startedAt = performance.now();
  const steps: Step[] = [];
  let kinds: readonly KindFigures[] = [];
  try {
    await load.start();
    await load.goesOn(BETWEEN);
    await PLAYS[name](stage, load, steps);
    await load.goesOn(BETWEEN);
  } finally {
    kinds = await load.end();
  }
  return { name, seconds: (performance.now() - startedAt) / 1000, steps, kinds };
}

type Play = (stage: Stage, load: Load, steps: Step[]) => Promise<void>;

const PLAYS: Readonly<Record<SceneName, Play>> = {
  'rolling restart': async ({ hubs, options, progress }, load, steps) => {
    for (let roll = 1; roll <= options.rolls; roll++) {
      for (const [index, hub] of hubs.entries()) {
        const what = `rolling restart ${roll}, hub ${index + 1}`;
        const from = performance.now();
        const drain = await hub.drain();
        await hub.start();
        steps.push({ what, from, hub: index, drain });
        progress(`${what}: ${drain.settled} of ${drain.accepted} answered, ${seconds(from)}`);
        // The next one only when all callers are at work again, as an orchestrator would.
        await load.goesOn(BETWEEN);
      }
    }
  },
  kill: async ({ hubs, options, progress }, load, steps) => {
    for (const [index, hub] of hubs.slice(0, options.kills).entries()) {
      const what = `kill of hub ${index + 1}`;
      const from = performance.now();
      await hub.kill();
      await load.goesOn(BETWEEN);
      await hub.start();
      steps.push({ what, from, hub: index });
      progress(`${what}, and its start: ${seconds(from)}`);
      await load.goesOn(BETWEEN);
    }
  },
  reload: async ({ nginx, options, progress }, load, steps) => {
    for (let i = 1; i <= options.reloads; i++) {
      const what = `reload ${i}`;
      steps.push({ what, from: performance.now() });
      await nginx.reload();
      await delay(options.reloadMs);
      progress(`${what}: ${nginx.oldWorkers} old workers`);
    }
    await load.goesOn(BETWEEN);
    if (!options.awaitOldWorkers) return;
    const from = performance.now();
    await nginx.oldWorkersEnded(OLD_WORKERS_MS);
    steps.push({ what: 'end of the old workers', from });
    progress(`the old workers ended: ${seconds(from)}`);
  },
};

function seconds(from: number): string {
  return `${((performance.now() - from) / 1000).toFixed(1)} s`;
}
