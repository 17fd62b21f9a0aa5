/** Loading and unloading a model again and again leaves nothing behind, on each engine. */

import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { openBackend } from '../../dist/server/engine/backend/backend.js';
import { times } from '../support/long-form.js';
import { scaling, writeSavedModel } from '../support/saved-models.js';
import { withFolder, writeGraph, writeMlp } from '../support/tiny-models.js';

const native = await openBackend('native');
if (!native.ok && process.env.CI) throw new Error(native.reason);

/** 1,000 in the long form. */
const CYCLES = times(1000, 40);
/** Of the whole, after the first tenth: what is compiled and cached is held by then. */
const MOST_GROWTH = 20 * 2 ** 20;

interface Reading {
  readonly cycle: number;
  readonly rss: number;
  readonly tensors: number;
}

async function cyclesOf(runtime: string, folder: string, ...more: readonly string[]): Promise<readonly Reading[]> {
  const script = fileURLToPath(new URL('../support/load-cycles.mjs', import.meta.url));
  // A small young generation: its growth is no leak.
  const args = ['--expose-gc', '--max-semi-space-size=2', script, runtime, folder, String(CYCLES), ...more];
  const { stdout } = await promisify(execFile)(process.execPath, args, { maxBuffer: 1 << 20 });
  return stdout.split('\n').flatMap((line) => (line.startsWith('{') ? [JSON.parse(line) as Reading] : []));
}

/** What is wrong; empty when nothing is. */
function growth(readings: readonly Reading[]): readonly string[] {
  const [first, last] = [readings[0], readings.at(-1)];
  if (first === undefined || last === undefined) return ['it has no readings'];
  const problems: string[] = [];
  if (last.tensors !== first.tensors) problems.push(`${first.tensors} tensors, then ${last.tensors}`);
  if (last.rss - first.rss > MOST_GROWTH) problems.push(`${first.rss} bytes, then ${last.rss}`);
  return problems;
}

describe('a model that is loaded and unloaded many times', () => {
  test.each([
    ['a layers model on wasm', 'tfjs:wasm', (folder: string) => writeMlp(folder, [8, 16, 3])],
    ['a graph model on cpu', 'tfjs:cpu', (folder: string) => writeGraph(folder)],
  ])('%s leaves nothing behind', async (_, runtime, write) => {
    await withFolder(async (folder) => {
      await write(join(folder, 'm'));
      expect(growth(await cyclesOf(runtime, join(folder, 'm')))).toEqual([]);
    });
  });

  test.skipIf(!native.ok).each([
    ['a captured model', 'tfjs:native', (folder: string) => writeMlp(folder, [8, 16, 3])],
    ['a SavedModel', 'saved-model:native', (folder: string) => writeSavedModel(folder, scaling(2))],
  ])('%s leaves nothing behind on native', async (_, runtime, write) => {
    await withFolder(async (folder) => {
      await write(join(folder, 'm'));
      expect(growth(await cyclesOf(runtime, join(folder, 'm')))).toEqual([]);
    });
  });

  test('with one tensor kept for each batch it does not pass', async () => {
    await withFolder(async (folder) => {
      await writeMlp(join(folder, 'm'), [8, 16, 3]);
      expect(growth(await cyclesOf('tfjs:wasm', join(folder, 'm'), 'leak'))).not.toEqual([]);
    });
  });
});
