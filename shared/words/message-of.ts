/** Converts anything thrown to a message. */

export function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

const LINE_CHARS = 300;

/** The first line of what was thrown, cut to a length that fits a message. */
export function firstLine(cause: unknown): string {
  return (messageOf(cause).split('\n', 1)[0] ?? '').trim().slice(0, LINE_CHARS) || 'no reason given';
}
