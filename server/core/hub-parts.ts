/** What a hub is built from, and its limits. */

import type { Clock } from '../contracts/clock.js';
import type { Engine } from '../contracts/engine.js';
import type { ModelDirectory } from '../contracts/model.js';
import type { StreamPublisher } from '../contracts/streams.js';
import type { ShownInputOptions } from './requests/shown-input.js';
import type { SchedulerOptions } from './scheduler.js';
import type { Taps } from './taps.js';

/** Limits and timing of a hub. */
export interface HubOptions extends SchedulerOptions, ShownInputOptions {
  /** Maximum rows per request. @default 1024 */
  readonly maxRequestRows: number;
  /** Maximum rows in flight per origin. @default 1024 */
  readonly maxInFlightRows: number;
  /** Maximum rows in flight per principal, over all its origins. @default 8192 */
  readonly maxPrincipalRows?: number;
  /** Whether a request in flight keeps its input, for taps. @default false */
  readonly keepInputs?: boolean;
}

/** The parts a hub is built from. */
export interface HubParts {
  readonly engine: Engine;
  readonly models: ModelDirectory;
  readonly clock: Clock;
  readonly options: HubOptions;
  /** Milliseconds since 1970: a day's quota ends at midnight. @default Date.now */
  readonly wallNow?: () => number;
  /** Where predictions are cast to; without it, requests that name a stream are refused. */
  readonly publisher?: StreamPublisher;
  /** Its observers. Add others with {@link Hub.tap}. */
  readonly taps?: Taps;
}
