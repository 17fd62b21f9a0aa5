/** How a request is settled. */

import type { WireError } from '../../shared/errors.js';
import type { OutputRows } from '../../shared/output.js';
import type { Timing, WordWeight } from '../../shared/protocol.js';
import type { ModelSpec } from './model.js';

/** The final answer. `output` is valid only during the call: its buffer is reused. */
export type Outcome =
  | {
      readonly ok: true;
      readonly model: ModelSpec;
      readonly output: OutputRows;
      readonly batched: boolean;
      /** The receipt; undefined when the hub makes none. */
      readonly timing: Timing | undefined;
      /** Each token's contribution to the score, when requested. */
      readonly words?: readonly WordWeight[];
    }
  | { readonly ok: false; readonly error: WireError };

/** The outcome of a request that was answered with a prediction. */
export type Predicted = Outcome & { readonly ok: true };

/** Called exactly once for an accepted request, never for a refused one, and never from inside `submit`. */
export type Settle = (outcome: Outcome) => void;
