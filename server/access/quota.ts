/** The limits of a token as the token file gives them. */

import { z } from 'zod';
import type { Quota } from '../contracts/access.js';

const MOST_ROWS = 1_000_000_000;
const rows = (per: string): z.ZodType<number | undefined> =>
  z
    .int(`expected a number of rows a ${per}`)
    .min(1, 'expected at least 1')
    .max(MOST_ROWS, 'expected 1,000,000,000 at most')
    .optional();

/** Fields of a key, or of all tokens of an issuer, each token with its own allowance. */
export const quotaFields = {
  rowsPerSecond: rows('second'),
  rowsPerDay: rows('day'),
  /** Turns in every queue against a caller without a weight, which has 1. */
  weight: z.int('expected a whole number').min(1, 'expected at least 1').max(100, 'expected 100 at most').optional(),
};

/** Undefined when nothing is limited. */
export function quotaOf({ rowsPerSecond, rowsPerDay, weight }: Quota): Quota | undefined {
  if (rowsPerSecond === undefined && rowsPerDay === undefined && weight === undefined) return undefined;
  return { rowsPerSecond, rowsPerDay, weight };
}
