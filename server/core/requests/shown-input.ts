/**
 * What observers and viewers get of a request's input: nothing of it that a redaction took out. The model always gets the
 * input as it came.
 */

import { cutText } from '../../../shared/cut-text.js';
import { MAX_CAST_TEXT } from '../../../shared/limits.js';
import type { Redact, RedactionContext } from '../../contracts/hub.js';
import type { TextInStreams } from '../../contracts/streams.js';

export interface ShownInputOptions {
  /** Changes texts before anybody but the model sees them. @default none */
  readonly redact?: Redact | undefined;
  /** @default 'cut' */
  readonly textInStreams?: TextInStreams;
}

/** The text of one row for a stream, and its whole length where it was cut. */
export interface ShownText {
  readonly text: string | undefined;
  readonly textLength: number | undefined;
}

const NOTHING: ShownText = { text: undefined, textLength: undefined };

/**
 * The input with its texts redacted; the same value where there are none. A text whose redaction fails is left out
 * altogether, and `onFault` is told.
 */
export function redacted(
  input: unknown,
  redact: Redact,
  context: RedactionContext,
  onFault: (cause: unknown) => void,
): unknown {
  if (typeof input === 'string') {
    try {
      const text: unknown = redact(input, context);
      if (typeof text === 'string') return text;
      throw new TypeError(`the redaction returned ${typeof text}, expected a string`);
    } catch (cause) {
      onFault(cause);
      return '';
    }
  }
  if (Array.isArray(input))
    return input.some((one) => typeof one === 'string')
      ? input.map((one) => redacted(one, redact, context, onFault))
      : input;
  if (typeof input !== 'object' || input === null || ArrayBuffer.isView(input)) return input;
  const entries = Object.entries(input).map(([name, one]) => [name, redacted(one, redact, context, onFault)]);
  return Object.fromEntries(entries);
}

/** The text of a row as viewers get it; tensors are not cast. */
export function castText(input: unknown, row: number, how: TextInStreams): ShownText {
  if (how === 'off') return NOTHING;
  const text: unknown = Array.isArray(input) ? input[row] : input;
  if (typeof text !== 'string') return NOTHING;
  const shown = how === 'full' ? text : cutText(text, MAX_CAST_TEXT);
  return { text: shown, textLength: shown.length === text.length ? undefined : text.length };
}
