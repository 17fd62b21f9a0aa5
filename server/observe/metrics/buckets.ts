/** Buckets of the histograms in `/metrics`. */

import { Buckets } from '../../../shared/time/histogram.js';

/**
 * Times in microseconds, from 50 us to 60 s: below is an idle hub with a small model, above no request lives
 * (MAX_TIMEOUT_MS). Steps of 1, 2 and 5 keep the error of an estimated percentile within a factor of about two, make
 * common objectives (10 ms, 100 ms, 1 s) exact, and cost 19 series per time and model.
 */
export const TIME_US = new Buckets([
  50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000, 200_000, 500_000, 1_000_000, 2_000_000,
  5_000_000, 10_000_000, 20_000_000, 60_000_000,
]);

/** Rows per batch: doubling, as far as a batch grows unless --max-batch-rows is raised. */
export const BATCH_ROWS = new Buckets([1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096]);
