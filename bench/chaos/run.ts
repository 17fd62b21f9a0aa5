/** A whole run of chaos: a hub for each act, the attackers beside it. */

import type { Stage } from '../harness/bench.js';
import type { Report } from '../harness/report.js';
import { type ActParts, runAct } from './act.js';
import { Attacker } from './attacker/attacker.js';
import { clockFile } from './hub/clock-file.js';
import { writeModels } from './hub/models.js';
import { type SmallDisk, smallDisk } from './hub/small-disk.js';
import type { ChaosOptions } from './options.js';
import { reportText } from './report.js';
import { type Act, lengthOf, scheduleOf } from './schedule.js';
import { type ActFigures, problemsOf } from './verdict.js';

const PER_KIND = 4;
/** The prediction log rotates within the small disk. */
const LOG_FLAGS = ['--prediction-log-max-file-bytes', '4194304', '--prediction-log-keep-files', '2'];
/** Enough for the hub and its good clients, and few more. */
const FEW_DESCRIPTORS = 128;
/** Short enough for a hang to show within a round. */
const WATCHDOG_FLAGS = ['--watchdog-ms', '500'];

export async function runChaos(options: ChaosOptions, { say, folder }: Stage): Promise<Report> {
  const { seed, minutes, heap: heapMiB, rate: perSecond } = options;
  const acts = scheduleOf(options);
  const seconds = acts.reduce((sum, act) => sum + lengthOf(act), 0);
  const plan = acts.map(({ hub, rounds }) => `${rounds.length} rounds ${hub}`).join(', ');
  say(`seed ${seed}: ${plan}; about ${Math.round(seconds)} s`);
  const attacker = new Attacker();
  const common = { heapMiB, perSecond, attacker, perKind: PER_KIND, progress: say };
  const figures: ActFigures[] = [];
  try {
    for (const act of acts) figures.push(await play(act, folder, common));
  } finally {
    await attacker.close();
  }
  const misses = problemsOf(figures);
  const verdict =
    misses.length === 0
      ? 'PASS: nothing lost, twice or wrong'
      : `again with: npm run chaos -- --seed ${seed} --minutes ${minutes}`;
  return { tables: [reportText(figures), verdict], misses, isFatal: true, figures: { seed, acts: figures } };
}

type Common = Omit<ActParts, 'setting' | 'disk' | 'clock'> & { readonly heapMiB: number };

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

/** A separate disk, if this user may mount one; otherwise one whose writes fail on demand. */
function openDisk(root: string): SmallDisk {
  const disk = smallDisk(root, 'real') ?? smallDisk(`${root}`, 'pretended');
  if (disk === undefined) throw new Error('there is no disk to fill');
  // Before the folder that contains it.
  process.prependListener('exit', () => disk.remove());
  return disk;
}

/** What the machine lacks is skipped, and fails where everything is required. */
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
