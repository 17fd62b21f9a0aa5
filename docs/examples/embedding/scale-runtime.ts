import type { Runtime } from 'tickcast';
import type { TensorSpec } from 'tickcast/protocol';

const X: TensorSpec = { name: 'x', dtype: 'float32', shape: [1] };
const Y: TensorSpec = { ...X, name: 'y' };

/** y = factor * x, for a folder with the manifest.json { "runtime": "scale", "options": { "factor": 3 } }. */
export const runtime: Runtime = {
  names: ['scale'],
  openSession({ options: { factor = 2 } }) {
    if (typeof factor !== 'number') return { ok: false, problem: 'options.factor must be a number' };
    return {
      ok: true,
      session: {
        describe: () => ({ inputs: [X], outputs: [Y], engine: 'scale', why: 'the manifest says so' }),
        run({ inputs: [x], outputs: [y] }, rows) {
          if (x === undefined || y === undefined) throw new Error('the batch lacks a tensor');
          for (let i = 0; i < rows; i++) y[i] = factor * (x[i] ?? 0);
        },
        dispose() {},
      },
    };
  },
};
