/** What a fake hub answers to a request: by a function, by a table, or with an error. */

import { ERRORS, type ErrorCode, isErrorCode, type WireError, wireError } from '../../shared/errors.js';
import { describe, isRecord } from '../../shared/parse.js';
import type { PredictInput, Prediction, PredictRequest } from '../../shared/protocol.js';

/** An answer: at least its values. `model` is filled in, and a `score` of 1 with a label. An error answers as the hub's. */
export type FakeAnswer = (Pick<Prediction, 'prediction'> & Partial<Prediction>) | WireError;

/**
 * A function of the input, or a table by the text (by the JSON text of any other input). What a function throws, if it
 * is no error of the hub, is answered INTERNAL.
 */
export type FakeAnswers =
  | ((input: PredictInput, request: PredictRequest) => FakeAnswer | Promise<FakeAnswer>)
  | Readonly<Record<string, FakeAnswer>>;

/** An error as a hub answers it. Throws a TypeError for a code that there is not. */
export function fails(code: ErrorCode, message = `the fake hub answers ${code}`, retryAfterMs?: number): WireError {
  if (!isErrorCode(code))
    throw new TypeError(`no error code ${describe(code)}; there are ${Object.keys(ERRORS).join(', ')}`);
  return wireError(code, message, retryAfterMs);
}

/** Whether an answer is an error. */
export function isFailure(answer: FakeAnswer): answer is WireError {
  return 'code' in answer;
}

export async function answerOf(answers: FakeAnswers, request: PredictRequest): Promise<FakeAnswer> {
  const { input } = request;
  try {
    const answer = typeof answers === 'function' ? await answers(input, request) : lookUp(answers, input);
    // A hub gives both or neither.
    if (isRecord(answer)) return 'label' in answer ? { score: 1, ...answer } : answer;
    return fails('INTERNAL', `the fake hub's answer must be { prediction, ... }, got ${describe(answer)}`);
  } catch (error) {
    if (error instanceof Error && 'code' in error && isErrorCode(error.code)) return fails(error.code, error.message);
    return fails('INTERNAL', `the fake hub's answers threw: ${String(error)}`);
  }
}

function lookUp(table: Readonly<Record<string, FakeAnswer>>, input: PredictInput): FakeAnswer {
  const key = typeof input === 'string' ? input : JSON.stringify(input);
  const answer = Object.hasOwn(table, key) ? table[key] : undefined;
  return answer ?? fails('INVALID_INPUT', `the fake hub has no answer for ${describe(key)}; give it in "answers"`);
}
