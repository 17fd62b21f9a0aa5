import { pino } from 'pino';
import { describe, test } from 'vitest';
import type { Tap } from '../../server/contracts/tap.js';
import { LogTap } from '../../server/observe/log/log-tap.js';
import { PredictionCounts } from '../../server/observe/metrics/prediction-counts.js';
import { EdgeCounts } from '../../server/observe/metrics/transport-counts.js';
import { ManualClock } from '../../server/testing/manual-clock.js';
import { tapContract } from '../../server/testing/tap-contract.js';
import { stageLog } from '../support/prediction-log.js';

const silent = pino({ level: 'trace' }, { write: () => {} });
const TAPS: Readonly<Record<string, () => Tap | Promise<Tap>>> = {
  'the log': () => new LogTap(silent, new ManualClock()),
  'the counts of predictions': () => new PredictionCounts(() => 0, []),
  'the counts of doors': () => new EdgeCounts(),
  'the prediction log': openPredictionLog,
};

/** Its thread ends when closed, as the real one does. */
async function openPredictionLog(): Promise<Tap> {
  const { log, threads, work } = await stageLog();
  const close = (deadlineMs: number): Promise<void> => {
    const closed = log.close(deadlineMs);
    work();
    threads[0]?.die('it was closed');
    return closed;
  };
  return { name: log.name, predicted: (request, outcome) => log.predicted(request, outcome), close };
}

describe.each(Object.entries(TAPS))('the contract of a tap: %s', (_, open) => {
  for (const { name, run } of tapContract(open)) test(name, run);
});
