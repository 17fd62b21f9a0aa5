/**
 * One hub's life: started, joined by good clients, attacked and damaged round by round, left alone, ended. Measures;
 * judges nothing.
 */

import { setTimeout as delay } from 'node:timers/promises';
import type { LatencyHistogram } from '../harness/latency-histogram.js';
import { msText } from '../harness/table.js';
import type { Attacker } from './attacker/attacker.js';
import { Crowd } from './clients/crowd.js';
import { FAULTS } from './faults.js';
import type { ClockFile } from './hub/clock-file.js';
import { HubProcess, type HubSetting } from './hub/hub-process.js';
import { ResidentMemory } from './hub/resident-memory.js';
import type { SmallDisk } from './hub/small-disk.js';
import type { Act, Round } from './schedule.js';
import type { ActFigures, ActOutcome, RoundFigures } from './verdict.js';

export interface ActParts {
  readonly setting: HubSetting;
  readonly attacker: Attacker;
  readonly perKind: number;
  readonly perSecond: number;
  readonly disk: SmallDisk | undefined;
  readonly clock: ClockFile | undefined;
  readonly progress: (line: string) => void;
}

/**
 * Without any answer for this long is a stall, in milliseconds; for this long after an attack, the hub counts as hung.
 */
const STALL_MS = 1_000;
const RECOVER_MS = 10_000;
/** Lets code compile and caches fill before memory and times are measured. */
const WARM_UP_MS = 3_000;

export async function runAct(act: Act, parts: ActParts): Promise<ActFigures> {
  const hub = await HubProcess.start(parts.setting);
  let isExcused = false;
  const excuse = (now: boolean): void => {
    isExcused = now;
  };
  const crowd = new Crowd({
    ...parts,
    url: hub.url,
    isExcused: () => isExcused,
    isEngineHurt: act.hub === 'engine',
    isUp: () => hub.isUp,
  });
  const memory = new ResidentMemory(() => hub.rssBytes());
  const faults: string[] = [];
  const rounds: RoundFigures[] = [];
  try {
    await crowd.start();
    await delay(WARM_UP_MS);
    crowd.feel();
    await delay(1000 * act.quietSeconds);
    const quiet = crowd.feel();
    const rssBeforeBytes = memory.now;
    let rssPeakBytes = memory.takePeak();
    for (const [at, round] of act.rounds.entries()) {
      const figures = await runRound(round, { ...parts, hub, seconds: round.seconds, excuse, crowd, memory, faults });
      rounds.push(figures);
      rssPeakBytes = Math.max(rssPeakBytes, figures.peakRssBytes);
      parts.progress(roundLine(act, at, figures));
    }
    await delay(1000 * act.idleSeconds);
    const rssAfterBytes = memory.now;
    await crowd.settle();
    const { accounts, faults: lostOnes } = await crowd.close();
    if (!(await hub.drain())) faults.push(`the hub did not drain by itself${hub.death ? `: ${hub.death}` : ''}`);
    return {
      hub: act.hub,
      quietP50Us: quiet.latencyUs.percentile(0.5),
      quietP99Us: quiet.latencyUs.percentile(0.99),
      rssBeforeBytes,
      rssPeakBytes,
      rssAfterBytes,
      rounds,
      accounts,
      faults: [...faults, ...lostOnes],
    };
  } finally {
    memory.close();
    hub.signal('SIGCONT');
    await hub.kill();
  }
}

interface RoundStage extends ActParts {
  readonly hub: HubProcess;
  readonly seconds: number;
  readonly excuse: (isExcused: boolean) => void;
  readonly crowd: Crowd;
  readonly memory: ResidentMemory;
  readonly faults: string[];
}

async function runRound({ attacks, fault, seconds, seed }: Round, stage: RoundStage): Promise<RoundFigures> {
  const { hub, attacker, crowd, memory, faults } = stage;
  crowd.feel();
  memory.takePeak();
  const [reports, found] = await Promise.all([
    attacker.attack({ names: attacks, port: hub.port, seconds, seed }),
    fault === undefined ? undefined : FAULTS[fault].run(stage),
  ]);
  if (found !== undefined) faults.push(`the hub, ${fault}: ${found}`);
  const outcome = await recover(hub, faults);
  const { latencyUs, longestGapMs } = crowd.feel();
  if (outcome !== 'ok') await crowd.awaken();
  const isStalled = longestGapMs >= STALL_MS && (fault === undefined || FAULTS[fault].stalls !== true);
  return {
    attacks,
    ...(fault !== undefined && { fault }),
    seconds,
    outcome: outcome === 'ok' && isStalled ? 'stalled' : outcome,
    ...percentiles(latencyUs),
    longestGapMs,
    peakRssBytes: memory.takePeak(),
    sentBytes: reports.reduce((sum, { counts }) => sum + counts.sentBytes, 0),
    connects: reports.reduce((sum, { counts }) => sum + counts.connects, 0),
  };
}

/** Waits until the hub answers again; starts another when it is dead or does not. */
export async function recover(hub: HubProcess, faults: string[]): Promise<ActOutcome> {
  if (hub.death === undefined && (await hub.answers('/healthz', RECOVER_MS))) return 'ok';
  const outcome = hub.death === undefined ? 'hung' : 'dead';
  if (hub.death !== undefined) faults.push(`the hub: ${hub.death}`);
  await hub.kill();
  await hub.restart();
  return outcome;
}

export function percentiles(latencyUs: LatencyHistogram): { readonly p50Us: number; readonly p99Us: number } {
  return { p50Us: latencyUs.percentile(0.5), p99Us: latencyUs.percentile(0.99) };
}

function roundLine({ hub, rounds }: Act, at: number, figures: RoundFigures): string {
  const { attacks, fault, outcome, p99Us, longestGapMs, peakRssBytes } = figures;
  const names = [...(fault === undefined ? [] : [fault.toUpperCase()]), ...attacks].join(' + ');
  const place = `${hub} ${at + 1}/${rounds.length}`.padEnd(16);
  return `${place} ${outcome.padEnd(7)} p99 ${msText(p99Us)} ms, longest gap ${longestGapMs.toFixed(0)} ms, RSS ${(peakRssBytes / 2 ** 20).toFixed(0)} MiB  ${names}`;
}
