/**
 * Reads the `metadata.json` that Teachable Machine puts beside its models, for the labels. Other tools have files of this
 * name too, so one without labels says nothing. Knows the file's text; knows no folders and no engine.
 */

import { isRecord } from '../../shared/parse.js';
import { withoutMark } from '../../shared/words/json-text.js';
import { firstLine } from '../../shared/words/message-of.js';
import { labelList } from './manifest.js';

export const METADATA_FILE = 'metadata.json';

export interface Metadata {
  readonly labels: readonly string[] | undefined;
  /** What is wrong with its labels, in one line; they are then not used. */
  readonly problem: string | undefined;
}

/** Never throws: the model can be served without. */
export function parseMetadata(text: string): Metadata {
  let raw: unknown;
  try {
    raw = JSON.parse(withoutMark(text));
  } catch (cause) {
    return unused(`it is not JSON: ${firstLine(cause)}`);
  }
  // Its models of images and poses have the first, those of sounds the second.
  const given = isRecord(raw) ? (raw.labels ?? raw.wordLabels) : undefined;
  if (given === undefined || given === null) return { labels: undefined, problem: undefined };
  const parsed = labelList.safeParse(given);
  if (!parsed.success) return unused('"labels" must be a list of different, non-empty texts');
  return { labels: parsed.data, problem: undefined };
}

function unused(what: string): Metadata {
  return { labels: undefined, problem: `${METADATA_FILE}: ${what}; it is served without labels` };
}
