/** Fields of protobuf messages, as bytes: what ONNX files and SavedModels are made of. Knows neither. */

/** A message or a text as a field. */
export function field(number: number, content: Uint8Array | string): Uint8Array {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  return join([tag(number, 2), varint(bytes.length), bytes]);
}

/** A whole number; a negative one takes 64 bits. */
export function integerField(number: number, value: number): Uint8Array {
  return join([tag(number, 0), varint(value)]);
}

export function floatField(number: number, value: number): Uint8Array {
  return join([tag(number, 5), bytesOfFloats([value])]);
}

/** Little-endian, as both formats have it on every machine that Node supports. */
export function bytesOfFloats(values: ArrayLike<number>): Uint8Array {
  return new Uint8Array(Float32Array.from(values).buffer);
}

export function join(parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

function tag(number: number, wireType: number): Uint8Array {
  return varint((number << 3) | wireType);
}

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  while (rest > 0x7fn) {
    bytes.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  return Uint8Array.from([...bytes, Number(rest)]);
}
