/** Reads one input from an argument or a line, for the model that takes it. Pure. */

import type { PredictInput } from '../../shared/protocol.js';
import type { InputSpec } from '../../shared/tensor.js';
import { withoutMark } from '../../shared/words/json-text.js';
import { firstLine } from '../../shared/words/message-of.js';

export type InputRead =
  | { readonly ok: true; readonly input: PredictInput }
  | { readonly ok: false; readonly problem: string };

const NUMBERS = /^[-+]?(\d|\.\d)[-+.\deE,;\s]*$/;

/** The hub checks the rest. */
export function inputOf(given: string, takes: readonly Pick<InputSpec, 'dtype'>[]): InputRead {
  const text = withoutMark(given);
  if (takes.length === 1 && takes[0]?.dtype === 'string') return { ok: true, input: text };
  const trimmed = text.trim();
  if (NUMBERS.test(trimmed)) {
    const numbers = trimmed
      .split(/[,;\s]+/)
      .filter((part) => part !== '')
      .map(Number);
    if (numbers.every(Number.isFinite)) return { ok: true, input: numbers };
  }
  try {
    // Parsed at the edge by whoever answers: the hub says which field is wrong, and what it takes.
    const input = JSON.parse(trimmed) as PredictInput;
    if (typeof input === 'object' && input !== null) return { ok: true, input };
    return { ok: false, problem: `expected a JSON list or object, or numbers, got ${trimmed.slice(0, 60)}` };
  } catch (cause) {
    return { ok: false, problem: `expected JSON or numbers, since the model takes no text: ${firstLine(cause)}` };
  }
}
