/** The prediction log: a line for each prediction, in files. */

import { integer, MIB, type Option, oneOf, text } from '../config/option.js';

export const PREDICTION_LOG = {
  predictionLog: oneOf(
    ['off', 'sampled', 'all'],
    'off',
    'Whether predictions are logged, one JSON line a row: none, some of them, or all.',
  ),
  predictionLogFolder: text('FOLDER', './predictions', 'Where its files are; made where only it is missing.'),
  predictionLogSampleRate: integer(1, 1_000_000, 100, 'With sampled: one row in so many is logged.'),
  predictionLogInput: oneOf(
    ['none', 'hash', 'plain'],
    'plain',
    'What a line holds of the input: nothing, its SHA-256, or its beginning as it came.',
  ),
  predictionLogMaxInputChars: integer(1, 10_000, 500, 'Most characters of a text in a line.'),
  predictionLogMaxInputValues: integer(1, 10_000, 16, 'Most numbers of the input tensors in a line.'),
  predictionLogMaxFileBytes: integer(
    64 * 1024,
    64 * 1024 * MIB,
    64 * MIB,
    'A file takes no more bytes; then the next begins.',
  ),
  predictionLogRotateMs: integer(
    1000,
    2_592_000_000,
    86_400_000,
    'A file takes lines for so long; then the next begins, in milliseconds.',
  ),
  predictionLogKeepFiles: integer(
    1,
    10_000,
    20,
    'Files of the log that stay in the folder, of all hubs that share it; older ones are removed.',
  ),
  predictionLogMaxQueueRows: integer(
    1,
    1_048_576,
    16_384,
    'Most rows that wait to be written; more are dropped and counted.',
  ),
} as const satisfies Record<string, Option<unknown>>;
