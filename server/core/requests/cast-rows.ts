/** Casts the rows of a request into its stream when it is answered. Knows requests and outcomes, but no viewers. */

import type { ErrorCode } from '../../../shared/errors.js';
import { readPrediction } from '../../../shared/output.js';
import type { RequestId } from '../../../shared/protocol.js';
import type { Outcome, Settle } from '../../contracts/outcome.js';
import type { CastPrediction, CastTarget, TextInStreams } from '../../contracts/streams.js';
import type { Origin } from './request.js';
import { castText } from './shown-input.js';

/** The properties of a request that its cast uses. */
export interface CastRequest {
  readonly origin: Origin;
  readonly id: RequestId | undefined;
  /** As viewers may have it. */
  readonly input: unknown;
  readonly textInStreams: TextInStreams;
  /** Number of predictions it asks for. */
  readonly rows: number;
}

/** The model received the input and produced no answer. Other errors concern only the hub and the caller. */
const FAILURES: ReadonlySet<ErrorCode> = new Set(['NOT_FINITE', 'ENGINE_FAILED']);

/**
 * A settle function that answers first and casts afterwards, so that viewers do not delay the caller. A failed request
 * is only counted.
 */
export function castRows(cast: CastTarget, request: CastRequest, settle: Settle): Settle {
  return (outcome) => {
    try {
      settle(outcome);
    } finally {
      if (outcome.ok) publish(cast, request, outcome);
      else if (FAILURES.has(outcome.error.code)) cast.fail(request.rows);
    }
  };
}

function publish(
  cast: CastTarget,
  { origin, id, input, textInStreams }: CastRequest,
  outcome: Outcome & { readonly ok: true },
): void {
  const { model, output, batched, timing: receipt } = outcome;
  for (let row = 0; row < output.rows; row++) {
    const one = { arrays: output.arrays, firstRow: output.firstRow + row, rows: 1 };
    cast.publish(readPrediction(model, one, false) as CastPrediction, {
      from: origin.alias,
      // Ids of an origin that ends with its connection may be reused, and so identify nothing.
      id: origin.resumes ? id : undefined,
      row: batched ? row : undefined,
      ...castText(input, row, textInStreams),
      receipt,
    });
  }
}
