/** Evaluates the attempts in nginx's access log. Knows the format of its lines. */

export interface Tries {
  /** Requests of polling connections, and those answered by the first hub asked. */
  readonly polls: number;
  readonly atOnce: number;
  /** Requests not answered by the first hub asked, by the answers of all hubs. */
  readonly next: Readonly<Record<string, number>>;
  /** A query may contain tokens and connection ids. */
  readonly linesWithQuery: number;
}

export function readTries(lines: readonly string[]): Tries {
  let [polls, atOnce, linesWithQuery] = [0, 0, 0];
  const next: Record<string, number> = {};
  for (const line of lines) {
    const { path, hubStatus } = JSON.parse(line) as { path: string; hubStatus: string };
    if (/\?|sid=|transport=/.test(line)) linesWithQuery += 1;
    const isFirst = !hubStatus.includes(',');
    const isPoll = path === '/socket.io/' && hubStatus !== '101';
    if (isPoll) polls += 1;
    if (isPoll && isFirst) atOnce += 1;
    if (!isFirst) next[`${path} ${hubStatus}`] = (next[`${path} ${hubStatus}`] ?? 0) + 1;
  }
  return { polls, atOnce, next, linesWithQuery };
}
