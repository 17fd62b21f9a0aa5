/** The admission rule: whether a request is accepted. Pure, so that the rule reads in one place. */

/** The state of one bound, in rows. */
export interface Bound {
  readonly held: number;
  readonly most: number;
  /** Rows refused with a retry time: room is reserved for them. */
  readonly promised: number;
}

export interface AdmissionView {
  readonly rows: number;
  readonly timeoutMs: number;
  /** True when it retries at its promised time: reservations of others do not count against it. */
  readonly isAwaited: boolean;
  /** Rows in flight of this origin, and its credit. */
  readonly origin: Bound;
  /** Rows in flight of its principal, over all its origins. */
  readonly principal: Bound;
  readonly queue: {
    /** Rows waiting in the model's queue: all, and this principal's. */
    readonly rows: number;
    readonly principalRows: number;
    /** Free rows, and those reserved for anybody. */
    readonly freeRows: number;
    readonly promised: number;
  };
  /** Expected time until the waiting rows are done and this request's turn comes, in milliseconds. */
  readonly expectedWaitMs: number;
}

/** Why a request is refused, and what it lacks. */
export interface Refusal {
  readonly message: string;
  /**
   * What must change before it fits: rows must leave, of this origin, of its principal (all, or those waiting) or of
   * anybody; or time must pass.
   */
  readonly until:
    | { readonly scope: 'origin' | 'principal' | 'share' | 'queue'; readonly rows: number }
    | { readonly scope: 'wait'; readonly ms: number };
}

/**
 * A principal may have this many times as many rows waiting as the queue has free (Choudhury and Hahne 1998, dynamic
 * thresholds): alone it fills eight ninths of the queue, and n of them leave 1 / (1 + 8n) for newcomers.
 */
export const ALPHA = 8;
/** Rows that one principal may always have waiting if there is room: one turn. Keeps tiny queues usable. */
export const LEAST_ROWS = 16;

/** Undefined when accepted. */
export function admit(view: AdmissionView): Refusal | undefined {
  const { rows, timeoutMs, isAwaited, origin, principal, queue, expectedWaitMs } = view;
  // Half of its credit is free for new requests, in case it never claims its places.
  if (isOver(rows, origin, isAwaited, origin.most / 2)) {
    const message = `this connection has ${origin.held} rows unanswered and may have ${origin.most}; wait for answers before sending ${rows} more`;
    return { message, until: { scope: 'origin', rows: over(rows, origin) } };
  }
  if (isOver(rows, principal, isAwaited, principal.most / 2)) {
    const message = `this caller has ${principal.held} rows unanswered over all its connections and may have ${principal.most} (--max-principal-rows); retry after retryAfterMs`;
    return { message, until: { scope: 'principal', rows: over(rows, principal) } };
  }
  // A principal with nothing waiting yields to nobody: it has asked for nothing, so it was promised nothing.
  const kept = isAwaited || queue.principalRows === 0 || queue.rows < queue.freeRows ? 0 : queue.promised;
  if (rows + kept > queue.freeRows) {
    const until = { scope: 'queue', rows: rows + queue.promised - queue.freeRows } as const;
    return { message: 'the queue is full; retry after retryAfterMs', until };
  }
  const least = overShare(rows, queue, 0);
  // Promised room counts only while the queue is far from empty, so that nobody waits for callers who never return.
  const areKept = !isAwaited && queue.rows > queue.freeRows;
  if (least > 0 || (areKept && overShare(rows, queue, principal.promised) > 0)) {
    const message = 'this caller has its share of the queue waiting already; retry after retryAfterMs';
    return { message, until: { scope: 'share', rows: overShare(rows, queue, principal.promised) } };
  }
  if (expectedWaitMs > timeoutMs) {
    const message = `the expected wait is ${Math.ceil(expectedWaitMs)} ms, more than timeoutMs ${timeoutMs}; retry after retryAfterMs`;
    return { message, until: { scope: 'wait', ms: expectedWaitMs - timeoutMs } };
  }
  return undefined;
}

/** @param keptFrom room is reserved for others while more rows than this are held. */
function isOver(rows: number, { held, most, promised }: Bound, isAwaited: boolean, keptFrom: number): boolean {
  return held + rows > most || (!isAwaited && promised > 0 && held > keptFrom && held + promised + rows > most);
}

function over(rows: number, { held, most, promised }: Bound): number {
  return held + promised + rows - most;
}

/**
 * How many of the principal's rows must leave until `rows` more are within its share, counting `promised` more as
 * waiting; 0 or less when they fit.
 */
function overShare(
  rows: number,
  { rows: all, principalRows, freeRows }: AdmissionView['queue'],
  promised: number,
): number {
  const own = principalRows + promised + rows;
  if (all + promised === 0 || own <= LEAST_ROWS) return 0;
  return Math.ceil((own - ALPHA * (freeRows - promised - rows)) / (1 + ALPHA));
}
