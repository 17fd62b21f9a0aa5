import { expect, test } from 'vitest';
import { openBackend } from '../../../server/engine/backend/backend.js';

test('on WebAssembly, bools and whole numbers are turned around and picked as such, and nothing else is touched', async () => {
  const opening = await openBackend('wasm');
  if (!opening.ok) throw new Error(opening.reason);
  const { tf, activate } = opening.backend;
  await activate();
  const before = tf.memory().numTensors;
  const values = Array.from({ length: 240 }, (_, index) => (index % 3 === 0 ? 1 : 0));
  const [first, last] = [tf.fill([64], 7), tf.fill([64], 8)];
  for (const dtype of ['bool', 'int32', 'float32'] as const) {
    const x = tf.tensor(values, [40, 6], dtype);
    const around = tf.reverse(x, [0, 1]);
    const picked = tf.stridedSlice(x, [0, 0], [40, 6], [2, 5]);
    expect([around.dtype, picked.dtype]).toEqual([dtype, dtype]);
    expect([...around.dataSync()]).toEqual(values.toReversed());
    const expected = Array.from({ length: 40 }, (_, index) => values[(index >> 1) * 12 + (index % 2) * 5]);
    expect([...picked.dataSync()]).toEqual(expected);
    tf.dispose([x, around, picked]);
  }
  expect([...first.dataSync(), ...last.dataSync()]).toEqual([...Array(64).fill(7), ...Array(64).fill(8)]);
  tf.dispose([first, last]);
  expect(tf.memory().numTensors).toBe(before);
});
