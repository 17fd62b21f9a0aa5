import { describe, expect, it } from 'vitest';
import { parseManifest } from '../../../server/models/manifest.js';

const FEATURISER = { name: 'hashed-ngrams', buckets: 16, length: 4, maxTokens: 4, minWordLength: 3 };

function parse(value: unknown) {
  return parseManifest(JSON.stringify(value));
}

function problemOf(value: unknown): string {
  const parsed = typeof value === 'string' ? parseManifest(value) : parse(value);
  return parsed.ok ? 'nothing' : parsed.problem;
}

describe('a manifest', () => {
  it('may be missing or empty', () => {
    const expected = {
      ok: true,
      manifest: { inputs: [], options: {}, warmUp: { texts: [] }, runtime: undefined, labels: undefined },
    };
    expect(parseManifest(undefined)).toMatchObject(expected);
    expect(parse({})).toMatchObject(expected);
  });

  it('says what a text model needs', () => {
    const input = { kind: 'text', featuriser: FEATURISER, maxTextLength: 280 };
    const value = { input, labels: ['bad', 'good'], description: 'Moods.', warmUp: { texts: ['fine'] } };
    expect(parse(value)).toMatchObject({
      ok: true,
      manifest: { featuriser: FEATURISER, maxTextLength: 280, labels: ['bad', 'good'], warmUp: { texts: ['fine'] } },
    });
    const { maxTextLength, ...bare } = input;
    expect(parse({ input: bare, limits: { maxTextLength } })).toMatchObject({ ok: true, manifest: { maxTextLength } });
  });

  it('says what fills an input in each run', () => {
    const constants = { rate: 0.5, training: false, mean: [1, 2] };
    expect(parse({ constants })).toMatchObject({ ok: true, manifest: { constants } });
  });

  it('says the runtime, the sizes of tensor inputs and options', () => {
    const inputs = [{ name: 'x', dtype: 'float32', shape: [4, 2] }];
    const value = { runtime: 'fault', input: { kind: 'tensor' }, inputs, options: { batchMs: 2 } };
    expect(parse(value)).toMatchObject({ ok: true, manifest: { runtime: 'fault', inputs, options: { batchMs: 2 } } });
  });

  const text = { kind: 'text', featuriser: FEATURISER };
  it.each([
    ['{ "labels": [', 'it is not JSON'],
    [[], 'it must be an object, got an empty array'],
    [{ lables: ['a'] }, '"lables" is not known; did you mean "labels"?'],
    [{ banana: 1 }, '"banana" is not known; known are runtime, description'],
    [
      { input: { kind: 'text', featurizer: FEATURISER } },
      '"featurizer" in "input" is not known; did you mean "featuriser"?',
    ],
    [
      { inputs: [{ name: 'x', dtype: 'float32', shap: [1], shape: [1] }] },
      '"shap" in "inputs[0]" is not known; did you mean "shape"?',
    ],
    [{ limits: { maxTextlength: 5 } }, '"maxTextlength" in "limits" is not known; did you mean "maxTextLength"?'],
    [{ labels: 'a' }, '"labels": '],
    [{ labels: ['a', 'b', 'a'] }, '"a" stands twice in "labels"'],
    [{ inputs: [{ name: 'x', dtype: 'float64', shape: [1] }] }, '"inputs[0].dtype": '],
    [{ inputs: [{ name: 'x', dtype: 'float32', shape: [null] }] }, '"inputs[0].shape[0]": '],
    [{ constants: { rate: 'one' } }, '"constants.rate": expected a number, true, false, or a flat list of them'],
    [
      { inputs: [{ name: 'x', dtype: 'float32', shape: [] }], constants: { x: 1 } },
      '"x" stands in "inputs" and in "constants"',
    ],
    [{ input: { kind: 'image' } }, '"input.kind": '],
    [{ input: { kind: 'text', featuriser: { name: 'magic' } } }, 'input.featuriser.name is "magic"'],
    [{ input: text, inputs: [{ name: 'x', dtype: 'float32', shape: [1] }] }, '"inputs" is for tensor models'],
    [{ input: { ...text, maxTextLength: 1 }, limits: { maxTextLength: 1 } }, 'give it once'],
    [{ limits: { maxTextLength: 1 } }, 'maxTextLength is for text models'],
    [{ runtime: 'No Such' }, '"runtime": expected at most 32 lower-case letters'],
  ])('%j is refused in one line that says where', (value, expected) => {
    const problem = problemOf(value);
    expect(problem).toMatch(/^manifest\.json: /);
    expect(problem).toContain(expected);
    expect(problem).not.toContain('\n');
  });
});
