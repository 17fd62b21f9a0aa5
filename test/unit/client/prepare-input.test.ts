import { expect, test } from 'vitest';
import { IRIS, makeClient, outcome, SENTIMENT } from './fake-socket.js';

const bytes = (array: ArrayBufferView): Uint8Array => new Uint8Array(array.buffer, array.byteOffset, array.byteLength);

/** What is sent for this input, with the iris model known. */
function sentFor(input: never, model?: string, models = [IRIS]): unknown {
  const { client, socket } = makeClient();
  socket.hello({}, models);
  void client.predict(input, { model });
  return socket.sent[0]?.input;
}

const FOUR = Float32Array.of(1, 2, 3, 4);
const EIGHT = Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8);
const PAIR = {
  name: 'pair',
  version: '3',
  inputs: [
    { name: 'a', dtype: 'float32', shape: [2] },
    { name: 'b', dtype: 'int32', shape: [] },
  ],
  outputs: [{ name: 'y', dtype: 'float32', shape: [1] }],
} as const;

test.each([
  ['one example of float32', FOUR, { dtype: 'float32', shape: [4], data: bytes(FOUR) }],
  ['a batch of float32', EIGHT, { dtype: 'float32', shape: [2, 4], data: bytes(EIGHT) }],
  [
    'elements that fill no example',
    Float32Array.of(1, 2, 3),
    { dtype: 'float32', shape: [3], data: bytes(Float32Array.of(1, 2, 3)) },
  ],
  ['int32', Int32Array.of(1, 2, 3, 4), { dtype: 'int32', shape: [4], data: bytes(Int32Array.of(1, 2, 3, 4)) }],
  ['float64, as float32', Float64Array.of(1, 2, 3, 4), { dtype: 'float32', shape: [4], data: bytes(FOUR) }],
  ['bare bytes, as they are', bytes(FOUR), bytes(FOUR)],
  ['an ArrayBuffer, as bytes', FOUR.buffer, bytes(FOUR)],
  [
    'a tagged typed array, with its own shape',
    { dtype: 'float32', shape: [2, 2], data: FOUR },
    { dtype: 'float32', shape: [2, 2], data: bytes(FOUR) },
  ],
  ['a tensor by its name', { x: FOUR }, { x: { dtype: 'float32', shape: [4], data: bytes(FOUR) } }],
  ['nested numbers, untouched', [[1, 2, 3, 4]], [[1, 2, 3, 4]]],
])('sends %s', (_what, input, expected) => {
  expect(sentFor(input as never)).toEqual(expected);
});

test('tags the named tensors of a model with several, each by its own spec', () => {
  const sent = sentFor({ a: FOUR, b: Int32Array.of(7, 8) } as never, 'pair', [IRIS, PAIR] as never);

  expect(sent).toEqual({
    a: { dtype: 'float32', shape: [2, 2], data: bytes(FOUR) },
    b: { dtype: 'int32', shape: [2], data: bytes(Int32Array.of(7, 8)) },
  });
});

test('reads the shape from the version that is asked for, and from the highest without one', () => {
  const two = { ...IRIS, version: '2', inputs: [{ name: 'x', dtype: 'float32', shape: [2] }] } as const;

  expect(sentFor(FOUR as never, 'iris@1', [IRIS, two] as never)).toMatchObject({ shape: [4] });
  expect(sentFor(FOUR as never, 'iris', [IRIS, two] as never)).toMatchObject({ shape: [2, 2] });
  expect(sentFor(FOUR as never, undefined, [two, IRIS] as never)).toMatchObject({ shape: [2, 2] });
});

test('sends a Float32Array bare when it cannot know the model', () => {
  expect(sentFor(FOUR as never, undefined, [IRIS, SENTIMENT])).toEqual(bytes(FOUR));
  expect(sentFor(FOUR as never, 'unheard-of')).toEqual(bytes(FOUR));
});

test('copies typed arrays at the call, so that the caller may fill them again while the request waits', () => {
  const { client, socket } = makeClient();
  const array = Float32Array.of(1, 2, 3, 4);
  const tagged = { dtype: 'float32' as const, shape: [4], data: Float32Array.of(1, 2, 3, 4) };
  void client.predict(array);
  void client.predict(tagged);

  array.fill(9);
  tagged.data.fill(9);
  socket.hello();

  for (const { input } of socket.sent) expect(input).toMatchObject({ data: bytes(FOUR) });
});

const cyclic: unknown[] = [];
cyclic.push(cyclic);
let deep: unknown = 1;
for (let i = 0; i < 20_000; i++) deep = [deep];

test.each([
  ['undefined', undefined, /missing/],
  ['null', null, /missing/],
  ['NaN', [1, Number.NaN, 3, 4], /NaN/],
  ['1e400', JSON.parse('[1, 1e400, 3, 4]'), /Infinity/],
  ['a bigint', [1n, 2, 3, 4], /bigint/],
  ['a function', () => 1, /function/],
  ['a symbol in an object', { x: Symbol('x') }, /symbol/],
  ['a Date', new Date(0), /Date/],
  ['a Map', new Map(), /Map/],
  ['an Int16Array', Int16Array.of(1, 2, 3, 4), /Int16Array/],
  ['typed arrays inside an array', [FOUR, FOUR], /inside an array/],
  [
    'more typed arrays than a packet carries',
    Object.fromEntries([...'abcdefghijk'].map((name) => [name, FOUR])),
    /more than 10/,
  ],
  ['a cycle', cyclic, /levels deep/],
  ['20,000 levels', deep, /levels deep/],
  ['a toJSON of its own', { x: 1, toJSON: () => 'x'.repeat(1e6) }, /cannot be sent/],
  [
    'a getter that throws',
    {
      get x() {
        throw new Error('no');
      },
    },
    /cannot be read/,
  ],
])('refuses %s with INVALID_INPUT and sends nothing', async (_what, input, message) => {
  const { client, socket } = makeClient();
  socket.hello();

  const answer = client.predict(input as never);

  await expect(answer).rejects.toMatchObject({ code: 'INVALID_INPUT', message: expect.stringMatching(message) });
  expect(socket.sent).toEqual([]);
});

test('keeps an own __proto__ key an ordinary key', () => {
  const sent = sentFor(JSON.parse('{"__proto__":[1],"x":[1,2,3,4]}') as never);

  expect(JSON.stringify(sent)).toBe('{"__proto__":[1],"x":[1,2,3,4]}');
});

test.each([
  ['a text', 'x'.repeat(65_536)],
  ['a text whose characters take three bytes each', '☃'.repeat(22_000)],
  ['a text of control characters', '\u0001'.repeat(11_000)],
  ['nested numbers', Array.from({ length: 8000 }, () => 0.123456)],
  ['ten million numbers', new Array(1e7).fill(0)],
  ['a long key', { ['k'.repeat(70_000)]: 1 }],
  ['a typed array over maxFrameBytes', new Float32Array(262_145)],
])('settles %s with TOO_LARGE here and goes on', async (_what, input) => {
  const { client, socket } = makeClient();
  socket.hello({}, [SENTIMENT]);

  expect(await outcome(client.predict(input as never))).toBe('TOO_LARGE');
  expect(socket.sent).toEqual([]);
  void client.predict('small');
  expect(socket.ids).toHaveLength(1);
});

test('settles what was too large when it was queued as soon as the limits are known', async () => {
  const { client, socket } = makeClient();
  const large = client.predict('x'.repeat(70_000));
  void client.predict('small');

  socket.hello({}, [SENTIMENT]);

  expect(await outcome(large)).toBe('TOO_LARGE');
  expect(socket.sent.map((request) => request.input)).toEqual(['small']);
});

test('sends what fits although a rough bound does not', () => {
  const { client, socket } = makeClient();
  socket.hello({}, [SENTIMENT]);

  void client.predict('x'.repeat(65_000));
  void client.predict(new Array(30_000).fill(1));

  expect(socket.sent).toHaveLength(2);
});

test('counts base64 while the connection polls', async () => {
  const { client, socket } = makeClient();
  socket.base64 = true;
  socket.hello({ maxFrameBytes: 120_000 });

  expect(await outcome(client.predict(new Uint8Array(91_000)))).toBe('TOO_LARGE');
  socket.base64 = false;
  void client.predict(new Uint8Array(91_000));
  expect(socket.sent).toHaveLength(1);
});

test('splits nothing and loses nothing of a batch at the limit of one frame', () => {
  const { client, socket } = makeClient();
  socket.hello();

  void client.predict(new Float32Array(262_144));

  expect(socket.sent[0]?.input).toMatchObject({ shape: [65_536, 4] });
});
