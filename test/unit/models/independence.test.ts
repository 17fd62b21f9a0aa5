import { describe, expect, test } from 'vitest';
import type { BatchOutcome, Engine, EngineModel, PackedBatch } from '../../../server/contracts/engine.js';
import { MADE_UP_ROWS, MadeUpRows } from '../../../server/models/made-up-rows.js';
import { type WarmedUp, warmUpModel } from '../../../server/models/warm-up.js';
import { ManualClock } from '../../../server/testing/manual-clock.js';
import { type BatchViews, viewBatch } from '../../../shared/batch-layout.js';
import type { DType, InputSpec } from '../../../shared/tensor.js';

type Compute = (x: ArrayLike<number>, y: { [i: number]: number }, rows: number, views: BatchViews) => void;

interface Setting {
  readonly inputs?: readonly InputSpec[];
  readonly output?: DType;
  readonly rowMs?: number;
  readonly maxBatchMs?: number;
}

const X: InputSpec = { name: 'x', dtype: 'float32', shape: [] };

/** Warms up a model that computes `y` [1] from `x` [1], on a clock that its runs advance. */
async function warmUp(compute: Compute, setting: Setting = {}) {
  const { inputs = [X], output = 'float32', rowMs = 0.01, maxBatchMs = 1e6 } = setting;
  const clock = new ManualClock();
  const sizes: number[] = [];
  const engine: Engine = {
    slots: 1,
    async run(model: EngineModel, { rows, buffer }: PackedBatch): Promise<BatchOutcome> {
      sizes.push(rows);
      clock.advance(0.05 + rowMs * rows);
      const views = viewBatch(model, rows, buffer);
      try {
        compute(views.inputs[0] ?? [], views.outputs[0] as unknown as number[], rows, views);
      } catch (cause) {
        return { status: 'failed', reason: String(cause) };
      }
      return { status: 'done', buffer, inferUs: 1 };
    },
  };
  const model = { handle: 1, inputs, outputs: [{ name: 'y', dtype: output, shape: [] }] };
  const warmed = await warmUpModel({ engine, clock, model, texts: [], maxTextLength: 100, maxBatchMs });
  return { warmed, sizes, tookMs: clock.now() };
}

function rowsOf(warmed: WarmedUp): string {
  return warmed.ok ? warmed.rows : warmed.problem;
}

/** Each row independently. */
function each(of: (x: number, row: number) => number): Compute {
  return (x, y, rows) => {
    for (let row = 0; row < rows; row++) y[row] = of(x[row] ?? 0, row);
  };
}

/** Each row combined with something from all rows. */
function withAll(of: (x: number, all: readonly number[], row: number) => number): Compute {
  return (x, y, rows) => {
    const all = Array.from(x);
    for (let row = 0; row < rows; row++) y[row] = of(all[row] ?? 0, all, row);
  };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
/** Like a mean over the batch, from a number of rows on. */
const centredFrom = (least: number) => withAll((x, all) => (all.length < least ? x : 2 * x - sum(all) / all.length));

describe('rows are independent', () => {
  test.each<[string, Compute, Setting?]>([
    ['a linear model', each((x) => 3 * x - 1)],
    ['a steep one', each((x) => Math.exp(x))],
    ['one that is undefined at zero', each((x) => x / x)],
    ['one that is undefined at negative numbers', each((x) => Math.log(x))],
    ['one that takes nothing over one', each((x) => (Math.abs(x) > 1 ? fail('out of range') : x))],
    [
      'one that knows two words',
      each((x) => (x > 1 ? fail('no such word') : x)),
      { inputs: [{ ...X, dtype: 'int32' }] },
    ],
    ['one of integers', each((x) => Math.round(x)), { output: 'int32' }],
    // Sums in another order, as in a kernel for many rows.
    [
      'one that rounds otherwise in large batches',
      (x, y, rows) => each((one) => Math.fround(one * (rows > 7 ? 1 + 2e-7 : 1)))(x, y, rows, {} as BatchViews),
    ],
  ])('of %s', async (_name, compute, setting) => {
    const { warmed } = await warmUp(compute, setting);
    expect(rowsOf(warmed)).toBe('independent');
  });
});

describe('rows depend on each other, and are served alone', () => {
  test.each<[string, Compute, Setting?]>([
    ['in the mean over the batch', centredFrom(1)],
    ['in batches of 16 and more', centredFrom(16)],
    ['in batches of 32 and more', centredFrom(32)],
    ['in batches under 16', withAll((x, all) => (all.length < 16 ? 2 * x - sum(all) / all.length : x))],
    ['in the largest of the batch', withAll((x, all) => x / Math.max(...all.map(Math.abs)))],
    ['in a softmax over the batch', withAll((x, all) => Math.exp(x) / sum(all.map(Math.exp)))],
    ['in a running sum', withAll((_x, all, row) => sum(all.slice(0, row + 1)))],
    ['in their order, which is turned round', withAll((_x, all, row) => all[all.length - 1 - row] ?? 0)],
    ['in the first only, which sees the last', withAll((x, all, row) => (row === 0 ? x + (all.at(-1) ?? 0) : x))],
    [
      'in the last only, which sees the first',
      withAll((x, all, row) => (row === all.length - 1 ? x + (all[0] ?? 0) : x)),
    ],
    ['where numbers are large', withAll((x, all) => x + Math.max(0, Math.max(...all) - 50))],
    ['where numbers are negative', withAll((x, all) => x + Math.min(0, ...all))],
    ['by a little', withAll((x, all) => x + 0.01 * (sum(all) / all.length))],
    [
      'of integers',
      withAll((x, all) => x + all.length + sum(all)),
      { inputs: [{ ...X, dtype: 'int32' }], output: 'int32' },
    ],
    [
      'of integers that are told apart by one',
      withAll((x, all) => (all.length > 1 ? Math.max(...all) : x)),
      { inputs: [{ ...X, dtype: 'int32' }], output: 'int32' },
    ],
    ['in small answers', withAll((x, all) => 1e-4 * (2 * x - sum(all) / all.length))],
    [
      'in the second input alone',
      (x, y, rows, { inputs }) => {
        for (let row = 0; row < rows; row++) y[row] = (x[row] ?? 0) + sum(Array.from(inputs[1] ?? []));
      },
      { inputs: [X, { ...X, name: 'z' }] },
    ],
    [
      'of text',
      (_x, y, rows, { text }) => {
        for (let row = 0; row < rows; row++) y[row] = (text?.lengths[row] ?? 0) / Math.max(...(text?.lengths ?? []));
      },
      { inputs: [{ name: 'text', dtype: 'string', shape: [] }] },
    ],
    [
      'so that a batch fails that single rows do not',
      (x, y, rows, views) => {
        if (rows === 2) throw new Error('not two');
        each((one) => one)(x, y, rows, views);
      },
    ],
  ])('%s', async (_name, compute, setting) => {
    const { warmed } = await warmUp(compute, setting);
    expect(rowsOf(warmed)).toBe('alone');
    expect(warmed.ok && warmed.warnings[0]).toContain('served one row at a time');
  });

  test('of a model that draws random numbers, which is told apart', async () => {
    let state = 1;
    const { warmed } = await warmUp(each((x) => x * (++state % 3)));
    expect(warmed).toMatchObject({ rows: 'alone', warnings: [expect.stringContaining('differently each time')] });
  });
});

describe('a warning', () => {
  test('is given of a model that cannot be tried', async () => {
    const { warmed } = await warmUp(each((x) => (x === 0 ? 1 : fail('only zeros'))));
    expect(warmed).toMatchObject({
      ok: true,
      rows: 'unknown',
      warnings: [expect.stringContaining('could not be tried')],
    });
  });

  test('is given of a model that answers NaN to everything, or to zeros; neither is refused', async () => {
    const nothing = await warmUp(each(() => Number.NaN));
    expect(nothing.warmed).toMatchObject({ ok: true, rows: 'unknown' });
    const share = await warmUp(each((x) => x / x));
    expect(share.warmed).toMatchObject({
      rows: 'independent',
      warnings: [expect.stringMatching(/output "y" has NaN .* row of zeros/)],
    });
    expect((await warmUp(each((x) => x))).warmed).toMatchObject({ warnings: [] });
  });
});

test('small batches and large ones are tried, of 16 and 32 rows too', async () => {
  const { sizes } = await warmUp(each((x) => x));
  expect([...new Set(sizes)]).toEqual(expect.arrayContaining([1, 2, 3, 8, 16, 17, 32, 33, 64]));
});

test('a model that takes two seconds a row is tried in a few runs', async () => {
  const { warmed, sizes, tookMs } = await warmUp(centredFrom(1), { rowMs: 2000 });
  expect(rowsOf(warmed)).toBe('alone');
  const independent = await warmUp(
    each((x) => x),
    { rowMs: 2000 },
  );
  expect(independent.warmed).toMatchObject({
    rows: 'independent',
    warnings: [expect.stringContaining('2 rows at most')],
  });
  expect(Math.max(...sizes, ...independent.sizes)).toBe(2);
  expect(Math.max(tookMs, independent.tookMs)).toBeLessThan(30_000);
});

test('made-up rows are unlike in every element of every input, and the same again', () => {
  const specs = {
    inputs: [
      { ...X, shape: [3, 5] },
      { ...X, name: 'z', shape: [4] },
    ],
    outputs: [],
  } as const;
  const rows = Array.from({ length: MADE_UP_ROWS }, (_, i) => i).filter((row) => row !== 6);
  const pack = () => viewBatch(specs, rows.length, new MadeUpRows(specs, 'wide').pack(rows)).inputs;
  for (const [index, size] of [15, 4].entries())
    for (let element = 0; element < size; element++)
      expect(new Set(rows.map((_, row) => pack()[index]?.[row * size + element])).size).toBe(rows.length);
  expect(pack()).toEqual(pack());
});

function fail(message: string): never {
  throw new Error(message);
}

describe('a slow model', () => {
  test('runs no more rows than its batches will ever have', async () => {
    const { warmed, sizes } = await warmUp(
      each((x) => x),
      { rowMs: 1300, maxBatchMs: 50 },
    );
    expect(sizes).toEqual([1, 1]);
    expect(warmed).toMatchObject({ ok: true, rows: 'alone', warmUp: { overheadMs: 0, byteMs: 0 } });
    expect(warmed.ok && warmed.warnings).toEqual([
      'a row takes 1301 ms, and a batch should take 50 (--max-batch-ms): it is served one row at a time, and was not tried with more',
    ]);
  });

  test('is tried with more where a batch may have them', async () => {
    const { warmed, sizes } = await warmUp(
      each((x) => x),
      { rowMs: 150, maxBatchMs: 50 },
    );
    expect(Math.max(...sizes)).toBeGreaterThan(1);
    expect(rowsOf(warmed)).toBe('independent');
  });
});

test.each<[string, Compute, boolean]>([
  ['a linear model', each((x) => 2 * x), true],
  ['one that is undefined at zero', each((x) => x / x), false],
  ['one that overflows', each((x) => Math.exp(1000 * Math.abs(x))), false],
])('the answers of %s are finite: it is found out', async (_, compute, finite) => {
  const { warmed } = await warmUp(compute);
  expect(warmed).toMatchObject({ ok: true, finite });
});
