/** Entry of `npm run train`: reads the texts, trains, measures the model as it will be shipped, writes its folder. */

import { createHash } from 'node:crypto';
import { runProgram, tellProblem } from '../../command-line/run-program.js';
import { bestOf } from '../../shared/output.js';
import { formatScores, percent } from '../evaluate/report.js';
import { scoreTexts } from '../evaluate/scores.js';
import type { Progress } from './course.js';
import { TrainingInputError } from './input-error.js';
import { openTrainingEngine } from './network/engine.js';
import { Random } from './network/random.js';
import { TRAIN, type TrainingOptions, trainingOptions } from './options.js';
import { OpinionStore, trainAll } from './pipeline.js';
import { ProgressBar } from './progress-bar.js';
import { QUICK_EVERY, QUICK_RECIPE, RECIPE, VARIANTS } from './recipe.js';
import { createArtefact, loadArtefact, predictTexts } from './shipping/artefact.js';
import { formatCard, type RunFigures } from './shipping/card.js';
import { keepFigures } from './shipping/kept-figures.js';
import { writeModelFolder } from './shipping/model-folder.js';
import { CorpusReader } from './texts/corpus.js';
import { readLexicon } from './texts/lexicon.js';
import { PROBE } from './texts/probe.js';
import { LABELS, readSources, readValidation, type SourceSet } from './texts/sources.js';
import { makeVariants } from './texts/variants.js';

const CLASSES = LABELS.length;

async function run(options: TrainingOptions): Promise<void> {
  const startedMs = performance.now();
  const recipe = options.quick ? QUICK_RECIPE : RECIPE;
  const all = readSources(options.data);
  const labelled = options.quick ? all.map((set) => thin(set, QUICK_EVERY)) : all;
  const variants = makeVariants(labelled, VARIANTS, new Random(options.seed));
  const sets = [...labelled, variants.set];
  const val = readValidation(options.data);
  const reader = new CorpusReader();
  const [corpus, validation] = [reader.read(sets), reader.read([val])];
  const engine = await openTrainingEngine(options.engine);
  const { backend } = engine;
  console.log(
    `${corpus.count} texts, ${variants.bases.length} of them variants, of ${labelled.length} sets, seed ${options.seed}, on ${backend.name}`,
  );

  const fingerprint = createHash('sha256').update(new Uint8Array(corpus.words.buffer)).digest('hex');
  const key = JSON.stringify({ seed: options.seed, engine: backend.name, texts: corpus.count, fingerprint });
  const store = new OpinionStore(options.work, key);
  const labels = val.examples.map(({ classes }) => 31 - Math.clz32(classes));
  const shares = recipe.map(({ sizes }) => sizes.width * sizes.filters * sizes.window + 4000);
  const lexicon = readLexicon(options.data);
  const data = { sets, variantBases: variants.bases, corpus, validation, words: reader.words, lexicon };
  const network = trainAll(engine, data, recipe, options.seed, store, {
    started(member) {
      const index = recipe.indexOf(member);
      const rest = shares.slice(index + 1).reduce((sum, share) => sum + share, 0) / (shares[index] ?? 1);
      const bar = new ProgressBar(member.name, process.stderr, (seconds, done) => (seconds / done) * rest);
      return (progress: Progress) => bar.show(progress);
    },
    finished({ name }, said, kept) {
      const { macroRecall, accuracy } = scoreTexts(labels, said, CLASSES);
      const how = kept ? 'kept from before, ' : '';
      console.log(`${name}: ${how}validation macro recall ${percent(macroRecall)}, accuracy ${percent(accuracy)}`);
    },
  });

  const measure = async (exact: boolean) => {
    const artefact = createArtefact(backend, network, exact);
    const model = await loadArtefact(backend, artefact);
    const said = predictTexts(
      backend,
      model,
      val.examples.map(({ text }) => text),
    );
    const probe = predictTexts(
      backend,
      model,
      PROBE.map(({ text }) => text),
    );
    model.dispose();
    const right = PROBE.map(({ label }, i) => bestOf(probe, i * CLASSES, CLASSES) === label);
    return { artefact, scores: scoreTexts(labels, said, CLASSES), right };
  };
  const [float, shipped] = [await measure(true), await measure(false)];
  console.log(`\nValidation, as it is shipped\n${formatScores(shipped.scores, LABELS)}`);
  const cost = float.scores.macroRecall - shipped.scores.macroRecall;
  console.log(`one byte a weight costs ${(100 * cost).toFixed(2)} points of macro recall`);
  console.log(`probe: ${shipped.right.filter(Boolean).length} of ${PROBE.length} right`);
  console.log(`took ${Math.round((performance.now() - startedMs) / 1000)} s\n`);
  if (options.out === undefined) {
    console.log('Nothing written; give --out DIR to keep the model.');
    return;
  }
  const figures: RunFigures = {
    seed: options.seed,
    macroRecall: shipped.scores.macroRecall,
    accuracy: shipped.scores.accuracy,
    calibrationError: shipped.scores.calibration.error,
    probeRight: shipped.right.filter(Boolean).length,
  };
  const card = formatCard({
    seed: options.seed,
    engine: backend.name,
    scores: shipped.scores,
    floatRecall: float.scores.macroRecall,
    bytes: shipped.artefact.weights.byteLength,
    sets: labelled.map(({ name, examples }) => ({ name, texts: examples.length })),
    variants: variants.bases.length,
    probe: PROBE.map((sentence, i) => ({ sentence, isRight: shipped.right[i] === true })),
    runs: keepFigures(options.work, figures),
  });
  const bytes = writeModelFolder(options.out, shipped.artefact, card);
  console.log(`Wrote ${(bytes / 1e6).toFixed(2)} MB to ${options.out}`);
}

function thin(set: SourceSet, every: number): SourceSet {
  return { ...set, examples: set.examples.filter((_, i) => i % every === 0) };
}

try {
  await runProgram(TRAIN, (values) => run(trainingOptions(values)));
} catch (error) {
  if (!(error instanceof TrainingInputError)) throw error;
  tellProblem(TRAIN.name, error.message);
}
