/** Turns an outcome into the answer for the caller: the same for every transport. */

import type { WireError } from '../../../shared/errors.js';
import { readPrediction } from '../../../shared/output.js';
import type { Prediction } from '../../../shared/protocol.js';
import type { Outcome } from '../../contracts/outcome.js';

/** A prediction or an error, ready to send. */
export type Answer =
  | { readonly ok: true; readonly prediction: Prediction }
  | { readonly ok: false; readonly error: WireError };

/**
 * Call only while the outcome is delivered, since the batch's buffer is reused. `timed`: whether to include the
 * receipt.
 */
export function answerOf(outcome: Outcome, timed: boolean): Answer {
  if (!outcome.ok) return outcome;
  const { model, output, batched, timing, words } = outcome;
  return { ok: true, prediction: readPrediction(model, output, batched, timed ? timing : undefined, words) };
}
