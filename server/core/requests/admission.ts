/** Whether a request may come in: pure, so that the rule reads in one place. */

/** What one bound counts, in rows. */
export interface Bound {
  readonly held: number;
  readonly most: number;
  /** Rows that were refused and told when to come: room is kept for them. */
  readonly promised: number;
}

export interface AdmissionView {
  readonly rows: number;
  readonly timeoutMs: number;
  /** True for one that comes at the time that it was told: the others who were told one do not go before it. */
  readonly isAwaited: boolean;
  /** Rows in flight of this origin, and its credit. */
  readonly origin: Bound;
  /** Rows in flight of its principal, in all of its origins. */
  readonly principal: Bound;
  readonly queue: {
    /** Rows waiting in the model's queue, all and of this principal. */
    readonly rows: number;
    readonly principalRows: number;
    /** Rows for which it has room, and those that it is kept for whoever's they are. */
    readonly freeRows: number;
    readonly promised: number;
  };
  /** Until the rows that wait are done, and until this one's turn would come, in milliseconds. */
  readonly expectedWaitMs: number;
}

/** Why a request is refused, and how far it is from fitting. */
export interface Refusal {
  readonly message: string;
  /** What must change before it fits: rows must leave, of this origin, of its principal (all, or those that wait) or of anybody; or time must pass. */
  readonly until:
    | { readonly scope: 'origin' | 'principal' | 'share' | 'queue'; readonly rows: number }
    | { readonly scope: 'wait'; readonly ms: number };
}

/**
 * A principal may have this many times as many rows waiting as the queue has free (Choudhury and Hahne 1998, dynamic thresholds): alone it
 * fills eight ninths of the queue, and n of them leave 1 / (1 + 8n) for whoever else comes.
 */
export const ALPHA = 8;
/** Rows that one principal may have waiting wherever there is room: a turn. It keeps tiny queues usable. */
export const LEAST_ROWS = 16;

/** Undefined to accept. */
export function admit(view: AdmissionView): Refusal | undefined {
  const { rows, timeoutMs, isAwaited, origin, principal, queue, expectedWaitMs } = view;
  // Half of its credit is free for what it asks anew: it may not come for its places.
  if (isOver(rows, origin, isAwaited, origin.most / 2)) {
    const message = `this connection has ${origin.held} rows unanswered and may have ${origin.most}; wait for answers before sending ${rows} more`;
    return { message, until: { scope: 'origin', rows: over(rows, origin) } };
  }
  if (isOver(rows, principal, isAwaited, principal.most / 2)) {
    const message = `this caller has ${principal.held} rows unanswered over all its connections and may have ${principal.most} (--max-principal-rows); retry after retryAfterMs`;
    return { message, until: { scope: 'principal', rows: over(rows, principal) } };
  }
  // Who has nothing waiting yields to nobody: it was told nothing because it asked nothing.
  const kept = isAwaited || queue.principalRows === 0 || queue.rows < queue.freeRows ? 0 : queue.promised;
  if (rows + kept > queue.freeRows) {
    const until = { scope: 'queue', rows: rows + queue.promised - queue.freeRows } as const;
    return { message: 'the queue is full; retry after retryAfterMs', until };
  }
  const least = overShare(rows, queue, 0);
  // Room that was promised counts only while the queue is far from empty, so that nobody waits for those who do not come.
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

/** @param keptFrom room is kept for others while more rows than this are held. */
function isOver(rows: number, { held, most, promised }: Bound, isAwaited: boolean, keptFrom: number): boolean {
  return held + rows > most || (!isAwaited && promised > 0 && held > keptFrom && held + promised + rows > most);
}

function over(rows: number, { held, most, promised }: Bound): number {
  return held + promised + rows - most;
}

/** How many rows of the principal must leave until `rows` more are within its share, if `promised` more waited already; 0 or less when they are. */
function overShare(
  rows: number,
  { rows: all, principalRows, freeRows }: AdmissionView['queue'],
  promised: number,
): number {
  const own = principalRows + promised + rows;
  if (all + promised === 0 || own <= LEAST_ROWS) return 0;
  return Math.ceil((own - ALPHA * (freeRows - promised - rows)) / (1 + ALPHA));
}
