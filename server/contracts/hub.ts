/** The hub as doors see it: accepts requests, and settles each accepted one exactly once. Implemented by the core. */

import type { WireError } from '../../shared/errors.js';
import type { PredictEnvelope } from '../../shared/parse.js';
import type { RequestId } from '../../shared/protocol.js';
import type { Quota } from './access.js';
import type { ModelSpec } from './model.js';
import type { Settle } from './outcome.js';
import type { HubState, ObservedOrigin, ObservedRequest, Via } from './tap.js';

/** What a text belongs to. */
export interface RedactionContext {
  /** `name@version`. */
  readonly model: string;
  readonly stream: string | undefined;
}

/**
 * Returns a text as logs and viewers may have it. Called once per text, in the hub's event loop, and so takes
 * microseconds; the model gets the text as it came. When it throws, the text is left out.
 */
export type Redact = (text: string, context: RedactionContext) => string;

/** Options of {@link HubPort.openOrigin}. */
export interface OriginOptions {
  /** @default 'in-process' */
  readonly via: Via;
  /** Credit: maximum unanswered rows. @default the hub's `maxInFlightRows` */
  readonly maxInFlightRows: number;
  /** Its public name, shown to viewers of a stream: the name itself may be secret. @default '' */
  readonly alias: string;
  /** True when it outlives its connection: a repeated id is then the same request. @default false */
  readonly resumes: boolean;
  /** True for the hub's own requests: they are nobody's predictions and are not logged. @default false */
  readonly internal?: boolean;
  /**
   * Key of its principal: the same for all origins of one token or caller. @default undefined: a principal of its own
   */
  readonly principal?: string;
  /** Name of the caller's key, for figures. @default undefined: it has none */
  readonly key?: string;
  /** Limits of its principal. @default none */
  readonly quota?: Quota | undefined;
}

/** An origin of requests: a connection or a session. */
export interface RequestOrigin extends ObservedOrigin {
  /** Rows accepted and not yet answered. */
  readonly inFlightRows: number;
}

/** The immediate answer of {@link HubPort.submit}. */
export type Verdict<Request = ObservedRequest> = {
  /** The model requested; undefined when it does not exist. */
  readonly model: ModelSpec | undefined;
} & (
  | { readonly accepted: true; readonly pending: Request }
  /** `rows`: the request's, when it was refused for lack of room. */
  | { readonly accepted: false; readonly error: WireError; readonly rows?: number }
);

/** What is known of a request before it is parsed. */
export interface Outline {
  /** Lower bound of its rows. @default 1 */
  readonly rows?: number;
  /** Rows of the same origin about to be submitted before it. @default 0 */
  readonly aheadRows?: number;
  readonly model?: string;
  readonly id?: RequestId | undefined;
}

/** The hub as doors see it. */
export interface HubPort {
  /** `ready`, `draining` or `closed`; requests are accepted only while `ready`. */
  readonly state: HubState;
  /** Requests accepted and not yet settled. */
  readonly inFlight: number;
  /** Opens an origin. Close it when the connection or session is gone. */
  openOrigin(name: string, options?: Partial<OriginOptions>): RequestOrigin;
  /**
   * Cancels everything the origin has in flight and returns the number of requests. Their settle functions are still
   * called, once each.
   */
  closeOrigin(origin: RequestOrigin): number;
  /**
   * Accepts a request, or refuses it with an error, immediately. Never throws and never waits. `settle` is called
   * exactly once, after this call, for an accepted request; never for a refused one.
   */
  submit(request: PredictEnvelope, origin: RequestOrigin, settle: Settle): Verdict;
  /**
   * Why a request of this origin would be refused whatever its content; asked before parsing it. Undefined is no
   * promise of acceptance.
   */
  refusesNow(origin: RequestOrigin, outline?: Outline): WireError | undefined;
  /** Settles a request with CANCELLED. Rows not yet posted are not computed. False when it was already settled. */
  cancel(pending: ObservedRequest, why?: string): boolean;
  /** Counts a request that a door refused before it reached {@link submit}. */
  noteRefusal(error: WireError, origin: RequestOrigin, model?: string, id?: RequestId): void;
}
