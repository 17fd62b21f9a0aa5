import { expect, test } from 'vitest';
import { parseOpening } from '../../../server/engine/session/session-opening.js';

const SPEC = { name: 'x', dtype: 'float32', shape: [2] };
const TEXT = { name: 'text', dtype: 'string', shape: [] };
const DESCRIPTION = { inputs: [SPEC], outputs: [{ ...SPEC, name: 'y' }], engine: 'own-cpu', why: 'the only one' };

function opening(changes: object = {}, session: object = {}): unknown {
  const whole = { describe: () => ({ ...DESCRIPTION, ...changes }), run() {}, dispose() {}, ...session };
  return { ok: true, session: whole };
}

function problemOf(answer: unknown): string {
  const parsed = parseOpening(answer);
  return parsed.ok ? '' : parsed.problem;
}

test('an opened session comes with a copy of its description', () => {
  const shape = [2, 3];
  const parsed = parseOpening(opening({ inputs: [{ ...SPEC, shape }, TEXT], extra: () => 1 }));
  shape.push(9);

  expect(parsed).toMatchObject({ ok: true });
  expect(parsed.ok && parsed.specs).toEqual({ ...DESCRIPTION, inputs: [{ ...SPEC, shape: [2, 3] }, TEXT] });
});

test.each([
  ['nothing', undefined, 'openSession answered nothing, expected { ok: true, session } or { ok: false, problem }'],
  [
    'the session itself',
    { describe() {}, run() {}, dispose() {} },
    'openSession answered {}, expected { ok: true, session } or { ok: false, problem }',
  ],
  ['no session', { ok: true }, 'session is nothing, expected an object with describe, run and dispose'],
  ['a problem of two lines', { ok: false, problem: 'no file\nat line 3' }, 'no file'],
  ['no reason', { ok: false }, 'openSession gave no reason'],
  ['no dispose', opening({}, { dispose: undefined }), 'session.dispose is nothing, expected a function'],
  ['no run', opening({}, { run: 7 }), 'session.run is 7, expected a function'],
  [
    'no description',
    opening({}, { describe: () => null }),
    'describe() is null, expected an object with inputs, outputs, engine and why',
  ],
])('an answer with %s is refused in one line', (_, answer, problem) => {
  expect(problemOf(answer)).toBe(problem);
});

const SIZES = 'expected a list of positive whole numbers, without the batch dimension';
test.each([
  [{ inputs: [] }, 'describe().inputs is [], expected a list of at least one tensor'],
  [{ outputs: undefined }, 'describe().outputs is nothing, expected a list of at least one tensor'],
  [{ inputs: ['x'] }, 'describe().inputs[0] is "x", expected { name, dtype, shape }'],
  [{ inputs: [{ ...SPEC, name: '' }] }, 'describe().inputs[0].name is "", expected a name'],
  [{ outputs: [SPEC, SPEC] }, 'describe().outputs[1].name is "x", expected a name that no other of them has'],
  [
    { inputs: [{ ...SPEC, dtype: 'float64' }] },
    'describe().inputs[0].dtype is "float64", expected float32, int32 or bool, or string for a text',
  ],
  [{ outputs: [TEXT] }, 'describe().outputs[0].dtype is "string", expected float32, int32 or bool'],
  [{ inputs: [{ ...SPEC, shape: [-2] }] }, 'describe().inputs[0].shape is [-2], expected -1 for its open dimension 1'],
  [{ inputs: [{ ...SPEC, shape: [null, 4] }] }, `describe().inputs[0].shape is [null,4], ${SIZES}`],
  [{ outputs: [{ ...SPEC, shape: [0.5] }] }, `describe().outputs[0].shape is [0.5], ${SIZES}`],
  [{ outputs: [{ ...SPEC, shape: [Number.NaN] }] }, `describe().outputs[0].shape is ["NaN"], ${SIZES}`],
  [{ outputs: [{ ...SPEC, shape: 3 }] }, `describe().outputs[0].shape is 3, ${SIZES}`],
  [
    { outputs: [{ ...SPEC, shape: [2 ** 40, 2 ** 40] }] },
    'describe().outputs[0].shape is [1099511627776,1099511627776], expected fewer elements',
  ],
  [
    { inputs: [{ ...SPEC, shape: [1, 1, 1, 1, 1, 1, 1, 1] }] },
    'describe().inputs[0].shape is [1,1,1,1,1,1,1,1], expected at most 7 dimensions',
  ],
  [
    { inputs: [{ ...TEXT, shape: [1] }] },
    'describe().inputs[0].shape is [1], expected [] for a text, which is one string a row',
  ],
  [
    { inputs: [TEXT, { ...TEXT, name: 'other' }] },
    'describe().inputs is ["string","string"], expected a list with at most one text',
  ],
  [
    { engine: 'a "b"' },
    'describe().engine is "a \\"b\\"", expected a name of 1 to 64 visible ASCII characters without quotes, such as "mine-cpu"',
  ],
  [
    { engine: undefined },
    'describe().engine is nothing, expected a name of 1 to 64 visible ASCII characters without quotes, such as "mine-cpu"',
  ],
  [{ why: ' ' }, 'describe().why is " ", expected a text for people'],
  [{ runtime: 7 }, "describe().runtime is 7, expected one of the runtime's names"],
])('a description with %j is refused in one line that names the field', (changes, problem) => {
  expect(problemOf(opening(changes))).toBe(problem);
});

test('a session whose description cannot be used is disposed of', () => {
  let disposed = 0;
  const dispose = (): void => {
    disposed += 1;
  };

  expect(problemOf(opening({ inputs: [] }, { dispose }))).toContain('describe().inputs');
  expect(disposed).toBe(1);
  const describe = (): never => {
    throw new Error('no weights');
  };
  expect(problemOf(opening({}, { describe, dispose }))).toBe('no weights');
  expect(disposed).toBe(2);
});
