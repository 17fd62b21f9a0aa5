/** Parses the list of files in docs/architecture.md that one predict enters. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Station {
  readonly path: string;
  /** Its role there. */
  readonly text: string;
}

const HEADING = '## The way of one predict';
const STATION = /^\d+\. `([^`]+)`: (.+)$/;

/** In the order of the page. Throws on a malformed line of the list. */
export function readWay(root: string): readonly Station[] {
  const page = readFileSync(join(root, 'docs/architecture.md'), 'utf8');
  const [, section = ''] = page.split(`${HEADING}\n`);
  return (section.split('\n## ', 1)[0] ?? '')
    .split('\n')
    .filter((line) => /^\d/.test(line))
    .map((line) => {
      const [, path, text] = STATION.exec(line) ?? [];
      if (path === undefined || text === undefined) throw new Error(`no file of the way: ${line}`);
      return { path, text };
    });
}
