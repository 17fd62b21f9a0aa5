import { mkdir, readFile, realpath, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readModelFiles } from '../../../server/engine/tfjs/model-files.js';
import { withFolder, writeGraph, writeJson, writeLinear } from '../../support/tiny-models.js';

/** The problem reported for the files of a linear model after `spoil`. */
async function problemOf(spoil: (folder: string) => Promise<void>): Promise<string> {
  return withFolder(async (root) => {
    const folder = join(await realpath(root), 'model');
    await writeLinear(folder);
    await spoil(folder);
    const reading = await readModelFiles(folder, 'model.json');
    return reading.ok ? 'nothing' : reading.problem.replaceAll(folder, '<folder>');
  });
}

/** Rewrites model.json. */
function rewrite(
  change: (model: Record<string, unknown>) => Record<string, unknown>,
): (folder: string) => Promise<void> {
  return async (folder) => {
    const path = join(folder, 'model.json');
    await writeJson(path, change(JSON.parse(await readFile(path, 'utf8'))));
  };
}

function weightsAt(path: string): (folder: string) => Promise<void> {
  const weights = [{ name: 'dense/kernel', shape: [2], dtype: 'float32' }];
  return rewrite((model) => ({ ...model, weightsManifest: [{ paths: [path], weights }] }));
}

describe('the files of a model', () => {
  it('may have a byte order mark and the line ends of Windows; UTF-16 is told', async () => {
    await withFolder(async (root) => {
      const folder = await realpath(root);
      await writeLinear(folder);
      const path = join(folder, 'model.json');
      const text = JSON.stringify(JSON.parse(await readFile(path, 'utf8')), undefined, 2).replaceAll('\n', '\r\n');
      await writeFile(path, `\ufeff${text}`);
      const reading = await readModelFiles(folder, 'model.json');
      expect(reading.ok && reading.files.modelJson).toBe(text);
      await writeFile(path, Buffer.from(`\ufeff${text}`, 'utf16le'));
      expect(await readModelFiles(folder, 'model.json')).toEqual({
        ok: false,
        problem: expect.stringContaining('model.json is not JSON (it is UTF-16; save it as UTF-8): '),
      });
    });
  });

  it('are read whole, with the kind of model they hold', async () => {
    await withFolder(async (root) => {
      const folder = await realpath(root);
      await writeLinear(join(folder, 'linear'), 3, 4);
      await writeGraph(join(folder, 'graph'));
      const linear = await readModelFiles(join(folder, 'linear'), 'model.json');
      const graph = await readModelFiles(join(folder, 'graph'), 'model.json');
      expect(linear).toMatchObject({ ok: true, files: { runtime: 'tfjs-layers' } });
      expect(linear.ok && [...new Float32Array(linear.files.weights)]).toEqual([3, 4]);
      expect(graph).toMatchObject({ ok: true, files: { runtime: 'tfjs-graph' } });
    });
  });

  const cases: readonly (readonly [string, (folder: string) => Promise<void>, string])[] = [
    [
      'truncated weights',
      (folder) => truncate(join(folder, 'weights.bin'), 7),
      'weights.bin: 7 bytes, but model.json describes 8; export or copy the model again',
    ],
    ['weights that are missing', weightsAt('gone.bin'), 'gone.bin does not exist in <folder>'],
    ['weights at an absolute path', weightsAt('/etc/hostname'), "/etc/hostname is no path inside the model's folder"],
    [
      'weights at an address',
      weightsAt('https://example.org/w.bin'),
      "https://example.org/w.bin is no path inside the model's folder",
    ],
    ['text that is no JSON', (folder) => writeJson(join(folder, 'model.json'), '{ "format"'), 'model.json is not JSON'],
    [
      'JSON that is no model',
      (folder) => writeJson(join(folder, 'model.json'), '[1]'),
      'model.json is no TensorFlow.js model: it has no "modelTopology"',
    ],
    [
      'no weights manifest',
      rewrite(({ weightsManifest, ...model }) => model),
      'model.json has no "weightsManifest": its weights are missing',
    ],
    [
      'a weight of unknown dtype',
      rewrite((model) => ({
        ...model,
        weightsManifest: [{ paths: [], weights: [{ name: 'w', shape: [1], dtype: 'float64' }] }],
      })),
      'weight w in model.json has dtype "float64"',
    ],
    [
      'a weight of negative size',
      rewrite((model) => ({
        ...model,
        weightsManifest: [{ paths: [], weights: [{ name: 'w', shape: [-1], dtype: 'float32' }] }],
      })),
      'weight w in model.json has a bad shape',
    ],
    [
      'an unknown format',
      rewrite((model) => ({ ...model, format: 'onnx', modelTopology: {} })),
      'model.json has format "onnx", expected "layers-model" or "graph-model"',
    ],
  ];
  it.each(cases)('are refused in one line with %s', async (_, spoil, expected) => {
    const problem = await problemOf(spoil);
    expect(problem).toContain(expected);
    expect(problem).not.toContain('\n');
  });

  it('may not lead out of the folder, neither by dots nor by a link', async () => {
    const outside = async (folder: string): Promise<void> => {
      await writeFile(join(folder, '..', 'secret.bin'), new Uint8Array(8));
    };
    const dots = await problemOf(async (folder) => {
      await outside(folder);
      await weightsAt('../secret.bin')(folder);
    });
    const link = await problemOf(async (folder) => {
      await outside(folder);
      await symlink(join(folder, '..', 'secret.bin'), join(folder, 'link.bin'));
      await weightsAt('link.bin')(folder);
    });
    expect(await problemOf(weightsAt('..'))).toBe(".. leads out of the model's folder; put the file itself there");
    expect(dots).toBe("../secret.bin leads out of the model's folder; put the file itself there");
    expect(link).toBe("link.bin leads out of the model's folder; put the file itself there");
  });

  it('may be links inside the folder', async () => {
    const problem = await problemOf(async (folder) => {
      await mkdir(join(folder, 'data'));
      await writeFile(join(folder, 'data', 'w.bin'), new Uint8Array(8));
      await symlink(join('data', 'w.bin'), join(folder, 'link.bin'));
      await weightsAt('link.bin')(folder);
    });
    expect(problem).toBe('nothing');
  });
});
