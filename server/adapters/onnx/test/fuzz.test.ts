import { describe, expect, test } from 'vitest';
import { linear, perceptron, writeOnnx } from './support/onnx-models.js';
import { answers, openModel, withSession } from './support/open.js';

const whole = writeOnnx(perceptron(4, 8, 3));
const FILES = 50;

/** The same numbers for a seed, from 0 to below 1. */
function randomOf(seed: number): () => number {
  let state = seed * 2_654_435_761 + 1;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** The file cut short, or with one to three bits flipped: half of them where its structure is. */
function damaged(seed: number): Uint8Array {
  const random = randomOf(seed);
  const bytes = whole.slice();
  if (seed % 5 === 0) return bytes.slice(0, Math.floor(random() * bytes.length));
  for (let flip = 0; flip <= seed % 3; flip++) {
    const at = Math.floor(random() * (seed % 2 === 0 ? bytes.length : 200));
    bytes[at] = (bytes[at] ?? 0) ^ (1 << Math.floor(random() * 8));
  }
  return bytes;
}

describe.each(['node', 'wasm'])('fifty damaged files on the engine %s', (engine) => {
  test('are each refused in one line, or opened and run', async () => {
    const problems = new Set<string>();
    let opened = 0;
    for (let seed = 0; seed < FILES; seed++) {
      const opening = await openModel(damaged(seed), { options: { engine } });
      if (opening.ok) {
        opened += 1;
        await answers(opening.session, 2, [[1, 2, 3, 4, 5, 6, 7, 8]]).catch((cause: unknown) => {
          expect(cause, `seed ${seed}`).toBeInstanceOf(Error);
        });
        opening.session.dispose();
      } else {
        expect(opening.problem, `seed ${seed}`).toMatch(/^model\.onnx: [^\n]{10,600}$/);
        problems.add(opening.problem);
      }
    }
    expect(opened).toBeGreaterThan(2);
    expect(problems.size).toBeGreaterThan(10);
    await withSession(linear(), { options: { engine } }, async (session) => {
      expect(await answers(session, 1, [[20]])).toEqual([[41]]);
    });
  });
});
