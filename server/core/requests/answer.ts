/** What whoever asked is told of an outcome: the one place where a prediction is read out of a batch, for every way in. */

import type { WireError } from '../../../shared/errors.js';
import { readPrediction } from '../../../shared/output.js';
import type { Prediction } from '../../../shared/protocol.js';
import type { Outcome } from '../../contracts/outcome.js';

/** Either a prediction or an error, ready to be sent. */
export type Answer =
  | { readonly ok: true; readonly prediction: Prediction }
  | { readonly ok: false; readonly error: WireError };

/** To be called while the outcome is told: the batch's buffer is used again. `timed`: whether the receipt is wanted. */
export function answerOf(outcome: Outcome, timed: boolean): Answer {
  if (!outcome.ok) return outcome;
  const { model, output, batched, timing, words } = outcome;
  return { ok: true, prediction: readPrediction(model, output, batched, timed ? timing : undefined, words) };
}
