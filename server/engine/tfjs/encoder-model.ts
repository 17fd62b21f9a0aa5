/**
 * Splits a layers model that begins with a text encoder: the encoder becomes a featuriser that fills a batch fast, and
 * the layers above it a model on numbers. Knows no batches or manifests.
 */

import type { LayersModel, layers as layerTypes, SymbolicTensor } from '@tensorflow/tfjs-layers';
import { TextEncoding } from '../../../shared/text/text-encoder.js';
import { type EncoderLayer, HASHED_TEXT_ENCODER, weightsOf } from '../../../tfjs-layer/hashed-text-encoder.js';
import type { TfLayers } from '../backend/backend.js';

export interface SplitModel {
  readonly featuriser: TextEncoding;
  readonly rest: LayersModel;
}

export function hasTextEncoder(modelJson: string): boolean {
  return modelJson.includes(`"${HASHED_TEXT_ENCODER}"`);
}

/**
 * Both parts share the model's weights: disposing of the whole is enough. Throws when it is not a chain of layers after
 * a text encoder.
 */
export function splitTextEncoder(model: LayersModel, layers: TfLayers): SplitModel {
  const [input, encoder, ...above] = model.layers;
  if (input?.getClassName() !== 'InputLayer' || encoder === undefined || !isEncoder(encoder)) {
    throw new Error(
      'manifest.json names the featuriser "hashed-text-encoder", but the model does not begin with that layer',
    );
  }
  const featuriser = new TextEncoding(encoder.sizes, weightsOf(encoder));
  const features = layers.input({ name: 'features', shape: [2 * encoder.sizes.filters] });
  let output: SymbolicTensor = features;
  for (const layer of above) {
    const next = layer.apply(output);
    if (!(next instanceof layers.SymbolicTensor) || layer.inboundNodes[0]?.inboundLayers.length !== 1) {
      throw new Error(
        `layer ${layer.name} has more than one input or output; above a text encoder only a chain can be served`,
      );
    }
    output = next;
  }
  return { featuriser, rest: layers.model({ inputs: features, outputs: output, name: `${model.name}-rest` }) };
}

function isEncoder(layer: layerTypes.Layer): layer is EncoderLayer {
  return layer.getClassName() === HASHED_TEXT_ENCODER;
}
