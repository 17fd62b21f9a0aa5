/** Whether a model can be padded as its manifest says, and answers the same then. Knows only the engine's interface. */

import { batchBytes, viewBatch } from '../../shared/batch-layout.js';
import { elementCount } from '../../shared/tensor.js';
import type { Engine, EngineModel } from '../contracts/engine.js';
import type { Padding } from '../contracts/model.js';
import { engineModelAt } from './sized-models.js';

/** Of an element, relative to the largest or to 1. */
const TOLERANCE = 1e-5;
const HANG_MS = 30_000;

/** What keeps it from being padded so, in one line; undefined when nothing does. */
export function paddingProblem({ inputs, outputs }: EngineModel, { mask }: Padding): string | undefined {
  const open = inputs.filter(({ shape }) => shape.some((size) => size < 0));
  if (open.length === 0) return '"padding" is for models whose inputs have an open size, and none has';
  const second = open.find(({ shape }) => shape.some((size) => size < -1));
  if (second !== undefined) return `"padding" is for one open size, the first; input "${second.name}" has another`;
  const long = outputs.find(({ shape }) => shape.some((size) => size < 0));
  if (long !== undefined)
    return `"padding" is for outputs of a fixed size, and output "${long.name}" is as long as its input; leave it out: each size then runs on its own`;
  const spec = mask && inputs.find(({ name }) => name === mask.name);
  if (mask !== undefined && (spec === undefined || spec.shape.length !== 1 || spec.shape[0] !== -1))
    return `padding.mask is "${mask.name}", expected an input of shape [?]; it has ${inputs.map(({ name }) => `"${name}"`).join(', ')}`;
  return undefined;
}

/** Runs one row as it is, and padded. Returns how the answers differ, or why it fails. */
export async function paddingChanges(
  engine: Engine,
  model: EngineModel,
  padding: Padding,
): Promise<string | undefined> {
  const padded = padding.sizes.at(-1) ?? 1;
  const size = Math.max(1, Math.floor(padded / 2));
  const [one, two] = [await run(engine, model, padding, size, size), await run(engine, model, padding, size, padded)];
  if (typeof one === 'string') return one;
  if (typeof two === 'string') return two;
  const largest = Math.max(1, ...one.map(Math.abs));
  const at = one.findIndex((value, i) => Math.abs(value - (two[i] ?? Number.NaN)) > TOLERANCE * largest);
  return at < 0
    ? undefined
    : `a row of size ${size} is answered with ${one[at]}, and with ${two[at]} when padded to ${padded}`;
}

/** The first output for a made-up row of this size, padded to another. */
async function run(
  engine: Engine,
  model: EngineModel,
  { value, mask }: Padding,
  size: number,
  padded: number,
): Promise<readonly number[] | string> {
  const at = engineModelAt(model, [padded]);
  const buffer = new ArrayBuffer(batchBytes(at, 1, 0));
  const views = viewBatch(at, 1, buffer);
  for (const [index, { name, dtype, shape }] of at.inputs.entries()) {
    const target = views.inputs[index] ?? new Float32Array();
    const isOpen = model.inputs[index]?.shape[0] === -1;
    const own = isOpen ? size * elementCount(shape.slice(1)) : target.length;
    for (let i = 0; i < target.length; i++) {
      const made = ((i * 0x9e3779b1) >>> 0) / 2 ** 32;
      const element = name === mask?.name ? 1 : dtype === 'float32' ? made : Math.round(made);
      target[i] = i < own ? element : name === mask?.name ? 0 : value;
    }
  }
  const outcome = await engine.run(at, { rows: 1, buffer, hangMs: HANG_MS });
  if (outcome.status !== 'done') return `it fails when padded: ${outcome.reason}`;
  return Array.from(viewBatch(at, 1, outcome.buffer).outputs[0] ?? []);
}
