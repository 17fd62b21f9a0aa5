/** Every attack by name. Knows the modules; runs nothing. */

import type { Attack } from './attack.js';
import { brokenFrames } from './broken-frames.js';
import { bursts } from './bursts.js';
import { chatters } from './chatter.js';
import { cuts } from './cuts.js';
import { events } from './events.js';
import { https } from './http.js';
import { idlers } from './idlers.js';
import { packets } from './packets.js';
import { pollings } from './polling.js';
import { slow } from './slow.js';
import { unreads } from './unread.js';

const TABLE = {
  ...bursts,
  ...unreads,
  ...chatters,
  ...events,
  ...idlers,
  ...slow,
  ...cuts,
  ...packets,
  ...brokenFrames,
  ...pollings,
  ...https,
};

export type AttackName = keyof typeof TABLE;

export const ATTACKS: Readonly<Record<AttackName, Attack>> = TABLE;
export const attackNames: readonly AttackName[] = Object.keys(TABLE) as AttackName[];
/** The attacks of the acceptance measure. */
export const measuredNames: readonly AttackName[] = attackNames.filter((name) => ATTACKS[name].isMeasured === true);
