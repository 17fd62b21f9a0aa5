import { expect, test } from 'vitest';
import { classifier, identity, linear, perceptron, value, writeOnnx } from './support/onnx-models.js';
import { problemOf } from './support/open.js';

const whole = writeOnnx(perceptron(4, 8, 3));
const isOneLine = /^[^\n]{10,700}$/;

test.each([
  ['an empty file', new Uint8Array(), 'it is empty'],
  ['a text', new TextEncoder().encode('hello, this is no model at all'), 'it is no ONNX file, or damaged'],
  ['a pointer', new TextEncoder().encode('version https://git-lfs.github.com/spec/v1\n'), 'git lfs pull'],
  ['half a file', whole.slice(0, whole.length / 2), 'it is no ONNX file, or damaged'],
  [
    'weights of another shape',
    {
      ...linear(),
      weights: [
        ...(linear().weights ?? []),
        { name: 'w', type: 'float32', dims: [1000, 1000], data: new Uint8Array(8) },
      ],
    },
    'its weights "w" of shape [1000, 1000] have 8 bytes, expected 4000000',
  ],
  [
    'weights beyond all memory',
    {
      ...linear(),
      weights: [
        ...(linear().weights ?? []),
        { name: 'w', type: 'float32', dims: [2 ** 40, 2 ** 40], data: new Uint8Array(8) },
      ],
    },
    'its weights "w" of shape [1099511627776, 1099511627776] are damaged',
  ],
  ['too new an opset', { ...linear(), opsets: { '': 999 } }, 'it is of a newer opset than this ONNX Runtime'],
  ['too new an IR version', { ...linear(), irVersion: 99 }, 'it is of a newer IR version than this ONNX Runtime'],
  [
    'an operator that does not exist',
    { ...linear(), nodes: [{ op: 'Mull', inputs: ['x', 'two'], outputs: ['y'] }] },
    'it uses an operator that ONNX Runtime does not have: export it with standard operators only (',
  ],
  [
    'an operator of a domain of its own',
    {
      ...linear(),
      nodes: [{ op: 'Mine', domain: 'my.domain', inputs: ['x'], outputs: ['y'] }],
      opsets: { '': 17, 'my.domain': 1 },
    },
    'my.domain',
  ],
  ['an output of strings', identity('string', 1), 'output "y" holds strings, which the hub does not carry'],
  ['a map', classifier('zipmap'), "options={'zipmap': False}"],
  [
    'a name of two lines',
    { ...identity('complex64'), inputs: [value('x\n\u001b[2Jy', 'complex64', 'b', 2)] },
    'input "x [2Jy" has',
  ],
  ['complex numbers', identity('complex64'), 'input "x" has dtype complex64, expected float32'],
  [
    'an output without a batch',
    {
      ...linear(),
      outputs: [value('y', 'float32')],
      nodes: [{ op: 'ReduceSum', inputs: ['x'], outputs: ['y'], attributes: { keepdims: 0 } }],
    },
    'output "y" has shape [] for 2 rows and [] for 3; its first dimension must be the batch, the others fixed',
  ],
] as const)('%s is refused in one line', async (_title, model, said) => {
  for (const engine of ['node', 'wasm']) {
    const problem = await problemOf(model, { options: { engine } });
    expect(problem).toContain(said);
    expect(problem).toMatch(isOneLine);
    expect(problem).not.toMatch(/\.cc:|onnxruntime_src|azure/);
  }
});

test('a good model is opened after all of those', async () => {
  for (const engine of ['node', 'wasm']) expect(await problemOf(whole, { options: { engine } })).toBe('it is opened');
});
