import { expect, test } from 'vitest';
import { cellsOf, cellText, engineNames, modelNames } from '../../../../bench/engines/cells.js';

test('a model is measured on the engines that run one of its formats', () => {
  const texts = cellsOf(modelNames, ['onnx-wasm', 'saved-model', 'tfjs-cpu']).map(cellText);

  expect(texts.filter((text) => text.includes('saved-model'))).toEqual(['mlp on saved-model']);
  expect(texts.filter((text) => text.includes('transformer'))).toEqual(['transformer on onnx-wasm']);
  expect(texts.filter((text) => text.includes('lstm'))).toEqual(['lstm on tfjs-cpu', 'lstm on onnx-wasm']);
});

test('the order is that of the tables, whatever that of the options', () => {
  const cells = cellsOf([...modelNames].reverse(), [...engineNames].reverse());

  expect(cells).toEqual(cellsOf(modelNames, engineNames));
  expect(cells[0]).toEqual({ model: 'mlp', engine: 'tfjs-native' });
});
