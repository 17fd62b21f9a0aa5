/** Reads what a SavedModel takes and gives from its `saved_model.pb`. Knows the format; loads no library but its messages. */

import { createRequire } from 'node:module';
import { firstLine } from '../../../../shared/words/message-of.js';

/** One input or output of a signature. */
export interface SignatureTensor {
  /** The name by which callers know it. */
  readonly name: string;
  /** In the graph, such as `serving_default_x:0`. */
  readonly node: string;
  /** In TensorFlow's words, such as `DT_FLOAT`. */
  readonly type: string;
  /** Batch dimension included; undefined where a size is open, or when the rank is. */
  readonly shape: readonly (number | undefined)[] | undefined;
}

export interface Signature {
  /** Of its graph, as the library takes them: separated by commas. */
  readonly tags: string;
  readonly inputs: readonly SignatureTensor[];
  readonly outputs: readonly SignatureTensor[];
}

export type SignatureReading =
  | { readonly ok: true; readonly signature: Signature }
  | { readonly ok: false; readonly problem: string };

export const SAVED_MODEL_FILE = 'saved_model.pb';
const STANDARD = 'serving_default';
const SERVING_TAG = 'serve';
/** Types that the package's messages do not know. */
const LATER_TYPES = [
  [17, 'DT_UINT16'],
  [19, 'DT_HALF'],
  [22, 'DT_UINT32'],
  [23, 'DT_UINT64'],
] as const;
/** Signatures of TensorFlow itself. */
const INTERNAL = /^__saved_model_/;

/** Of the generated message classes, as far as they are used. */
interface TensorInfo {
  getName(): string;
  getDtype(): number;
  getTensorShape(): { getUnknownRank(): boolean; getDimList(): readonly { getSize(): number }[] } | undefined;
}
interface MapOf<T> {
  forEach(use: (value: T, key: string) => void): void;
}
interface MetaGraph {
  getMetaInfoDef(): { getTagsList(): readonly string[] } | undefined;
  getSignatureDefMap(): MapOf<{ getInputsMap(): MapOf<TensorInfo>; getOutputsMap(): MapOf<TensorInfo> }>;
}
interface Messages {
  readonly SavedModel: { deserializeBinary(bytes: Uint8Array): { getMetaGraphsList(): readonly MetaGraph[] } };
  readonly DataType: Readonly<Record<string, number>>;
}

/** The signature of this name; without one `serving_default`, or the only one. */
export function readSignature(bytes: Uint8Array, wanted: string | undefined): SignatureReading {
  const refuse = (problem: string): SignatureReading => ({ ok: false, problem: `${SAVED_MODEL_FILE} ${problem}` });
  const { SavedModel, DataType } = messages();
  let graphs: readonly MetaGraph[];
  try {
    graphs = SavedModel.deserializeBinary(bytes).getMetaGraphsList();
  } catch (cause) {
    return refuse(`is no SavedModel, or not all of it (${firstLine(cause)}); export or copy the model again`);
  }
  const [first] = graphs;
  if (first === undefined) return refuse('holds no graph; export or copy the model again');
  const tagsOf = (graph: MetaGraph) => graph.getMetaInfoDef()?.getTagsList() ?? [];
  const graph = graphs.find((one) => tagsOf(one).join() === SERVING_TAG) ?? first;
  const signatures = new Map<string, { readonly inputs: SignatureTensor[]; readonly outputs: SignatureTensor[] }>();
  const types = new Map([...LATER_TYPES, ...Object.entries(DataType).map(([name, value]) => [value, name] as const)]);
  graph.getSignatureDefMap().forEach((signature, name) => {
    if (INTERNAL.test(name)) return;
    const [inputs, outputs] = [tensorsOf(signature.getInputsMap(), types), tensorsOf(signature.getOutputsMap(), types)];
    signatures.set(name, { inputs, outputs });
  });
  const names = [...signatures.keys()];
  const list = names.map((name) => `"${name}"`).join(', ');
  const name = wanted ?? (names.length === 1 ? names[0] : STANDARD) ?? STANDARD;
  const found = signatures.get(name);
  if (found !== undefined) return { ok: true, signature: { tags: tagsOf(graph).join(), ...found } };
  if (names.length === 0)
    return refuse(
      'has no signature; export the model with one: model.export(path), or tf.saved_model.save with signatures=',
    );
  const hint = 'put "options": { "signature": NAME } in manifest.json';
  return refuse(`has no signature "${name}"; it has ${list}${wanted === undefined ? `: ${hint}` : ''}`);
}

function tensorsOf(map: MapOf<TensorInfo>, types: ReadonlyMap<number, string>): SignatureTensor[] {
  const tensors: SignatureTensor[] = [];
  map.forEach((info, name) => {
    const shape = info.getTensorShape();
    const sizes = shape?.getDimList().map((dim) => (dim.getSize() < 0 ? undefined : dim.getSize()));
    tensors.push({
      name,
      node: info.getName(),
      type: types.get(info.getDtype()) ?? `dtype ${info.getDtype()}`,
      shape: shape === undefined || shape.getUnknownRank() ? undefined : sizes,
    });
  });
  return tensors;
}

const require = createRequire(import.meta.url);

function messages(): Messages {
  return require('@tensorflow/tfjs-node/dist/proto/api_pb.js');
}
