/** The `options` of a manifest for this runtime. Pure. */

/** What a manifest may say. */
export interface OnnxOptions {
  /** `auto`: the native library where it is installed, else WebAssembly. @default auto */
  readonly engine: 'auto' | 'node' | 'wasm';
  /** Threads of one run, on the native library. @default 1 */
  readonly threads: number;
  /** Names of the outputs that callers get, in this order. @default all, in the model's order */
  readonly outputs: readonly string[] | undefined;
}

export type OptionsParsed =
  | { readonly ok: true; readonly options: OnnxOptions }
  | { readonly ok: false; readonly problem: string };

const ENGINES = ['auto', 'node', 'wasm'] as const;
const MOST_THREADS = 256;
const KNOWN = ['engine', 'threads', 'outputs'];

export function parseOptions(given: Readonly<Record<string, unknown>>): OptionsParsed {
  const stray = Object.keys(given).find((name) => !KNOWN.includes(name));
  if (stray !== undefined) return refuse(`has "${stray}", which is not known; known are ${KNOWN.join(', ')}`);
  const { engine = 'auto', threads = 1, outputs } = given;
  const known = ENGINES.find((name) => name === engine);
  if (known === undefined) return refuse(`.engine is ${shown(engine)}, expected ${ENGINES.join(', ')}`);
  if (typeof threads !== 'number' || !Number.isInteger(threads) || threads < 1 || threads > MOST_THREADS)
    return refuse(`.threads is ${shown(threads)}, expected a whole number from 1 to ${MOST_THREADS}`);
  if (known === 'wasm' && threads > 1)
    return refuse(`.threads is ${threads}, but the engine wasm computes on one thread: leave it out, or use "node"`);
  if (outputs !== undefined && !isNames(outputs))
    return refuse(`.outputs is ${shown(outputs)}, expected a list of different names of outputs`);
  return { ok: true, options: { engine: known, threads, outputs } };
}

function isNames(value: unknown): value is readonly string[] {
  if (!Array.isArray(value) || value.length === 0 || new Set(value).size < value.length) return false;
  return value.every((name) => typeof name === 'string');
}

function refuse(what: string): OptionsParsed {
  return { ok: false, problem: `manifest.json: options${what.startsWith('.') ? '' : ' '}${what}` };
}

function shown(value: unknown): string {
  return (JSON.stringify(value) ?? String(value)).slice(0, 60);
}
