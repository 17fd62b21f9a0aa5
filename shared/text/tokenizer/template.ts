/** The special tokens around a text, as the post-processor of a tokenizer.json puts them. Pure. */

import { isRecord } from '../../parse.js';
import { isNot } from '../../words/shown.js';
import { FileProblem, listOf } from './file-problem.js';

export interface SpecialToken {
  readonly id: number;
  /** For `token_type_ids`. */
  readonly typeId: number;
}

export interface Template {
  readonly before: readonly SpecialToken[];
  /** Of the text's own tokens. */
  readonly typeId: number;
  readonly after: readonly SpecialToken[];
}

const BARE: Template = { before: [], typeId: 0, after: [] };
const SUPPORTED = 'TemplateProcessing, BertProcessing, RobertaProcessing, ByteLevel, Sequence';

/** Throws a {@link FileProblem}. */
export function parseTemplate(value: unknown, path = 'post_processor'): Template {
  if (value === null || value === undefined) return BARE;
  if (!isRecord(value)) throw new FileProblem(`${path} ${isNot(value, 'an object or null')}`);
  switch (value.type) {
    // It moves offsets, which nobody asks for here.
    case 'ByteLevel':
      return BARE;
    case 'BertProcessing':
    case 'RobertaProcessing':
      return { before: [pairOf(value.cls, `${path}.cls`)], typeId: 0, after: [pairOf(value.sep, `${path}.sep`)] };
    case 'TemplateProcessing':
      return templateOf(value, path);
    case 'Sequence':
      return listOf(value.processors, `${path}.processors`)
        .map((one, index) => parseTemplate(one, `${path}.processors[${index}]`))
        .reduce(around, BARE);
    default:
      throw new FileProblem(`${path}.type ${isNot(value.type, `one that is supported: ${SUPPORTED}`)}`);
  }
}

/** What a later processor puts around what an earlier one made. */
function around(inner: Template, outer: Template): Template {
  if (outer === BARE) return inner;
  // Types are given anew by the last.
  const retyped = (tokens: readonly SpecialToken[]) => tokens.map(({ id }) => ({ id, typeId: outer.typeId }));
  return {
    before: [...outer.before, ...retyped(inner.before)],
    typeId: outer.typeId,
    after: [...retyped(inner.after), ...outer.after],
  };
}

/** `["[SEP]", 102]` */
function pairOf(value: unknown, path: string): SpecialToken {
  const id: unknown = Array.isArray(value) ? value[1] : undefined;
  if (!isId(id)) throw new FileProblem(`${path} ${isNot(value, 'a token and its id, such as ["[SEP]", 102]')}`);
  return { id, typeId: 0 };
}

function templateOf(value: Record<string, unknown>, path: string): Template {
  const special = isRecord(value.special_tokens) ? value.special_tokens : {};
  const before: SpecialToken[] = [];
  const after: SpecialToken[] = [];
  let typeId: number | undefined;
  for (const [index, item] of listOf(value.single, `${path}.single`).entries()) {
    const at = `${path}.single[${index}]`;
    if (isRecord(item) && isRecord(item.Sequence)) {
      if (typeId !== undefined || item.Sequence.id !== 'A')
        throw new FileProblem(`${at} ${isNot(item, 'no second text: "single" has the sequence "A" once')}`);
      typeId = typeOf(item.Sequence.type_id, at);
    } else if (isRecord(item) && isRecord(item.SpecialToken)) {
      const { id: name, type_id: type } = item.SpecialToken;
      const token = typeof name === 'string' && Object.hasOwn(special, name) ? special[name] : undefined;
      const ids = isRecord(token) ? token.ids : undefined;
      if (!Array.isArray(ids) || !ids.every(isId))
        throw new FileProblem(`${at} names the token ${JSON.stringify(name)}, which special_tokens has no ids for`);
      for (const id of ids) (typeId === undefined ? before : after).push({ id, typeId: typeOf(type, at) });
    } else throw new FileProblem(`${at} ${isNot(item, '{ "SpecialToken": ... } or { "Sequence": ... }')}`);
  }
  if (typeId === undefined)
    throw new FileProblem(`${path}.single has no { "Sequence": { "id": "A" } }: the text has no place`);
  return { before, typeId, after };
}

function typeOf(value: unknown, path: string): number {
  if (value === undefined) return 0;
  if (!isId(value)) throw new FileProblem(`${path} has type_id ${JSON.stringify(value)}, expected a whole number`);
  return value;
}

export function isId(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < 2 ** 31;
}
