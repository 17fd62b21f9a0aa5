/**
 * Rewrites what the converter makes of a TensorFlow graph and TensorFlow.js computes otherwise or not at all, in ops that
 * it computes right. Pure: knows the JSON of a graph; knows no TensorFlow.
 */

import { isRecord } from '../../../shared/parse.js';

type Json = Readonly<Record<string, unknown>>;

/** A batch normalisation by the statistics of its input, of which TensorFlow.js would take those of its weights. */
export const BY_OWN_STATISTICS = 'TickcastFusedBatchNormByOwnStatistics';

const BATCH_NORMS: ReadonlySet<unknown> = new Set(['FusedBatchNorm', 'FusedBatchNormV2', 'FusedBatchNormV3']);
const FUSED: ReadonlySet<unknown> = new Set(['_FusedMatMul', '_FusedConv2D', 'FusedDepthwiseConv2dNative']);
const LOOKUPS: ReadonlySet<unknown> = new Set(['LookupTableFind', 'LookupTableFindV2']);
/** Activations that TensorFlow fuses and TensorFlow.js has as ops only. */
const UNFUSED: ReadonlySet<string> = new Set(['Tanh']);
/** Those that are an op of one input without settings. */
const OPS: ReadonlySet<string> = new Set([...UNFUSED, 'Relu', 'Relu6', 'Elu', 'Sigmoid']);

/** @param topology `{ node, library: { function: [{ nodeDef }] } }`; what is not of this form is left to the reader. */
export function rewriteGraph(topology: Json): Json {
  const { node, library } = topology;
  const functions = isRecord(library) && Array.isArray(library.function) ? library.function : undefined;
  return {
    ...topology,
    ...(Array.isArray(node) ? { node: rewriteNodes(node) } : {}),
    ...(functions === undefined ? {} : { library: { ...(library as Json), function: functions.map(rewriteFunction) } }),
  };
}

function rewriteFunction(one: unknown): unknown {
  return isRecord(one) && Array.isArray(one.nodeDef) ? { ...one, nodeDef: rewriteNodes(one.nodeDef) } : one;
}

function rewriteNodes(nodes: readonly unknown[]): readonly unknown[] {
  const named = (op: string) => new Set(nodes.flatMap((node) => (isRecord(node) && node.op === op ? [node.name] : [])));
  const [switches, constants] = [named('Switch'), named('Const')];
  return nodes.flatMap((node): readonly unknown[] => {
    if (!isRecord(node)) return [node];
    const waiting = withoutSwitches(node, switches);
    const attributes = isRecord(node.attr) ? node.attr : {};
    if (BATCH_NORMS.has(node.op) && isRecord(attributes.is_training) && attributes.is_training.b === true)
      return [{ ...waiting, op: BY_OWN_STATISTICS }];
    if (LOOKUPS.has(node.op)) return shapedLookup(waiting);
    return FUSED.has(node.op) ? unfused(waiting, attributes, constants) : [waiting];
  });
}

/**
 * To wait for a switch is to wait for either side. TensorFlow.js waits for the first, on which nothing comes as long as a
 * loop goes on: the nodes of its body would wait for ever.
 */
function withoutSwitches(node: Json, switches: ReadonlySet<unknown>): Json {
  const { input } = node;
  if (switches.size === 0 || !Array.isArray(input)) return node;
  const kept = input.filter(
    (name) => !(typeof name === 'string' && name.startsWith('^') && switches.has(name.slice(1))),
  );
  // With nothing to wait for, it would run before the loop.
  return kept.length === 0 || kept.length === input.length ? node : { ...node, input: kept };
}

/**
 * As ops of their own: activations that TensorFlow.js does not fuse, and what is added to a product without being a bias.
 * The converter takes any sum for one; of backends, some want `[columns]`, and one reads beyond what it has got.
 */
function unfused(node: Json, attributes: Json, constants: ReadonlySet<unknown>): readonly Json[] {
  const list = isRecord(attributes.fused_ops) ? attributes.fused_ops.list : undefined;
  const fused = isRecord(list) && Array.isArray(list.s) ? list.s : [];
  const [first, activation] = fused.map(textOf);
  const input = Array.isArray(node.input) ? node.input : [];
  const isSum = node.op === '_FusedMatMul' && first === 'BiasAdd' && !constants.has(input[2]);
  const isApart = activation !== undefined && (UNFUSED.has(activation) || (isSum && OPS.has(activation)));
  if (!isApart && (!isSum || activation !== undefined)) return [node];
  const type = attributes.T === undefined ? {} : { T: attributes.T };
  const last = String(node.name);
  const sum = isApart ? `${last}/without_${activation}` : last;
  const ops: Json[] = [];
  if (isSum) {
    const product = `${last}/product`;
    const [a, b, added, ...others] = input;
    const { transpose_a: left, transpose_b: right } = attributes;
    ops.push({
      ...node,
      name: product,
      op: 'MatMul',
      input: [a, b, ...others],
      attr: { ...type, transpose_a: left, transpose_b: right },
    });
    ops.push({ name: sum, op: 'AddV2', input: [product, added], attr: type });
  } else ops.push({ ...node, name: sum, attr: { ...attributes, fused_ops: { list: { s: fused.slice(0, -1) } } } });
  if (isApart) ops.push({ name: last, op: activation, input: [sum], attr: type });
  return ops;
}

/** TensorFlow.js answers a list to keys of any shape. */
function shapedLookup(node: Json): readonly Json[] {
  const [name, keys] = [String(node.name), Array.isArray(node.input) ? node.input[1] : undefined];
  const [found, shape] = [`${name}/values`, `${name}/shape`];
  return [
    { ...node, name: found },
    { name: shape, op: 'Shape', input: [keys], attr: { out_type: { type: 'DT_INT32' } } },
    { name, op: 'Reshape', input: [found, shape], attr: {} },
  ];
}

/** Of base64, as protocol buffers write bytes in JSON. */
function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? Buffer.from(value, 'base64').toString('latin1') : undefined;
}
