/** What the hub counts. */

import type { ErrorCode } from '../../../shared/errors.js';

/** Counts since the start, as plain numbers. */
export interface HubStats {
  accepted: number;
  settled: number;
  refused: number;
  /** Answered with a prediction. */
  predicted: number;
  /** Settled or refused with each code. */
  errors: Partial<Record<ErrorCode, number>>;
  batches: number;
  /** Rows that were run; with `batches` the mean batch. */
  rows: number;
}
