/**
 * The cost of the engine alone, per batch size, measured in its own process on the servers' core. Knows that process;
 * knows nothing of servers or load.
 */

import { fileURLToPath } from 'node:url';
import { Child, SERVER_CORE } from '../harness/child.js';
import { within } from '../harness/deadline.js';
import type { EngineName } from '../harness/options.js';

export interface EnginePlan {
  readonly engine: EngineName;
  /** The model's folder. */
  readonly model: string;
  /** Batch sizes to measure, in rows. */
  readonly batches: readonly number[];
  /** Per batch size. */
  readonly seconds: number;
}

export interface EngineFigures {
  readonly rows: number;
  /** From passing a batch to the engine until its answer is back. */
  readonly p50BatchUs: number;
  readonly meanBatchUs: number;
  /** CPU of the process, all threads. */
  readonly cpuUsPerRow: number;
}

const START_MS = 60_000;

export async function measureEngine(plan: EnginePlan): Promise<readonly EngineFigures[]> {
  const file = fileURLToPath(new URL('./engine-alone.js', import.meta.url));
  let answered = (_line: string): void => {};
  const line = new Promise<string>((resolve) => {
    answered = resolve;
  });
  const onLine = (text: string): void => {
    if (text.startsWith('[')) answered(text);
  };
  const child = new Child({ name: 'the engine', core: SERVER_CORE, args: [file, JSON.stringify(plan)], onLine });
  try {
    const deadlineMs = START_MS + plan.batches.length * (plan.seconds + 1) * 1000;
    const text = await within(deadlineMs, 'the engine alone', Promise.race([line, child.ended]));
    // engine-alone.ts printed it from a value of this type.
    return JSON.parse(text) as readonly EngineFigures[];
  } finally {
    await child.end('SIGKILL');
  }
}
