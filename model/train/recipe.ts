// The settings of model/sentiment/1. They were chosen on texts held out of the training file, not on the validation file.
import type { FeaturiserConfig } from '../../shared/text/featuriser.js';
import type { Recipe } from './trainer.js';

/**
 * 65,536 rows of 16 bytes are 1 MiB. A tweet has 95 n-grams in the mean. Every row that is looked up costs, most of all on wasm, so
 * `length` is as short as it can be without a loss.
 */
export const FEATURISER: FeaturiserConfig = {
  name: 'hashed-ngrams',
  buckets: 65_536,
  length: 128,
  maxTokens: 56,
  minWordLength: 4,
};

/** A third epoch learns the training texts by heart; a width of 32 or 131,072 rows were no better, a width of 8 was worse. */
export const RECIPE: Omit<Recipe, 'seed'> = {
  epochs: 2,
  batchRows: 256,
  width: 16,
  hidden: 32,
  rate: 2e-3,
  warmUpSteps: 40,
  dropout: 0.3,
  ngramDropout: 0.1,
  labelSmoothing: 0.05,
  balance: 0.8,
};

/** What `--quick` changes: one text in `everyNth`, and smaller batches so that there are still enough steps to learn something. */
export const QUICK = { everyNth: 10, recipe: { epochs: 3, batchRows: 64 } } as const;
