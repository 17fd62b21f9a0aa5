/** Converts anything thrown to a message. */

export function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
