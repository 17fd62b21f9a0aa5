/**
 * The rows that a key has asked for, against its quota: a second's by the generic cell rate algorithm (ITU-T I.371), a
 * day's by the calendar (UTC). Counted by this hub, since its start.
 */

import { type WireError, wireError } from '../../../shared/errors.js';
import type { Quota } from '../../contracts/access.js';

const SECOND_MS = 1000;
const DAY_MS = 86_400_000;

export class Account {
  quota: Quota;
  /** When the allowance of a second is whole again, on the hub's clock. */
  #wholeAt = 0;
  /** Days since 1970. Never steps back, whatever the wall clock does. */
  #day = 0;
  #dayRows = 0;

  constructor(quota: Quota) {
    this.quota = quota;
  }

  /** Why this many rows more are too many now; RATE_LIMITED. Counts nothing. */
  refuses(rows: number, now: number, wallNow: number): WireError | undefined {
    const { rowsPerSecond, rowsPerDay } = this.quota;
    if (rowsPerDay !== undefined) {
      this.#turnDay(wallNow);
      if (this.#dayRows + rows > rowsPerDay) {
        const message = `this key may ask for ${rowsPerDay} rows a day (UTC) and has ${Math.max(0, rowsPerDay - this.#dayRows)} left, not ${rows}; after midnight again`;
        return wireError('RATE_LIMITED', message, Math.max(1, Math.ceil((this.#day + 1) * DAY_MS - wallNow)));
      }
    }
    if (rowsPerSecond === undefined) return undefined;
    // More than a second's rows at once have to wait for a whole allowance, and leave a debt.
    const costMs = Math.min(SECOND_MS, (rows * SECOND_MS) / rowsPerSecond);
    const waitMs = Math.max(now, this.#wholeAt) + costMs - now - SECOND_MS;
    // Rounding errors are no reason to refuse.
    if (waitMs <= 1e-6) return undefined;
    const message = `this key may ask for ${rowsPerSecond} rows a second; again after retryAfterMs`;
    return wireError('RATE_LIMITED', message, Math.ceil(waitMs));
  }

  /** Counts accepted rows. */
  take(rows: number, now: number, wallNow: number): void {
    const { rowsPerSecond, rowsPerDay } = this.quota;
    if (rowsPerSecond !== undefined) this.#wholeAt = Math.max(now, this.#wholeAt) + (rows * SECOND_MS) / rowsPerSecond;
    if (rowsPerDay === undefined) return;
    this.#turnDay(wallNow);
    this.#dayRows += rows;
  }

  #turnDay(wallNow: number): void {
    const day = Math.floor(wallNow / DAY_MS);
    if (day <= this.#day) return;
    this.#day = day;
    this.#dayRows = 0;
  }
}
