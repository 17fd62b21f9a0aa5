import { cp, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { ModelSession } from '../../../server/contracts/runtime.js';
import { tfjsRuntime } from '../../../server/engine/tfjs/tfjs-runtime.js';
import { batchBytes, viewBatch } from '../../../shared/batch-layout.js';
import { Random } from '../../support/random.js';
import { withFolder, writeGraph, writeJson, writeMlp } from '../../support/tiny-models.js';

const FOLDERS = 50;
const MOST_LETTERS = 900;
const runtime = tfjsRuntime({ backend: 'cpu', graphCapture: false });

/** A layers model and a graph, the weights of each in several files. */
async function writeWhole(folder: string): Promise<readonly string[]> {
  const places = [join(folder, 'layers'), join(folder, 'graph')];
  const [layers = '', graph = ''] = places;
  await writeMlp(layers, [4, 8, 3]);
  await writeGraph(graph);
  for (const place of places) {
    const path = join(place, 'model.json');
    const model = JSON.parse(await readFile(path, 'utf8'));
    const bytes = await readFile(join(place, 'weights.bin'));
    const middle = 4 * Math.floor(bytes.length / 8);
    await writeFile(join(place, 'a.bin'), bytes.subarray(0, middle));
    await writeFile(join(place, 'b.bin'), bytes.subarray(middle));
    await rm(join(place, 'weights.bin'));
    model.weightsManifest[0].paths = ['a.bin', 'b.bin'];
    await writeJson(path, model);
  }
  return places;
}

/** A file is lost, cut short, longer than it was, or has bits flipped; in the text of the model, or a value in it. */
async function damage(folder: string, random: Random): Promise<void> {
  const path = join(folder, random.below(2) === 0 ? 'model.json' : random.pick(await readdir(folder)));
  const bytes = await readFile(path);
  const kind = random.below(8);
  if (kind === 0) return rm(path);
  if (kind === 1) return writeFile(path, bytes.subarray(0, random.below(bytes.length)));
  if (kind === 2) return writeFile(path, Buffer.concat([bytes, Buffer.alloc(1 + random.below(9))]));
  if (!path.endsWith('.json') || kind === 3) {
    for (let flips = 0; flips <= random.below(3); flips++) {
      const at = random.below(bytes.length);
      bytes[at] = (bytes[at] ?? 0) ^ (1 << random.below(8));
    }
    return writeFile(path, bytes);
  }
  const values = /(?<=[:[,])(-?\d+|"[^"]*"|true|false|null|\[\]|\{\})(?=[,\]}])/g;
  const text = bytes.toString('utf8');
  const chosen = random.below([...text.matchAll(values)].length);
  let at = 0;
  const other = random.pick(['-1', '0', '1e99', '3', 'null', '"x"', '[]', '{}', 'true', '[[]]']);
  return writeFile(
    path,
    text.replace(values, (value) => (at++ === chosen ? other : value)),
  );
}

async function open(folder: string): Promise<ModelSession | string> {
  const source = {
    ref: 'm@1',
    folder: await realpath(folder),
    file: 'model.json',
    inputs: [],
    options: {},
    runtime: undefined,
  };
  const whole = { ...source, featuriser: undefined };
  const reading = await runtime.readFiles?.(whole);
  if (!reading?.ok) return reading?.problem ?? 'no files';
  const opening = await runtime.openSession({ ...whole, files: reading.files });
  return opening.ok ? opening.session : opening.problem;
}

async function run(session: ModelSession): Promise<void> {
  const specs = session.describe();
  const views = viewBatch(specs, 2, new ArrayBuffer(batchBytes(specs, 2, 0)));
  await session.run(views, 2);
}

test('of fifty damaged folders each is refused in one line, or opened and run, and a whole one is opened after them', async () => {
  await withFolder(async (root) => {
    const places = await writeWhole(join(root, 'whole'));
    const problems = new Set<string>();
    let opened = 0;
    for (let seed = 0; seed < FOLDERS; seed++) {
      const folder = join(root, String(seed));
      await cp(places[seed % 2] ?? '', folder, { recursive: true });
      await damage(folder, new Random(seed));
      const session = await open(folder);
      if (typeof session === 'string') {
        expect(session, `seed ${seed}`).toMatch(/^[^\n]+$/);
        expect(session.length, `seed ${seed}: ${session}`).toBeLessThan(MOST_LETTERS);
        problems.add(session.replaceAll(folder, ''));
      } else {
        opened += 1;
        await run(session).catch((cause: unknown) => expect(cause, `seed ${seed}`).toBeInstanceOf(Error));
        session.dispose();
      }
    }
    expect(opened).toBeGreaterThan(5);
    expect(problems.size).toBeGreaterThan(10);
    for (const place of places) {
      const session = await open(place);
      if (typeof session === 'string') throw new Error(session);
      await run(session);
      session.dispose();
    }
  });
});
