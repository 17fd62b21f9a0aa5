/** Counters of the hub. */

import type { ErrorCode } from '../../../shared/errors.js';

/** Counts since the start, as plain numbers. */
export interface HubStats {
  /** Requests accepted; each is settled exactly once. */
  accepted: number;
  settled: number;
  refused: number;
  /** Requests answered with a prediction. */
  predicted: number;
  /** Requests settled or refused, by error code. */
  errors: Partial<Record<ErrorCode, number>>;
  batches: number;
  /** Rows that ran; divided by `batches`, the mean batch size. */
  rows: number;
}
