import type { Packet } from 'socket.io-parser';
import { expect, test } from 'vitest';
import { ManualClock } from '../../../server/testing/manual-clock.js';
import { type PacketDecoder, packetDecoder } from '../../../server/transports/socketio/packet-decoder.js';
import { UNREADABLE, Unreadable } from '../../../server/transports/socketio/unreadable.js';
import type { Wire } from '../../../server/transports/wire/wire.js';
import { type ErrorCode, wireError } from '../../../shared/errors.js';

/** Counts what the decoder reports of its connection. */
class TestWire {
  faults = 0;
  readonly cuts: string[] = [];
  readonly foreign: string[] = [];

  faulty(): void {
    this.faults += 1;
  }

  cut(kind: string, message: string): void {
    this.cuts.push(`${kind}: ${message}`);
  }
}

function make({ maxJsonBytes = 300, maxFrameBytes = 1000, maxAttachments = 12 } = {}) {
  const clock = new ManualClock();
  const wire = new TestWire();
  const packets: Packet[] = [];
  const Decoder = packetDecoder({
    maxJsonBytes,
    maxFrameBytes,
    maxAttachments,
    events: new Set(['predict', 'cancel', 'echo']),
    clock,
    onForeignNamespace: (_wire, namespace) => wire.foreign.push(namespace),
    wire: () => wire as unknown as Wire,
  });
  const decoder = new Decoder() as PacketDecoder;
  decoder.on('decoded', (packet: Packet) => packets.push(packet));
  const decode = (...chunks: (string | Buffer)[]): Packet[] => {
    for (const chunk of chunks) decoder.add(chunk);
    return packets;
  };
  return { clock, wire, decoder, packets, decode };
}

function refused(event: string, code: ErrorCode, message: RegExp, id?: string | number) {
  return [
    event,
    expect.objectContaining({
      id,
      error: expect.objectContaining({ code, message: expect.stringMatching(message) }),
    }),
  ];
}

const long = JSON.stringify({ input: Array(200).fill(1) });

test('an event within the limits is decoded as ever', () => {
  expect(make().decode('2["predict",{"input":[1]}]')).toMatchObject([{ type: 2, data: ['predict', { input: [1] }] }]);
});

test('a predict over the limit is not parsed but answered, naming the option: its acknowledgement id and its own are kept', () => {
  const withId = `{"id":"a\\"b",${long.slice(1)}`;

  expect(make().decode(`217["predict",${long}]`)).toEqual([
    { type: 2, nsp: '/', id: 17, data: refused('predict', 'TOO_LARGE', /maxJsonBytes is 300.*--max-json-bytes/) },
  ]);
  expect(make().decode(`2["predict",${long}]`)[0]).not.toHaveProperty('id');
  expect(make().decode(`2["predict",${withId}]`)[0]?.data).toEqual(refused('predict', 'TOO_LARGE', /./, 'a"b'));
  expect(make().decode(`2["predict",${long.slice(0, -1)},"id":7}]`)[0]?.data).toEqual(
    refused('predict', 'TOO_LARGE', /./, 7),
  );
});

test('an id that may be part of an input is not taken for the request’s', () => {
  const inner = `{"input":{"x":${long},"id":5}}`;
  const text = `{"input":"${'x'.repeat(400)},\\"id\\":5}]"}`;

  for (const payload of [inner, text])
    expect(make().decode(`2["predict",${payload}]`)[0]?.data).toEqual(refused('predict', 'TOO_LARGE', /./, undefined));
});

test.each(['predict', 'cancel'])(
  'the attachments of a %s that is refused are let go by, and what follows is decoded',
  (event) => {
    const { decode, wire } = make();
    const packets = decode(`52-3["${event}",${long}]`, Buffer.alloc(4), Buffer.alloc(4), '2["cancel",{"id":1}]');

    expect(packets.map((packet) => (packet.data as unknown[])[0])).toEqual([event, 'cancel']);
    expect(wire.cuts).toEqual([]);
  },
);

test('the limit is in bytes, not characters', () => {
  const decode = (text: string): unknown => make().decode(`2["predict",{"input":"${text}"}]`)[0]?.data;

  expect(decode('é'.repeat(130))).not.toContainEqual(expect.any(Unreadable));
  expect(decode('é'.repeat(150))).toContainEqual(expect.any(Unreadable));
});

test('a handshake over the limit is one with a token that nobody has', () => {
  expect(make().decode(`0{"token":"${'x'.repeat(400)}"}`)).toEqual([
    { type: 0, nsp: '/', data: { token: expect.any(Unreadable) } },
  ]);
});

test.each([
  ['NaN', '2["predict",{"id":3,"input":[1,NaN]}]', /NaN or Infinity/, 3],
  ['Infinity', '2["predict",{"input":[-Infinity],"id":3}]', /NaN or Infinity/, 3],
  ['JSON that ends early', '2["predict",{"id":3,"input":[1,2', /cut off/, 3],
  ['text behind it', '2["predict",{"id":3,"input":[1]}]]', /no JSON/, 3],
  ['single quotes', '2["predict",{\'input\':[1]}]', /no JSON/, undefined],
])('%s: INVALID_INPUT to that event, and the connection goes on', (_what, text, message, id) => {
  const { decode, wire } = make();
  const packets = decode(text, '2["predict",{"input":[1]}]');

  expect(packets.map(({ data }) => data)).toEqual([
    refused('predict', 'INVALID_INPUT', message, id),
    ['predict', { input: [1] }],
  ]);
  expect(wire.cuts).toEqual([]);
});

test('twelve attachments are taken; more than the limit are TOO_LARGE to that event, which names the option', () => {
  const event = (count: number): string =>
    `5${count}-["predict",{"input":[${Array.from({ length: count }, (_, num) => `{"_placeholder":true,"num":${num}}`)}]}]`;
  const parts = (count: number): Buffer[] => Array.from({ length: count }, () => Buffer.alloc(4));
  const { decode, wire, packets } = make({ maxJsonBytes: 10_000 });
  decode(event(12), ...parts(12), event(13), ...parts(13), '2["predict",{"input":[1]}]');

  expect(packets[0]?.data).toEqual(['predict', { input: parts(12) }]);
  expect(packets.slice(1).map(({ data }) => data)).toEqual([
    refused('predict', 'TOO_LARGE', /13 attachments, maxAttachments is 12.*--max-attachments/),
    ['predict', { input: [1] }],
  ]);
  expect(wire.cuts).toEqual([]);
});

test('an event whose attachments do not all come is answered when the next message does', () => {
  const { decode, wire } = make();
  const packets = decode(
    '52-9["predict",{"id":1,"input":[{"_placeholder":true,"num":0}]}]',
    Buffer.alloc(4),
    '2["echo"]',
  );

  expect(packets.map(({ data, id }) => [id, data])).toEqual([
    [9, refused('predict', 'INVALID_INPUT', /attachments/, 1)],
    [undefined, ['echo']],
  ]);
  expect(wire.cuts).toEqual([]);
});

test('attachments over the frame limit are not kept: TOO_LARGE, and the rest of them goes by', () => {
  const { decode, wire } = make();
  const packets = decode(
    '53-["predict",{"input":[{"_placeholder":true,"num":0}]}]',
    Buffer.alloc(900),
    Buffer.alloc(200),
    Buffer.alloc(4),
    '2["echo"]',
  );

  expect(packets.map(({ data }) => data)).toEqual([
    refused('predict', 'TOO_LARGE', /1000 bytes.*--max-frame-bytes/),
    ['echo'],
  ]);
  expect(wire.cuts).toEqual([]);
});

test('a placeholder of no attachment is told to that event', () => {
  const packets = make().decode('51-["predict",{"input":{"_placeholder":true,"num":7}}]', Buffer.alloc(4), '2["echo"]');

  expect(packets.map(({ data }) => data)).toEqual([refused('predict', 'INVALID_INPUT', /placeholders/), ['echo']]);
});

test('an event that is none of the hub’s, or has no name that can be read, is told and reaches no handler by its own name', () => {
  const texts = ['2["other",1]', '2["__proto__",1]', '2[1]', '2', '2{"a":1}', '2["pre', '23["disconnect"]'];
  const packets = make().decode(...texts);

  expect(packets.map(({ data }) => (data as unknown[])[0])).toEqual(texts.map(() => UNREADABLE));
  expect(packets.at(-1)?.id).toBe(3);
});

test('nesting beyond any tensor is not parsed', () => {
  const deep = `2["predict",{"input":${'['.repeat(3000)}${']'.repeat(3000)}}]`;

  expect(make({ maxJsonBytes: 65_536 }).decode(deep)[0]?.data).toEqual(
    refused('predict', 'INVALID_INPUT', /nested more than 32 deep/),
  );
});

test('the gate is asked before anything is parsed', () => {
  const { decoder, decode } = make();
  decoder.gate = (event) => (event === 'predict' ? wireError('RATE_LIMITED', 'too many', 5) : undefined);

  expect(decode('2["predict",{"id":3,', '2["echo"]').map(({ data }) => data)).toEqual([
    refused('predict', 'RATE_LIMITED', /too many/, 3),
    ['echo'],
  ]);
});

test.each([
  ['first', '{"id":3,"input":[1]}', 3],
  ['in the middle, as older SDKs have it', '{"input":{"x":[1],"id":[2]},"id":"r3","timeoutMs":5}', 'r3'],
  ['last', '{"input":[1],"id":3}', 3],
  ['nowhere', '{"input":[1]}', undefined],
  ['only within the input', '{"input":{"id":3}}', undefined],
])('a request that the gate refuses is told by its id: %s', (_where, payload, id) => {
  const { decoder, decode } = make();
  decoder.gate = () => wireError('OVERLOADED', 'full', 5);

  expect(decode(`2["predict",${payload}]`)[0]?.data).toEqual(refused('predict', 'OVERLOADED', /full/, id));
});

test('a connection joins once at a time; a second CONNECT ends it, before anything of it is made', () => {
  const { decode, wire } = make();
  const packets = decode('0', ...Array<string>(1000).fill('0'));

  expect(packets).toHaveLength(1);
  expect(wire.cuts).toHaveLength(1000);
  expect(wire.cuts[0]).toMatch(/^protocol: /);
});

test('it may leave and join again, but not all the time; other namespaces count likewise', () => {
  for (const again of [['1', '0'], ['0/other,']]) {
    const { decode, wire, clock, packets } = make();
    decode('0');
    for (let i = 0; i < 9; i++) decode(...again);
    expect(wire.cuts).toEqual([]);
    clock.advance(2000);
    decode(...again);
    expect(wire.cuts).toEqual([]);
    const before = packets.filter(({ type }) => type === 0).length;

    decode(...again);

    expect(wire.cuts).toEqual(['protocol: it joins again and again']);
    expect(packets.filter(({ type }) => type === 0)).toHaveLength(before);
  }
});

test('acknowledgements that nobody asked for are let go by, and counted', () => {
  const { decode, wire } = make();

  expect(decode('31[1]', '61-2["x"]', Buffer.alloc(4), '3')).toEqual([]);
  expect([wire.faults, wire.cuts]).toEqual([3, []]);
});

test.each(['', '7', '4{"message":"x"}', 'x', '2/other,["predict",1]'])(
  '%j ends the connection: no client sends it by mistake',
  (text) => {
    const { decode, wire } = make();

    expect(decode(text)).toEqual([]);
    expect(wire.cuts).toHaveLength(1);
  },
);

test('a binary message that belongs to no event ends the connection', () => {
  const { decode, wire } = make();

  decode(Buffer.alloc(4));
  expect(wire.cuts).toEqual(['protocol: a binary message that belongs to no event']);
});

test('a CONNECT to another namespace is reported with its name, without its token, and bounded', () => {
  const { wire, decode } = make();
  decode('0/admin,{"token":"secret"}', '0/chat', `0/${'x'.repeat(200)},`, '0');

  expect(wire.foreign).toEqual(['/admin', '/chat', `/${'x'.repeat(99)}`]);
});
