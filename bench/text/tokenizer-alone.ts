/** A tokenizer.json alone on one core: texts in, ids of tokens out. */

import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { openTokenizer } from '../../server/engine/tokenizer/text-tokenizer.js';
import { TOKENIZER_NAMES, type TokenizerName } from '../../shared/text/tokenizer/tokenizer-config.js';
import { parseTokenizerFile, type TokenizerFile } from '../../shared/text/tokenizer/tokenizer-file.js';

export interface TokenizerFigures {
  readonly file: string;
  readonly kind: TokenizerName;
  readonly openMs: number;
  /** By this process's processor time, in microseconds. */
  readonly textUs: number;
  readonly tokensPerText: number;
}

/** The first `warmUp` texts are not measured. */
export async function measureTokenizer(
  path: string,
  texts: readonly string[],
  warmUp: number,
  maxLength: number,
): Promise<TokenizerFigures> {
  const openedAt = performance.now();
  const { file, kind } = read(path, maxLength);
  const tokenizer = await openTokenizer(file);
  const openMs = performance.now() - openedAt;
  const most = maxLength - file.template.before.length - file.template.after.length;
  for (const text of texts.slice(0, warmUp)) tokenizer.encode(text, most);
  const measured = texts.slice(warmUp);
  let tokens = 0;
  const cpu = process.cpuUsage();
  for (const text of measured) tokens += tokenizer.encode(text, most).length;
  const { user, system } = process.cpuUsage(cpu);
  const count = measured.length;
  return { file: basename(path), kind, openMs, textUs: (user + system) / count, tokensPerText: tokens / count };
}

/** By whichever featuriser takes it. */
function read(path: string, maxLength: number): { readonly file: TokenizerFile; readonly kind: TokenizerName } {
  const text = readFileSync(path, 'utf8');
  const problems: string[] = [];
  for (const kind of TOKENIZER_NAMES) {
    const pad = { id: 0, side: undefined };
    const parsed = parseTokenizerFile(text, { name: kind, file: basename(path), maxLength, inputs: undefined, pad });
    if (parsed.ok) return { file: parsed.tokenizer, kind };
    problems.push(parsed.problem);
  }
  throw new Error(problems.find((problem) => !problem.includes('model.type')) ?? problems[0]);
}
