/** Determines which of a model's outputs callers get, and how each is carried. Pure. */

import { CARRIED_TYPES, CARRIERS, type CarriedType, type Carrier, isCarried } from '../dtypes.js';
import { type HeaderValue, NO_TYPE } from '../file/value-info.js';

/** An output that callers get; its shape is learned from runs. */
export interface KeptOutput {
  readonly name: string;
  readonly type: CarriedType;
  readonly carrier: Carrier;
}

export type OutputsSettled =
  | {
      readonly ok: true;
      readonly outputs: readonly KeptOutput[];
      /** Names of those that are left out because they hold strings. */
      readonly leftOut: readonly string[];
      /** False when the file does not say the type of an output: it is then in neither list. */
      readonly isComplete: boolean;
    }
  | { readonly ok: false; readonly problem: string };

/** @param wanted names of those that callers get, in this order. @default all */
export function settleOutputs(all: readonly HeaderValue[], wanted?: readonly string[]): OutputsSettled {
  const absent = wanted?.find((name) => !all.some((value) => value.name === name));
  if (absent !== undefined) {
    const names = all.map(({ name }) => `"${name}"`).join(', ');
    return refuse(`options.outputs in manifest.json has "${absent}", the model's outputs are ${names}`);
  }
  const model = wanted?.flatMap((name) => all.find((value) => value.name === name) ?? []) ?? all;
  const outputs: KeptOutput[] = [];
  const leftOut: string[] = [];
  for (const { name, kind, type } of model) {
    if (kind === 'sequence' || kind === 'map') {
      const remedy = "a classifier of scikit-learn is exported with options={'zipmap': False}";
      return refuse(`output "${name}" is a ${kind}, expected a tensor: ${remedy}`);
    }
    if (kind === NO_TYPE) continue;
    if (kind !== 'tensor')
      return refuse(`output "${name}" is a ${kind}, expected a tensor: export the model with tensors alone`);
    if (type === 'string') leftOut.push(name);
    else if (isCarried(type)) outputs.push({ name, type, carrier: CARRIERS[type] });
    else return refuse(`output "${name}" has dtype ${type}, expected ${CARRIED_TYPES}: cast it in the model`);
  }
  const isComplete = outputs.length + leftOut.length === model.length;
  if (outputs.length > 0 || !isComplete) return { ok: true, outputs, leftOut, isComplete };
  const [strings] = leftOut;
  if (strings === undefined) return refuse('it has no outputs');
  return refuse(`output "${strings}" holds strings, which the hub does not carry: export the model with numbers`);
}

function refuse(problem: string): OutputsSettled {
  return { ok: false, problem };
}
