/**
 * Parses a tokenizer.json of the Hugging Face library `tokenizers` and checks all that a featuriser relies on. Knows the
 * file's text; knows no folders and no library. Pure.
 */

import { isRecord } from '../../parse.js';
import { encodingHint, withoutMark } from '../../words/json-text.js';
import { firstLine } from '../../words/message-of.js';
import { isNot, shown } from '../../words/shown.js';
import { FileProblem, flag, listOf, textOf } from './file-problem.js';
import { parseNormalizer, parsePreTokenizer } from './parse-steps.js';
import type { AddedToken, NormalizerStep, PreTokenizerStep } from './steps.js';
import { isId, parseTemplate, type Template } from './template.js';
import type { PaddingSide, TokenizerConfig, TokenizerName } from './tokenizer-config.js';

/** The `model` of a file, checked, in the file's own words. */
export type SubwordModel = Readonly<Record<string, unknown>> & { readonly vocab: object };

export interface Padding {
  readonly id: number;
  readonly typeId: number;
  readonly side: PaddingSide;
}

export interface TokenizerFile {
  readonly model: SubwordModel;
  readonly addedTokens: readonly AddedToken[];
  readonly normalizer: readonly NormalizerStep[];
  readonly preTokenizer: readonly PreTokenizerStep[];
  readonly template: Template;
  readonly padding: Padding;
  /** Which end of a long text is left out. */
  readonly truncation: PaddingSide;
}

export type TokenizerFileParsed =
  | { readonly ok: true; readonly tokenizer: TokenizerFile }
  | { readonly ok: false; readonly problem: string };

const MODEL_TYPES: Readonly<Record<TokenizerName, string>> = { wordpiece: 'WordPiece', bpe: 'BPE', unigram: 'Unigram' };
/** Tried in this order when the file has no `padding`. */
const PAD_TOKENS = ['[PAD]', '<pad>', '<|pad|>', '<PAD>'] as const;

/** @param text of `config.file`, with or without a byte order mark. Never throws; `problem` is one line that names it. */
export function parseTokenizerFile(text: string, config: TokenizerConfig): TokenizerFileParsed {
  let raw: unknown;
  try {
    raw = JSON.parse(withoutMark(text));
  } catch (cause) {
    return { ok: false, problem: `${config.file} is not JSON${encodingHint(text)}: ${firstLine(cause)}` };
  }
  try {
    return { ok: true, tokenizer: parse(raw, config) };
  } catch (cause) {
    if (cause instanceof FileProblem) return { ok: false, problem: `${config.file}: ${cause.message}` };
    throw cause;
  }
}

function parse(raw: unknown, config: TokenizerConfig): TokenizerFile {
  if (!isRecord(raw) || !isRecord(raw.model))
    throw new FileProblem('it has no "model", expected a tokenizer.json as the library "tokenizers" writes it');
  const model = parseModel(raw.model, config.name);
  const addedTokens = listOf(raw.added_tokens ?? [], 'added_tokens').map(parseAddedToken);
  const template = parseTemplate(raw.post_processor);
  const special = template.before.length + template.after.length;
  if (special >= config.maxLength) {
    const right = `more than ${special}: so many special tokens stand around each text`;
    throw new FileProblem(`featuriser.maxLength in manifest.json ${isNot(config.maxLength, right)}`);
  }
  const truncation = isRecord(raw.truncation) && raw.truncation.direction === 'Left' ? 'left' : 'right';
  return {
    model,
    addedTokens,
    normalizer: parseNormalizer(raw.normalizer),
    preTokenizer: parsePreTokenizer(raw.pre_tokenizer),
    template,
    padding: parsePadding(raw.padding, config, idOf(model, addedTokens)),
    truncation,
  };
}

function parseModel(model: Record<string, unknown>, name: TokenizerName): SubwordModel {
  const right = MODEL_TYPES[name];
  // Files of earlier versions do not say it.
  const type = model.type ?? guessedType(model);
  if (type !== right) {
    const other = Object.entries(MODEL_TYPES).find(([, known]) => known === type)?.[0];
    const hint = other === undefined ? '' : `; say "name": "${other}" in manifest.json`;
    throw new FileProblem(`model.type ${isNot(type, `"${right}" for the featuriser "${name}"`)}${hint}`);
  }
  const { vocab } = model;
  if (name === 'unigram') return { ...model, vocab: scoredVocab(model) };
  if (!isRecord(vocab) || Object.keys(vocab).length === 0)
    throw new FileProblem(`model.vocab ${isNot(vocab, 'tokens with their ids')}`);
  for (const [token, id] of Object.entries(vocab))
    if (!isId(id)) throw new FileProblem(`model.vocab[${shown(token)}] ${isNot(id, 'an id')}`);
  const { unk_token: unknown } = model;
  const isKnown = typeof unknown === 'string' && Object.hasOwn(vocab, unknown);
  if (name === 'wordpiece' && !isKnown)
    throw new FileProblem(`model.unk_token ${isNot(unknown, 'a token of model.vocab')}`);
  if (name === 'bpe') {
    if (typeof unknown === 'string' && !isKnown)
      throw new FileProblem(`model.unk_token ${isNot(unknown, 'a token of model.vocab, or null')}`);
    checkMerges(model);
  }
  return { ...model, vocab };
}

function guessedType(model: Record<string, unknown>): string | undefined {
  if (Array.isArray(model.vocab)) return 'Unigram';
  if (Array.isArray(model.merges)) return 'BPE';
  return model.continuing_subword_prefix === undefined ? undefined : 'WordPiece';
}

function scoredVocab({ vocab, unk_id: unknown }: Record<string, unknown>): readonly (readonly [string, number])[] {
  const tokens = listOf(vocab, 'model.vocab').map((entry, index) => {
    const [token, score]: unknown[] = Array.isArray(entry) ? entry : [];
    if (typeof token !== 'string' || typeof score !== 'number')
      throw new FileProblem(`model.vocab[${index}] ${isNot(entry, 'a token and its score')}`);
    return [token, score] as const;
  });
  if (!isId(unknown) || unknown >= tokens.length)
    throw new FileProblem(`model.unk_id ${isNot(unknown, 'the index of a token of model.vocab')}`);
  return tokens;
}

function checkMerges(model: Record<string, unknown>): void {
  for (const [index, merge] of listOf(model.merges, 'model.merges').entries()) {
    const pair: unknown = typeof merge === 'string' ? merge.split(' ') : merge;
    if (!Array.isArray(pair) || pair.length !== 2 || !pair.every((part) => typeof part === 'string' && part !== ''))
      throw new FileProblem(`model.merges[${index}] ${isNot(merge, 'two tokens, such as "a b" or ["a", "b"]')}`);
  }
  const { dropout, continuing_subword_prefix: prefix } = model;
  if (dropout !== undefined && dropout !== null && dropout !== 0)
    throw new FileProblem(
      `model.dropout ${isNot(dropout, 'null: with dropout the same text has other tokens each time')}`,
    );
  if (prefix !== undefined && prefix !== null && prefix !== '')
    throw new FileProblem(
      `model.continuing_subword_prefix ${isNot(prefix, 'null: a prefix is supported for WordPiece alone')}`,
    );
}

function parseAddedToken(value: unknown, index: number): AddedToken {
  const path = `added_tokens[${index}]`;
  if (!isRecord(value) || !isId(value.id)) throw new FileProblem(`${path} ${isNot(value, '{ id, content, ... }')}`);
  const special = flag(value.special, `${path}.special`, false);
  return {
    id: value.id,
    content: textOf(value.content, `${path}.content`),
    singleWord: flag(value.single_word, `${path}.single_word`, false),
    lstrip: flag(value.lstrip, `${path}.lstrip`, false),
    rstrip: flag(value.rstrip, `${path}.rstrip`, false),
    normalized: flag(value.normalized, `${path}.normalized`, !special),
  };
}

/** The id of a token by its text. */
function idOf(model: SubwordModel, added: readonly AddedToken[]): (token: string) => number | undefined {
  return (token) => {
    const found = added.find(({ content }) => content === token)?.id;
    if (found !== undefined) return found;
    const { vocab } = model;
    if (Array.isArray(vocab)) {
      const index = vocab.findIndex(([content]) => content === token);
      return index < 0 ? undefined : index;
    }
    const id: unknown = Object.hasOwn(vocab, token) ? (vocab as Record<string, unknown>)[token] : undefined;
    return isId(id) ? id : undefined;
  };
}

function parsePadding(value: unknown, { pad }: TokenizerConfig, find: (token: string) => number | undefined): Padding {
  const padding = isRecord(value) ? value : {};
  const side = pad.side ?? (padding.direction === 'Left' ? 'left' : 'right');
  const typeId = isId(padding.pad_type_id) ? padding.pad_type_id : 0;
  let id = pad.id ?? (isId(padding.pad_id) ? padding.pad_id : undefined);
  for (const token of PAD_TOKENS) id ??= find(token);
  if (id === undefined) {
    const tokens = PAD_TOKENS.join(', ');
    throw new FileProblem(
      `it has no "padding" and none of the tokens ${tokens}: say which token fills up short texts by "pad": { "id": ... } in the featuriser of manifest.json`,
    );
  }
  return { id, typeId, side };
}
