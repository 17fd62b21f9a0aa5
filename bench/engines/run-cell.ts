/** Measures one cell in its own process on the servers' core. Knows that process; knows no engines. */

import { fileURLToPath } from 'node:url';
import { Child, SERVER_CORE } from '../harness/child.js';
import { within } from '../harness/deadline.js';
import { type CellFigures, type CellPlan, cellText } from './cells.js';

export type CellReport =
  | { readonly ok: true; readonly figures: CellFigures }
  /** The machine lacks the engine. */
  | { readonly ok: false; readonly reason: string };

/** For loading libraries from a slow disk, in milliseconds, and for each number of rows, whose batch may take seconds. */
const [START_MS, SIZE_MS] = [120_000, 60_000] as const;

export async function runCell(plan: CellPlan): Promise<CellReport> {
  const file = fileURLToPath(new URL('./cell-main.js', import.meta.url));
  let answered = (_line: string): void => {};
  const line = new Promise<string>((resolve) => {
    answered = resolve;
  });
  const onLine = (text: string): void => {
    if (text.startsWith('{"ok"')) answered(text);
  };
  const name = cellText(plan);
  const child = new Child({ name, core: SERVER_CORE, args: [file, JSON.stringify(plan)], onLine });
  try {
    const deadlineMs = START_MS + plan.sizes.length * (6 * plan.ms + SIZE_MS);
    // cell-main.ts printed it from a value of this type.
    return JSON.parse(await within(deadlineMs, name, Promise.race([line, child.ended]))) as CellReport;
  } finally {
    await child.end('SIGKILL');
  }
}
