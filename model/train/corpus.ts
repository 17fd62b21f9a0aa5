// Labelled texts from tab-separated files: one `label<TAB>text` a line, plain or gzipped. Knows nothing of features.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

/** Class names in the order of the model's output; a line's label is the index here. */
export const LABELS = ['negative', 'neutral', 'positive'] as const;

export interface Example {
  readonly label: number;
  readonly text: string;
}

/** Something about the files or options that the person at the terminal can put right. */
export class TrainingInputError extends Error {}

/** Reads `<name>.tsv` or `<name>.tsv.gz` of a folder. */
export function readCorpus(folder: string, name: 'train' | 'val'): Example[] {
  const path = [`${name}.tsv`, `${name}.tsv.gz`].map((file) => join(folder, file)).find((file) => existsSync(file));
  if (path === undefined) {
    throw new TrainingInputError(
      `${folder} has neither ${name}.tsv nor ${name}.tsv.gz; see model/sentiment/1/README.md`,
    );
  }
  const bytes = readFileSync(path);
  return parseCorpus((path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8'), path);
}

export function parseCorpus(content: string, path: string): Example[] {
  const examples: Example[] = [];
  for (const [index, line] of content.split(/\r?\n/).entries()) {
    if (line === '') continue;
    const tab = line.indexOf('\t');
    const label = ['0', '1', '2'].indexOf(line.slice(0, Math.max(tab, 0)));
    if (label === -1) {
      throw new TrainingInputError(`${path}, line ${index + 1}: expected 0, 1 or 2, a tab and a text`);
    }
    examples.push({ label, text: line.slice(tab + 1) });
  }
  if (examples.length === 0) throw new TrainingInputError(`${path} has no lines`);
  return examples;
}
