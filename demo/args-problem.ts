/** What Node's parser of arguments refuses, in one sentence. */

/** Undefined when the fault is another one, which is a bug. */
export function argsProblem(cause: unknown): string | undefined {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  if (!(cause instanceof Error) || !code.startsWith('ERR_PARSE_ARGS')) return undefined;
  // Node explains at length how to pass an argument that looks like an option: its first sentence is enough.
  return (cause.message.split('\n', 1)[0] ?? '').split('. ', 1)[0] ?? '';
}
