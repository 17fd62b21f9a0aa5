// Entry of `npm run train`: reads the texts, trains, measures the model as it will be shipped, writes its folder.
import { createFeaturiser } from '../../shared/text/featuriser.js';
import { createArtefact, loadArtefact } from './artefact.js';
import { LABELS, readCorpus, TrainingInputError } from './corpus.js';
import { openTrainingEngine } from './engine.js';
import { featurise } from './features.js';
import { score } from './metrics.js';
import { writeModelFolder } from './model-folder.js';
import { parseOptions, type TrainingOptions, USAGE } from './options.js';
import { largest, predict } from './predict.js';
import { ProgressBar } from './progress-bar.js';
import { FEATURISER, QUICK, RECIPE } from './recipe.js';
import { formatScores } from './report.js';
import { train } from './trainer.js';

async function run(options: TrainingOptions): Promise<void> {
  const val = readCorpus(options.data, 'val');
  const all = readCorpus(options.data, 'train');
  const examples = options.quick ? all.filter((_, i) => i % QUICK.everyNth === 0) : all;
  const opening = await openTrainingEngine();
  if (!opening.ok) throw new TrainingInputError(opening.reason);
  const { engine } = opening;
  const recipe = { ...RECIPE, seed: options.seed, ...(options.quick ? QUICK.recipe : {}) };
  console.log(`Training on ${examples.length} texts, ${recipe.epochs} epochs, seed ${recipe.seed}`);
  const bar = new ProgressBar(process.stderr);
  const set = featurise(examples, FEATURISER);
  const network = train(engine.tf, set, FEATURISER.buckets, recipe, (progress) => bar.show(progress));

  const featuriser = createFeaturiser(FEATURISER);
  const artefact = createArtefact(engine.layers, featuriser, network);
  const model = await loadArtefact(engine, artefact);
  const probabilities = predict(
    engine.tf,
    model,
    featuriser,
    val.map(({ text }) => text),
  );
  model.dispose();
  const actual = val.map(({ label }) => label);
  console.log(`\nValidation\n${formatScores(score(actual, probabilities.map(largest), LABELS.length))}\n`);
  if (options.out === undefined) {
    console.log('Nothing written; give --out DIR to keep the model.');
    return;
  }
  const bytes = writeModelFolder(options.out, artefact, FEATURISER);
  console.log(`Wrote ${(bytes / 1e6).toFixed(2)} MB to ${options.out}`);
}

try {
  const options = parseOptions(process.argv.slice(2));
  if (options === 'help') console.log(USAGE);
  else await run(options);
} catch (error) {
  if (!(error instanceof TrainingInputError)) throw error;
  console.error(`train: ${error.message}`);
  process.exitCode = 1;
}
