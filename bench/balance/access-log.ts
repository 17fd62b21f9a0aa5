/** What nginx's access log says of its tries. Knows the form of its lines. */

export interface Tries {
  /** Requests of polling connections, and those that the first hub that was asked answered. */
  readonly polls: number;
  readonly atOnce: number;
  /** Requests that were not answered by the first hub that was asked, by what all of them said. */
  readonly next: Readonly<Record<string, number>>;
  /** A query may hold tokens and ids of connections. */
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
