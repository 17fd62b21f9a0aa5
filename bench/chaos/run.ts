/** A whole run of chaos: a hub for each act, the attackers beside it; table, JSON, exit code. */

import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from '../harness/entry.js';
import { describeMachine } from '../harness/machine.js';
import { type ActParts, runAct } from './act.js';
import { Attacker } from './attacker/attacker.js';
import { clockFile } from './hub/clock-file.js';
import { writeModels } from './hub/models.js';
import { type SmallDisk, smallDisk } from './hub/small-disk.js';
import type { ChaosOptions } from './options.js';
import { reportText } from './report.js';
import { type Act, lengthOf, scheduleOf } from './schedule.js';
import { type ActFigures, problemsOf } from './verdict.js';

const RESULT_FILE = fileURLToPath(new URL('./chaos.json', import.meta.url));
const PER_KIND = 4;
/** The prediction log turns over within the small disk. */
const LOG_FLAGS = ['--prediction-log-max-file-bytes', '4194304', '--prediction-log-keep-files', '2'];
/** Enough for the hub and its good clients, and few more. */
const FEW_DESCRIPTORS = 128;
/** Soon enough that a hang shows within a round. */
const WATCHDOG_FLAGS = ['--watchdog-ms', '500'];

export async function runChaos(options: ChaosOptions): Promise<void> {
  const { seed, minutes, out = RESULT_FILE } = options;
  const acts = scheduleOf(options);
  const seconds = acts.reduce((sum, act) => sum + lengthOf(act), 0);
  console.log(
    `seed ${seed}: ${acts.map(({ hub, rounds }) => `${rounds.length} rounds ${hub}`).join(', ')}; about ${Math.round(seconds)} s`,
  );
  const startedAt = performance.now();
  const progress = (line: string): void =>
    console.log(`${String(Math.round((performance.now() - startedAt) / 1000)).padStart(4)} s  ${line}`);
  const root = temporaryFolder();
  const attacker = new Attacker();
  const figures: ActFigures[] = [];
  try {
    for (const act of acts) figures.push(await play(act, root, { ...options, attacker, perKind: PER_KIND, progress }));
  } finally {
    await attacker.close();
  }
  const problems = problemsOf(figures);
  console.log(`\n${reportText(figures)}\n`);
  for (const problem of problems) console.log(`FAIL  ${problem}`);
  console.log(
    problems.length === 0
      ? 'PASS: nothing lost, twice or wrong'
      : `again with: npm run chaos -- --seed ${seed} --minutes ${minutes}`,
  );
  const result = { date: new Date().toISOString(), machine: describeMachine(), options, problems, acts: figures };
  writeFileSync(out, `${JSON.stringify(result, undefined, 2)}\n`);
  console.log(`All figures: ${out}`);
  if (problems.length > 0) process.exitCode = 1;
}

type Common = Omit<ActParts, 'setting' | 'disk' | 'clock'> & Pick<ChaosOptions, 'heapMiB'>;

async function play(act: Act, root: string, common: Common): Promise<ActFigures> {
  const isEngine = act.hub === 'engine';
  const setting = { models: await writeModels(root, isEngine), heapMiB: common.heapMiB, withFault: isEngine };
  const parts = { ...common, disk: undefined, clock: undefined };
  switch (act.hub) {
    case 'plain': {
      const disk = openDisk(root);
      const flags = ['--prediction-log', 'all', '--prediction-log-folder', disk.folder, ...LOG_FLAGS];
      return runAct(act, { ...parts, disk, setting: { ...setting, flags, nodeFlags: disk.nodeFlags } });
    }
    case 'killed':
      return runAct(act, { ...parts, setting });
    case 'engine':
      return runAct(act, { ...parts, setting: { ...setting, flags: WATCHDOG_FLAGS } });
    case 'descriptors': {
      const wrapper = ['prlimit', `--nofile=${FEW_DESCRIPTORS}:${FEW_DESCRIPTORS}`];
      return runAct(act, { ...parts, setting: { ...setting, wrapper } });
    }
    case 'clock': {
      const clock = clockFile(root);
      if (clock === undefined) return leftOut(act, 'libfaketime is not installed (Debian: faketime)');
      return runAct(act, { ...parts, clock, setting: { ...setting, env: clock.env } });
    }
  }
}

/** A disk of its own, where this user may mount one; else one whose writes fail on demand. */
function openDisk(root: string): SmallDisk {
  const disk = smallDisk(root, 'real') ?? smallDisk(`${root}`, 'pretended');
  if (disk === undefined) throw new Error('there is no disk to fill');
  // Before the folder that it is in.
  process.prependListener('exit', () => disk.remove());
  return disk;
}

/** What the machine does not have is left out, and fails where everything is to be there. */
function leftOut(act: Act, why: string): ActFigures {
  if (process.env.CI !== undefined) throw new Error(why);
  const none = Number.NaN;
  return {
    hub: act.hub,
    quietP50Us: none,
    quietP99Us: none,
    rssBeforeBytes: none,
    rssPeakBytes: none,
    rssAfterBytes: none,
    rounds: [],
    accounts: {} as ActFigures['accounts'],
    faults: [],
    skipped: why,
  };
}
