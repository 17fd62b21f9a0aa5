/** The hub as doors see it: what takes requests, and settles each that it accepts exactly once. Implemented by the core. */

import type { WireError } from '../../shared/errors.js';
import type { PredictEnvelope } from '../../shared/parse.js';
import type { RequestId } from '../../shared/protocol.js';
import type { ModelSpec } from './model.js';
import type { Settle } from './outcome.js';
import type { HubState, ObservedOrigin, ObservedRequest, Via } from './tap.js';

export interface OriginOptions {
  /** @default 'in-process' */
  readonly via: Via;
  /** Credit: most rows that may be unanswered. @default the hub's `maxInFlightRows` */
  readonly maxInFlightRows: number;
  /** What viewers of a stream see of it: the name may be a secret. @default '' */
  readonly alias: string;
  /** True when it outlives its connection: then an id that comes again is the same request. @default false */
  readonly resumes: boolean;
  /** True for requests that the hub makes of itself: they are nobody's predictions, and are not logged. @default false */
  readonly internal?: boolean;
  /** What stands for its principal: the same text for all that one token, or one caller, opens. Undefined: it is a principal of its own. */
  readonly principal?: string;
}

/** A place that requests come from: a connection or a session. */
export interface RequestOrigin extends ObservedOrigin {
  /** Rows accepted and not yet answered. */
  readonly inFlightRows: number;
}

/** The answer to {@link HubPort.submit}: given at once. */
export type Verdict<Request = ObservedRequest> = {
  /** That the request is for; undefined where there is none such. */
  readonly model: ModelSpec | undefined;
} & (
  | { readonly accepted: true; readonly pending: Request }
  /** `rows`: of a request that was refused for want of room. */
  | { readonly accepted: false; readonly error: WireError; readonly rows?: number }
);

/** What may be known of a request before it is read. */
export interface Outline {
  /** At least so many. @default 1 */
  readonly rows?: number;
  /** Of the same origin, on their way to {@link HubPort.submit} before it. @default 0 */
  readonly aheadRows?: number;
  readonly model?: string;
  readonly id?: RequestId | undefined;
}

export interface HubPort {
  readonly state: HubState;
  /** Requests accepted and not yet settled. */
  readonly inFlight: number;
  /** A new place that requests come from. Close it when the connection or session is gone. */
  openOrigin(name: string, options?: Partial<OriginOptions>): RequestOrigin;
  /** Cancels all that the origin has in flight; how many requests. Its settle functions are still called, each once. */
  closeOrigin(origin: RequestOrigin): number;
  /**
   * Takes a request, or says at once why not. Never throws and never waits. `settle` is called exactly once when it was accepted, later than
   * this call; never when it was refused.
   */
  submit(request: PredictEnvelope, origin: RequestOrigin, settle: Settle): Verdict;
  /** Why a request of this origin would be refused, whatever else it says: asked before it is read. Undefined promises nothing. */
  refusesNow(origin: RequestOrigin, outline?: Outline): WireError | undefined;
  /** Settles a request CANCELLED. Rows not yet posted are not computed. False when it was settled before. */
  cancel(pending: ObservedRequest, why?: string): boolean;
  /** Counts a request that a door refused before it came to {@link submit}. */
  noteRefusal(error: WireError, origin: RequestOrigin, model?: string): void;
}
