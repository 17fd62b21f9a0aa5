/**
 * Explains the prediction of one text by leaving each token out: the text and its shortened forms run as the rows of
 * one request, and the answer is the first row's, with each token's contribution to its score. Works for any text
 * model.
 */

import { type WireError, wireError } from '../../../shared/errors.js';
import { MAX_EXPLAINED_TOKENS } from '../../../shared/limits.js';
import { LabelScores, type OutputRows } from '../../../shared/output.js';
import { tokenSpans } from '../../../shared/text/token-spans.js';
import type { ReadyModel, WarmUp } from '../../contracts/model.js';
import type { Outcome } from '../../contracts/outcome.js';
import { weigh, withoutEach } from './leave-one-out.js';

export interface Explanation {
  /** The rows that run: the text, then the text without each of its tokens. */
  readonly texts: readonly string[];
  /** Turns the outcome of those rows into that of the text alone, with the weights. */
  finish(outcome: Predicted): Predicted;
}

type Predicted = Outcome & { readonly ok: true };

/** Expected time in the model, in milliseconds, above which words at the end are not tried. */
const MOST_MS = 500;
/** So many are tried whatever they cost. */
const LEAST_TOKENS = 8;

export function planExplanation(input: unknown, model: Pick<ReadyModel, 'spec' | 'warmUp'>): Explanation | WireError {
  const { spec, warmUp } = model;
  const [takes] = spec.inputs;
  if (takes?.dtype !== 'string' || typeof input !== 'string') {
    return wireError('INVALID_INPUT', `explain is for one text: leave it out, or give ${spec.ref} a single string`);
  }
  // A text over the limit is refused as it is, without building its parts.
  if (input.length > spec.maxTextLength) return { texts: [input], finish: (outcome) => outcome };
  const spans = tokenSpans(input, mostTokens(warmUp, input));
  return {
    texts: [input, ...withoutEach(input, spans)],
    finish(outcome) {
      const { arrays, firstRow } = outcome.output;
      const scores = arrays[0];
      const labelScores = new LabelScores(spec.outputs, spec.labels?.length ?? 0);
      const scoreOf = (row: number, index: number) =>
        scores === undefined ? 0 : labelScores.of(scores, firstRow + row, index);
      const best = scores === undefined ? 0 : labelScores.best(scores, firstRow);
      const words = weigh(spans, scoreOf(0, best), (i) => scoreOf(i + 1, best));
      return { ...outcome, output: { arrays, firstRow, rows: 1 } satisfies OutputRows, batched: false, words };
    },
  };
}

/** By what a row with this text costs, as measured at load. */
function mostTokens({ rowMs, byteMs }: WarmUp, text: string): number {
  const affordable = Math.floor(MOST_MS / (rowMs + byteMs * text.length));
  return Math.min(MAX_EXPLAINED_TOKENS, Math.max(LEAST_TOKENS, affordable));
}
