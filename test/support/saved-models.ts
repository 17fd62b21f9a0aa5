/** Small SavedModels, written with the message classes of tfjs-node: a graph and its signatures, without variables. */

import { mkdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';

interface Message {
  serializeBinary(): Uint8Array;
  [method: string]: (...values: never[]) => unknown;
}
type Messages = { readonly [name: string]: (new () => Message) & Messages };

const require = createRequire(import.meta.url);

/** TensorFlow's DataType. */
const TYPE = {
  float: 1,
  double: 2,
  int32: 3,
  uint8: 4,
  int16: 5,
  int8: 6,
  string: 7,
  complex64: 8,
  int64: 9,
  bool: 10,
  bfloat16: 14,
  uint16: 17,
  half: 19,
} as const;
type Type = keyof typeof TYPE;

/** An input or output of a signature: a node of the graph. `shape` with the batch dimension, -1 where it is open. */
export interface Place {
  readonly node: string;
  readonly type: Type;
  readonly shape: readonly number[];
}

/** A node of the graph; `types` are its type attributes, `floats` the value of a constant. */
export interface Node {
  readonly name: string;
  readonly op: string;
  readonly input?: readonly string[];
  readonly types?: Readonly<Record<string, Type>>;
  readonly shape?: readonly number[];
  readonly floats?: readonly number[];
}

export interface SavedModel {
  readonly nodes: readonly Node[];
  readonly signatures: Readonly<
    Record<
      string,
      { readonly inputs: Readonly<Record<string, Place>>; readonly outputs: Readonly<Record<string, Place>> }
    >
  >;
}

/** Writes `saved_model.pb`, and a manifest that names the runtime. */
export async function writeSavedModel(folder: string, model: SavedModel, manifest: object = {}): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'saved_model.pb'), encode(model));
  await writeFile(join(folder, 'manifest.json'), JSON.stringify({ runtime: 'saved-model', ...manifest }));
}

const signature = (input: Place, output: Place) => ({ inputs: { x: input }, outputs: { y: output } });

/** `y = factor * x` of two numbers. */
export function scaling(factor: number, batch = -1): SavedModel {
  const place = (node: string): Place => ({ node: `${node}:0`, type: 'float', shape: [batch, 2] });
  return {
    nodes: [
      { name: 'x', op: 'Placeholder', types: { dtype: 'float' }, shape: [batch, 2] },
      { name: 'factor', op: 'Const', types: { dtype: 'float' }, shape: [], floats: [factor] },
      { name: 'y', op: 'Mul', input: ['x', 'factor'], types: { T: 'float' } },
    ],
    signatures: { serving_default: signature(place('x'), place('y')) },
  };
}

/** `y = x`, of one element of this type. */
export function identity(type: Type): SavedModel {
  const place = (node: string): Place => ({ node: `${node}:0`, type, shape: [-1] });
  return {
    nodes: [
      { name: 'x', op: 'Placeholder', types: { dtype: type }, shape: [-1] },
      { name: 'y', op: 'Identity', input: ['x'], types: { T: type } },
    ],
    signatures: { serving_default: signature(place('x'), place('y')) },
  };
}

/** `y = x * x` of an int64. */
export function square(): SavedModel {
  const { nodes, signatures } = identity('int64');
  const [x] = nodes;
  return { nodes: [...(x ? [x] : []), { name: 'y', op: 'Square', input: ['x'], types: { T: 'int64' } }], signatures };
}

function encode({ nodes, signatures }: SavedModel): Uint8Array {
  const messages: Messages = require('@tensorflow/tfjs-node/dist/proto/api_pb.js');
  const make = (name: string, ...more: readonly string[]): Message => {
    const found = more.reduce((at, inner) => at?.[inner], messages[name]);
    if (found === undefined) throw new Error(`no message ${[name, ...more].join('.')}`);
    return new found();
  };
  const call = (message: Message, method: string, ...values: unknown[]): unknown =>
    message[method]?.(...(values as never[]));
  const shapeOf = (sizes: readonly number[]): Message => {
    const shape = make('TensorShape');
    for (const size of sizes) {
      const dim = make('TensorShape', 'Dim');
      call(dim, 'setSize', size);
      call(shape, 'addDim', dim);
    }
    return shape;
  };
  const graph = make('GraphDef');
  for (const { name, op, input = [], types = {}, shape, floats } of nodes) {
    const node = make('NodeDef');
    call(node, 'setName', name);
    call(node, 'setOp', op);
    for (const one of input) call(node, 'addInput', one);
    const attributes = call(node, 'getAttrMap') as { set(key: string, value: Message): void };
    const attribute = (key: string, method: string, value: unknown): void => {
      const held = make('AttrValue');
      call(held, method, value);
      attributes.set(key, held);
    };
    for (const [key, type] of Object.entries(types)) attribute(key, 'setType', TYPE[type]);
    if (floats !== undefined) {
      const tensor = make('Tensor');
      call(tensor, 'setDtype', TYPE.float);
      call(tensor, 'setTensorShape', shapeOf(shape ?? []));
      call(tensor, 'setFloatValList', floats);
      attribute('value', 'setTensor', tensor);
    } else if (shape !== undefined) attribute('shape', 'setShape', shapeOf(shape));
    call(graph, 'addNode', node);
  }
  const versions = make('VersionDef');
  call(versions, 'setProducer', 1087);
  call(graph, 'setVersions', versions);
  const info = make('MetaGraphDef', 'MetaInfoDef');
  call(info, 'addTags', 'serve');
  const meta = make('MetaGraphDef');
  call(meta, 'setMetaInfoDef', info);
  call(meta, 'setGraphDef', graph);
  const signatureMap = call(meta, 'getSignatureDefMap') as { set(key: string, value: Message): void };
  for (const [name, { inputs, outputs }] of Object.entries(signatures)) {
    const held = make('SignatureDef');
    for (const [method, places] of [
      ['getInputsMap', inputs],
      ['getOutputsMap', outputs],
    ] as const) {
      const map = call(held, method) as { set(key: string, value: Message): void };
      for (const [key, { node, type, shape }] of Object.entries(places)) {
        const tensor = make('TensorInfo');
        call(tensor, 'setName', node);
        call(tensor, 'setDtype', TYPE[type]);
        call(tensor, 'setTensorShape', shapeOf(shape));
        map.set(key, tensor);
      }
    }
    signatureMap.set(name, held);
  }
  const saved = make('SavedModel');
  call(saved, 'setSavedModelSchemaVersion', 1);
  call(saved, 'addMetaGraphs', meta);
  return saved.serializeBinary();
}
