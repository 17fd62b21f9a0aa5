/** How an answer is shown: as a row of a table, or as a JSON object a line. Pure. */

import type { WireError } from '../../shared/errors.js';
import type { Prediction, PredictionValue } from '../../shared/protocol.js';
import { terminalJson, terminalText } from '../../shared/terminal-text.js';

/** What became of one input. */
export interface Answer {
  /** One-based number of the line; undefined for an input from the arguments. */
  readonly line: number | undefined;
  readonly text: string;
  readonly outcome:
    | { readonly ok: true; readonly prediction: Prediction }
    | { readonly ok: false; readonly error: Pick<WireError, 'code' | 'message' | 'retryable'> };
}

const MOST_TEXT = 100;
const MOST_NUMBERS = 6;
const LABEL_WIDTH = 16;

/** One line, without its end. */
export function jsonLine({ line, outcome }: Answer): string {
  const at = line === undefined ? {} : { line };
  if (!outcome.ok) {
    const { code, message, retryable } = outcome.error;
    return terminalJson(JSON.stringify({ ...at, error: { code, message, retryable } }));
  }
  const { prediction, model, label, score } = outcome.prediction;
  return terminalJson(JSON.stringify({ ...at, prediction, model, label, score }));
}

/** One line for each row of the answer. */
export function tableRows({ text, outcome }: Answer): readonly string[] {
  const shown = text.length > MOST_TEXT ? `${text.slice(0, MOST_TEXT)}…` : text;
  const row = (first: string): string => terminalText(`${first}  ${shown}`);
  if (!outcome.ok) return [row(outcome.error.code.padEnd(LABEL_WIDTH + 6))];
  const { label, score, prediction } = outcome.prediction;
  if (label === undefined) return [row(numbers(prediction))];
  const labels = typeof label === 'string' ? [label] : label;
  const scores = typeof score === 'number' ? [score] : (score ?? []);
  return labels.map((one, at) => row(`${one.padEnd(LABEL_WIDTH)} ${(scores[at] ?? 0).toFixed(3)}`));
}

/** The error of an answer, for standard error; undefined when there is none. */
export function errorLine({ line, outcome }: Answer): string | undefined {
  if (outcome.ok) return undefined;
  const at = line === undefined ? '' : `line ${line}: `;
  return `${at}${outcome.error.code}: ${outcome.error.message}`;
}

function numbers(prediction: PredictionValue): string {
  const text = JSON.stringify(prediction, (_, value: unknown) => {
    if (typeof value === 'number') return Number(value.toPrecision(4));
    if (Array.isArray(value) && value.length > MOST_NUMBERS)
      return [...(value as readonly unknown[]).slice(0, MOST_NUMBERS), `and ${value.length - MOST_NUMBERS} more`];
    return value;
  });
  return text;
}
