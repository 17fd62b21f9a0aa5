import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { GraphCache, graphKey } from '../../../server/engine/tfjs/capture/graph-cache.js';
import { withFolder, writeJson } from '../../support/tiny-models.js';

/** A cache in an empty folder, and a graph to keep. */
function withCache(use: (cache: GraphCache, folder: string, made: string) => Promise<void>): Promise<void> {
  return withFolder(async (root) => {
    const made = join(root, 'made');
    await writeJson(join(made, 'saved_model.pb'), 'a graph');
    await use(new GraphCache(join(root, 'cache')), join(root, 'cache'), made);
  });
}

const KEY = graphKey(['a model', Uint8Array.of(1, 2)]);

test('a graph is found by the content that it was made of, and by no other', async () => {
  await withCache(async (cache, folder, made) => {
    expect(await cache.find(KEY)).toBeUndefined();
    await cache.keep(KEY, { folder: made, outputs: ['y:0'] });
    expect(await cache.find(KEY)).toEqual({ folder: join(folder, KEY), outputs: ['y:0'] });
    expect(await readFile(join(folder, KEY, 'saved_model.pb'), 'utf8')).toBe('a graph');
    expect(await cache.find(graphKey(['a model', Uint8Array.of(1, 3)]))).toBeUndefined();
    expect(graphKey(['ab', 'c'])).not.toBe(graphKey(['a', 'bc']));
    await cache.forget(KEY);
    expect(await cache.find(KEY)).toBeUndefined();
  });
});

test('what is damaged is not found, and is replaced', async () => {
  await withCache(async (cache, folder, made) => {
    await cache.keep(KEY, { folder: made, outputs: ['y:0'] });
    await writeFile(join(folder, KEY, 'outputs.json'), '["y:0"');
    expect(await cache.find(KEY)).toBeUndefined();
    await cache.keep(KEY, { folder: made, outputs: ['z:0'] });
    expect(await cache.find(KEY)).toMatchObject({ outputs: ['z:0'] });
  });
});

test('of many graphs the oldest are removed, and nothing half written stays', async () => {
  await withCache(async (cache, folder, made) => {
    for (let i = 0; i < 35; i++) await cache.keep(graphKey([String(i)]), { folder: made, outputs: [] });
    expect(await readdir(folder)).toHaveLength(32);
    expect(await cache.find(graphKey(['34']))).toBeDefined();
    await cache.keep(KEY, { folder: join(made, 'nowhere'), outputs: [] });
    expect(await readdir(folder)).toHaveLength(32);
  });
});

test('a folder that cannot be written is no fault', async () => {
  await withFolder(async (root) => {
    await writeFile(join(root, 'file'), '');
    const cache = new GraphCache(join(root, 'file'));
    await cache.keep(KEY, { folder: root, outputs: [] });
    expect(await cache.find(KEY)).toBeUndefined();
  });
});
