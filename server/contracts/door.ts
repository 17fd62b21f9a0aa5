/**
 * A door is a transport: the seam through which requests enter. It parses what callers send, authorises them, submits
 * requests to the hub, and gives each caller exactly one answer per request. It knows no model and no engine.
 */

import type { HubLimits } from '../../shared/limits.js';
import type { Hello } from '../../shared/protocol.js';
import type { Access, Allows } from './access.js';
import type { Clock } from './clock.js';
import type { HubPort } from './hub.js';
import type { StreamSubscriptions } from './streams.js';
import type { TransportListener } from './transport-events.js';

/** The models as shown to callers. */
export interface ModelCatalogue {
  /** Every version that the caller is shown, in the form of `GET /models`. */
  list(sees?: Allows): readonly object[];
  /** One model by `name` or `name@version`. */
  find(reference: string): object | undefined;
  /** The model of a request that names none, for a caller who is shown certain names only; undefined: it must name one. */
  standard(sees: Allows): string | undefined;
  /** The models announced to a new connection: those that answer requests and that it is shown, and the default. */
  offer(sees?: Allows): Pick<Hello, 'models' | 'defaultModel'>;
}

/**
 * What a door is opened with. `Place` is where it is mounted: an HTTP server, or nothing for a door with its own port.
 */
export interface DoorParts<Place, Hub extends HubPort = HubPort> {
  readonly hub: Hub;
  readonly subscriptions: StreamSubscriptions;
  readonly catalogue: ModelCatalogue;
  readonly access: Access;
  readonly clock: Clock;
  readonly limits: HubLimits;
  /** Version of the hub's software. */
  readonly version: string;
  /** Receives events: doors do not log. */
  readonly listener: TransportListener;
  /** True once the hub drains: new requests should go elsewhere. */
  readonly isDraining: () => boolean;
  readonly place: Place;
}

/** A transport. `goaway` and `seeOff` are for doors that keep connections. */
export interface Door<Place = unknown, Hub extends HubPort = HubPort> {
  /** For messages; also the `via` of requests through this door. */
  readonly name: string;
  /** Open connections; 0 for a door without connections. */
  readonly connections: number;
  /** Mounts the door, once, before any caller can arrive. Resolves with a one-line problem, or undefined. */
  open(parts: DoorParts<Place, Hub>): Promise<string | undefined>;
  /**
   * The hub is draining: tells clients, keeps answering them for `graceMs` milliseconds, and refuses new connections.
   */
  goaway?(graceMs: number): void;
  /**
   * Closes existing connections, each once everything it asked is answered; resolves at `deadline` at the latest, in
   * milliseconds on the hub's clock. `polling`: only those that need new TCP connections now and then; they go first.
   */
  seeOff?(deadline: number, which: 'polling' | 'all'): Promise<void>;
  /** Closes every connection immediately. */
  close(): Promise<void>;
}
