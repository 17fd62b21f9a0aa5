import { expect, it } from 'vitest';
import { chooseFile, FILE_RUNTIMES, isModelFile } from '../../../server/models/model-file.js';

it('knows model files by their names alone', () => {
  const names = ['model.json', 'x.onnx', 'saved_model.pb', '.onnx', 'graph.pb', 'manifest.json', 'model.onnx.bak'];
  expect(names.filter(isModelFile)).toEqual(['model.json', 'x.onnx', 'saved_model.pb']);
  expect(FILE_RUNTIMES).toEqual(['onnx', 'saved-model']);
});

it.each([
  [[], undefined, 'model.json', undefined],
  [[], 'mine', 'model.json', 'mine'],
  [[], 'onnx', 'model.onnx', 'onnx'],
  [['net.onnx'], 'onnx', 'net.onnx', 'onnx'],
  [['net.onnx'], 'mine', 'model.json', 'mine'],
  [['saved_model.pb', 'net.onnx'], undefined, 'net.onnx', 'onnx'],
  [['saved_model.pb', 'net.onnx'], 'saved-model', 'saved_model.pb', 'saved-model'],
  [['model.json', 'net.onnx'], 'tfjs-graph', 'model.json', 'tfjs-graph'],
] as const)('of %o and runtime %s it chooses %s', (names, said, file, runtime) => {
  expect(chooseFile(names, said)).toMatchObject({ ok: true, file, runtime });
});

it('names at most five of several', () => {
  const names = Array.from({ length: 9 }, (_, at) => `${at}.onnx`);
  expect(chooseFile(names, undefined)).toEqual({
    ok: false,
    problem:
      'holds several models (0.onnx, 1.onnx, 2.onnx, 3.onnx, 4.onnx, ...); call one model.onnx, or give one as --model',
  });
});
