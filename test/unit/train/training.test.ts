// Training end to end on a small corpus: it learns, it is repeatable, and what it writes is loaded by stock TensorFlow.js.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Artefact, createArtefact, loadArtefact } from '../../../model/train/artefact.js';
import { openTrainingEngine, type TrainingEngine } from '../../../model/train/engine.js';
import { featurise } from '../../../model/train/features.js';
import { score } from '../../../model/train/metrics.js';
import { writeModelFolder } from '../../../model/train/model-folder.js';
import { largest, predict } from '../../../model/train/predict.js';
import { RECIPE } from '../../../model/train/recipe.js';
import { type Progress, train } from '../../../model/train/trainer.js';
import { createFeaturiser, type FeaturiserConfig, parseFeaturiserConfig } from '../../../shared/text/featuriser.js';
import { moods } from './moods.js';

const CONFIG: FeaturiserConfig = { name: 'hashed-ngrams', buckets: 2048, length: 64, maxTokens: 24, minWordLength: 4 };
const featuriser = createFeaturiser(CONFIG);
const opening = await openTrainingEngine();
const MODEL = join(import.meta.dirname, '../../../model/sentiment/1');

function trainSmall(
  { tf, layers }: TrainingEngine,
  seed: number,
  report: (progress: Progress) => void = () => {},
): Artefact {
  const recipe = { ...RECIPE, seed, epochs: 4, batchRows: 16 };
  return createArtefact(
    layers,
    featuriser,
    train(tf, featurise(moods(360, 1), CONFIG), CONFIG.buckets, recipe, report),
  );
}

describe.skipIf(!opening.ok)(opening.ok ? 'training' : `training (skipped: ${opening.reason})`, () => {
  if (!opening.ok) return;
  const { engine } = opening;

  test('learns the moods of texts it has not seen, and leaves no tensor behind', async () => {
    const before = engine.tf.memory().numTensors;
    const losses: number[] = [];
    const artefact = trainSmall(engine, 1, ({ loss }) => losses.push(loss));
    const model = await loadArtefact(engine, artefact);
    const texts = moods(150, 2);
    const answers = predict(
      engine.tf,
      model,
      featuriser,
      texts.map(({ text }) => text),
    );
    model.dispose();
    const { macroRecall } = score(
      texts.map(({ label }) => label),
      answers.map(largest),
      3,
    );
    expect(macroRecall).toBeGreaterThan(0.95);
    expect(losses.at(-1)).toBeLessThan(losses[0] ?? 0);
    for (const answer of answers) expect(answer.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 5);
    expect(engine.tf.memory().numTensors).toBe(before);
  });

  test('gives the same bytes for the same seed and others for another', () => {
    const [first, again, other] = [7, 7, 8].map((seed) => trainSmall(engine, seed));
    expect(again).toEqual(first);
    expect(other?.weights).not.toEqual(first?.weights);
  });

  test('writes a folder that a hub can serve', () => {
    const folder = mkdtempSync(join(tmpdir(), 'tickcast-train-'));
    try {
      const artefact = trainSmall(engine, 1);
      const bytes = writeModelFolder(folder, artefact, CONFIG);
      const manifest = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8'));
      expect(manifest).toMatchObject({
        runtime: 'tfjs-layers',
        input: { kind: 'text' },
        labels: ['negative', 'neutral', 'positive'],
      });
      expect(parseFeaturiserConfig(manifest.input.featuriser)).toEqual({ ok: true, config: CONFIG });
      expect(JSON.parse(readFileSync(join(folder, 'model.json'), 'utf8'))).toEqual(artefact.modelJson);
      expect(bytes).toBeGreaterThan(CONFIG.buckets * RECIPE.width);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('the model that is shipped knows plain praise from plain complaint', async () => {
    const modelJson = JSON.parse(readFileSync(join(MODEL, 'model.json'), 'utf8'));
    const manifest = JSON.parse(readFileSync(join(MODEL, 'manifest.json'), 'utf8'));
    const weights = readFileSync(join(MODEL, 'weights.bin'));
    expect(weights.byteLength).toBeLessThan(3e6);
    const parsed = parseFeaturiserConfig(manifest.input.featuriser);
    if (!parsed.ok) throw new Error(parsed.problem);
    const model = await loadArtefact(engine, { modelJson, weights });
    const texts = [
      'This is terrible, worst day ever :(',
      'The train leaves at 9 from platform 2',
      "I love it, can't wait!!! 😂",
    ];
    const answers = predict(engine.tf, model, createFeaturiser(parsed.config), texts);
    model.dispose();
    expect(answers.map(largest)).toEqual([0, 1, 2]);
  });
});
