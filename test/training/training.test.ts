// Training end to end on a small corpus of our own: it learns, is reproducible, resumes where it stopped, and a hub
// serves the result.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import { scoreTexts } from '../../model/evaluate/scores.js';
import { openTrainingEngine } from '../../model/train/network/engine.js';
import { Random } from '../../model/train/network/random.js';
import { OpinionStore, trainAll, type Watcher } from '../../model/train/pipeline.js';
import { QUICK_RECIPE, SHIPPED } from '../../model/train/recipe.js';
import { createArtefact, loadArtefact, predictTexts } from '../../model/train/shipping/artefact.js';
import { writeModelFolder } from '../../model/train/shipping/model-folder.js';
import { CorpusReader } from '../../model/train/texts/corpus.js';
import { PROBE } from '../../model/train/texts/probe.js';
import { makeVariants } from '../../model/train/texts/variants.js';
import { parseManifest } from '../../server/models/manifest.js';
import { bestOf } from '../../shared/output.js';
import { moods } from './moods.js';

// Seconds of work, on machines that are busy with other things.
vi.setConfig({ testTimeout: 60_000 });

const engine = await openTrainingEngine('wasm');
const folder = mkdtempSync(join(tmpdir(), 'tickcast-train-'));
afterAll(() => rmSync(folder, { recursive: true }));

const MODEL = join(import.meta.dirname, '../../model/sentiment/2');
const val = { name: 'val', classes: 3, examples: moods(150, 2) };
const labels = val.examples.map(({ classes }) => Math.log2(classes));

function trainSmall(seed: number, work: string, watcher: Partial<Watcher> = {}) {
  const labelled = [
    { name: 'main', classes: 3, examples: moods(1500, 1) },
    { name: 'other', classes: 2, examples: moods(200, 3).map(({ text }, i) => ({ classes: 1 + (i % 2), text })) },
  ];
  const variants = makeVariants(labelled, { emoji: 0.2, capitals: 0.1 }, new Random(seed));
  const sets = [...labelled, variants.set];
  const reader = new CorpusReader();
  const [corpus, validation] = [reader.read(sets), reader.read([val])];
  const data = { sets, variantBases: variants.bases, corpus, validation, words: reader.words, lexicon: new Map() };
  const store = new OpinionStore(join(folder, work), `seed ${seed}`);
  return trainAll(engine, data, QUICK_RECIPE, seed, store, { started: () => () => {}, finished: () => {}, ...watcher });
}

test('learns the moods of texts it has not seen, and leaves no tensor behind', async () => {
  const before = engine.backend.tf.memory().numTensors;
  const losses: number[] = [];
  const network = trainSmall(1, 'first', {
    started:
      () =>
      ({ loss }) =>
        losses.push(loss),
  });
  const model = await loadArtefact(engine.backend, createArtefact(engine.backend, network));
  const answers = predictTexts(
    engine.backend,
    model,
    val.examples.map(({ text }) => text),
  );
  model.dispose();
  expect(scoreTexts(labels, answers, 3).macroRecall).toBeGreaterThan(0.9);
  expect(losses.at(-1)).toBeLessThan(losses[0] ?? 0);
  for (let i = 0; i < answers.length; i += 3) {
    expect((answers[i] ?? 0) + (answers[i + 1] ?? 0) + (answers[i + 2] ?? 0)).toBeCloseTo(1, 5);
  }
  expect(engine.backend.tf.memory().numTensors).toBe(before);
});

test('gives the same bytes for the same seed, also when it goes on after its teachers, and others for another seed', () => {
  const kept: boolean[] = [];
  const watch = { finished: (_: unknown, __: unknown, isKept: boolean) => kept.push(isKept) };
  const networks = [
    trainSmall(7, 'seven', watch),
    trainSmall(7, 'seven', watch),
    trainSmall(7, 'again', watch),
    trainSmall(8, 'eight', watch),
  ];
  const [first, resumed, again, other] = networks.map((network) => createArtefact(engine.backend, network));
  expect(kept).toEqual([false, false, true, false, false, false, false, false]);
  expect(resumed).toEqual(first);
  expect(again).toEqual(first);
  expect(other?.weights).not.toEqual(first?.weights);
});

test('writes a folder with a manifest that a hub takes', () => {
  const artefact = createArtefact(engine.backend, trainSmall(1, 'first'));
  const out = join(folder, 'out');
  const bytes = writeModelFolder(out, artefact, '# card\n');
  const parsed = parseManifest(readFileSync(join(out, 'manifest.json'), 'utf8'));
  expect(parsed).toMatchObject({ ok: true, manifest: { featuriser: { name: 'hashed-text-encoder' } } });
  expect(JSON.parse(readFileSync(join(out, 'model.json'), 'utf8'))).toEqual(artefact.modelJson);
  expect(readFileSync(join(out, 'README.md'), 'utf8')).toBe('# card\n');
  expect(bytes).toBeGreaterThan(2 * 2 ** 12 * SHIPPED.width);
});

test('the model that is shipped fits in 1.5 MB and gets 35 sentences of the probe right', async () => {
  const modelJson = JSON.parse(readFileSync(join(MODEL, 'model.json'), 'utf8'));
  const weights = readFileSync(join(MODEL, 'weights.bin'));
  expect(weights.byteLength).toBeLessThan(1.5e6);
  const model = await loadArtefact(engine.backend, { modelJson, weights });
  const answers = predictTexts(
    engine.backend,
    model,
    PROBE.map(({ text }) => text),
  );
  model.dispose();
  const wrong = PROBE.filter(({ label }, i) => bestOf(answers, 3 * i, 3) !== label);
  expect(wrong.length, wrong.map(({ text }) => text).join('\n')).toBeLessThanOrEqual(5);
});
