/**
 * The server "naive": predictions over Socket.IO as in a tutorial. One tensor and one `predict` per event, on the event
 * loop, tfjs-node with defaults. It only disposes of its tensors, since it would otherwise run out of memory during the
 * measurement.
 */

import { createRequire } from 'node:module';
import { argv } from 'node:process';
import type { Tensor } from '@tensorflow/tfjs-core';
import { openBackend, type TfCore, type TfLayers } from '../../server/engine/backend/backend.js';
import { restoreUtil } from '../../server/engine/backend/native-shim.js';
import { serveBare } from './bare-server.js';
import { mlpArtifacts } from './mlp-files.js';

type Tf = Pick<TfCore, 'tensor'> & Pick<TfLayers, 'loadLayersModel'>;

const tf = argv.includes('native') ? native() : await wasm();
const artifacts = mlpArtifacts();
const model = await tf.loadLayersModel({
  load: async () => ({
    ...artifacts,
    weightSpecs: artifacts.weightSpecs.map((spec) => ({ ...spec, shape: [...spec.shape] })),
  }),
});

serveBare((socket) => {
  socket.on('predict', ({ input, id }: { readonly input: number[]; readonly id: number }) => {
    const x = tf.tensor([input]);
    // The model has one output.
    const y = model.predict(x) as Tensor;
    const prediction = y.arraySync();
    x.dispose();
    y.dispose();
    socket.emit('prediction', { id, prediction });
  });
});

/** Not by openBackend(), which sets thread counts that a tutorial leaves alone. */
function native(): Tf {
  restoreUtil();
  return createRequire(import.meta.url)('@tensorflow/tfjs-node');
}

async function wasm(): Promise<Tf> {
  const opening = await openBackend('wasm');
  if (!opening.ok) throw new Error(opening.reason);
  return { tensor: opening.backend.tf.tensor, loadLayersModel: opening.backend.layers.loadLayersModel };
}
