/** Writes small ONNX files, without ONNX, so that a test knows every weight. Knows the fields of onnx.proto. */

/** The numbers of `TensorProto.DataType`. */
export const TYPES = {
  float32: 1,
  uint8: 2,
  int8: 3,
  uint16: 4,
  int16: 5,
  int32: 6,
  int64: 7,
  string: 8,
  bool: 9,
  float16: 10,
  float64: 11,
  uint32: 12,
  uint64: 13,
  complex64: 14,
  bfloat16: 16,
} as const;
export type OnnxType = keyof typeof TYPES;

/** A size, a name of an open one, or an open one without a name. */
export type Dim = number | string | undefined;

export interface Value {
  readonly name: string;
  readonly type: OnnxType;
  /** Undefined: the file does not say. */
  readonly shape: readonly Dim[] | undefined;
}

/** `sequence(map(string or int64, float))`, as a classifier with ZipMap gives. */
export interface MapValue {
  readonly name: string;
  readonly key: OnnxType;
}

export interface Weights {
  readonly name: string;
  readonly type: OnnxType;
  readonly dims: readonly number[];
  /** Little-endian elements, or where they are. */
  readonly data: Uint8Array | { readonly location: string; readonly offset?: number; readonly length?: number };
}

/** A list of numbers is one of integers. */
export type Attribute = number | string | readonly number[] | readonly string[] | { readonly float: number } | Weights;

export interface Node {
  readonly op: string;
  readonly domain?: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes?: Readonly<Record<string, Attribute>>;
}

export interface Model {
  readonly inputs: readonly Value[];
  readonly outputs: readonly (Value | MapValue)[];
  readonly nodes: readonly Node[];
  readonly weights?: readonly Weights[];
  /** Versions of operator sets by domain. @default the standard one at 17 */
  readonly opsets?: Readonly<Record<string, number>>;
  /** @default 8 */
  readonly irVersion?: number;
}

/** The bytes of a `ModelProto`. */
export function writeOnnx({
  inputs,
  outputs,
  nodes,
  weights = [],
  opsets = { '': 17 },
  irVersion = 8,
}: Model): Uint8Array {
  const graph = join([
    ...nodes.map((node) => field(1, nodeProto(node))),
    field(2, text('graph')),
    ...weights.map((one) => field(5, tensorProto(one))),
    ...inputs.map((value) => field(11, valueInfo(value))),
    ...outputs.map((value) => field(12, valueInfo(value))),
  ]);
  const imports = Object.entries(opsets).map(([domain, version]) =>
    field(8, join([...(domain === '' ? [] : [field(1, text(domain))]), varintField(2, version)])),
  );
  return join([varintField(1, irVersion), field(2, text('tests')), field(7, graph), ...imports]);
}

export function floats(name: string, dims: readonly number[], values: readonly number[]): Weights {
  return { name, type: 'float32', dims, data: new Uint8Array(Float32Array.from(values).buffer) };
}

export function longs(name: string, dims: readonly number[], values: readonly number[]): Weights {
  return { name, type: 'int64', dims, data: new Uint8Array(BigInt64Array.from(values, BigInt).buffer) };
}

function nodeProto({ op, domain, inputs, outputs, attributes = {} }: Node): Uint8Array {
  return join([
    ...inputs.map((name) => field(1, text(name))),
    ...outputs.map((name) => field(2, text(name))),
    field(4, text(op)),
    ...Object.entries(attributes).map(([name, value]) => field(5, attribute(name, value))),
    ...(domain === undefined ? [] : [field(7, text(domain))]),
  ]);
}

function attribute(name: string, value: Attribute): Uint8Array {
  const named = field(1, text(name));
  if (typeof value === 'number') return join([named, varintField(3, value), varintField(20, 2)]);
  if (typeof value === 'string') return join([named, field(4, text(value)), varintField(20, 3)]);
  if ('float' in value) {
    const float = new Uint8Array(Float32Array.of(value.float).buffer);
    return join([named, join([tag(2, 5), float]), varintField(20, 1)]);
  }
  if ('dims' in value) return join([named, field(5, tensorProto(value)), varintField(20, 4)]);
  const items = value.map((one) => (typeof one === 'number' ? varintField(8, one) : field(9, text(one))));
  return join([named, ...items, varintField(20, typeof value[0] === 'string' ? 8 : 7)]);
}

function tensorProto({ name, type, dims, data }: Weights): Uint8Array {
  const head = [...dims.map((size) => varintField(1, size)), varintField(2, TYPES[type]), field(8, text(name))];
  if (data instanceof Uint8Array) return join([...head, field(9, data)]);
  const entries = Object.entries(data).map(([key, value]) =>
    field(13, join([field(1, text(key)), field(2, text(String(value)))])),
  );
  return join([...head, ...entries, varintField(14, 1)]);
}

function valueInfo(value: Value | MapValue): Uint8Array {
  return join([field(1, text(value.name)), field(2, 'key' in value ? mapType(value.key) : tensorType(value))]);
}

function tensorType({ type, shape }: Value): Uint8Array {
  const dims = shape?.map((size) => {
    if (size === undefined) return field(1, new Uint8Array());
    return field(1, typeof size === 'number' ? varintField(1, size) : field(2, text(size)));
  });
  return field(1, join([varintField(1, TYPES[type]), ...(dims === undefined ? [] : [field(2, join(dims))])]));
}

function mapType(key: OnnxType): Uint8Array {
  const map = field(5, join([varintField(1, TYPES[key]), field(2, field(1, varintField(1, TYPES.float32)))]));
  return field(4, field(1, map));
}

function field(number: number, bytes: Uint8Array): Uint8Array {
  return join([tag(number, 2), varint(bytes.length), bytes]);
}

function varintField(number: number, value: number): Uint8Array {
  return join([tag(number, 0), varint(value)]);
}

function tag(number: number, wireType: number): Uint8Array {
  return varint((number << 3) | wireType);
}

/** Negative ones as 64 bits in two's complement. */
function varint(value: number): Uint8Array {
  let rest = BigInt.asUintN(64, BigInt(value));
  const bytes: number[] = [];
  do {
    const low = Number(rest & 0x7fn);
    rest >>= 7n;
    bytes.push(rest === 0n ? low : low | 0x80);
  } while (rest !== 0n);
  return Uint8Array.from(bytes);
}

function text(value: string): Uint8Array {
  return new TextEncoder().encode(value);
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}
