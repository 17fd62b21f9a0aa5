/** The cost of receipts: CPU per prediction with plain JSON clients, with and without them, alternating. */

import { differences, inTurns } from '../harness/turns.js';
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
  /** With minus without, pair by pair. */
  readonly differencesUs: readonly number[];
}

export async function measureReceipts(plan: ReceiptsPlan, say: (text: string) => void): Promise<ReceiptsFigure> {
  const run = async (receipts: boolean): Promise<number> => {
    const { setting, sockets, warmUpSeconds, seconds } = plan;
    const flags = ['--receipts', String(receipts)];
    const load = { sockets, warmUpSeconds, seconds, loaders: 1, pipeline: 1 };
    return (await measure({ server: 'hub', setting: { ...setting, flags }, ...load })).serverCpuUs;
  };
  const { withUs, withoutUs } = await inTurns(
    ['withUs', 'withoutUs'],
    plan.pairs,
    (state) => run(state === 'withUs'),
    (us) => say(`CPU a prediction: ${us.withUs.toFixed(1)} us with receipts, ${us.withoutUs.toFixed(1)} us without`),
  );
  return { withUs, withoutUs, differencesUs: differences(withUs, withoutUs) };
}
