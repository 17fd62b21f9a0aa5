import { expect, test } from 'vitest';
import { modelOf } from '../../../cli/hub/hub-model.js';

const model = (name: string, version: string) => ({ name, version, inputs: [], outputs: [] });
const models = [model('iris', '1'), model('iris', '2'), model('mood', '1')];

test.each([
  ['iris', 'iris@2'],
  ['iris@1', 'iris@1'],
  [undefined, 'mood@1'],
])('%s means the model %s', (wanted, ref) => {
  const found = modelOf({ models, defaultModel: 'mood@1' }, wanted);

  expect(typeof found === 'string' ? found : `${found.name}@${found.version}`).toBe(ref);
});

test('a model that the hub does not have is told with those that it has', () => {
  expect(modelOf({ models }, 'rose')).toBe('the hub has no model rose; it has iris@1, iris@2, mood@1');
  expect(modelOf({ models }, undefined)).toBe(
    'the hub has no default model: choose one with --model; it has iris@1, iris@2, mood@1',
  );
  expect(modelOf({ models: [] }, 'rose')).toBe('the hub has no model rose; it has none');
});
