/** Anything thrown as one line for a message. */

/** The first line of anything thrown, cut to a length that fits a message. */
export function firstLine(cause: unknown): string {
  const text = cause instanceof Error ? cause.message : String(cause);
  return (text.split('\n', 1)[0] ?? '').trim().slice(0, 300) || 'no reason given';
}
