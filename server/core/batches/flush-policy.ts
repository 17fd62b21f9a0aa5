/** When a batch leaves and how large it may be: pure functions of the cost line and the options. */

import type { CostModel } from './cost-model.js';

/** The scheduler's settings that a batch depends on. */
export interface FlushOptions {
  /** How long an idle engine is held for more rows, in milliseconds. @default 0 */
  readonly tickMs: number;
  /** A batch may take about this long, in milliseconds, by the cost line. @default 50 */
  readonly maxBatchMs: number;
  /** Most rows of a batch, whatever they cost: a bound on memory. @default 4096 */
  readonly maxBatchRows: number;
}

/** Rows of a batch within the time budget when nothing is urgent; at least 1. */
export function batchRows(cost: CostModel, options: FlushOptions): number {
  const rows = Math.floor((options.maxBatchMs - cost.overheadMs) / cost.rowMs);
  return Math.max(1, Math.min(rows, options.maxBatchRows));
}

/**
 * Time budget of a batch that holds a row with `remainingMs` to its deadline. It is not cut below twice the overhead: at that
 * size half the time is spent on rows, and cutting further would cost the others more than it gives the urgent one.
 */
export function budgetMs(budget: number, remainingMs: number, cost: CostModel): number {
  return Math.min(budget, Math.max(remainingMs, 2 * cost.overheadMs));
}

/**
 * True when a completed batch is followed at once, before its answers are written: the rows that wait already cost as much as
 * the overhead. With fewer the turn is finished first, so that what the sockets delivered in it rides along.
 */
export function followsAtOnce(queuedRows: number, cost: CostModel): boolean {
  return queuedRows * cost.rowMs >= cost.overheadMs;
}
