/**
 * Rewrites the settings of one Keras 3 layer in the words that TensorFlow.js reads. What TensorFlow.js would leave out
 * in silence, and so answer something else, is refused. Pure.
 */

import { isRecord } from '../../../shared/parse.js';
import { HARD_SIGMOID, KEPT_POOLING, MASKED_MEAN, PASS_THROUGH, RESIZED } from './names.js';
import { AS_GRAPH, KerasRefusal } from './refusal.js';

export type Json = Readonly<Record<string, unknown>>;

/** Settings that matter in training alone, or say where Python finds a class. */
const LEFT_OUT: ReadonlySet<string> = new Set([
  'activity_regularizer',
  'autocast',
  'backward_layer',
  'build_config',
  'lora_rank',
  'module',
  'optional',
  'quantization_config',
  'ragged',
  'registered_name',
  'seed_generator',
  'shared_object_id',
  'use_cudnn',
  'zero_output_for_mask',
]);

const RECURRENT = /^(SimpleRNN|LSTM|GRU)/;

/** Inputs and weights are computed in these: TensorFlow.js has no others. */
const DTYPES: Readonly<Record<string, string>> = {
  float16: 'float32',
  bfloat16: 'float32',
  float64: 'float32',
  mixed_float16: 'float32',
  mixed_bfloat16: 'float32',
  int8: 'int32',
  int16: 'int32',
  int64: 'int32',
  uint8: 'int32',
  uint16: 'int32',
  uint32: 'int32',
};

/** Activations that mean something else in Keras 3 than in Keras 2, whose meaning TensorFlow.js has. */
const ACTIVATIONS: Readonly<Record<string, string>> = { hard_sigmoid: HARD_SIGMOID };

/** @param layer rewrites a layer inside this one. */
export function rewriteSettings(className: string, raw: Json, layer: (raw: unknown) => Json): Json {
  const config: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(raw)) {
    if (!LEFT_OUT.has(key)) config[key === 'batch_shape' ? 'batch_input_shape' : key] = setting(key, value, layer);
  }
  // Its default is the dearest of all.
  if (RECURRENT.test(className)) config.recurrent_initializer = 'zeros';
  const kind = KINDS[className];
  return kind === undefined ? { class_name: className, config } : kind(config, raw);
}

function setting(key: string, value: unknown, layer: (raw: unknown) => Json): unknown {
  if (key === 'dtype') return dtypeOf(value);
  // Every value is replaced by the file's, so the cheapest will do; and there is no training to constrain.
  if (key.endsWith('_initializer')) return 'zeros';
  if (key.endsWith('_regularizer') || key.endsWith('_constraint')) return null;
  if (key === 'activation' || key.endsWith('_activation')) return activationOf(value, layer);
  if (key === 'layer' || key === 'cell') return layer(value);
  if (key === 'cells' && Array.isArray(value)) return value.map(layer);
  return plain(value);
}

/** Without the wrapping of values that JSON has itself. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (!isRecord(value)) return value;
  const { class_name: className, config } = value;
  if (className === '__numpy__' && isRecord(config)) return config.value;
  if (typeof className === 'string' && className.endsWith('DTypePolicy')) return dtypeOf(value);
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, part]) => (LEFT_OUT.has(key) ? [] : [[key, plain(part)]])),
  );
}

/** With the dtypes that TensorFlow.js has, in all layers, and without what it refuses: what a file of Keras 2 needs. */
export function withKnownSettings(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withKnownSettings);
  if (!isRecord(value)) return value;
  const { class_name: className, config } = value;
  if (isRecord(config) && /^SeparableConv/.test(String(className))) {
    const { config: own, ...rest } = { ...value, config: withoutKernel(config) };
    return { ...withKnownRest(rest), config: withKnownRest(own) };
  }
  return withKnownRest(value);
}

function withKnownRest(value: Json): Json {
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => [key, key === 'dtype' ? dtypeOf(part) : withKnownSettings(part)]),
  );
}

/** With the cheapest initial values, for a model whose weights are set after it is built; not every backend has others. */
export function withZeros(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withZeros);
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => [key, key.endsWith('_initializer') ? 'zeros' : withZeros(part)]),
  );
}

/** Keras writes what its base class has: a separable convolution has two kernels, with settings of their own. */
function withoutKernel({
  kernel_initializer: initializer,
  kernel_regularizer: regularizer,
  kernel_constraint: constraint,
  ...config
}: Json): Json {
  return config;
}

function dtypeOf(value: unknown): unknown {
  if (typeof value === 'string') return DTYPES[value] ?? value;
  if (!isRecord(value)) return value;
  const { class_name: className, config } = value;
  if (String(className).startsWith('Quantized')) {
    throw new KerasRefusal(`it is quantised by Keras (${String(className)}); export it before quantize()`);
  }
  const name = isRecord(config) ? config.name : undefined;
  return typeof name === 'string' ? (DTYPES[name] ?? name) : 'float32';
}

function activationOf(value: unknown, layer: (raw: unknown) => Json): unknown {
  if (typeof value === 'string') return ACTIVATIONS[value] ?? value;
  if (!isRecord(value)) return value;
  const { class_name: className, config } = value;
  if (className === 'function' && typeof config === 'string') return ACTIVATIONS[config] ?? config;
  if (className === '__lambda__') {
    throw new KerasRefusal(`an activation is a lambda, whose Python code cannot run here; ${AS_GRAPH}`);
  }
  return layer(value);
}

type Kind = (config: Record<string, unknown>, raw: Json) => Json;

/** Layers of which more than the common settings differs. */
const KINDS: Readonly<Record<string, Kind>> = {
  // In TensorFlow.js, this is the name of an initializer.
  Identity: (config) => ({ class_name: PASS_THROUGH, config }),
  LeakyReLU: ({ negative_slope: alpha, ...config }) => ({ class_name: 'LeakyReLU', config: { alpha, ...config } }),
  ReLU: rectifier,
  LayerNormalization: (config) => {
    if (config.rms_scaling !== true) return { class_name: 'LayerNormalization', config };
    throw cannot('LayerNormalization', config, 'with rms_scaling');
  },
  Conv1D: (config) => {
    if (config.padding === 'causal') throw cannot('Conv1D', config, 'with causal padding');
    return inOneGroup('Conv1D', config);
  },
  Conv2D: (config) => inOneGroup('Conv2D', config),
  Conv3D: (config) => inOneGroup('Conv3D', config),
  SeparableConv1D: (config) => ({ class_name: 'SeparableConv1D', config: withoutKernel(config) }),
  SeparableConv2D: (config) => ({ class_name: 'SeparableConv2D', config: withoutKernel(config) }),
  CenterCrop: (config) => {
    throw cannot('CenterCrop', config, 'exactly');
  },
  Resizing: (config) => {
    const isPlain = config.crop_to_aspect_ratio !== true && config.pad_to_aspect_ratio !== true;
    const isKnown = config.interpolation === 'bilinear' || config.interpolation === 'nearest';
    const isLast = config.data_format === 'channels_last' || config.data_format == null;
    if (isPlain && isKnown && isLast && config.antialias !== true) return { class_name: RESIZED, config };
    throw cannot('Resizing', config, 'but by bilinear and nearest interpolation of the whole image');
  },
  GlobalAveragePooling1D: pooling(MASKED_MEAN, 'mean', 1),
  GlobalAveragePooling2D: pooling('GlobalAveragePooling2D', 'mean', 2),
  GlobalMaxPooling1D: pooling('GlobalMaxPooling1D', 'max', 1),
  GlobalMaxPooling2D: pooling('GlobalMaxPooling2D', 'max', 2),
  Bidirectional: (config, raw) => {
    const { layer } = config;
    if (!isRecord(layer) || !isRecord(layer.config)) throw cannot('Bidirectional', config, 'without a layer');
    if (!isMirror(raw.layer, raw.backward_layer)) throw cannot('Bidirectional', config, 'with two unlike layers');
    // TensorFlow.js puts the prefix before the name, as Keras 3 has done already.
    const name = String(layer.config.name).replace(/^forward_/, '');
    return {
      class_name: 'Bidirectional',
      config: { ...config, layer: { ...layer, config: { ...layer.config, name } } },
    };
  },
};

function inOneGroup(className: string, config: Record<string, unknown>): Json {
  if (typeof config.groups === 'number' && config.groups > 1) throw cannot(className, config, 'in groups');
  return { class_name: className, config };
}

/** TensorFlow.js has no pooling over all places that keeps their dimensions. */
function pooling(className: string, of: 'mean' | 'max', dimensions: number): Kind {
  return ({ keepdims, ...config }) => {
    if (keepdims !== true) return { class_name: className, config };
    const first = config.data_format === 'channels_first' ? 2 : 1;
    const axes = Array.from({ length: dimensions }, (_, axis) => first + axis);
    return { class_name: KEPT_POOLING, config: { ...config, of, axes } };
  };
}

/** TensorFlow.js has one layer for each of these, where Keras has settings of one. */
function rectifier({ negative_slope: slope, threshold, ...config }: Record<string, unknown>): Json {
  const [hasSlope, hasThreshold] = [Boolean(slope), Boolean(threshold)];
  const hasMaximum = config.max_value !== null && config.max_value !== undefined;
  if (!hasSlope && !hasThreshold) return { class_name: 'ReLU', config };
  if (hasMaximum || (hasSlope && hasThreshold)) {
    throw cannot('ReLU', config, 'with more than one of max_value, negative_slope and threshold');
  }
  return hasSlope
    ? { class_name: 'LeakyReLU', config: { ...config, alpha: slope } }
    : { class_name: 'ThresholdedReLU', config: { ...config, theta: threshold } };
}

/** Whether the second is what `Bidirectional` makes of the first by itself. */
function isMirror(forward: unknown, backward: unknown): boolean {
  if (backward === undefined || backward === null) return true;
  if (!isRecord(forward) || !isRecord(backward) || !isRecord(forward.config) || !isRecord(backward.config))
    return false;
  const alike = ['units', 'activation', 'recurrent_activation', 'use_bias', 'return_sequences', 'reset_after'] as const;
  const [there, back] = [forward.config, backward.config];
  return (
    forward.class_name === backward.class_name &&
    alike.every((key) => JSON.stringify(there[key]) === JSON.stringify(back[key])) &&
    Boolean(there.go_backwards) !== Boolean(back.go_backwards)
  );
}

function cannot(className: string, { name }: Json, how: string): KerasRefusal {
  return new KerasRefusal(`TensorFlow.js cannot compute ${className} ${how} (layer "${String(name)}"); ${AS_GRAPH}`);
}

/** What Keras 3 writes and Keras 2 does not. */
const MARKS = ['"__keras_tensor__"', '"DTypePolicy"', '"batch_shape"'] as const;

/** Whether Keras 3 wrote this topology, `modelJson` being the text that holds it. */
export function isKeras3(topology: Json, modelJson: string): boolean {
  const { keras_version: version } = topology;
  return (typeof version === 'string' && version.startsWith('3')) || MARKS.some((mark) => modelJson.includes(mark));
}
