/** What was thrown, in words. Whatever is thrown has some. */

export function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
