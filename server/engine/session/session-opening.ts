/**
 * What a runtime answers to `openSession`, parsed once at load: foreign code may answer anything. Knows no threads and
 * no handles.
 */

import { MAX_RANK } from '../../../shared/limits.js';
import { isObject } from '../../../shared/parse.js';
import { elementCount, isDType, type TensorSpec } from '../../../shared/tensor.js';
import { firstLine } from '../../../shared/words/message-of.js';
import { isNot, shown } from '../../../shared/words/shown.js';
import type { ModelSession, SessionDescription, SessionInput } from '../../contracts/runtime.js';

export type ParsedOpening =
  | { readonly ok: true; readonly session: ModelSession; readonly specs: SessionDescription }
  | { readonly ok: false; readonly problem: string };

/** Shown in receipts, in headers and as a label: visible ASCII without quotes. */
const ENGINE_NAME = /^[!#-[\]-~]{1,64}$/;
const DTYPES = 'float32, int32 or bool';

/** Parses an answer of `openSession`. A session whose description cannot be used is disposed of. */
export function parseOpening(answer: unknown): ParsedOpening {
  if (!isObject(answer) || typeof answer.ok !== 'boolean') {
    const right = '{ ok: true, session } or { ok: false, problem }';
    return { ok: false, problem: `openSession answered ${shown(answer)}, expected ${right}` };
  }
  if (!answer.ok) return { ok: false, problem: firstLine(answer.problem ?? 'openSession gave no reason') };
  const { session } = answer;
  if (!isObject(session))
    return { ok: false, problem: `session ${isNot(session, 'an object with describe, run and dispose')}` };
  const missing = ['describe', 'run', 'dispose'].find((name) => typeof session[name] !== 'function');
  if (missing !== undefined)
    return { ok: false, problem: `session.${missing} ${isNot(session[missing], 'a function')}` };
  // Its functions are there; what they answer is checked where it is used.
  const opened = session as unknown as ModelSession;
  try {
    return { ok: true, session: opened, specs: parseDescription(opened.describe()) };
  } catch (cause) {
    opened.dispose();
    return { ok: false, problem: firstLine(cause) };
  }
}

/** A copy, so that a later change of the session's own object changes nothing here. Throws a one-line problem. */
function parseDescription(described: unknown): SessionDescription {
  if (!isObject(described)) throw problem('', described, 'an object with inputs, outputs, engine and why');
  const { engine, why, runtime } = described;
  const inputs = parseList(described.inputs, 'inputs', parseInput);
  const outputs = parseList(described.outputs, 'outputs', (spec, path) => parseTensor(spec, path));
  if (inputs.filter(({ dtype }) => dtype === 'string').length > 1)
    throw problem(
      '.inputs',
      inputs.map(({ dtype }) => dtype),
      'a list with at most one text',
    );
  if (typeof engine !== 'string' || !ENGINE_NAME.test(engine))
    throw problem('.engine', engine, 'a name of 1 to 64 visible ASCII characters without quotes, such as "mine-cpu"');
  if (typeof why !== 'string' || why.trim() === '') throw problem('.why', why, 'a text for people');
  if (runtime === undefined) return { inputs, outputs, engine, why };
  if (typeof runtime !== 'string' || runtime === '') throw problem('.runtime', runtime, "one of the runtime's names");
  return { inputs, outputs, engine, why, runtime };
}

function parseList<Spec extends { readonly name: string }>(
  list: unknown,
  field: string,
  parse: (spec: unknown, path: string) => Spec,
): readonly Spec[] {
  if (!Array.isArray(list) || list.length === 0) throw problem(`.${field}`, list, 'a list of at least one tensor');
  const specs = list.map((spec: unknown, index) => parse(spec, `.${field}[${index}]`));
  for (const [index, { name }] of specs.entries()) {
    if (specs.findIndex((spec) => spec.name === name) < index)
      throw problem(`.${field}[${index}].name`, name, 'a name that no other of them has');
  }
  return specs;
}

function parseInput(spec: unknown, path: string): SessionInput {
  if (isObject(spec) && spec.dtype === 'string') {
    if (!Array.isArray(spec.shape) || spec.shape.length > 0)
      throw problem(`${path}.shape`, spec.shape, '[] for a text, which is one string a row');
    return { name: parseName(spec.name, path), dtype: 'string', shape: [] };
  }
  const tensor = parseTensor(spec, path, `${DTYPES}, or string for a text`);
  if (tensor.shape.length >= MAX_RANK)
    throw problem(`${path}.shape`, tensor.shape, `at most ${MAX_RANK - 1} dimensions`);
  // Whatever else it is means that each run has the shape.
  return isObject(spec) && spec.open === true && tensor.shape.length > 0 ? { ...tensor, open: true } : tensor;
}

function parseTensor(spec: unknown, path: string, dtypes = DTYPES): TensorSpec {
  if (!isObject(spec)) throw problem(path, spec, '{ name, dtype, shape }');
  const name = parseName(spec.name, path);
  if (!isDType(spec.dtype)) throw problem(`${path}.dtype`, spec.dtype, dtypes);
  return { name, dtype: spec.dtype, shape: parseShape(spec.shape, `${path}.shape`) };
}

function parseName(name: unknown, path: string): string {
  if (typeof name !== 'string' || name.trim() === '') throw problem(`${path}.name`, name, 'a name');
  return name;
}

function parseShape(shape: unknown, path: string): readonly number[] {
  const right = 'a list of positive whole numbers, without the batch dimension';
  if (!Array.isArray(shape)) throw problem(path, shape, right);
  // `every` would pass over holes.
  const sizes = Array.from(shape as readonly unknown[]);
  if (!sizes.every(isSize)) throw problem(path, shape, right);
  if (!Number.isSafeInteger(elementCount(sizes))) throw problem(path, shape, 'fewer elements');
  return sizes;
}

function isSize(size: unknown): size is number {
  return Number.isSafeInteger(size) && (size as number) > 0;
}

function problem(path: string, found: unknown, right: string): Error {
  return new Error(`describe()${path} ${isNot(found, right)}`);
}
