import { realpath } from 'node:fs/promises';
import { memory } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import type { ModelSource } from '../../../server/contracts/model-loader.js';
import type { ModelSession, SessionSource } from '../../../server/contracts/runtime.js';
import { tfjsRuntime } from '../../../server/engine/tfjs/tfjs-runtime.js';
import { batchBytes, specsAt, viewBatch } from '../../../shared/batch-layout.js';
import { writeMeans, writeRankFour, writeRate, writeStateful, writeTextHash } from '../../support/odd-models.js';
import { withFolder, writeGraph, writeLinear, writeMlp } from '../../support/tiny-models.js';

type Backend = 'auto' | 'wasm' | 'cpu';

/** Opens a model that `write` wrote and passes the session on, or why there is none. */
async function withSession<T>(
  write: (folder: string) => Promise<unknown>,
  use: (session: ModelSession | string) => T | Promise<T>,
  more: Partial<SessionSource> = {},
  backend: Backend = 'wasm',
): Promise<T> {
  return withFolder(async (root) => {
    const folder = await realpath(root);
    await write(folder);
    const runtime = tfjsRuntime({ backend, graphCapture: false });
    const none = { runtime: undefined, inputs: [], featuriser: undefined, options: {} };
    const source: ModelSource = { ref: 'odd@1', folder, file: 'model.json', ...none, ...more };
    const reading = await runtime.readFiles?.(source);
    if (!reading?.ok) throw new Error(reading?.problem);
    const opening = await runtime.openSession({ ...source, files: reading.files, ...more });
    try {
      return await use(opening.ok ? opening.session : opening.problem);
    } finally {
      if (opening.ok) opening.session.dispose();
    }
  });
}

/** The first output for rows of the first input, or for texts. */
async function answers(
  session: ModelSession | string,
  rows: readonly (readonly number[])[] | readonly string[],
): Promise<readonly number[]> {
  if (typeof session === 'string') throw new Error(session);
  const specs = session.describe();
  const texts = rows.map((row) => Buffer.from(typeof row === 'string' ? row : ''));
  const bytes = batchBytes(specs, rows.length, Buffer.concat(texts).length);
  const views = viewBatch(specs, rows.length, new ArrayBuffer(bytes));
  views.inputs[0]?.set(rows.flatMap((row) => (typeof row === 'string' ? [] : row)));
  views.text?.lengths.set(texts.map(({ length }) => length));
  views.text?.bytes.set(Buffer.concat(texts));
  await session.run(views, rows.length);
  return [...(views.outputs[0] ?? [])];
}

const why = (session: ModelSession | string): string =>
  typeof session === 'string' ? session : session.describe().why;

describe('a fixed batch', () => {
  const rows = [
    [1, 2],
    [3, 4],
    [5, 6],
    [7, 8],
    [9, 10],
  ];

  it.each([1, 2, 3, 5, 8])('of %i rows answers any number of rows, and says how it runs', async (batch) => {
    await withSession(
      (folder) => writeGraph(folder, [batch, 2]),
      async (session) => {
        expect(await answers(session, rows)).toEqual([21, 43, 65, 87, 109]);
        expect(await answers(session, rows.slice(0, 1))).toEqual([21]);
        expect(why(session)).toContain(batch === 1 ? 'one row at a time' : `${batch} rows at a time`);
      },
    );
  });

  it('of a layers model too', async () => {
    await withSession(
      (folder) => writeMlp(folder, [4, 3], 8),
      (session) => expect(why(session)).toContain('8 rows at a time'),
    );
  });

  it('with a state starts each row afresh', async () => {
    await withSession(writeStateful, async (session) => {
      expect(why(session)).toContain('reset');
      const { numTensors } = memory();
      const row = [1, 2, 3];
      expect(await answers(session, [row, row, [4, 5, 6]])).toEqual([6, 6, 15]);
      expect(await answers(session, [row])).toEqual([6]);
      expect(memory().numTensors).toBe(numTensors);
    });
  });
});

describe('a constant of the manifest', () => {
  it.each([[null], [[]], [[1]]])('fills an input of shape %j, which callers do not see', async (dims) => {
    const { numTensors } = memory();
    await withSession(
      (folder) => writeRate(folder, dims),
      async (session) => {
        expect(
          await answers(session, [
            [1, 2],
            [3, 4],
          ]),
        ).toEqual([3, 6, 9, 12]);
        expect(typeof session === 'string' ? [] : session.describe().inputs.map(({ name }) => name)).toEqual(['x']);
      },
      { constants: { rate: 3 } },
    );
    expect(memory().numTensors).toBe(numTensors);
  });

  it.each([
    ['is what the hint says', {}, '"constants": { "rate": 1 }'],
    [
      'is what the hint says to those who declare a scalar',
      { inputs: [{ name: 'rate', dtype: 'float32', shape: [] }] },
      '"constants": { "rate": 1 }',
    ],
    [
      'must be an input of the model',
      { constants: { rate: 1, other: 2 } },
      'has a constant "other", the model\'s inputs are "x", "rate"',
    ],
    [
      'must fit',
      { constants: { rate: 1, x: [1, 2, 3] } },
      'constants.x has 3 values, the model takes the shape [?, 2]',
    ],
    ['must be of the dtype', { constants: { rate: true } }, 'constants.rate is true, the model takes float32'],
    ['cannot be every input', { constants: { rate: 1, x: [1, 2] } }, 'leave out one'],
  ] as const)('%s', async (_, more, problem) => {
    await withSession(writeRate, (session) => expect(session).toContain(problem), more as Partial<SessionSource>);
  });
});

describe('an open size', () => {
  const means = (folder: string) => writeMeans(folder);

  it('is that of each run, and so are outputs of the same size', async () => {
    await withSession(means, async (session) => {
      if (typeof session === 'string') throw new Error(session);
      expect(session.describe()).toMatchObject({ inputs: [{ shape: [-1, 2] }], outputs: [{ shape: [2] }] });
      for (const size of [1, 3, 50]) {
        const specs = specsAt(session.describe(), [size]);
        const views = viewBatch(specs, 2, new ArrayBuffer(batchBytes(specs, 2, 0)));
        views.inputs[0]?.set(Array.from({ length: 4 * size }, (_, i) => i % 2));
        await session.run(views, 2, [size]);
        expect([...(views.outputs[0] ?? [])]).toEqual([0, 1, 0, 1]);
      }
    });
  });
});

describe('strings', () => {
  it.each([[[]], [[1]]])('of shape [rows, ...%j] are the text of callers', async (sizes) => {
    await withSession(
      (folder) => writeTextHash(folder, sizes),
      async (session) => {
        const texts = ['a text', '', 'naïve 🔥'];
        const together = await answers(session, texts);
        expect(new Set(together).size).toBe(3);
        for (const [row, text] of texts.entries()) expect(await answers(session, [text])).toEqual([together[row]]);
      },
    );
  });

  it('of more than one a row are refused', async () => {
    await withSession(
      (folder) => writeTextHash(folder, [2]),
      (session) => expect(session).toContain('takes strings of shape [?, 2], expected one a row'),
    );
  });
});

describe('an engine that refuses a model', () => {
  it('gives way to the next, and it is said why', async () => {
    await withSession(writeRankFour, async (session) => {
      expect(await answers(session, [Array(16).fill(3)])).toEqual(Array(16).fill(7));
      expect(typeof session === 'string' ? session : session.describe().engine).toBe('tfjs-cpu');
      expect(why(session)).toContain('wasm refused it (FusedConv2D only supports rank-1 bias but got rank 4.)');
    });
  });

  it('does not when the manifest or the hub asks for the last one', async () => {
    await withSession(
      writeLinear,
      (session) => expect(typeof session === 'string' ? session : session.describe().engine).toBe('tfjs-cpu'),
      { options: { engine: 'cpu' } },
    );
  });

  it('leaves no tensor behind', async () => {
    const { numTensors } = memory();
    await withSession(writeRankFour, () => undefined);
    await withSession(writeRate, () => undefined, { inputs: [{ name: 'rate', dtype: 'float32', shape: [] }] });
    expect(memory().numTensors).toBe(numTensors);
  });
});

describe('the engine of a model', () => {
  it("is the manifest's before the hub's, and the first thread's before both", async () => {
    const engineOf = (more: Partial<SessionSource>) =>
      withSession(writeLinear, (session) => (typeof session === 'string' ? session : session.describe().engine), more);
    expect(await engineOf({ options: { engine: 'cpu' } })).toBe('tfjs-cpu');
    expect(await engineOf({ options: { engine: 'wasm' }, engine: 'tfjs-cpu' })).toBe('tfjs-cpu');
    expect(await engineOf({ options: { engine: 'gpu' } })).toContain('options.engine must be');
    expect(await engineOf({ options: { motor: 'cpu' } })).toContain('options.motor is not known');
  });

  it('is one that was measured beside another, and says so', async () => {
    await withSession(writeLinear, (session) => expect(why(session)).toMatch(/measured|quicker than/), {}, 'auto');
  });
});
