/** The native library, by the package onnxruntime-node, which the operator installs. */

import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type EngineOpening, type Ort, QUIET } from './engine.js';

const PACKAGE = 'onnxruntime-node';
/** Its library needs no install script. */
const INSTALL = `npm i ${PACKAGE}`;
/** Below it, sessions do not say what they take. */
const LEAST = [1, 23] as const;

/** Loads it. Never rejects. */
export async function openNodeEngine(): Promise<EngineOpening> {
  let module: unknown;
  try {
    module = await load();
  } catch (cause) {
    return missing(cause);
  }
  // A CommonJS package: Node may find its names, or only the default.
  const ort = (hasSession(module) ? module : (module as { readonly default?: unknown }).default) as Ort;
  const version = hasSession(ort) ? (ort.env.versions.node ?? 'of unknown version') : undefined;
  if (version === undefined || isOlder(version)) {
    const what = version === undefined ? 'has no InferenceSession' : `is ${version}, older than ${LEAST.join('.')}`;
    return { ok: false, reason: `${PACKAGE} ${what}`, remedy: `${INSTALL}@1.30.0` };
  }
  ort.env.logLevel = QUIET;
  return { ok: true, engine: { name: 'node', version, ort, fillsOutputs: true, readsShared: false } };
}

/** Beside this package, else in the folder of the program: the two differ when this one is linked. */
async function load(): Promise<unknown> {
  try {
    return await import(PACKAGE);
  } catch (cause) {
    if (!isAbsent(cause)) throw cause;
    let found: string;
    try {
      found = createRequire(join(process.cwd(), 'package.json')).resolve(PACKAGE);
    } catch {
      throw cause;
    }
    return import(pathToFileURL(found).href);
  }
}

function missing(cause: unknown): EngineOpening {
  if (isAbsent(cause)) return { ok: false, reason: `${PACKAGE} is not installed`, remedy: INSTALL };
  const [line = ''] = (cause instanceof Error ? cause.message : String(cause)).split('\n', 1);
  const machine = `${process.platform}-${process.arch}`;
  if (line.includes('onnxruntime_binding.node') && line.includes('Cannot find module'))
    return { ok: false, reason: `${PACKAGE} has no library for ${machine}`, remedy: 'use wasm' };
  // As on a Linux without glibc.
  return { ok: false, reason: `${PACKAGE} cannot be loaded: ${line}`, remedy: `${INSTALL}, or use wasm` };
}

function isAbsent(cause: unknown): boolean {
  if (!(cause instanceof Error) || !('code' in cause)) return false;
  const isMissing = cause.code === 'ERR_MODULE_NOT_FOUND' || cause.code === 'MODULE_NOT_FOUND';
  return isMissing && cause.message.includes(`'${PACKAGE}'`);
}

function hasSession(module: unknown): module is Ort {
  return typeof module === 'object' && module !== null && 'InferenceSession' in module && 'env' in module;
}

function isOlder(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major < LEAST[0] || (major === LEAST[0] && minor < LEAST[1]);
}
