/**
 * Reads labelled texts for evaluation: a file of `label<TAB>text` lines, plain or gzipped. A label is a class's number
 * or name.
 */

import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { messageOf } from '../../shared/words/message-of.js';

export interface LabelledTexts {
  readonly labels: readonly number[];
  readonly texts: readonly string[];
}

/** A problem with files or options that the user can fix. */
export class EvaluationInputError extends Error {}

export function readLabelledTexts(path: string, classes: readonly string[]): LabelledTexts {
  let content: string;
  try {
    const bytes = readFileSync(path);
    content = (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
  } catch (cause) {
    throw new EvaluationInputError(`${path} cannot be read: ${messageOf(cause)}`);
  }
  return parseLabelledTexts(content, path, classes);
}

function parseLabelledTexts(content: string, path: string, classes: readonly string[]): LabelledTexts {
  const labels: number[] = [];
  const texts: string[] = [];
  for (const [index, line] of content.split(/\r?\n/).entries()) {
    if (line === '') continue;
    const tab = line.indexOf('\t');
    const given = line.slice(0, Math.max(tab, 0));
    const label = /^\d+$/.test(given) ? Number(given) : classes.indexOf(given);
    if (tab === -1 || label < 0 || label >= classes.length) {
      const known = classes.map((name, number) => `${number} (${name})`).join(', ');
      throw new EvaluationInputError(
        `${path}, line ${index + 1}: expected a label, a tab and a text; labels are ${known}`,
      );
    }
    labels.push(label);
    texts.push(line.slice(tab + 1));
  }
  if (texts.length === 0) throw new EvaluationInputError(`${path} has no lines`);
  return { labels, texts };
}
