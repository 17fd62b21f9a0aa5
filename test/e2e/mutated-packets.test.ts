/**
 * Two thousand packets, valid ones damaged by a seeded random generator: each is answered, ignored or ends its own
 * connection, and nothing else.
 */

import { Agent, request } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ERRORS, isErrorCode } from '../../dist/shared/errors.js';
import { startTestProcess, type TestProcess } from '../support/app.js';
import { linear, writeModels } from '../support/bad-models.js';
import { times } from '../support/long-form.js';
import { Neighbour } from '../support/neighbour.js';
import { Random } from '../support/random.js';
import { frame, RawSocket } from '../support/raw-socket.js';
import { until, within } from '../support/until.js';

const SEED = 20_260_101;
const BY_MESSAGE = times(1200, 500);
const BY_FRAME = times(300, 100);
const BY_POLLING = times(500, 200);
/** Allowed growth after the first hundred packets. */
const MOST_GROWTH_BYTES = 64 << 20;

/** Between the packets of one polling body. */
const SEPARATOR = '\u001e';
const PLACE = '{"_placeholder":true,"num":0}';
const FLOATS = Buffer.from(Float32Array.from([1, 2, 3, 4]).buffer);
/** Valid messages of engine.io: texts, and a binary attachment after its head. */
const VALID: readonly (readonly Buffer[])[] = [
  ['42["predict",{"input":[[1]]}]'],
  ['42["predict",{"input":[1,2,3],"id":"a","timeoutMs":1000}]'],
  ['4212["predict",{"input":[[1,2,3,4],[5,6,7,8]],"model":"mlp@1"}]'],
  ['42["predict",{"input":["one","two \u00fc \ud83d\ude42"],"model":"text"}]'],
  ['42["predict",{"input":{"a":[[1,2]],"b":[[3]]},"model":"two"}]'],
  ['42["cancel",{"id":"a"}]'],
  [`451-["predict",{"input":{"dtype":"float32","shape":[1,4],"data":${PLACE}},"model":"mlp"}]`, FLOATS],
  [`451-7["predict",{"input":${PLACE},"model":"mlp","id":5}]`, FLOATS],
  [
    `452-["predict",{"input":{"a":${PLACE},"b":{"_placeholder":true,"num":1}},"model":"two"}]`,
    FLOATS.subarray(0, 8),
    FLOATS.subarray(0, 4),
  ],
  ['43["ack"]'],
  ['40{"session":"0123456789abcdef"}'],
  ['41'],
  ['3'],
].map((messages) => messages.map((message) => Buffer.from(message)));

/** Sent after each: its answer shows that the connection survived. */
const GOOD = '42["predict",{"input":[[3]],"id":"served"}]';

const random = new Random(SEED);

/** One of: bytes changed, cut, doubled, or spliced with another message. */
function damage(bytes: Buffer): Buffer {
  const at = random.below(bytes.length + 1);
  switch (random.below(6)) {
    case 0: {
      const flipped = Buffer.from(bytes);
      for (let i = 0; i <= random.below(4); i++) {
        const place = random.below(flipped.length);
        flipped[place] = (flipped[place] ?? 0) ^ (1 << random.below(8));
      }
      return flipped;
    }
    case 1:
      return bytes.subarray(0, at);
    case 2:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(Math.max(0, at - random.below(20)))]);
    case 3:
      return Buffer.concat([bytes.subarray(0, at), random.pick(random.pick(VALID)).subarray(random.below(10))]);
    case 4: {
      const inserted = Buffer.from(Array.from({ length: 1 + random.below(8) }, () => random.below(256)));
      return Buffer.concat([bytes.subarray(0, at), inserted, bytes.subarray(at)]);
    }
    default:
      return Buffer.concat([
        bytes.subarray(0, at),
        Buffer.from(random.pick(TOKENS)),
        bytes.subarray(at + random.below(6)),
      ]);
  }
}

/** What a parser may stumble over. */
const TOKENS = [
  '[',
  ']',
  '{',
  '}',
  '"',
  ',',
  '\\',
  ':',
  '-',
  '1e999',
  'null',
  '__proto__',
  '\u0000',
  '\ud800',
  '9'.repeat(20),
  '['.repeat(5000),
  PLACE,
  '/,',
  '\u001e',
];

let hub: TestProcess;
let neighbour: Neighbour;

beforeAll(async () => {
  hub = await startTestProcess({ models: writeModels, config: { defaultModel: 'linear', logLevel: 'info' } });
  neighbour = await Neighbour.open(hub.url, linear);
});

afterAll(async () => {
  neighbour.close();
  expect(await hub.close()).toBe(0);
  // A fault in a handler is caught and logged; there must be none.
  expect(hub.log.filter(({ level }) => level === 'error' || level === 'fatal')).toEqual([]);
});

/** Every message from the hub must be one of the protocol. */
function expectTyped(messages: readonly string[]): void {
  for (const message of messages) {
    const event = /^42(\["(?:hello|prediction|prediction_error|goaway)".*)$/s.exec(message)?.[1];
    const ack = /^43\d+(\[.*)$/s.exec(message)?.[1];
    const [first, second]: unknown[] = JSON.parse(event ?? ack ?? '[null]');
    const error = errorIn(ack === undefined ? (first === 'prediction_error' ? second : undefined) : first);
    if (error !== undefined) {
      expect(error).toMatchObject({ message: expect.any(String), retryable: expect.any(Boolean) });
      expect(isErrorCode(error.code) && ERRORS[error.code].retryable === error.retryable).toBe(true);
      expect(error.code).not.toBe('INTERNAL');
    } else if (event === undefined && ack === undefined) {
      // From engine.io and Socket.IO themselves: open, pong, noop, connect, disconnect, connect error.
      expect(message).toMatch(/^(?:0\{|3|6|40|41|44)/);
    }
  }
}

function errorIn(value: unknown): Record<string, unknown> | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const error: unknown = 'error' in value ? value.error : value;
  return typeof error === 'object' && error !== null && 'code' in error ? { ...error } : undefined;
}

/** Waits until the connection is served or closed; returns whether it survived. */
async function settle(socket: RawSocket): Promise<boolean> {
  socket.send(GOOD);
  const served = (message: string): boolean => message.includes('"id":"served"');
  const settled = (): boolean => socket.closed || socket.messages.some(served);
  // Socket.IO ignores what arrives in the same turn after a packet that leaves the namespace; the next packet ends the
  // connection.
  await until('the connection is served or closed', settled, 200).catch(() => socket.send(GOOD));
  await until('the connection is served or closed', settled);
  const lives = !socket.closed && socket.messages.some(served);
  expectTyped(socket.messages);
  socket.messages.length = 0;
  if (!lives) socket.close();
  return lives;
}

let before = 0;

test(`${BY_MESSAGE} damaged messages over WebSocket`, async () => {
  let socket = await RawSocket.open(hub.url);
  let lived = 0;
  for (let i = 0; i < BY_MESSAGE; i++) {
    const messages = random.pick(VALID);
    const victim = random.below(messages.length);
    const sent = messages.map((message, index) => (index === victim ? damage(message) : message));
    const isText = (index: number): boolean => index === 0 && messages[0]?.[0] !== FLOATS[0];
    socket.bytes(
      Buffer.concat(sent.map((bytes, index) => frame(bytes, isText(index) !== random.below(20) < 1 ? 1 : 2))),
    );
    if (await settle(socket)) lived += 1;
    else socket = await within('a new connection', RawSocket.open(hub.url));
    if (i === 100) before = await hub.rss();
    if (i % 20 === 0) await neighbour.goesOn();
  }
  socket.close();
  // Otherwise the damage does not reach its target.
  expect(lived).toBeGreaterThan(BY_MESSAGE / 10);
  expect(lived).toBeLessThan(BY_MESSAGE);
  await neighbour.goesOn(50);
});

test(`${BY_FRAME} damaged WebSocket frames`, async () => {
  for (let i = 0; i < BY_FRAME; i++) {
    const socket = await within('a new connection', RawSocket.open(hub.url));
    socket.bytes(damage(Buffer.concat(random.pick(VALID).map((bytes, index) => frame(bytes, index === 0 ? 1 : 2)))));
    // A truncated message waits for the rest: no answer is due.
    await neighbour.goesOn(1);
    expectTyped(socket.messages);
    socket.close();
  }
});

test(`${BY_POLLING} damaged bodies over polling`, async () => {
  const agent = new Agent({ keepAlive: true, maxSockets: 4 });
  const path = '/socket.io/?EIO=4&transport=polling';
  const encode = (messages: readonly Buffer[]): Buffer =>
    Buffer.from(
      messages.map((bytes, i) => (i === 0 ? bytes.toString() : `b${bytes.toString('base64')}`)).join(SEPARATOR),
    );
  const isLast = (message: string): boolean => message === '1' || message.includes('"id":"served"');
  let session: string | undefined;
  let ended = 0;
  for (let i = 0; i < BY_POLLING; i++) {
    if (session === undefined) {
      const open = await poll(agent, 'GET', path);
      session = /"sid":"([^"]+)"/.exec(open.text)?.[1];
      expect(session).toBeDefined();
      expect((await poll(agent, 'POST', `${path}&sid=${session}`, Buffer.from('40'))).text).toBe('ok');
    }
    for (const body of [damage(encode(random.pick(VALID))), Buffer.from(GOOD)]) {
      const reply = await poll(agent, 'POST', `${path}&sid=${session}`, body);
      expect(reply.text === 'ok' || reply.status >= 400).toBe(true);
      expect(reply.status).toBeLessThan(500);
    }
    const heard: string[] = [];
    // Until the good one is answered, or the session has ended and is unknown or told to close.
    for (let status = 200; status === 200 && !heard.some(isLast); ) {
      const more = await poll(agent, 'GET', `${path}&sid=${session}`);
      status = more.status;
      expect(status).toBeLessThan(500);
      if (status === 200) heard.push(...more.text.split(SEPARATOR));
    }
    expectTyped(heard.filter((message) => message !== '1' && message !== '2'));
    if (!heard.some((message) => message.includes('"id":"served"'))) {
      session = undefined;
      ended += 1;
    }
    if (i % 20 === 0) await neighbour.goesOn();
  }
  agent.destroy();
  expect(ended).toBeGreaterThan(BY_POLLING / 20);
  expect(ended).toBeLessThan(BY_POLLING);
  await neighbour.goesOn(50);
  if (process.platform === 'linux') expect((await hub.rss()) - before).toBeLessThan(MOST_GROWTH_BYTES);
});

function poll(
  agent: Agent,
  method: 'GET' | 'POST',
  path: string,
  body?: Buffer,
): Promise<{ readonly status: number; readonly text: string }> {
  const asked = new Promise<{ readonly status: number; readonly text: string }>((resolve, reject) => {
    const headers =
      body === undefined ? {} : { 'content-type': 'text/plain;charset=UTF-8', 'content-length': body.length };
    const sent = request(new URL(path, hub.url), { method, agent, headers }, (reply) => {
      let text = '';
      reply.setEncoding('utf8');
      reply.on('data', (chunk: string) => {
        text += chunk;
      });
      reply.on('end', () => resolve({ status: reply.statusCode ?? 0, text }));
      reply.on('error', reject);
    });
    sent.on('error', reject);
    sent.end(body);
  });
  return within(`${method} ${path}`, asked);
}
