/** What the hub's WebSockets are: engine.io's options of their server. One place, so that the frame-level suite tries what the hub uses. */

import type { HubLimits } from '../../shared/limits.js';

/** Whatever else engine.io is given, these are among its options. */
export function webSocketOptions({ maxFrameBytes }: Pick<HubLimits, 'maxFrameBytes'>) {
  return { maxHttpBufferSize: maxFrameBytes, perMessageDeflate: false } as const;
}
