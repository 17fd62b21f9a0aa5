import { expect, test } from 'vitest';
import type { ModelSession, SessionSource } from '../../../../server/contracts/runtime.js';
import { adjusted } from '../../../../server/engine/session/adjusted-session.js';
import { parseOpening } from '../../../../server/engine/session/session-opening.js';
import { batchBytes, viewBatch } from '../../../../shared/batch-layout.js';

let disposed = 0;

/** A model that gives back its pixels `[2, 3]`, later if `isLater`. */
function opened(isLater = false) {
  const shape = [2, 3];
  const inputs = [
    { name: 'x', dtype: 'float32', shape },
    { name: 'n', dtype: 'int32', shape: [] },
  ] as const;
  const outputs = [
    { name: 'y', dtype: 'float32', shape },
    { name: 'one', dtype: 'float32', shape: [1] },
  ] as const;
  const session: ModelSession = {
    describe: () => ({ inputs, outputs, engine: 'e', why: 'w' }),
    run({ inputs: [x], outputs: [y, one] }) {
      const copy = () => {
        if (x !== undefined) y?.set(x);
        one?.fill(x?.[0] ?? 0);
      };
      return isLater ? Promise.resolve().then(copy) : copy();
    },
    dispose: () => void disposed++,
  };
  const opening = parseOpening({ ok: true, session });
  if (!opening.ok) throw new Error(opening.problem);
  return opening;
}

type Asked = Pick<SessionSource, 'inputs' | 'outputs'>;
const X = { name: 'x', dtype: 'float32', shape: [2, 3] } as const;

async function answer(
  asked: Asked,
  values: readonly number[],
  isLater = false,
): Promise<readonly (readonly number[])[]> {
  const opening = adjusted(opened(isLater), asked as SessionSource);
  if (!opening.ok) throw new Error(opening.problem);
  const rows = values.length / 6;
  const views = viewBatch(opening.specs, rows, new ArrayBuffer(batchBytes(opening.specs, rows, 0)));
  views.inputs[0]?.set(values);
  await opening.session.run(views, rows);
  return views.outputs.map((output) => [...output]);
}

test.each([false, true])(
  'inputs are scaled and shifted, by channel where there are several; later: %s',
  async (isLater) => {
    const pixels = [0, 255, 128, 1, 2, 3];
    const [all] = await answer({ inputs: [{ ...X, scale: 2, offset: -1 }] }, pixels, isLater);
    expect(all).toEqual([-1, 509, 255, 1, 3, 5]);
    const [each] = await answer({ inputs: [{ ...X, scale: [1, 10, 100] }] }, pixels, isLater);
    expect(each).toEqual([0, 2550, 12800, 1, 20, 300]);
    const [shifted] = await answer({ inputs: [{ ...X, scale: 2, offset: [1, 2, 3] }] }, pixels, isLater);
    expect(shifted).toEqual([1, 512, 259, 3, 6, 9]);
  },
);

test.each([false, true])('outputs are softmax over the last dimension, or sigmoid; later: %s', async (isLater) => {
  const logits = [0, Math.log(2), 0, 1000, 0, -1000];
  const [soft] = await answer({ inputs: [], outputs: [{ name: 'y', apply: 'softmax' }] }, logits, isLater);
  expect(soft).toEqual([0.25, 0.5, 0.25, 1, 0, 0].map((value) => expect.closeTo(value, 6)));
  const [sigmoid, one] = await answer(
    {
      inputs: [],
      outputs: [
        { name: 'y', apply: 'sigmoid' },
        { name: 'one', apply: 'sigmoid' },
      ],
    },
    [0, 1000, -1000, Math.log(3), 0, 0],
    isLater,
  );
  expect(sigmoid).toEqual([0.5, 1, 0, 0.75, 0.5, 0.5].map((value) => expect.closeTo(value, 6)));
  expect(one).toEqual([0.5]);
});

test('a session that nothing is asked of stays what it is', () => {
  const opening = opened();
  expect(adjusted(opening, { inputs: [X] } as unknown as SessionSource)).toBe(opening);
});

test.each<[Asked, string]>([
  [{ inputs: [{ ...X, scale: [1, 2] }] }, 'scale of input "x" has 2 numbers, expected one, or 3'],
  [
    { inputs: [{ name: 'n', dtype: 'int32', shape: [], scale: 2 }] },
    'input "n" has a scale or offset, which is for inputs of float32',
  ],
  [
    { inputs: [], outputs: [{ name: 'z', apply: 'softmax' }] },
    '"outputs" has "z", the model\'s outputs are "y", "one"',
  ],
  [{ inputs: [], outputs: [{ name: 'one', apply: 'softmax' }] }, 'did you mean sigmoid?'],
])('what does not fit is told in one line, and the session is closed: %j', (asked, problem) => {
  const before = disposed;
  const opening = adjusted(opened(), asked as SessionSource);
  expect(opening.ok ? '' : opening.problem).toContain(problem);
  expect(disposed).toBe(before + 1);
});
