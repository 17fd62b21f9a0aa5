/**
 * A transport: the seam by which requests come in. A door reads what its callers send, checks who they are, submits it to the hub, and gives
 * each caller its one answer. It knows no model and no engine.
 */

import type { HubLimits } from '../../shared/limits.js';
import type { Hello } from '../../shared/protocol.js';
import type { Access } from './access.js';
import type { Clock } from './clock.js';
import type { HubPort } from './hub.js';
import type { StreamSubscriptions } from './streams.js';
import type { TransportListener } from './transport-events.js';

/** The models as callers are shown them. */
export interface ModelCatalogue {
  /** Every version, as `GET /models` shows it. */
  list(): readonly object[];
  /** One model by `name` or `name@version`. */
  find(reference: string): object | undefined;
  /** What a new connection is told: the models that answer requests, and which answers those that name none. */
  offer(): Pick<Hello, 'models' | 'defaultModel'>;
}

/** What a door is given. `Place` is where it stands: an HTTP server, or nothing for one with a port of its own. */
export interface DoorParts<Place, Hub extends HubPort = HubPort> {
  readonly hub: Hub;
  readonly subscriptions: StreamSubscriptions;
  readonly catalogue: ModelCatalogue;
  readonly access: Access;
  readonly clock: Clock;
  readonly limits: HubLimits;
  /** Of this software. */
  readonly version: string;
  /** Who is told what happens here: doors do not log. */
  readonly listener: TransportListener;
  /** True once the hub drains: what comes now should go elsewhere. */
  readonly isDraining: () => boolean;
  readonly place: Place;
}

export interface Door<Place = unknown, Hub extends HubPort = HubPort> {
  /** For messages; requests that come by it carry it as `via`. */
  readonly name: string;
  /** Connections now; 0 for a door that keeps none. */
  readonly connections: number;
  /** Takes its place, once, before anybody can come. Answers what is wrong, in one line. */
  open(parts: DoorParts<Place, Hub>): Promise<string | undefined>;
  /** The hub drains: clients are told, what they ask is answered as before for so long, and nobody new is let in. */
  goaway?(graceMs: number): void;
  /**
   * Sees off the connections there are, each when all that it asked is answered; resolves at the deadline, on the hub's clock, at the latest.
   * `polling`: those that need a new TCP connection now and then; they go first.
   */
  seeOff?(deadline: number, which: 'polling' | 'all'): Promise<void>;
  /** Ends every connection at once. */
  close(): Promise<void>;
}
