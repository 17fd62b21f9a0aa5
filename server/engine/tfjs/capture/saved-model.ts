/** Writes a graph as a SavedModel: TensorFlow's own format, which its native library loads and runs in one call. */

import { writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Graph, GraphNode } from './graph.js';
import type { Binding, OpAttribute } from './native-binding.js';

const require = createRequire(import.meta.url);

/** A tensor that a node holds. */
export interface Content {
  readonly shape: readonly number[];
  /** TensorFlow's DataType. */
  readonly dtype: number;
  readonly bytes: Uint8Array;
}

export interface GraphInput {
  readonly dtype: number;
  /** With the batch dimension, -1 where a size is open. */
  readonly shape: readonly number[];
}

export interface SavedGraph {
  readonly graph: Graph;
  readonly inputs: readonly GraphInput[];
  /** The weight of this number. */
  readonly weight: (id: number) => Content;
}

/** Of the generated message classes, as far as they are used. */
interface Message {
  serializeBinary(): Uint8Array;
  [method: string]: (...values: never[]) => unknown;
}
interface Messages {
  readonly [name: string]: (new () => Message) & Messages;
}

/** What runs the graph must be at least this old: TensorFlow 2.9, which tfjs-node 4.22 brings. */
const PRODUCER = 1087;

/** Writes `saved_model.pb` into this folder, which is there. */
export async function writeSavedModel(folder: string, saved: SavedGraph, binding: Binding): Promise<void> {
  const bytes = new Writer(require('@tensorflow/tfjs-node/dist/proto/api_pb.js'), binding).write(saved);
  await writeFile(join(folder, 'saved_model.pb'), bytes);
}

class Writer {
  readonly #messages: Messages;
  readonly #binding: Binding;

  constructor(messages: Messages, binding: Binding) {
    this.#messages = messages;
    this.#binding = binding;
  }

  write(saved: SavedGraph): Uint8Array {
    const graph = this.#new('GraphDef');
    for (const node of saved.graph.nodes) call(graph, 'addNode', this.#node(node, saved));
    const versions = this.#new('VersionDef');
    call(versions, 'setProducer', PRODUCER);
    call(graph, 'setVersions', versions);
    const info = this.#new('MetaGraphDef', 'MetaInfoDef');
    call(info, 'addTags', 'serve');
    const meta = this.#new('MetaGraphDef');
    call(meta, 'setMetaInfoDef', info);
    call(meta, 'setGraphDef', graph);
    const model = this.#new('SavedModel');
    call(model, 'setSavedModelSchemaVersion', 1);
    call(model, 'addMetaGraphs', meta);
    return model.serializeBinary();
  }

  #node(node: GraphNode, { inputs, weight }: SavedGraph): Message {
    switch (node.kind) {
      case 'op':
        return this.#nodeDef(
          node.name,
          node.op,
          node.inputs,
          node.attributes.map((one) => [one.name, this.#attribute(one)]),
        );
      case 'input': {
        const { dtype, shape } = inputs[node.index] as GraphInput;
        return this.#nodeDef(
          node.name,
          'Placeholder',
          [],
          [
            ['dtype', this.#value('setType', dtype)],
            ['shape', this.#value('setShape', this.#shape(shape))],
          ],
        );
      }
      case 'weight':
        return this.#const(node.name, weight(node.id));
      case 'constant':
        return this.#const(node.name, { ...node.constant, bytes: this.#bytesOf(node.constant) });
    }
  }

  #const(name: string, { shape, dtype, bytes }: Content): Message {
    const tensor = this.#new('Tensor');
    call(tensor, 'setDtype', dtype);
    call(tensor, 'setTensorShape', this.#shape(shape));
    call(tensor, 'setTensorContent', bytes);
    return this.#nodeDef(
      name,
      'Const',
      [],
      [
        ['dtype', this.#value('setType', dtype)],
        ['value', this.#value('setTensor', tensor)],
      ],
    );
  }

  #bytesOf({ dtype, values }: { readonly dtype: number; readonly values: ArrayLike<number> }): Uint8Array {
    const { TF_FLOAT, TF_INT32, TF_BOOL } = this.#binding;
    if (dtype === TF_BOOL) return Uint8Array.from(values);
    if (dtype !== TF_FLOAT && dtype !== TF_INT32) throw new Error(`a constant has TensorFlow's type ${dtype}`);
    const array = dtype === TF_FLOAT ? Float32Array.from(values) : Int32Array.from(values);
    return new Uint8Array(array.buffer);
  }

  #nodeDef(
    name: string,
    op: string,
    inputs: readonly string[],
    attributes: readonly (readonly [string, Message])[],
  ): Message {
    const node = this.#new('NodeDef');
    call(node, 'setName', name);
    call(node, 'setOp', op);
    call(node, 'setInputList', [...inputs]);
    const map = call(node, 'getAttrMap') as { set(name: string, value: Message): void };
    for (const [key, value] of attributes) map.set(key, value);
    return node;
  }

  #attribute({ name, type, value }: OpAttribute): Message {
    const { TF_ATTR_STRING, TF_ATTR_INT, TF_ATTR_FLOAT, TF_ATTR_BOOL, TF_ATTR_TYPE, TF_ATTR_SHAPE } = this.#binding;
    switch (type) {
      case TF_ATTR_STRING:
        return this.#value('setS', new TextEncoder().encode(String(value)));
      case TF_ATTR_INT:
        return this.#scalarOrList('I', value);
      case TF_ATTR_FLOAT:
        return this.#scalarOrList('F', value);
      case TF_ATTR_BOOL:
        return this.#scalarOrList('B', value);
      case TF_ATTR_TYPE:
        return this.#value('setType', value);
      case TF_ATTR_SHAPE:
        return this.#value('setShape', this.#shape(value as readonly number[]));
      default:
        throw new Error(`attribute ${name} has TensorFlow's attribute type ${type}`);
    }
  }

  #scalarOrList(letter: string, value: unknown): Message {
    if (!Array.isArray(value)) return this.#value(`set${letter}`, value);
    const list = this.#new('AttrValue', 'ListValue');
    call(list, `set${letter}List`, value);
    return this.#value('setList', list);
  }

  #shape(sizes: readonly number[]): Message {
    const shape = this.#new('TensorShape');
    for (const size of sizes) {
      const dim = this.#new('TensorShape', 'Dim');
      call(dim, 'setSize', size);
      call(shape, 'addDim', dim);
    }
    return shape;
  }

  #value(setter: string, value: unknown): Message {
    const message = this.#new('AttrValue');
    call(message, setter, value);
    return message;
  }

  #new(...path: readonly string[]): Message {
    const Type = path.reduce<Messages[string] | Messages>(
      (place, name) => place[name] as Messages[string],
      this.#messages,
    );
    return new (Type as Messages[string])();
  }
}

function call(message: Message, method: string, value?: unknown): unknown {
  const run = message[method];
  if (run === undefined) throw new Error(`TensorFlow's messages have no ${method}`);
  return run.call(message, value as never);
}
