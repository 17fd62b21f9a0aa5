/** Converts anything thrown to a message. */

export function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

const LINE_CHARS = 300;

/** The first line of what was thrown, cut to a length that fits a message. */
export function firstLine(cause: unknown): string {
  return (messageOf(cause).split('\n', 1)[0] ?? '').trim().slice(0, LINE_CHARS) || 'no reason given';
}

/** All lines of what a library threw, in one and cut: its first may be a mere number. */
export function wholeMessage(cause: unknown): string {
  const lines = messageOf(cause)
    .trim()
    .split(/\s*\n\s*/);
  return firstLine(lines.filter((line) => !line.startsWith('at ')).join('; '));
}
