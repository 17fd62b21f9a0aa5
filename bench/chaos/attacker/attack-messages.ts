/** Messages between chaos and the attackers' process. Types only. */

import type { AttackName } from '../attacks/table.js';
import type { WireCounts } from '../wire/peer.js';

export interface AttackOrder {
  readonly names: readonly AttackName[];
  readonly port: number;
  readonly seconds: number;
  readonly seed: number;
}

export interface AttackReport {
  readonly name: AttackName;
  readonly counts: WireCounts;
}
