import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readOnnxFiles } from '../src/file/onnx-files.js';
import { linear, linearOutside, withFolder, writeFileIn, writeOnnx } from './support/onnx-models.js';
import { answers, openFolder } from './support/open.js';

const WEIGHTS = new Uint8Array(Float32Array.of(2, 1).buffer);

/** The problem of a folder with model.onnx and what `make` puts beside it. */
function problemIn(
  location: string,
  make: (folder: string, root: string) => Promise<unknown> = async () => undefined,
): Promise<string> {
  return withFolder(async (root) => {
    const folder = join(root, 'model');
    await writeFileIn(join(folder, 'model.onnx'), writeOnnx(linearOutside(location)));
    await make(folder, root);
    const reading = await readOnnxFiles(folder, 'model.onnx');
    return reading.ok ? 'it is read' : reading.problem.replaceAll(root, '<root>');
  });
}

describe('weights in another file', () => {
  test.each(['node', 'wasm'])('are read once and found by the engine %s', (engine) =>
    withFolder(async (folder) => {
      await writeFileIn(join(folder, 'model.onnx'), writeOnnx(linearOutside('weights/all.bin')));
      await writeFileIn(join(folder, 'weights/all.bin'), WEIGHTS);
      const opening = await openFolder(folder, { options: { engine } });
      if (!opening.ok) throw new Error(opening.problem);
      expect(await answers(opening.session, 2, [[1, 2]])).toEqual([[3, 5]]);
      opening.session.dispose();
    }),
  );

  test('are named when they are missing, too short, or no file', async () => {
    expect(await problemIn('w.bin')).toBe(
      'w.bin, which holds the weights "two" of model.onnx, does not exist in <root>/model; put it there',
    );
    expect(await problemIn('w.bin', (folder) => writeFileIn(join(folder, 'w.bin'), WEIGHTS.slice(0, 6)))).toBe(
      'w.bin, which holds the weights "one" of model.onnx, has only 6 bytes; export or copy it again',
    );
    expect(await problemIn('w.bin', (folder) => mkdir(join(folder, 'w.bin')))).toContain('is no file');
  });

  test('are refused outside the folder, however they are named', async () => {
    const beside = (_folder: string, root: string): Promise<void> => writeFileIn(join(root, 'w.bin'), WEIGHTS);
    expect(await problemIn('../w.bin', beside)).toBe(
      '../w.bin, which holds the weights "two" of model.onnx, leads out of the model\'s folder; put the file itself there',
    );
    expect(
      await problemIn('w.bin', async (folder, root) => {
        await beside(folder, root);
        await symlink(join(root, 'w.bin'), join(folder, 'w.bin'));
      }),
    ).toContain("leads out of the model's folder");
    expect(await problemIn('..')).toContain("leads out of the model's folder");
    expect(await problemIn('/etc/passwd')).toContain("is no path inside the model's folder");
    const marker = '*/_ORT_MEM_ADDR_/*';
    expect(await problemIn(marker, (folder) => writeFileIn(join(folder, marker), WEIGHTS))).toContain('is no file');
  });
});

test('a file that is not there is named', () =>
  withFolder(async (folder) => {
    expect(await readOnnxFiles(folder, 'model.onnx')).toEqual({
      ok: false,
      problem: `model.onnx does not exist in ${folder}; put it there`,
    });
  }));

test('what is read is in shared memory, with inputs and outputs but without weights among the inputs', () =>
  withFolder(async (folder) => {
    const model = linear();
    const listed = { ...model, inputs: [...model.inputs, { name: 'two', type: 'float32' as const, shape: [1] }] };
    await writeFileIn(join(folder, 'a.onnx'), writeOnnx(listed));
    const reading = await readOnnxFiles(folder, 'a.onnx');
    expect(reading).toMatchObject({
      ok: true,
      files: {
        file: 'a.onnx',
        header: {
          inputs: [{ name: 'x', kind: 'tensor', type: 'float32', shape: ['batch', 1] }],
          outputs: [{ name: 'y', kind: 'tensor', type: 'float32', shape: ['batch', 1] }],
          external: [],
        },
      },
    });
    expect(reading.ok && reading.files.model).toBeInstanceOf(SharedArrayBuffer);
  }));
