/** Compares a hub's results for a text with those of the model's own layer, on random texts of all of Unicode. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Tensor } from '@tensorflow/tfjs-core';
import { openBackend } from '../../server/engine/backend/backend.js';
import { splitTextEncoder } from '../../server/engine/tfjs/encoder-model.js';
import { HASHED_TEXT_ENCODER, registerHashedTextEncoder, textTensor } from '../../tfjs-layer/hashed-text-encoder.js';
import { EvaluationInputError } from './labelled-texts.js';

const BATCH_TEXTS = 500;
const PIECES = [
  'soooo',
  'GREAT',
  "isn't",
  '#tag_1',
  '@you',
  'https://a.b/c',
  'a.com/x',
  ':-)',
  'xD',
  '</3',
  '..',
  '?!',
  '&amp;',
  '12:30%',
];

export interface Agreement {
  readonly texts: number;
  /** The largest difference of any number of any text. */
  readonly worst: number;
}

/** `folder` holds a layers model that begins with a text encoder. */
export async function measureAgreement(folder: string, count: number, seed: number): Promise<Agreement> {
  const opening = await openBackend('cpu');
  if (!opening.ok) throw new EvaluationInputError(opening.reason);
  const { tf, layers } = opening.backend;
  registerHashedTextEncoder(tf, layers);
  const { modelTopology, weightsManifest } = JSON.parse(readFileSync(join(folder, 'model.json'), 'utf8'));
  const weightSpecs = weightsManifest.flatMap((group: { weights: object[] }) => group.weights);
  const weightData = new Uint8Array(readFileSync(join(folder, weightsManifest[0].paths[0]))).buffer;
  const model = await layers.loadLayersModel(tf.io.fromMemory({ modelTopology, weightSpecs, weightData }));
  const encoder = model.layers.find((layer) => layer.getClassName() === HASHED_TEXT_ENCODER);
  if (encoder === undefined) throw new EvaluationInputError(`${folder} has no layer ${HASHED_TEXT_ENCODER}`);
  const { featuriser } = splitTextEncoder(model, layers);
  const random = randomNumbers(seed);
  let worst = 0;
  for (let from = 0; from < count; from += BATCH_TEXTS) {
    const texts = Array.from({ length: Math.min(BATCH_TEXTS, count - from) }, () => randomText(random));
    const input = textTensor(tf, texts);
    const output = encoder.apply(input) as Tensor;
    const expected = output.dataSync<'float32'>();
    tf.dispose([input, output]);
    const actual = new Float32Array(expected.length);
    for (const [row, text] of texts.entries()) featuriser.write(text, row, [actual]);
    for (let i = 0; i < actual.length; i++) worst = Math.max(worst, Math.abs((actual[i] ?? 0) - (expected[i] ?? 0)));
  }
  return { texts: count, worst };
}

/** Arbitrary code units including lone surrogates, code points of one script, and typical typed text. */
function randomText(random: () => number): string {
  const below = (limit: number) => Math.floor(random() * limit);
  const script = below(0x2000) * 16;
  let text = '';
  for (let left = below(40); left > 0; left--) {
    const kind = random();
    if (kind < 0.25) text += String.fromCharCode(below(0x10000));
    else if (kind < 0.4) text += String.fromCodePoint(below(0x110000));
    else if (kind < 0.65) text += String.fromCodePoint(script + below(16));
    else if (kind < 0.85) text += String.fromCharCode(0x20 + below(0x60));
    else text += ` ${PIECES[below(PIECES.length)]}`;
  }
  return text;
}

/** Uniform in [0, 1). */
function randomNumbers(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return ((z ^ (z >>> 15)) >>> 0) / 2 ** 32;
  };
}
