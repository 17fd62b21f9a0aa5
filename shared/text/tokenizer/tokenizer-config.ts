/** The part of a manifest that names a tokenizer.json: how a text becomes token ids. Knows no file. Pure. */

import { isRecord } from '../../parse.js';
import { isNot } from '../../words/shown.js';

/** A tokenizer by the kind of its model, as its file calls it in other letters. */
export const TOKENIZER_NAMES = ['wordpiece', 'bpe', 'unigram'] as const;
export type TokenizerName = (typeof TOKENIZER_NAMES)[number];

/** The tensors that texts become, each int32 `[length]`. */
export const TOKEN_TENSORS = ['input_ids', 'attention_mask', 'token_type_ids'] as const;
export type TokenTensor = (typeof TOKEN_TENSORS)[number];

export type PaddingSide = 'left' | 'right';

export interface TokenizerConfig {
  readonly name: TokenizerName;
  /** Inside the model's folder. */
  readonly file: string;
  /** Most tokens of a text, the special ones included; the rest of it is left out. */
  readonly maxLength: number;
  /** Undefined: those of the three that the model takes. */
  readonly inputs: readonly TokenTensor[] | undefined;
  /** Where it says something else than the file. */
  readonly pad: { readonly id: number | undefined; readonly side: PaddingSide | undefined };
}

export type TokenizerConfigParsed =
  | { readonly ok: true; readonly config: TokenizerConfig }
  | { readonly ok: false; readonly problem: string };

const FIELDS = ['file', 'maxLength', 'inputs', 'pad'] as const;
const MOST_TOKENS = 8192;
const MOST_ID = 2 ** 31 - 1;

export function isTokenizerName(name: unknown): name is TokenizerName {
  return TOKENIZER_NAMES.some((known) => known === name);
}

/** @param fields of the object `featuriser` but its name */
export function parseTokenizerConfig(name: TokenizerName, fields: ReadonlyMap<string, unknown>): TokenizerConfigParsed {
  const stray = [...fields.keys()].find((field) => !FIELDS.some((known) => known === field));
  if (stray !== undefined) return problem(`featuriser.${stray} is not known; ${name} takes ${FIELDS.join(', ')}`);
  const file = fields.get('file');
  if (typeof file !== 'string' || file.trim() === '') {
    return problem(
      `featuriser.file ${isNot(file, 'the name of a file in the model’s folder, such as "tokenizer.json"')}`,
    );
  }
  const maxLength = fields.get('maxLength');
  if (!isWhole(maxLength, 1, MOST_TOKENS)) {
    return problem(`featuriser.maxLength ${isNot(maxLength, `a whole number of tokens from 1 to ${MOST_TOKENS}`)}`);
  }
  const inputs = fields.get('inputs');
  if (inputs !== undefined && !isTensors(inputs)) {
    const right = `a list of ${TOKEN_TENSORS.join(', ')}, each once, the first of them at least`;
    return problem(`featuriser.inputs ${isNot(inputs, right)}`);
  }
  const pad = fields.get('pad') ?? {};
  if (!isRecord(pad)) return problem(`featuriser.pad ${isNot(pad, '{ "id": 0, "side": "right" }, or one of the two')}`);
  const { id, side, ...rest } = pad;
  const [unknown] = Object.keys(rest);
  if (unknown !== undefined) return problem(`featuriser.pad.${unknown} is not known; pad takes id, side`);
  if (id !== undefined && !isWhole(id, 0, MOST_ID))
    return problem(`featuriser.pad.id ${isNot(id, 'the id of a token')}`);
  if (side !== undefined && side !== 'left' && side !== 'right') {
    return problem(`featuriser.pad.side ${isNot(side, '"left" or "right"')}`);
  }
  return { ok: true, config: { name, file, maxLength, inputs, pad: { id, side } } };
}

function isWhole(value: unknown, least: number, most: number): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most;
}

function isTensors(value: unknown): value is readonly TokenTensor[] {
  if (!Array.isArray(value) || new Set(value).size < value.length) return false;
  return value.includes('input_ids') && value.every((name) => TOKEN_TENSORS.some((known) => known === name));
}

function problem(text: string): { readonly ok: false; readonly problem: string } {
  return { ok: false, problem: text };
}
