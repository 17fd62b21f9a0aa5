/** SavedModels on the native engine: dtypes, signatures, damage. */

import { readFile, realpath, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openBackend } from '../../dist/server/engine/backend/backend.js';
import { tfjsRuntime } from '../../dist/server/engine/tfjs/tfjs-runtime.js';
import { runtimeContract } from '../../dist/server/testing/runtime-contract.js';
import type { ModelSession } from '../../server/contracts/runtime.js';
import { batchBytes, viewBatch } from '../../shared/batch-layout.js';
import { Random } from '../support/random.js';
import { identity, type SavedModel, scaling, square, writeSavedModel } from '../support/saved-models.js';
import { withFolder } from '../support/tiny-models.js';

const opening = await openBackend('native');
if (!opening.ok && process.env.CI) throw new Error(opening.reason);
const runtime = tfjsRuntime({ backend: 'auto', graphCapture: true });

async function open(folder: string, options: Record<string, unknown> = {}): Promise<ModelSession | string> {
  const source = {
    ref: 'saved@1',
    folder: await realpath(folder),
    file: 'model.json',
    runtime: 'saved-model',
    inputs: [],
    featuriser: undefined,
    options,
  };
  const reading = await runtime.readFiles?.(source);
  if (!reading?.ok) return reading?.problem ?? 'no files';
  const opened = await runtime.openSession({ ...source, files: reading.files });
  return opened.ok ? opened.session : opened.problem;
}

async function answer(
  session: ModelSession | string,
  values: readonly number[],
  rows: number,
): Promise<readonly number[]> {
  if (typeof session === 'string') throw new Error(session);
  const specs = session.describe();
  const views = viewBatch(specs, rows, new ArrayBuffer(batchBytes(specs, rows, 0)));
  views.inputs[0]?.set(values);
  await session.run(views, rows);
  return [...(views.outputs[0] ?? [])];
}

/** Writes a model, opens it and passes both on. */
async function withModel<T>(
  model: SavedModel,
  use: (session: ModelSession | string, folder: string) => Promise<T> | T,
  options: Record<string, unknown> = {},
): Promise<T> {
  return withFolder(async (folder) => {
    await writeSavedModel(folder, model);
    const session = await open(folder, options);
    try {
      return await use(session, folder);
    } finally {
      if (typeof session !== 'string') session.dispose();
    }
  });
}

describe.skipIf(!opening.ok)('a SavedModel', () => {
  test('meets the contract of a runtime', async () => {
    await withFolder(async (folder) => {
      await writeSavedModel(join(folder, 'model'), scaling(3));
      await writeSavedModel(join(folder, 'other'), scaling(3));
      const source = { folder: join(folder, 'model'), runtime: 'saved-model' };
      const right = (row: readonly number[]) => row.map((x) => 3 * x);
      for (const { run } of runtimeContract({ runtime, source, right })) await run();
    });
  });

  test.each([
    ['int64', [1, -2, 2_147_483_647, -2_147_483_648]],
    ['int32', [1, -2, 2_147_483_647, -2_147_483_648]],
    ['uint8', [0, 1, 255]],
    ['int8', [-128, 127]],
    ['uint16', [0, 65_535]],
    ['int16', [-32_768, 32_767]],
    ['double', [0.5, -1e30]],
    ['half', [0.5, -2048]],
    ['bfloat16', [0.5, -256]],
    ['bool', [0, 1]],
    ['float', [0.5, -1e30]],
  ] as const)('of %s gives back what it takes', async (type, values) => {
    await withModel(identity(type), async (session) => {
      const isFloat = ['float', 'double', 'half', 'bfloat16'].includes(type);
      const right = isFloat ? [...Float32Array.from(values)] : values;
      expect(await answer(session, values, values.length)).toEqual(right);
    });
  });

  test('does not wrap what does not fit', async () => {
    await withModel(square(), async (session) => {
      expect(await answer(session, [46_340], 1)).toEqual([2_147_395_600]);
      await expect(answer(session, [46_341], 1)).rejects.toThrow(
        'output "y" has 2147488281, an int64 that does not fit int32',
      );
      expect(await answer(session, [-3], 1)).toEqual([9]);
    });
    await withModel(identity('uint8'), async (session) => {
      await expect(answer(session, [256], 1)).rejects.toThrow('input "x" has 256, the model takes uint8: 0 to 255');
      await expect(answer(session, [-1], 1)).rejects.toThrow('input "x" has -1');
    });
  });

  test('with a fixed batch runs row by row', async () => {
    await withModel(scaling(2, 1), async (session) => {
      expect(await answer(session, [1, 2, 3, 4, 5, 6], 3)).toEqual([2, 4, 6, 8, 10, 12]);
    });
  });

  test('has the signature that is asked for', async () => {
    const { nodes, signatures } = scaling(3);
    const both = {
      nodes,
      signatures: { one: signatures.serving_default, two: signatures.serving_default },
    } as SavedModel;
    await withModel(both, (session) =>
      expect(session).toBe(
        'saved_model.pb has no signature "serving_default"; it has "one", "two": put "options": { "signature": NAME } in manifest.json',
      ),
    );
    await withModel(both, async (session) => expect(await answer(session, [1, 2], 1)).toEqual([3, 6]), {
      signature: 'two',
    });
    await withModel(
      both,
      (session) => expect(session).toBe('saved_model.pb has no signature "three"; it has "one", "two"'),
      { signature: 'three' },
    );
    await withModel({ nodes, signatures: {} }, (session) =>
      expect(session).toContain('has no signature; export the model with one'),
    );
    await withModel(
      scaling(3),
      (session) => expect(session).toContain('options.tags is not known; saved-model takes "engine" and "signature"'),
      { tags: 'x' },
    );
  });

  test('of a dtype that cannot be carried is refused', async () => {
    await withModel(identity('complex64'), (session) => expect(session).toContain('has dtype DT_COMPLEX64'));
    await withModel(identity('string'), (session) =>
      expect(session).toContain('none of its outputs is a tensor of numbers'),
    );
  });

  test('that is damaged is refused in one line, or still whole', async () => {
    const random = new Random(7);
    let refused = 0;
    for (let i = 0; i < 50; i++) {
      await withModel(scaling(3), async (_, folder) => {
        const file = join(folder, 'saved_model.pb');
        const bytes = await readFile(file);
        const cut = i % 2 === 0 ? bytes.subarray(0, random.below(bytes.length)) : bytes;
        for (let n = 0; n < (i % 2) * 3; n++) {
          const at = random.below(cut.length);
          cut[at] = (cut[at] ?? 0) ^ (1 << random.below(8));
        }
        await writeFile(file, cut);
        const session = await open(folder);
        if (typeof session === 'string') {
          refused += 1;
          expect(session).toMatch(/^[^\n]{1,600}$/);
        } else session.dispose();
      });
    }
    expect(refused).toBeGreaterThan(20);
  });

  test('whose op is not there is told so', async () => {
    const { nodes, signatures } = scaling(3);
    const odd = nodes.map((node) => (node.op === 'Mul' ? { ...node, op: 'Multiplying' } : node));
    await withModel({ nodes: odd, signatures }, (session) =>
      expect(session).toBe(
        'TensorFlow 2.15 of this engine has no op Multiplying; export the model without it, or for TensorFlow 2.15',
      ),
    );
  });

  test('without its file is told so', async () => {
    await withFolder(async (folder) => {
      await writeSavedModel(folder, scaling(3));
      await writeFile(join(folder, 'saved_model.pb'), '');
      expect(await open(folder)).toContain('saved_model.pb holds no graph');
    });
  });
});
