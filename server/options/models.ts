/** Models, engine and batches: what is computed, and how. */

import { flag, integer, MIB, type Option, oneOf, text } from '../config/option.js';

export const MODELS = {
  model: text(
    'PATH',
    './model',
    'A model.json, a version folder, a model folder, or a repository of <name>/<version>/.',
  ),
  defaultModel: text(
    'NAME',
    '',
    'The model that answers requests which name none. Empty: the bare model, else the only one.',
  ),
  engine: oneOf(
    ['auto', 'native', 'wasm', 'cpu'],
    'auto',
    'What computes: auto takes native where it is installed, else wasm.',
  ),
  engineThreads: integer(1, 64, 1, 'Threads that compute, each with all models: batches that run at a time.'),
  tickMs: integer(
    0,
    1000,
    0,
    'How long an idle engine waits for more rows, in milliseconds. 0 never waits on purpose.',
  ),
  maxBatchMs: integer(1, 60_000, 50, 'A batch may take about this long, in milliseconds, by its measured cost.'),
  maxBatchRows: integer(1, 1_048_576, 4096, 'Most rows of a batch, whatever they cost.'),
  maxQueueRows: integer(1, 1_048_576, 8192, 'Most rows waiting for one model; more are refused OVERLOADED.'),
  maxArenaBytes: integer(
    1024,
    64 * 1024 * MIB,
    256 * MIB,
    'Most bytes of tensor rows kept for one model, waiting and running.',
  ),
  maxRequestRows: integer(1, 1_048_576, 1024, 'Most rows of one request.'),
  maxTextLength: integer(
    1,
    10_000_000,
    10_000,
    'Most characters of one text, where the model’s manifest does not say less.',
  ),
  watchdogMs: integer(
    50,
    600_000,
    2000,
    'A batch that takes this long, and ten times its expected time, is held to hang, in milliseconds.',
  ),
  receipts: flag(true, 'Whether predictions carry a receipt of where their time went, and windows its percentiles.'),
} as const satisfies Record<string, Option<unknown>>;
