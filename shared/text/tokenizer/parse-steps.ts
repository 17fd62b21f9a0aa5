/** Parses the normaliser and the pre-tokeniser of a tokenizer.json into steps; what is not supported is refused. Pure. */

import { isRecord } from '../../parse.js';
import { isNot } from '../../words/shown.js';
import { FileProblem, flag, listOf, textOf } from './file-problem.js';
import type { Behavior, MetaspaceStep, NormalizerStep, Pattern, PreTokenizerStep } from './steps.js';

type Fields = Record<string, unknown>;

const BEHAVIORS = ['Removed', 'Isolated', 'MergedWithPrevious', 'MergedWithNext', 'Contiguous'] as const;
/** Deep nesting would exhaust the stack; nobody writes more than two levels. */
const MOST_DEPTH = 8;

type ParseOne<Step> = (fields: Fields, path: string) => Step;

const NORMALIZERS: Readonly<Record<string, ParseOne<NormalizerStep>>> = {
  BertNormalizer: (fields, path) => {
    const lowercase = flag(fields.lowercase, `${path}.lowercase`, true);
    return {
      type: 'bert',
      cleanText: flag(fields.clean_text, `${path}.clean_text`, true),
      cjk: flag(fields.handle_chinese_chars, `${path}.handle_chinese_chars`, true),
      // Not said: where it lower-cases.
      stripAccents: flag(fields.strip_accents, `${path}.strip_accents`, lowercase),
      lowercase,
    };
  },
  NFC: () => ({ type: 'form', form: 'NFC' }),
  NFD: () => ({ type: 'form', form: 'NFD' }),
  NFKC: () => ({ type: 'form', form: 'NFKC' }),
  NFKD: () => ({ type: 'form', form: 'NFKD' }),
  Lowercase: () => ({ type: 'lowercase' }),
  StripAccents: () => ({ type: 'accents' }),
  Nmt: () => ({ type: 'nmt' }),
  ByteLevel: () => ({ type: 'bytes' }),
  Strip: (fields, path) => ({
    type: 'strip',
    left: flag(fields.strip_left, `${path}.strip_left`, true),
    right: flag(fields.strip_right, `${path}.strip_right`, true),
  }),
  Replace: (fields, path) => ({
    type: 'replace',
    pattern: parsePattern(fields.pattern, `${path}.pattern`),
    content: textOf(fields.content, `${path}.content`),
  }),
  Prepend: (fields, path) => ({ type: 'prepend', text: textOf(fields.prepend, `${path}.prepend`) }),
  Precompiled: (fields, path) => ({
    type: 'charsmap',
    base64: textOf(fields.precompiled_charsmap, `${path}.precompiled_charsmap`),
  }),
};

const PRE_TOKENIZERS: Readonly<Record<string, ParseOne<PreTokenizerStep>>> = {
  BertPreTokenizer: () => ({ type: 'bert' }),
  Whitespace: () => ({ type: 'words' }),
  WhitespaceSplit: () => ({ type: 'spaces' }),
  CharDelimiterSplit: (fields, path) => ({
    type: 'split',
    pattern: { kind: 'text', text: textOf(fields.delimiter, `${path}.delimiter`) },
    behavior: 'Removed',
    invert: false,
  }),
  Punctuation: (fields, path) => ({
    type: 'punctuation',
    behavior: parseBehavior(fields.behavior ?? 'Isolated', `${path}.behavior`),
  }),
  Digits: (fields, path) => ({
    type: 'digits',
    individual: flag(fields.individual_digits, `${path}.individual_digits`, false),
  }),
  ByteLevel: (fields, path) => ({
    type: 'bytes',
    prefixSpace: flag(fields.add_prefix_space, `${path}.add_prefix_space`, true),
    words: flag(fields.use_regex, `${path}.use_regex`, true),
  }),
  Metaspace: (fields, path) => ({
    type: 'metaspace',
    replacement: textOf(fields.replacement, `${path}.replacement`),
    prepend: parsePrepend(fields, path),
    split: flag(fields.split, `${path}.split`, true),
  }),
  Split: (fields, path) => ({
    type: 'split',
    pattern: parsePattern(fields.pattern, `${path}.pattern`),
    behavior: parseBehavior(fields.behavior, `${path}.behavior`),
    invert: flag(fields.invert, `${path}.invert`, false),
  }),
  FixedLength: ({ length }, path) => {
    if (!Number.isInteger(length) || Number(length) < 1 || Number(length) > 2 ** 16)
      throw new FileProblem(`${path}.length ${isNot(length, 'a whole number of characters')}`);
    return { type: 'length', characters: Number(length) };
  },
};

/** Throws a {@link FileProblem}. */
export function parseNormalizer(value: unknown): readonly NormalizerStep[] {
  return parseSteps(value, 'normalizer', 'normalizers', NORMALIZERS);
}

/** Throws a {@link FileProblem}. */
export function parsePreTokenizer(value: unknown): readonly PreTokenizerStep[] {
  return parseSteps(value, 'pre_tokenizer', 'pretokenizers', PRE_TOKENIZERS);
}

function parseSteps<Step>(
  value: unknown,
  path: string,
  inner: string,
  known: Readonly<Record<string, ParseOne<Step>>>,
  depth = 0,
): readonly Step[] {
  if (value === null || value === undefined) return [];
  if (!isRecord(value)) throw new FileProblem(`${path} ${isNot(value, 'an object or null')}`);
  const { type } = value;
  if (type === 'Sequence') {
    if (depth === MOST_DEPTH) throw new FileProblem(`${path} is nested too deeply`);
    return listOf(value[inner], `${path}.${inner}`).flatMap((one, index) =>
      parseSteps(one, `${path}.${inner}[${index}]`, inner, known, depth + 1),
    );
  }
  const parse = typeof type === 'string' && Object.hasOwn(known, type) ? known[type] : undefined;
  if (parse === undefined) {
    const right = `one that is supported: ${[...Object.keys(known), 'Sequence'].join(', ')}`;
    throw new FileProblem(`${path}.type ${isNot(type, right)}`);
  }
  return [parse(value, path)];
}

function parsePattern(value: unknown, path: string): Pattern {
  if (isRecord(value) && typeof value.String === 'string') return { kind: 'text', text: value.String };
  if (isRecord(value) && typeof value.Regex === 'string') return { kind: 'regex', source: value.Regex };
  throw new FileProblem(`${path} ${isNot(value, '{ "String": ... } or { "Regex": ... }')}`);
}

function parseBehavior(value: unknown, path: string): Behavior {
  const found = BEHAVIORS.find((known) => known === value);
  if (found === undefined) throw new FileProblem(`${path} ${isNot(value, `one of ${BEHAVIORS.join(', ')}`)}`);
  return found;
}

/** Files of earlier versions have `add_prefix_space` in its place. */
function parsePrepend(fields: Fields, path: string): MetaspaceStep['prepend'] {
  const { prepend_scheme: scheme } = fields;
  if (scheme === 'always' || scheme === 'first' || scheme === 'never') return scheme;
  if (scheme !== undefined && scheme !== null)
    throw new FileProblem(`${path}.prepend_scheme ${isNot(scheme, 'always, first or never')}`);
  return flag(fields.add_prefix_space, `${path}.add_prefix_space`, true) ? 'always' : 'never';
}
