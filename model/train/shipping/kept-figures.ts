/** The figures of each run, kept beside its intermediate results: the card reports the variation between seeds. */

import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { RunFigures } from './card.js';

const FILE = 'figures.json';

/** Stores the run's figures in `work`; returns those of all runs in neighbouring work folders, by seed. */
export function keepFigures(work: string, figures: RunFigures): RunFigures[] {
  writeFileSync(join(work, FILE), `${JSON.stringify(figures)}\n`);
  const parent = dirname(work);
  const kind = (folder: string) => folder.replace(/-?\d+$/, '');
  const own = kind(work.slice(parent.length + 1));
  return readdirSync(parent)
    .filter((folder) => kind(folder) === own && existsSync(join(parent, folder, FILE)))
    .map((folder): RunFigures => JSON.parse(readFileSync(join(parent, folder, FILE), 'utf8')))
    .sort((a, b) => a.seed - b.seed);
}
