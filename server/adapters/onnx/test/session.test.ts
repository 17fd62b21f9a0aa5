import { describe, expect, test } from 'vitest';
import {
  classifier,
  floats,
  identity,
  isYes,
  linear,
  perceptron,
  rowSums,
  twoInputs,
  unknownOutput,
  value,
  withScalar,
} from './support/onnx-models.js';
import { answers, problemOf, withSession } from './support/open.js';

describe.each(['node', 'wasm'])('a session on the engine %s', (engine) => {
  const on = { options: { engine } };

  test('describes the model, the engine and why', () =>
    withSession(linear(), on, async (session) => {
      expect(session.describe()).toEqual({
        inputs: [{ name: 'x', dtype: 'float32', shape: [1] }],
        outputs: [{ name: 'y', dtype: 'float32', shape: [1] }],
        engine: `onnx-${engine}`,
        why: expect.stringMatching(/1\.30\.0: manifest\.json says so/),
        runtime: 'onnx',
      });
    }));

  test('answers several inputs by several outputs', () =>
    withSession(twoInputs(), on, async (session) => {
      expect(
        await answers(session, 2, [
          [1, 2, 3, 4],
          [5, 6, 7, 8],
        ]),
      ).toEqual([
        [6, 8, 10, 12],
        [5, 12, 21, 32],
      ]);
    }));

  test('answers a perceptron by what plain arithmetic gives', () =>
    withSession(perceptron(4, 3, 2), on, async (session) => {
      const [scores = []] = await answers(session, 3, [[1, 2, 3, 4, 0, 0, 0, 0, -1, 2, -3, 4]]);
      expect(scores).toHaveLength(6);
      for (const row of [0, 1, 2]) expect((scores[2 * row] ?? 0) + (scores[2 * row + 1] ?? 0)).toBeCloseTo(1, 6);
    }));

  test.each([
    ['float32', [0.5, -1e30]],
    ['float64', [0.5, -1e30]],
    ['float16', [0.5, -65_504]],
    ['int32', [2 ** 31 - 1, -(2 ** 31)]],
    ['int64', [2 ** 31 - 1, -(2 ** 31)]],
    ['uint64', [2 ** 31 - 1, 0]],
    ['uint32', [2 ** 31 - 1, 0]],
    ['int16', [32_767, -32_768]],
    ['uint16', [65_535, 0]],
    ['int8', [127, -128]],
    ['uint8', [255, 0]],
    ['bool', [1, 0]],
  ] as const)('carries %s there and back without loss', (type, values) =>
    withSession(identity(type), on, async (session) => {
      const floats = values.map((x) => (type.startsWith('float') ? Math.fround(x) : x));
      expect(await answers(session, 1, [values])).toEqual([floats]);
      expect(await answers(session, 3, [[...values, ...values, ...values]])).toEqual([
        [...floats, ...floats, ...floats],
      ]);
    }),
  );

  test.each([
    ['uint64', -1],
    ['uint32', -5],
    ['int16', 32_768],
    ['uint16', 65_536],
    ['int8', -129],
    ['uint8', 256],
  ] as const)('refuses an input of %s that is out of range, naming it', (type, x) =>
    withSession(identity(type), on, async (session) => {
      await expect(answers(session, 2, [[1, 1, 1, x]])).rejects.toThrow(
        `input "x" has ${x} in row 1, which is no ${type}, the type that the model takes`,
      );
      expect(await answers(session, 1, [[1, 2]])).toEqual([[1, 2]]);
    }),
  );

  test.each(['int64', 'uint64', 'uint32'] as const)(
    'refuses an output of %s beyond int32 and never wraps it',
    (type) => {
      const doubled = {
        ...identity(type),
        nodes: [{ op: 'Add', inputs: ['x', 'x'], outputs: ['y'] }],
      };
      return withSession(doubled, on, async (session) => {
        expect(await answers(session, 2, [[1, 2, 3, 2 ** 30 - 1]])).toEqual([[2, 4, 6, 2 ** 31 - 2]]);
        await expect(answers(session, 2, [[1, 2, 3, 2 ** 30]])).rejects.toThrow(
          'output "y" has 2147483648 in row 1, which int32 does not hold',
        );
      });
    },
  );

  test.each([
    ['a column', true],
    ['a list', false],
  ])('takes texts as %s beside numbers', (_title, column) =>
    withSession(isYes(column), on, async (session) => {
      expect(session.describe().inputs).toEqual([
        { name: 'text', dtype: 'string', shape: [] },
        { name: 'bonus', dtype: 'int32', shape: [1] },
      ]);
      expect(
        await answers(session, 4, [
          ['yes', 'naïve — 🔥', '', 'yes'],
          [1, 2, 3, -4],
        ]),
      ).toEqual([
        [1, 0, 0, 1],
        [1, 2, 3, -4],
      ]);
    }),
  );

  test('runs a model whose batch is fixed at 1 row by row, and says so', () =>
    withSession(linear(1), on, async (session) => {
      expect(session.describe().why).toContain('fixed at 1, so its rows run one after the other');
      expect(await answers(session, 3, [[1, 2, 3]])).toEqual([[3, 5, 7]]);
      expect(await answers(session, 1, [[4]])).toEqual([[9]]);
    }));

  test('learns the shape of an output from runs', () =>
    withSession(unknownOutput(), on, async (session) => {
      expect(session.describe().outputs).toEqual([{ name: 'y', dtype: 'float32', shape: [4] }]);
      expect(await answers(session, 2, [[1, 2, 3, 4]])).toEqual([[1, 2, 1, 2, 3, 4, 3, 4]]);
    }));

  test('leaves out a label of strings beside scores, and says so', () =>
    withSession(classifier('strings'), on, async (session) => {
      expect(session.describe()).toMatchObject({
        outputs: [{ name: 'scores' }],
        why: expect.stringContaining('output "label" holds strings and is left out'),
      });
      expect(await answers(session, 1, [[3, 3]])).toEqual([[0.5, 0.5]]);
    }));

  test('serves the outputs that the manifest names, in its order', () =>
    withSession(twoInputs(), { options: { engine, outputs: ['product', 'sum'] } }, async (session) => {
      expect(session.describe().outputs.map(({ name }) => name)).toEqual(['product', 'sum']);
      expect(
        await answers(session, 1, [
          [1, 2],
          [3, 4],
        ]),
      ).toEqual([
        [3, 8],
        [4, 6],
      ]);
    }));

  test('needs not carry an output that the manifest does not name', () =>
    withSession(classifier('zipmap'), { options: { engine, outputs: ['best'] } }, async (session) => {
      expect(session.describe().outputs).toEqual([{ name: 'best', dtype: 'int32', shape: [] }]);
      expect(await answers(session, 2, [[1, 2, 4, 3]])).toEqual([[1, 0]]);
    }));

  test('gives a scalar the value of the manifest in every run', () =>
    withSession(withScalar(), { ...on, constants: { rate: 3 } }, async (session) => {
      expect(session.describe().inputs.map(({ name }) => name)).toEqual(['x']);
      expect(await answers(session, 2, [[1, 2, 3, 4]])).toEqual([[3, 6, 9, 12]]);
      expect(await answers(session, 1, [[5, 6]])).toEqual([[15, 18]]);
    }));

  test('takes any number of an input of which a size is open', () => {
    return withSession(rowSums(), on, async (session) => {
      expect(session.describe().inputs).toEqual([{ name: 'x', dtype: 'float32', shape: [-1] }]);
      expect(await answers(session, 2, [[1, 2, 3, 4, 5, 6, 7, 8]], [4])).toEqual([[10, 26]]);
      expect(await answers(session, 2, [[1, 2, 3, 4]], [2])).toEqual([[3, 7]]);
    });
  });

  test('gives outputs that are as long as their input', () => {
    const doubled = {
      inputs: [value('x', 'float32', 'batch', 'n')],
      outputs: [value('y', 'float32', 'batch', 'n')],
      nodes: [{ op: 'Add', inputs: ['x', 'x'], outputs: ['y'] }],
    };
    return withSession(doubled, on, async (session) => {
      expect(session.describe().outputs).toEqual([{ name: 'y', dtype: 'float32', shape: [-1] }]);
      expect(await answers(session, 2, [[1, 2, 3, 4, 5, 6]], [3])).toEqual([[2, 4, 6, 8, 10, 12]]);
      expect(await answers(session, 1, [[7]], [1])).toEqual([[14]]);
    });
  });

  test('fails a run that ONNX Runtime fails, and goes on', () => {
    const gather = {
      inputs: [value('i', 'int32', 'batch')],
      outputs: [value('y', 'float32', 'batch')],
      nodes: [{ op: 'Gather', inputs: ['table', 'i'], outputs: ['y'] }],
      weights: [{ name: 'table', type: 'float32' as const, dims: [2], data: new Uint8Array(8) }],
    };
    return withSession(gather, on, async (session) => {
      await expect(answers(session, 1, [[7]])).rejects.toThrow(/indices element out of data bounds/);
      expect(await answers(session, 1, [[1]])).toEqual([[0]]);
    });
  });

  test('fails a run whose output has another number of rows than it', () => {
    const some = {
      inputs: [value('x', 'float32', 'batch')],
      outputs: [value('y', 'float32', 'n')],
      nodes: [
        { op: 'GreaterOrEqual', inputs: ['x', 'zero'], outputs: ['kept'] },
        { op: 'Compress', inputs: ['x', 'kept'], outputs: ['y'], attributes: { axis: 0 } },
      ],
      weights: [floats('zero', [1], [0])],
    };
    return withSession(some, on, async (session) => {
      expect(await answers(session, 3, [[1, 2, 3]])).toEqual([[1, 2, 3]]);
      await expect(answers(session, 3, [[1, -2, 3]])).rejects.toThrow(/output .*y/i);
    });
  });

  test('says in the words of ONNX Runtime why a run failed, without places in its source', () => {
    const long = { ...linear(), nodes: [{ op: 'Gather', inputs: ['two', 'x'], outputs: ['y'] }] };
    const gather = { ...long, inputs: [value('x', 'int32', 'batch', 1)] };
    return withSession(gather, on, async (session) => {
      const said = await answers(session, 1, [[7]]).catch(String);
      expect(said).toContain('indices element out of data bounds');
      expect(said).not.toMatch(/\.cc:|\n/);
    });
  });

  test('reports an output that only sometimes has its shape', () => {
    const sometimes = {
      inputs: [value('x', 'float32', 'batch')],
      outputs: [value('y', 'int64', 'n')],
      nodes: [
        { op: 'NonZero', inputs: ['x'], outputs: ['places'] },
        { op: 'Squeeze', inputs: ['places'], outputs: ['y'] },
      ],
    };
    return problemOf(sometimes, on).then((problem) => {
      expect(problem).toContain(
        'output "y" has shape [0] for 2 rows and [0] for 3; its first dimension must be the batch',
      );
    });
  });

  test.each([
    [{ options: { engine, threads: engine === 'wasm' ? 1 : 2 } }, 'it is opened'],
    [{ options: { engine: 'gpu' } }, 'manifest.json: options.engine is "gpu", expected auto, node, wasm'],
    [{ options: { engine, threads: 0 } }, 'manifest.json: options.threads is 0, expected a whole number from 1 to 256'],
    [
      { options: { thread: 2 } },
      'manifest.json: options has "thread", which is not known; known are engine, threads, outputs',
    ],
    [{ options: { outputs: 'y' } }, 'manifest.json: options.outputs is "y", expected a list of different names'],
    [{ options: { outputs: ['z'] } }, 'options.outputs in manifest.json has "z", the model\'s outputs are "y"'],
    [
      { options: { engine: 'wasm', threads: 2 } },
      'manifest.json: options.threads is 2, but the engine wasm computes on one',
    ],
  ])('options %o: %s', async (changes, problem) => {
    expect(await problemOf(linear(), changes)).toContain(problem);
  });
});
