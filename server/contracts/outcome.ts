/** How a request ends. */

import type { WireError } from '../../shared/errors.js';
import type { OutputRows } from '../../shared/output.js';
import type { Timing, WordWeight } from '../../shared/protocol.js';
import type { ModelSpec } from './model.js';

/** The one final answer. `output` is only valid during the call: its buffer is used again. */
export type Outcome =
  | {
      readonly ok: true;
      readonly model: ModelSpec;
      readonly output: OutputRows;
      readonly batched: boolean;
      /** The receipt; undefined where the hub makes none. */
      readonly timing: Timing | undefined;
      /** What each token of the text added, where that was asked. */
      readonly words?: readonly WordWeight[];
    }
  | { readonly ok: false; readonly error: WireError };

export type Predicted = Outcome & { readonly ok: true };

/** Called exactly once for an accepted request, never for a refused one and never from inside `submit`. */
export type Settle = (outcome: Outcome) => void;
