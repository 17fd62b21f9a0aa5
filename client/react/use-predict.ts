/** The prediction of a component's input, renewed when the input changes. */

import { useEffect, useState } from 'react';
import type { TickcastClient } from '../client.js';
import { isTickcastError, type TickcastError } from '../error.js';
import type { AnswerOf, AnyModels, InputOf, ModelMap, ModelReference } from '../models.js';
import type { PredictOptions } from '../options.js';
import { useKept } from './use-kept.js';

/** The last answer, and what became of the last request. */
export interface PredictState<Answer> {
  /** The last answer; it stays while the next one is on its way. */
  readonly answer: Answer | undefined;
  /** Why the last request failed; undefined once another is on its way. */
  readonly error: TickcastError | undefined;
  readonly isPending: boolean;
}

/**
 * Requests a prediction of `input` and again whenever it or the options change; an older request is cancelled, and its
 * answer never shown. With `input` or `client` undefined, nothing is requested. Equal values are the same input.
 */
export function usePredict<
  Models extends ModelMap<Models> = AnyModels,
  Reference extends ModelReference<Models> = ModelReference<Models>,
>(
  client: TickcastClient<Models> | undefined,
  input: InputOf<Models, NoInfer<Reference>> | undefined,
  options: Omit<PredictOptions<Reference>, 'signal'> = NO_OPTIONS,
): PredictState<AnswerOf<Models, Reference>> {
  const keptInput = useKept(input);
  const keptOptions = useKept(options);
  const [shown, show] = useState<PredictState<AnswerOf<Models, Reference>>>(IDLE);
  // What a mistake of the program throws, rethrown when rendering so that an error boundary gets it.
  const [mistake, setMistake] = useState<{ readonly thrown: unknown }>();
  if (mistake !== undefined) throw mistake.thrown;
  useEffect(() => {
    if (client === undefined || keptInput === undefined) return show(IDLE);
    const abort = new AbortController();
    show(({ answer }) => ({ answer, error: undefined, isPending: true }));
    client.predict<Reference>(keptInput, { ...keptOptions, signal: abort.signal }).then(
      (answer) => {
        if (!abort.signal.aborted) show({ answer, error: undefined, isPending: false });
      },
      (error: unknown) => {
        if (abort.signal.aborted || client.state === 'closed') return;
        if (isTickcastError(error)) show(({ answer }) => ({ answer, error, isPending: false }));
        else setMistake({ thrown: error });
      },
    );
    return () => abort.abort();
  }, [client, keptInput, keptOptions]);
  return shown;
}

const NO_OPTIONS = {};
const IDLE = { answer: undefined, error: undefined, isPending: false } as const;
