/**
 * A common interface to TensorFlow.js layers and graph models: open from bytes, name the inputs and outputs, execute.
 * Knows no batches or manifests.
 */

import type { io, NamedTensorMap, Tensor } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { isRecord } from '../../../shared/parse.js';
import type { Featuriser } from '../../../shared/text/featuriser-contract.js';
import { wholeMessage } from '../../../shared/words/message-of.js';
import { registerHashedTextEncoder } from '../../../tfjs-layer/hashed-text-encoder.js';
import type { Backend } from '../backend/backend.js';
import { registerOwnLayers } from '../keras/own-layers.js';
import { AS_GRAPH } from '../keras/refusal.js';
import { isKeras3, withKnownSettings, withZeros } from '../keras/settings.js';
import { isNumbered } from '../keras/weight-names.js';
import { callProblem } from './call-order.js';
import { hasTextEncoder, splitTextEncoder } from './encoder-model.js';
import { rewriteGraph } from './graph-rewrites.js';
import type { ModelFiles } from './model-files.js';
import { registerOwnOps } from './own-ops.js';

/** What runs every op that TensorFlow has. */
const AS_SAVED = 'export the model without it, or serve its SavedModel, which needs the native engine';
/** Most weights named in a message. */
const MOST_NAMED = 3;

/** An input as the model's file describes it. */
export interface ModelInput {
  readonly name: string;
  readonly dtype: string;
  /** Batch dimension included; undefined where a size is open, or when the whole shape is unknown. */
  readonly shape: readonly (number | undefined)[] | undefined;
}

export interface TfjsModel {
  readonly inputs: readonly ModelInput[];
  readonly outputNames: readonly string[];
  /**
   * Inputs in the order of `inputs`, outputs in that of `outputNames`. Throws an error recognised by {@link needsAsync}
   * when the model cannot run synchronously.
   */
  execute(inputs: readonly Tensor[]): readonly Tensor[];
  /** For graphs with operations whose output size depends on values. Undefined: never needed. */
  readonly executeAsync: ((inputs: readonly Tensor[]) => Promise<readonly Tensor[]>) | undefined;
  /** All variables and constants that a run reads. */
  weights(): readonly Tensor[];
  /** What is left out of it, for people. */
  readonly note?: string;
  /** Forgets what the last run left, in a model that keeps a state. */
  readonly reset?: () => void;
  /** Produces the inputs, when the model began with a text encoder and was split. */
  readonly featuriser?: Featuriser;
  dispose(): void;
}

/**
 * Loads the model on the active backend. Throws what TensorFlow.js throws. `splitEncoder`: its leading text encoder
 * becomes the featuriser, and the rest the model.
 */
export async function openTfjsModel(files: ModelFiles, backend: Backend, splitEncoder = false): Promise<TfjsModel> {
  const handler = handlerOf(files);
  if (files.runtime !== 'tfjs-layers') return openGraph(handler, backend);
  return openLayers(handler, backend, files.modelJson, splitEncoder);
}

/** True for the error by which a graph says that it only runs asynchronously. */
export function needsAsync(cause: unknown): boolean {
  return cause instanceof Error && cause.message.includes('executeAsync()');
}

/** Why a model cannot be opened, in one line with what to do. A graph is not told to become one. */
export function openingProblem(cause: unknown, runtime: string = 'tfjs-layers'): string {
  const line = wholeMessage(cause);
  // The remedies of TensorFlow.js are on lines of their own, and are about code that the exporter does not have.
  const [, kind, name] = /^Unknown (\w+): ([^.]+)\./.exec(line) ?? [];
  if (kind !== undefined && name !== undefined) {
    return `TensorFlow.js has no ${kind} ${name}; export the model without it, or as a graph model, which needs no layers`;
  }
  const unset = /^\d+ of \d+ weights are not set: (.+)$/.exec(line)?.[1]?.split(',');
  if (unset !== undefined) {
    const names = `${unset.slice(0, MOST_NAMED).join(', ')}${unset.length > MOST_NAMED ? ', ...' : ''}`;
    return `no weight file holds the model's ${names}; train the model before the export (a layer Normalization: adapt it), and export topology and weights together, or a graph model`;
  }
  const spare = /^Provided weight data has no target variable: (.+)$/.exec(line)?.[1];
  if (spare !== undefined) {
    return `no layer of the model takes the weight ${spare} of its file; export topology and weights together`;
  }
  // Not of its own making: it trusts the topology to be whole.
  if (cause instanceof TypeError) {
    return `TensorFlow.js cannot build what its file describes (${line}); export or copy the model again`;
  }
  return /\bnot (yet |been )?(implemented|supported)\b|does not support/.test(line)
    ? `${line.replace(/\.$/, '')}; ${runtime === 'tfjs-layers' ? AS_GRAPH : AS_SAVED}`
    : line;
}

function handlerOf({ modelJson, weights }: ModelFiles): io.IOHandler {
  // model-files.ts has checked the parts relied on here; TensorFlow.js checks the rest.
  const model: io.ModelJSON = JSON.parse(modelJson);
  const { modelTopology, format, generatedBy, convertedBy, signature, userDefinedMetadata } = model;
  const { modelInitializer, initializerSignature, weightsManifest } = model;
  const artifacts: io.ModelArtifacts = {
    modelTopology,
    // Decoding copies each weight, so the shared buffer is only read. The type does not know SharedArrayBuffer.
    weightData: weights as unknown as ArrayBuffer,
    weightSpecs: weightsManifest.flatMap((group) => group.weights),
  };
  // Without the training configuration: an optimiser would hold tensors that prediction never needs.
  const rest = {
    format,
    generatedBy,
    convertedBy,
    signature,
    userDefinedMetadata,
    modelInitializer,
    initializerSignature,
  };
  const given = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
  return { load: async () => ({ ...artifacts, ...given }) };
}

async function openLayers(
  handler: io.IOHandler,
  { layers, tf }: Backend,
  modelJson: string,
  splitEncoder: boolean,
): Promise<TfjsModel> {
  registerOwnLayers(tf, layers);
  if (hasTextEncoder(modelJson)) registerHashedTextEncoder(tf, layers);
  const artifacts = (await handler.load?.()) ?? {};
  const whole = await openWhole(artifacts, modelJson, { tf, layers });
  const split = splitEncoder ? splitTextEncoder(whole, layers) : undefined;
  const model = split?.rest ?? whole;
  // A Sequential's input is named at load time, with a number that counts earlier models: callers must not see that.
  const lasting = (name: string): string =>
    modelJson.includes(JSON.stringify(name)) ? name : name.replace(/_\d+$/, '');
  return {
    inputs: model.inputs.map((input, index) => ({
      name: lasting(model.inputNames[index] ?? input.name),
      dtype: input.dtype,
      shape: input.shape.map((size) => size ?? undefined),
    })),
    outputNames: model.outputNames,
    execute(inputs) {
      // Not predict(): it splits its input into batches of 32.
      const [first] = inputs;
      return list(model.predictOnBatch(first !== undefined && inputs.length === 1 ? first : [...inputs]));
    },
    executeAsync: undefined,
    weights: () => model.weights.map((weight) => weight.read()),
    dispose: () => void whole.dispose(),
    ...(model.stateful ? { reset: () => model.resetStates() } : {}),
    ...(split === undefined ? {} : { featuriser: split.featuriser }),
  };
}

async function openWhole(
  artifacts: io.ModelArtifacts,
  modelJson: string,
  parts: Pick<Backend, 'tf' | 'layers'>,
): Promise<LayersModel> {
  const { modelTopology: topology, weightSpecs = [] } = artifacts;
  if (isRecord(topology) && isKeras3(topology, modelJson))
    return (await import('../keras/keras3-model.js')).openKeras3(artifacts, topology, parts);
  const known = { ...artifacts, ...knownTopology(topology) };
  const built = isNumbered(weightSpecs) ? withZeros(known.modelTopology) : undefined;
  if (!isRecord(built)) return parts.layers.loadLayersModel({ load: async () => known });
  return (await import('../keras/keras3-model.js')).openNamed(artifacts, built, parts);
}

/** Of Keras 2: a policy of mixed precision is an object where TensorFlow.js looks for the name of a dtype. */
function knownTopology(topology: unknown): { readonly modelTopology?: object } {
  const problem = callProblem(topology);
  if (problem !== undefined) throw new Error(problem);
  const known = withKnownSettings(topology);
  return isRecord(known) ? { modelTopology: known } : {};
}

async function openGraph(handler: io.IOHandler, backend: Backend): Promise<TfjsModel> {
  const { converter } = backend;
  registerOwnOps(backend);
  const artifacts = (await handler.load?.()) ?? {};
  const { modelTopology: topology, signature } = artifacts;
  const rewritten = isRecord(topology) ? { modelTopology: rewriteGraph(topology) } : {};
  const model = await converter.loadGraphModel({ load: async () => ({ ...artifacts, ...rewritten }) });
  await fillTables(model);
  const inputs = model.inputs.flatMap((input, index) => {
    const name = model.inputNodes[index] ?? input.name;
    // A lookup table is internal to the model.
    if (isTable(signature, name)) return [];
    // Can be undefined although the type denies it: a placeholder need not have a shape.
    const shape: readonly number[] | undefined = input.shape;
    const dtype: string = input.dtype ?? 'unknown';
    return [{ name, dtype, shape: shape?.map((size) => (size < 0 ? undefined : size)) }];
  });
  const outputNames = model.outputNodes;
  const named = (tensors: readonly Tensor[]): NamedTensorMap => {
    const map: NamedTensorMap = {};
    for (const [index, { name }] of inputs.entries()) {
      const tensor = tensors[index];
      if (tensor !== undefined) map[name] = tensor;
    }
    return map;
  };
  return {
    inputs,
    outputNames,
    execute: (tensors) => list(model.execute(named(tensors), outputNames)),
    executeAsync: async (tensors) => list(await model.executeAsync(named(tensors), outputNames)),
    weights: () => Object.values(model.weights).flat(),
    dispose: () => model.dispose(),
  };
}

/** Of the signature's inputs, those that the model's own initialiser fills. */
function isTable(signature: unknown, name: string): boolean {
  const inputs = isRecord(signature) && isRecord(signature.inputs) ? Object.values(signature.inputs) : [];
  const input = inputs.find(
    (one) => isRecord(one) && typeof one.name === 'string' && nodeOf(one.name) === nodeOf(name),
  );
  return isRecord(input) && (input.resourceId !== undefined || input.dtype === 'DT_RESOURCE');
}

function nodeOf(name: string): string {
  return name.replace(/:\d+$/, '');
}

/** What a graph model does by itself at its first run, when its tables would end with the scope of that run. */
interface TablesOfGraph {
  readonly initializer: unknown;
  executeInitializerGraphAsync(): Promise<Tensor[]>;
  setResourceIdToCapturedInput(outputs: readonly Tensor[]): void;
}

async function fillTables(model: object): Promise<void> {
  const tables = model as Partial<TablesOfGraph>;
  if (tables.initializer === undefined) return;
  tables.setResourceIdToCapturedInput?.((await tables.executeInitializerGraphAsync?.()) ?? []);
}

function list(tensors: Tensor | Tensor[]): readonly Tensor[] {
  return Array.isArray(tensors) ? tensors : [tensors];
}
