/**
 * Contract of every runtime, tested on a model that it can run: sessions describe themselves correctly, and runs leave
 * no trace.
 */

import assert from 'node:assert/strict';
import { realpath } from 'node:fs/promises';
import { type BatchViews, batchBytes, viewBatch } from '../../shared/batch-layout.js';
import { ADAPTER_NAME } from '../../shared/limits.js';
import { elementCount, isDType } from '../../shared/tensor.js';
import { firstLine } from '../../shared/words/message-of.js';
import type { ModelSource } from '../contracts/model-loader.js';
import type { ModelSession, Runtime, SessionDescription, SessionSource } from '../contracts/runtime.js';
import { type ContractCase, within } from './contract.js';

/** A model to test a runtime with: its folder, and what its manifest says besides. */
export type ModelUnderTest = Pick<ModelSource, 'folder'> & Partial<ModelSource>;

/** A runtime and a model to test it with. What is left out is not tested: such cases are not in the list. */
export interface RuntimeUnderTest {
  readonly runtime: Runtime;
  /** A model that it can run, in a folder of its own. Only `folder` is required; `options` are the manifest's. */
  readonly source: ModelUnderTest;
  /** A folder without that model. Omit it for a runtime whose models need no file. */
  readonly emptyFolder?: string;
  /**
   * The expected first output of a row, given the row of the first input: numbers, or the UTF-8 bytes of a text.
   * Compared to four digits.
   */
  readonly right?: (row: readonly number[]) => readonly number[];
}

/** What a case receives: sessions that it opens are disposed of at its end. */
interface Bench {
  readonly runtime: Runtime;
  readonly source: ModelSource;
  open(): Promise<ModelSession>;
}

type Makes = (name: string, body: (bench: Bench) => Promise<void>) => ContractCase;

const TEXTS = ['a text', '', 'naïve — 🔥', 'not bad at all'];

/** Returns the cases that a runtime must pass. Its folders must be there while they run. */
export function runtimeContract(under: RuntimeUnderTest): readonly ContractCase[] {
  const { runtime, right, emptyFolder } = under;
  const on: Makes = (name, body) => ({
    name,
    run: async () => {
      const source = await sourceOf(under);
      const sessions: ModelSession[] = [];
      const open = async (): Promise<ModelSession> => {
        const opening = await runtime.openSession(await read(runtime, source));
        assert.ok(opening.ok, opening.ok ? '' : opening.problem);
        sessions.push(opening.session);
        return opening.session;
      };
      try {
        await within(name, body({ runtime, source, open }));
      } finally {
        for (const session of sessions) session.dispose();
      }
    },
  });
  const cases = casesOfAll(on);
  if (right !== undefined) cases.push(on('answers what is right', (bench) => answersRight(bench, right)));
  if (runtime.memory !== undefined) {
    const name = 'holds nothing more after a hundred runs, nor after a session that was opened and disposed of';
    cases.push(on(name, (bench) => holdsNothing(bench, () => runtime.memory?.().numTensors)));
  }
  if (emptyFolder !== undefined) {
    const name = 'says in one line what is wrong with a folder that holds no such model';
    cases.push(on(name, (bench) => saysWhatIsWrong(bench, emptyFolder)));
  }
  return cases;
}

/** The cases of every runtime. */
function casesOfAll(on: Makes): ContractCase[] {
  return [
    on('has names that a manifest can say', async ({ runtime }) => {
      assert.ok(runtime.names.length > 0, 'names must not be empty');
      for (const name of runtime.names) assert.match(name, ADAPTER_NAME);
    }),
    on('describes inputs, outputs and what computes, the same each time', async (bench) => {
      const session = await bench.open();
      const description = session.describe();
      const { inputs, outputs, engine, why } = description;
      assert.ok(inputs.length > 0 && outputs.length > 0, 'a model must have inputs and outputs');
      assert.match(engine, /^\S+$/);
      assert.match(why, /\S/);
      for (const { name, dtype, shape } of [...inputs, ...outputs]) {
        assert.match(name, /\S/);
        assert.ok(isDType(dtype) || dtype === 'string', `dtype ${dtype} is none of the hub's`);
        for (const size of shape) assert.ok(Number.isSafeInteger(size) && size > 0, `"${name}" has size ${size}`);
      }
      await runOnce(session, 2);
      assert.deepEqual(session.describe(), description);
    }),
    on('fills every element of its outputs, for one row as for many', async (bench) => {
      const session = await bench.open();
      for (const rows of [1, 2, 17, 1]) {
        const [first, second] = [await runOnce(session, rows, 0.25), await runOnce(session, rows, -4)];
        // Earlier content of the buffer must not show.
        assert.deepEqual(second.outputs, first.outputs);
        for (const [index, output] of first.outputs.entries()) {
          const { name, shape } = session.describe().outputs[index] ?? { name: '', shape: [] };
          assert.equal(output.length, rows * elementCount(shape), `elements of "${name}"`);
        }
      }
    }),
    on('keeps no view of a batch: its buffer may be gone when the next one comes', async (bench) => {
      const session = await bench.open();
      const first = await runOnce(session, 3, 0, (buffer) => structuredClone(buffer, { transfer: [buffer] }));
      assert.deepEqual((await runOnce(session, 3)).outputs, first.outputs);
    }),
    on('runs two sessions of one model in turn, and one of them when the other is gone', async (bench) => {
      const [one, two] = [await bench.open(), await bench.open()];
      const first = await runOnce(one, 4);
      assert.deepEqual((await runOnce(two, 4)).outputs, first.outputs);
      assert.deepEqual((await runOnce(one, 4)).outputs, first.outputs);
      const third = await bench.runtime.openSession(await read(bench.runtime, bench.source));
      assert.ok(third.ok);
      third.session.dispose();
      assert.deepEqual((await runOnce(two, 4)).outputs, first.outputs);
    }),
  ];
}

async function answersRight(bench: Bench, right: NonNullable<RuntimeUnderTest['right']>): Promise<void> {
  const { inputs, outputs } = await runOnce(await bench.open(), 5);
  for (const [row, input] of inputs.entries()) {
    const expected = right(input);
    const size = expected.length;
    const answer = outputs[0]?.slice(row * size, (row + 1) * size) ?? [];
    for (const [i, value] of expected.entries())
      assert.ok(
        Math.abs((answer[i] ?? Number.NaN) - value) <= 1e-4 * Math.max(1, Math.abs(value)),
        `${answer} for ${input}, not ${expected}`,
      );
  }
}

async function holdsNothing(bench: Bench, held: () => number | undefined): Promise<void> {
  const session = await bench.open();
  await runOnce(session, 3);
  const before = held();
  for (let i = 0; i < 100; i++) await runOnce(session, 1 + (i % 5));
  const other = await bench.runtime.openSession(await read(bench.runtime, bench.source));
  assert.ok(other.ok);
  await runOnce(other.session, 2);
  other.session.dispose();
  assert.equal(held(), before);
}

async function saysWhatIsWrong({ runtime, source }: Bench, emptyFolder: string): Promise<void> {
  const problem = await problemOf(runtime, { ...source, folder: await realpath(emptyFolder) });
  assert.match(problem, /^[^\n]+$/);
}

/** The source as the hub makes it of a folder and its manifest. */
async function sourceOf({ runtime, source }: RuntimeUnderTest): Promise<ModelSource> {
  const folder = await realpath(source.folder);
  const manifest = { runtime: runtime.names[0], inputs: [], featuriser: undefined, options: {} };
  return { ref: 'model@1', file: 'model.json', ...manifest, ...source, folder };
}

async function read(runtime: Runtime, source: ModelSource): Promise<SessionSource> {
  const reading = await runtime.readFiles?.(source);
  if (reading === undefined) return { ...source, files: undefined };
  assert.ok(reading.ok, reading.ok ? '' : reading.problem);
  // As a thread receives it.
  return { ...source, files: structuredClone(reading.files) };
}

async function problemOf(runtime: Runtime, source: ModelSource): Promise<string> {
  try {
    const reading = await runtime.readFiles?.(source);
    if (reading?.ok === false) return reading.problem;
    const opening = await runtime.openSession({ ...source, files: reading?.files });
    if (!opening.ok) return opening.problem;
    opening.session.dispose();
  } catch (cause) {
    return firstLine(cause);
  }
  throw new assert.AssertionError({ message: 'a folder without a model was opened' });
}

interface Ran {
  /** Rows of the first input: its numbers, or the bytes of its text. */
  readonly inputs: readonly (readonly number[])[];
  readonly outputs: readonly (readonly number[])[];
}

/** One run on made-up rows, with outputs preset to `left`. */
async function runOnce(
  session: ModelSession,
  rows: number,
  left = 0,
  afterwards: (buffer: ArrayBuffer) => unknown = () => undefined,
): Promise<Ran> {
  const specs = session.describe();
  const texts = Array.from({ length: rows }, (_, row) => TEXTS[row % TEXTS.length] ?? '');
  const buffer = new ArrayBuffer(batchBytes(specs, rows, 4 * texts.join('').length));
  const views = viewBatch(specs, rows, buffer);
  for (const output of views.outputs) output.fill(left);
  fill(specs, views, texts);
  const inputs = Array.from({ length: rows }, (_, row) => rowOf(specs, views, texts, row));
  await session.run(views, rows);
  const outputs = views.outputs.map((output) => [...output]);
  afterwards(buffer);
  return { inputs, outputs };
}

/** Small numbers that every dtype holds, different from row to row. */
function fill({ inputs }: SessionDescription, views: BatchViews, texts: readonly string[]): void {
  for (const [index, { dtype }] of inputs.entries()) {
    const array = views.inputs[index];
    if (dtype === 'string' || array === undefined) continue;
    for (let i = 0; i < array.length; i++) array[i] = dtype === 'bool' ? i % 2 : i % 5;
  }
  if (views.text === undefined) return;
  let offset = 0;
  for (const [row, text] of texts.entries()) {
    const { written } = new TextEncoder().encodeInto(text, views.text.bytes.subarray(offset));
    views.text.lengths[row] = written;
    offset += written;
  }
}

function rowOf({ inputs }: SessionDescription, views: BatchViews, texts: readonly string[], row: number): number[] {
  const [first] = inputs;
  if (first === undefined) return [];
  if (first.dtype === 'string') return [...new TextEncoder().encode(texts[row])];
  const size = elementCount(first.shape);
  return [...(views.inputs[0]?.slice(row * size, (row + 1) * size) ?? [])];
}
