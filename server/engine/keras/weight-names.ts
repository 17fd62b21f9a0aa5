/**
 * Matches the weights of a file to those of a model. Keras 3 names a weight by the way to it, `sequential/lstm/lstm_cell/
 * kernel`, TensorFlow.js by its layer, `lstm/kernel`: the words of the second occur in the first, in order. Pure.
 */

import { isRecord } from '../../../shared/parse.js';
import { formatShape } from '../../../shared/tensor.js';
import { AS_GRAPH } from './refusal.js';
import type { Json } from './settings.js';

export interface NamedWeight {
  readonly name: string;
  readonly shape: readonly number[];
}

export type WeightsMatched =
  /** By name in the file. */
  { readonly ok: true; readonly names: ReadonlyMap<string, string> } | { readonly ok: false; readonly problem: string };

/** Variables that Keras 3 calls otherwise than TensorFlow.js. */
const OTHERWISE: Readonly<Record<string, string>> = { depthwise_kernel: 'kernel' };
/** Variables that only training needs, or that count. */
const NOT_NEEDED = /(^|\/)(seed_generator(_\d+)?|optimizer)(\/|$)/;
/** The lists of layers in a `.keras` file, by the names that versions of Keras gave them. */
const LISTS: ReadonlySet<string | undefined> = new Set(['layers', '_layer_checkpoint_dependencies']);
/** Most names in a message. */
const MOST_NAMED = 3;

/** @param inModel in the order of the layers' own variables. */
export function matchWeights(inFile: readonly NamedWeight[], inModel: readonly NamedWeight[]): WeightsMatched {
  const wanted = inModel.map((weight, index) => ({ ...weight, ways: waysTo(weight.name, inModel, index) }));
  const twice = inFile.find(({ name }, index) => inFile.findIndex((other) => other.name === name) < index);
  if (twice !== undefined)
    return refuse(`the file has two weights called "${twice.name}"; give the layers names of their own`);
  const names = new Map<string, string>();
  const takenBy = new Map<string, string>();
  const spare: string[] = [];
  for (const { name, shape } of inFile) {
    if (NOT_NEEDED.test(name)) continue;
    const words = wordsOf(name);
    const found = wanted.flatMap((one) => {
      const length = Math.max(0, ...one.ways.filter((way) => occurs(way, words)).map((way) => way.length));
      return length === 0 ? [] : [{ ...one, length }];
    });
    const longest = Math.max(...found.map(({ length }) => length));
    const best = found.filter(({ length }) => length === longest);
    const [target, other] = best;
    if (target === undefined) {
      spare.push(name);
      continue;
    }
    if (other !== undefined) {
      return refuse(`weight "${name}" may be "${target.name}" or "${other.name}"; give the layers names of their own`);
    }
    if (formatShape(target.shape) !== formatShape(shape)) {
      const shapes = `${formatShape(shape)}, but the model's "${target.name}" has ${formatShape(target.shape)}`;
      return refuse(`weight "${name}" has shape ${shapes}; export topology and weights together`);
    }
    const before = takenBy.get(target.name);
    if (before !== undefined) {
      return refuse(`weights "${before}" and "${name}" may both be the model's "${target.name}"; ${AS_GRAPH}`);
    }
    takenBy.set(target.name, name);
    names.set(name, target.name);
  }
  const missing = inModel.filter(({ name }) => !takenBy.has(name)).map(({ name }) => name);
  if (missing.length === 0 && spare.length === 0) return { ok: true, names };
  const parts = [
    ...(missing.length === 0 ? [] : [`no weight of the file is the model's ${listed(missing)}`]),
    ...(spare.length === 0 ? [] : [`the model has no place for the file's ${listed(spare)}`]),
  ];
  return refuse(`${parts.join(', and ')}; export topology and weights together, or a graph model`);
}

/** Whether a converter has taken these names from a `.keras` file, where variables have numbers. */
export function isNumbered(inFile: readonly { readonly name: string }[]): boolean {
  return inFile.some(({ name }) => LISTS.has(name.split('/')[0]) && /\/vars\/\d+$/.test(name));
}

/**
 * By the names of layers, what a `.keras` file calls by class and number: `layers/dense_1/vars/0` is of the second Dense,
 * whatever its name.
 */
export function byLayerNames(name: string, model: Json): string {
  const [list, key, ...rest] = name.split('/');
  const layers =
    isRecord(model.config) && Array.isArray(model.config.layers) ? model.config.layers.filter(isRecord) : [];
  if (!LISTS.has(list)) return name;
  const counts = new Map<string, number>();
  const found = layers.find(({ class_name: className }) => {
    const base = snakeCase(String(className));
    const count = counts.get(base) ?? 0;
    counts.set(base, count + 1);
    return key === (count === 0 ? base : `${base}_${count}`);
  });
  if (found === undefined) return name;
  const own = nameOf(found);
  if (LISTS.has(rest[0])) return `${own}/${byLayerNames(rest.join('/'), found)}`;
  const { layer } = isRecord(found.config) ? found.config : {};
  const [part, ...others] = rest;
  if (!isRecord(layer) || part === undefined || !part.endsWith('layer')) return [own, ...rest].join('/');
  // Of a wrapper: TimeDistributed has a layer, Bidirectional two.
  const inner = nameOf(layer).replace(/^forward_/, '');
  return [own, part.replace(/layer$/, inner), ...others].join('/');
}

function nameOf({ name, config }: Json): string {
  return String((isRecord(config) ? config.name : undefined) ?? name);
}

function snakeCase(className: string): string {
  return className
    .replace(/(.)([A-Z][a-z0-9]+)/g, '$1_$2')
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase();
}

/** The words by which a weight may be named, its own first. */
function waysTo(name: string, all: readonly NamedWeight[], index: number): readonly (readonly string[])[] {
  const words = name.split('/');
  const layer = words.slice(0, -1);
  const before = all.slice(0, index).filter((other) => layerOf(other.name) === layer.join('/')).length;
  const other = OTHERWISE[words.at(-1) ?? ''];
  // Where Keras numbers the variables of a layer, it counts them in this order.
  return [words, [...layer, String(before)], ...(other === undefined ? [] : [[...layer, other]])];
}

function layerOf(name: string): string {
  return name.split('/').slice(0, -1).join('/');
}

function wordsOf(name: string): readonly string[] {
  return name.replace(/:0$/, '').split('/');
}

/** Whether all words occur, in this order, the last one at the end. */
function occurs(way: readonly string[], words: readonly string[]): boolean {
  if (way.at(-1) !== words.at(-1)) return false;
  let at = 0;
  for (const word of words) if (word === way[at]) at += 1;
  return at === way.length;
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, MOST_NAMED).map((name) => `"${name}"`);
  const more = names.length - shown.length;
  return `${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

function refuse(problem: string): WeightsMatched {
  return { ok: false, problem };
}
