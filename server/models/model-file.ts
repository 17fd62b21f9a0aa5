/** The files by which a folder is known as a model, and the runtime of each. Knows names alone. */

/** Of a TensorFlow.js model; without another, runtimes that read their folder themselves are told this one. */
export const MODEL_FILE = 'model.json';

/** One kind of model file. */
interface Kind {
  /** The name that it has, or is expected to have where there are several. */
  readonly usual: string;
  /** Of files that may have any name. */
  readonly ending?: string;
  /** Undefined: the file itself says it. */
  readonly runtime?: string;
  /** Names of runtimes that read it. */
  readonly runtimes: readonly string[];
}

/** First the one that is served where a folder has several. */
const KINDS: readonly Kind[] = [
  { usual: MODEL_FILE, runtimes: ['tfjs-layers', 'tfjs-graph'] },
  { usual: 'model.onnx', ending: '.onnx', runtime: 'onnx', runtimes: ['onnx'] },
  { usual: 'saved_model.pb', runtime: 'saved-model', runtimes: ['saved-model'] },
];

/** Runtimes of packages that model files alone ask for. */
export const FILE_RUNTIMES: readonly string[] = KINDS.flatMap(({ runtime }) => runtime ?? []);

/** For messages. */
export const MODEL_FILES = 'a model.json, an .onnx file or a saved_model.pb';

/** The model file of a folder; or why there is none, in words that follow the name of the folder. */
export type FileChoice =
  | {
      readonly ok: true;
      readonly file: string;
      /** What the manifest says, else the runtime of the file; undefined when the file itself says it. */
      readonly runtime: string | undefined;
      /** Other model files in the folder, which are not served. */
      readonly unused: readonly string[];
    }
  | { readonly ok: false; readonly problem: string };

/** Named in the problem of a folder with several. */
const MOST_NAMED = 5;

export function isModelFile(name: string): boolean {
  return KINDS.some((kind) => isOf(kind, name));
}

/** True for a file whose name alone makes its folder a model, whatever is beside it. */
export function isUsualName(name: string): boolean {
  return KINDS.some(({ usual }) => name === usual);
}

/** @param runtime what the manifest says. */
export function chooseFile(names: readonly string[], runtime: string | undefined): FileChoice {
  const kind =
    runtime === undefined
      ? KINDS.find((one) => names.some((name) => isOf(one, name)))
      : KINDS.find(({ runtimes }) => runtimes.includes(runtime));
  if (kind === undefined) return { ok: true, file: MODEL_FILE, runtime, unused: [] };
  const own = names.filter((name) => isOf(kind, name));
  const several = own.length > 1 && !own.includes(kind.usual);
  if (several) {
    const list = `${own.slice(0, MOST_NAMED).join(', ')}${own.length > MOST_NAMED ? ', ...' : ''}`;
    return { ok: false, problem: `holds several models (${list}); call one ${kind.usual}, or give one as --model` };
  }
  const file = own.length === 1 ? (own[0] ?? kind.usual) : kind.usual;
  const unused = names.filter((name) => isModelFile(name) && name !== file);
  return { ok: true, file, runtime: runtime ?? kind.runtime, unused };
}

/** The runtime of a file of this name. */
export function runtimeOf(name: string): string | undefined {
  return KINDS.find((kind) => isOf(kind, name))?.runtime;
}

/** Why a model file is not served that stands beside one that is. */
export function unusedWhy(name: string, served: string): string {
  const runtime = KINDS.find((kind) => isOf(kind, name))?.runtimes[0];
  const isSame = runtimeOf(name) === runtimeOf(served);
  const remedy = isSame ? 'give it alone as --model' : `"runtime": "${runtime}" in manifest.json serves it instead`;
  return `it stands beside ${served}, which is served; ${remedy}`;
}

function isOf({ usual, ending }: Kind, name: string): boolean {
  return name === usual || (ending !== undefined && name.endsWith(ending) && name.length > ending.length);
}
