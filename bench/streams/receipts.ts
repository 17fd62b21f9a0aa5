/** What receipts cost: CPU a prediction with plain JSON clients, with and without them, in alternation. */

import { measure } from '../hub/measurement.js';
import type { ServerSetting } from '../servers/server-process.js';

export interface ReceiptsPlan {
  readonly setting: ServerSetting;
  readonly pairs: number;
  readonly sockets: number;
  readonly warmUpSeconds: number;
  readonly seconds: number;
}

export interface ReceiptsFigure {
  readonly withUs: readonly number[];
  readonly withoutUs: readonly number[];
  /** With less without, pair by pair. */
  readonly differencesUs: readonly number[];
}

export async function measureReceipts(plan: ReceiptsPlan, say: (text: string) => void): Promise<ReceiptsFigure> {
  const withUs: number[] = [];
  const withoutUs: number[] = [];
  const run = async (receipts: boolean): Promise<number> => {
    const { setting, sockets, warmUpSeconds, seconds } = plan;
    const flags = ['--receipts', String(receipts)];
    const load = { sockets, warmUpSeconds, seconds, loaders: 1, pipeline: 1 };
    return (await measure({ server: 'hub', setting: { ...setting, flags }, ...load })).serverCpuUs;
  };
  for (let pair = 0; pair < plan.pairs; pair++) {
    // Who is first takes turns too.
    const order = pair % 2 === 0 ? [true, false] : [false, true];
    for (const receipts of order) (receipts ? withUs : withoutUs).push(await run(receipts));
    say(`CPU a prediction: ${withUs.at(-1)?.toFixed(1)} us with receipts, ${withoutUs.at(-1)?.toFixed(1)} us without`);
  }
  return { withUs, withoutUs, differencesUs: withUs.map((us, i) => us - (withoutUs[i] ?? Number.NaN)) };
}
