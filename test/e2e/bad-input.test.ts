/** Bad input over every transport: a typed error that names the field, without effect on others. */

import { Agent } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { connect, predictOverHttp, type TickcastClient } from '../../dist/client/index.js';
import { ERRORS } from '../../dist/shared/errors.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { BAD_BYTES, BAD_INPUTS } from '../support/bad-inputs.js';
import { linear, MAX_TEXT_LENGTH, writeModels } from '../support/bad-models.js';
import { post } from '../support/contract-callers.js';
import { Neighbour } from '../support/neighbour.js';
import { RawSocket } from '../support/raw-socket.js';
import { until, within } from '../support/until.js';

const GOOD = '{"input":[[3]]}';
const SERVED = { prediction: [[linear(3)]], model: 'linear@2' };
const DEEP = '['.repeat(20_000) + ']'.repeat(20_000);
const PLACE = '{"_placeholder":true,"num":0}';

let hub: TestApp;
let neighbour: Neighbour;
const agent = new Agent({ keepAlive: true });

/** Warnings of the process, such as of accumulating listeners. */
const warnings: string[] = [];
const onWarning = (warning: Error): void => void warnings.push(warning.message);

beforeAll(async () => {
  process.on('warning', onWarning);
  hub = await startTestApp({ models: writeModels, config: { defaultModel: 'linear' } });
  neighbour = await Neighbour.open(hub.url, linear);
});

afterEach(async () => {
  await neighbour.goesOn();
  expect(Object.keys(Object.prototype)).toEqual([]);
  expect('polluted' in {}).toBe(false);
});

afterAll(async () => {
  neighbour.close();
  agent.destroy();
  await hub.close();
  process.off('warning', onWarning);
  expect(warnings).toEqual([]);
});

/** A good request on this socket is answered correctly: it works, and nothing remains of earlier requests. */
async function expectServed(socket: RawSocket): Promise<void> {
  socket.send('42["predict",{"input":[[3]],"id":"served"}]');
  const answer = await socket.next((message) => message.includes('"id":"served"'));
  expect(JSON.parse(answer.slice(2))).toMatchObject(['prediction', { prediction: [[linear(3)]], model: 'linear@2' }]);
}

/** A prediction without the fields that identify its request. */
function payload(answer: unknown): unknown {
  const { n: _, id: __, ...rest } = answer as Record<string, unknown>;
  return rest;
}

function errorOf(code: keyof typeof ERRORS, names: RegExp): object {
  return { code, retryable: ERRORS[code].retryable, message: expect.stringMatching(names) };
}

describe('over Socket.IO', () => {
  let socket: RawSocket;
  let sent = 0;
  beforeAll(async () => {
    socket = await RawSocket.open(hub.url);
  });
  afterAll(() => socket.close());

  test.each(BAD_INPUTS)('an event is refused: $what', async ({ json, code = 'INVALID_INPUT', names }) => {
    const n = sent++;
    socket.send(`42["predict",${json}]`);

    expect(await socket.answerTo(n)).toEqual({ ...errorOf(code, names), n });
  });

  test.each(BAD_INPUTS)('an acknowledgement is refused: $what', async ({ json, code = 'INVALID_INPUT', names }) => {
    const ack = 1000 + sent++;
    socket.send(`42${ack}["predict",${json}]`);

    expect(await socket.answer(ack)).toEqual({ error: errorOf(code, names) });
  });

  test.each(BAD_BYTES)('binary is refused: $what', async ({ json, bytes, names }) => {
    const n = sent++;
    socket.send(`451-["predict",${json}]`, bytes);

    expect(await socket.answerTo(n)).toEqual({ ...errorOf('INVALID_INPUT', names), n });
  });

  test('bytes are read right, at whatever offset they arrive', async () => {
    const values = [0.5, -1, 2, 4];
    const bytes = new Uint8Array(Float32Array.from(values).buffer);
    socket.send(`42["predict",{"model":"mlp","timing":false,"input":${JSON.stringify(values)}}]`);
    const expected = payload(await socket.answerTo(sent++));
    for (let shift = 0; shift < 8; shift++) {
      const head = `451-["predict",{"model":"mlp","timing":false,"input":{"dtype":"float32","shape":[4],"data":${PLACE}}}]`;
      // Of a different length each time, so that the bytes after it are at a different offset in the chunk.
      socket.send('3'.repeat(1 + shift), head, bytes);
      expect(payload(await socket.answerTo(sent++))).toEqual(expected);
    }
    sent += 1;
    await expectServed(socket);
  });
});

interface RawCase {
  readonly what: string;
  readonly send: readonly (string | Uint8Array)[];
  /** The acknowledgement that the answer is for. */
  readonly ack?: number;
}

describe('packets that are no request', () => {
  /** Opens a connection, sends, and checks that the process survives. */
  async function onSocket(send: RawCase['send'], check: (socket: RawSocket) => Promise<void>): Promise<void> {
    const socket = await RawSocket.open(hub.url);
    try {
      socket.send(...send);
      await within('the check', check(socket));
    } finally {
      socket.close();
    }
  }

  const answered: readonly (RawCase & { readonly answer: object })[] = [
    { what: 'no payload', send: ['42["predict"]'], answer: errorOf('INVALID_INPUT', /got undefined/) },
    {
      what: 'no payload, acknowledged',
      send: ['421["predict"]'],
      ack: 1,
      answer: { error: errorOf('INVALID_INPUT', /got undefined/) },
    },
    { what: 'extra arguments', send: [`42["predict",${GOOD},"more",[5],{}]`], answer: SERVED },
    { what: 'extra arguments, acknowledged', send: [`421["predict",${GOOD},"more",5]`], ack: 1, answer: SERVED },
    { what: 'an object for the acknowledgement', send: [`42["predict",${GOOD},{"call":1}]`], answer: SERVED },
    {
      what: 'an acknowledgement number of fifteen digits',
      send: [`42999999999999999["predict",${GOOD}]`],
      ack: 999999999999999,
      answer: SERVED,
    },
    {
      what: 'an acknowledgement number twice',
      send: [`427["predict",${GOOD}]`, `427["predict",${GOOD}]`],
      ack: 7,
      answer: SERVED,
    },
    {
      what: 'a placeholder without an attachment',
      send: [`42["predict",{"input":${PLACE}}]`],
      answer: errorOf('INVALID_INPUT', /input is an object without/),
    },
    {
      what: 'fields that are reserved or unknown',
      send: ['42["predict",{"input":[[3]],"priority":"x","traceparent":{},"pad":[],"hasOwnProperty":1}]'],
      answer: SERVED,
    },
    {
      what: 'an oversized event with an attachment',
      send: [`451-["predict",{"input":${PLACE},"pad":"${'x'.repeat(70_000)}"}]`, new Uint8Array(16)],
      answer: errorOf('TOO_LARGE', /maxJsonBytes is 65536/),
    },
    {
      what: 'an oversized event, acknowledged',
      send: [`429["predict",{"input":"${'x'.repeat(70_000)}"}]`],
      ack: 9,
      answer: { error: errorOf('TOO_LARGE', /maxJsonBytes is 65536/) },
    },
  ];
  test.each(answered)('answered: $what', ({ send, ack, answer }) =>
    onSocket(send, async (socket) => {
      expect(await socket.answer(ack)).toMatchObject(answer);
      await expectServed(socket);
    }),
  );

  const ignored: readonly RawCase[] = [
    { what: 'an unknown event', send: ['42["nonsense",{"input":[1]}]'] },
    { what: 'an unknown event, acknowledged', send: ['423["nonsense",1]'] },
    { what: 'an event named error', send: ['42["error",{"message":"boom"}]', '42["error"]'] },
    { what: 'an event named error, acknowledged', send: ['425["error","boom"]'] },
    { what: 'an event named error with an attachment', send: [`451-["error",${PLACE}]`, new Uint8Array(3)] },
    { what: 'an event named __proto__', send: ['42["__proto__",{"polluted":1}]'] },
    {
      what: 'events named like properties',
      send: ['42["constructor"]', '42["toString",1]', '42["hasOwnProperty",1]', '42["emit",1]'],
    },
    { what: 'an event with an empty name', send: ['42["",{}]'] },
    { what: 'an event without arguments', send: ['42'] },
    { what: 'numeric events', send: ['42[5,{}]', '42[-1]', '42[1e400]'] },
    { what: 'a prediction from the client', send: ['42["prediction",{"n":0}]', '42["hello",{}]'] },
    {
      what: 'acknowledgements that nobody waits for',
      send: ['430[]', '43999999[{"a":1}]', `461-0[${PLACE}]`, new Uint8Array(1)],
    },
    { what: 'cancel without an id', send: ['42["cancel"]', '42["cancel",null]', '42["cancel",{}]', '42["cancel",5]'] },
    {
      what: 'cancel with an id of wrong type',
      send: ['42["cancel",{"id":{}}]', '42["cancel",{"id":-1}]', '42["cancel",{"id":[1]}]'],
    },
    { what: 'cancel of an unknown id', send: ['42["cancel",{"id":"nobody"}]', '421["cancel",{"id":"__proto__"}]'] },
    { what: 'cancel with an attachment', send: [`451-["cancel",${PLACE}]`, new Uint8Array(5)] },
    { what: 'an acknowledgement of more than 64 KiB', send: [`430["${'x'.repeat(70_000)}"]`] },
    {
      what: 'another namespace',
      send: ['40/admin,{"token":1}'],
    },
  ];
  test.each(ignored)('ignored: $what', ({ send }) => onSocket(send, expectServed));

  const told: readonly RawCase[] = [
    { what: 'broken JSON', send: ['42["predict",{"input":[1]'] },
    { what: 'too many attachments', send: ['4565-["predict",{"input":1}]'] },
    {
      what: 'a text where an attachment should be',
      send: [`452-["predict",{"input":${PLACE}}]`, new Uint8Array(4), `42["predict",${GOOD}]`],
    },
    {
      what: 'a placeholder out of range',
      send: ['451-["predict",{"input":{"_placeholder":true,"num":5}}]', new Uint8Array(4)],
    },
    {
      what: 'a placeholder whose number is none',
      send: ['451-["predict",{"input":{"_placeholder":true,"num":"length"}}]', new Uint8Array(4)],
    },
  ];
  test.each(told)('told as an answer, and the connection goes on: $what', ({ send }) =>
    onSocket(send, async (socket) => {
      expect(await socket.answerTo(0)).toMatchObject({ code: expect.stringMatching(/INVALID_INPUT|TOO_LARGE/) });
      await expectServed(socket);
    }),
  );

  const nameless: readonly RawCase[] = [
    { what: 'a reserved event name', send: ['42["disconnect"]'] },
    { what: 'a reserved event name of another kind', send: ['42["newListener",1]'] },
    { what: 'an event without a name', send: ['42[]'] },
    { what: 'an object for an event', send: ['42{}'] },
    { what: 'an event that is null', send: ['42null'] },
    { what: 'an event whose name is an array', send: ['42[["predict"],{"input":[1]}]'] },
    { what: 'attachments without a number', send: ['45-["predict",{"input":1}]'] },
    { what: 'another event of more than 64 KiB', send: [`42["nonsense","${'x'.repeat(70_000)}"]`] },
  ];
  test.each(nameless)('told without a number, and the connection goes on: $what', ({ send }) =>
    onSocket(send, async (socket) => {
      const error = await socket.answer();
      expect(error).toMatchObject({ code: 'INVALID_INPUT', retryable: false });
      expect(error).not.toHaveProperty('n');
      await expectServed(socket);
    }),
  );

  const closed: readonly RawCase[] = [
    { what: 'an unknown packet type', send: ['49["predict"]'] },
    { what: 'an empty packet', send: ['4'] },
    { what: 'a second connect', send: ['40'] },
    { what: 'a connect error from the client', send: ['44{"message":"no"}'] },
    { what: 'a packet for a namespace never joined', send: ['42/admin,["predict",{"input":[1]}]'] },
    { what: 'an attachment that nobody announced', send: [new Uint8Array(16)] },
    { what: 'a message of more than 1 MiB', send: [new Uint8Array((1 << 20) + 1)] },
  ];
  test.each(closed)('the connection is closed: $what', ({ send }) =>
    onSocket(send, async (socket) => {
      await expect(expectServed(socket)).rejects.toThrow('the connection was closed');
    }),
  );

  const either: readonly RawCase[] = [
    {
      what: 'an event nested 20,000 deep with an attachment',
      send: [`451-["predict",{"input":${DEEP}}]`, new Uint8Array(4)],
    },
    { what: 'text that is no engine.io packet', send: ['9garbage', '', 'b####', '\u0000', '🙂'] },
    { what: 'engine.io packets out of season', send: ['2probe', '5', '6', '0{"sid":"x"}', '1'] },
    { what: 'broken UTF-8', send: ['42["predict",{"input":"\ud800"}]'] },
  ];
  test.each(either)('answered, ignored or closed: $what', ({ send }) =>
    onSocket(send, async (socket) => {
      await expectServed(socket).catch((cause: unknown) => expect(String(cause)).toContain('was closed'));
    }),
  );

  test('a client that leaves the namespace and joins again is served, unless it does nothing else', async () => {
    const socket = await RawSocket.open(hub.url);
    for (let round = 0; round < 9; round++) {
      socket.send('42["predict",{"input":[1]}]', '41');
      // By then it has left: an earlier connect would be a duplicate.
      await neighbour.goesOn();
      socket.send('40');
      await socket.next((message) => message.startsWith('42["hello"'));
    }
    await expectServed(socket);
    for (let round = 0; round < 9; round++) {
      socket.send('41');
      await neighbour.goesOn();
      socket.send('40');
    }
    await until('it is cut', () => socket.closed);
    await neighbour.goesOn();
  });

  test.each([
    '5',
    '"x"',
    '[]',
    '{"session":5}',
    '{"session":{"__proto__":1}}',
    '{"session":"short"}',
    '{"__proto__":{"session":"0123456789abcdef"}}',
  ])('a handshake with auth %s is served as a plain client', async (auth) => {
    const socket = await RawSocket.open(hub.url, null);
    socket.send(`40${auth}`);
    try {
      await expectServed(socket);
    } catch (cause) {
      expect(String(cause)).toContain('was closed');
      expect(auth).not.toMatch(/^\{/);
    }
    socket.close();
  });
});

describe('over REST', () => {
  describe.each(['/predict', '/infer'])('POST %s', (path) => {
    test.each(BAD_INPUTS)('$what', async ({ json, code = 'INVALID_INPUT', names }) => {
      const reply = await post(hub.url, path, json, agent);

      expect(reply).toMatchObject({ status: ERRORS[code].status, body: { error: errorOf(code, names) } });
    });

    const bodies = [
      { what: 'bad JSON', body: '{"input":[1}', status: 400, error: errorOf('INVALID_INPUT', /body is not .*JSON/i) },
      { what: 'no body', body: '', status: 400, error: errorOf('INVALID_INPUT', /body/i) },
      {
        what: 'bytes',
        body: new Uint8Array([0xff, 0xfe, 0x00]),
        status: 400,
        error: errorOf('INVALID_INPUT', /body/i),
      },
      {
        what: 'too large',
        body: `{"input":"${'x'.repeat(1 << 20)}"}`,
        status: 413,
        error: errorOf('TOO_LARGE', /body is over 1048576 bytes/),
      },
    ];
    test.each(bodies)('$what', async ({ body, status, error }) => {
      expect(await post(hub.url, path, body, agent)).toMatchObject({ status, body: { error } });
    });

    test.each(['text/plain', 'application/x-www-form-urlencoded', 'application/xml', 'nonsense'])(
      'content type %s',
      async (type) => {
        const reply = await post(hub.url, path, GOOD, agent, undefined, { 'content-type': type });

        expect(reply).toMatchObject({ status: 415, body: { error: errorOf('INVALID_INPUT', /application\/json/) } });
      },
    );
  });

  test.each([
    ['POST', '/nowhere'],
    ['GET', '/predict'],
    ['PUT', '/predict'],
    ['GET', '/models/nowhere'],
    ['GET', '/streams/nowhere'],
    ['GET', '/models/__proto__'],
    ['GET', '/models/..%2f..%2fetc'],
    ['GET', `/models/${'x'.repeat(300)}`],
    ['GET', '/%00'],
  ])('%s %s is unknown', async (method, path) => {
    const reply = await fetch(new URL(path, hub.url), { method, headers: { connection: 'close' } });

    expect(reply.status).toBe(404);
    const code = path.startsWith('/models/') ? 'MODEL_NOT_FOUND' : 'NOT_FOUND';
    expect(await reply.json()).toEqual({ error: errorOf(code, /there is no /) });
  });

  test('a path that cannot be decoded is a typed error too', async () => {
    const reply = await fetch(`${hub.url}/%zz`, { headers: { connection: 'close' } });

    expect(reply.status).toBe(400);
    expect(await reply.json()).toMatchObject({ error: { code: 'INVALID_INPUT', retryable: false } });
  });
});

describe('by the SDK', () => {
  let client: TickcastClient;
  beforeAll(async () => {
    client = connect(hub.url);
    await client.ready();
  });
  afterAll(() => client.close());

  const circular: unknown[] = [];
  circular.push(circular);
  const wrong: readonly { what: string; input: unknown; model?: string; code?: keyof typeof ERRORS; names: RegExp }[] =
    [
      { what: 'too short an example', input: [1, 2, 3], model: 'mlp', names: /input\w* has .*3/ },
      { what: 'ragged nesting', input: [[1, 2, 3, 4], [1]], model: 'mlp', names: /input\w*\[1\] has length 1/ },
      { what: 'an empty array', input: [], names: /input is empty/ },
      { what: 'NaN', input: [Number.NaN], names: /input/ },
      { what: 'infinity', input: [Number.POSITIVE_INFINITY], names: /input/ },
      {
        what: 'NaN in a typed array',
        input: new Float32Array([1, 2, 3, Number.NaN]),
        model: 'mlp',
        names: /input\w* has NaN/,
      },
      { what: 'a typed array of wrong length', input: new Float32Array(3), model: 'mlp', names: /input/ },
      { what: 'a typed array of wrong kind', input: new Int32Array(4), model: 'mlp', names: /int32/ },
      { what: 'a string for a tensor model', input: 'text', names: /input is "text"/ },
      { what: 'a number for a text model', input: 5, model: 'text', names: /input is 5/ },
      {
        what: 'too long a text',
        input: 'x'.repeat(MAX_TEXT_LENGTH + 1),
        model: 'text',
        code: 'TOO_LARGE',
        names: /51 characters/,
      },
      { what: 'too many rows', input: Array(1025).fill(1), code: 'TOO_LARGE', names: /1025 rows/ },
      {
        what: 'more JSON than an event may have',
        input: Array(7000).fill([1, 2, 3, 4]),
        model: 'mlp',
        code: 'TOO_LARGE',
        names: /bytes|rows/,
      },
      { what: 'an unknown model', input: [1], model: 'nowhere', code: 'MODEL_NOT_FOUND', names: /no model nowhere/ },
      {
        what: 'a version that does not exist',
        input: [1],
        model: 'linear@99',
        code: 'MODEL_NOT_FOUND',
        names: /linear@99/,
      },
      { what: 'a model name of wrong form', input: [1], model: 'No Model', names: /model must be/ },
      { what: 'no input', input: undefined, names: /input/ },
      { what: 'an array that holds itself', input: circular, names: /input/ },
      { what: 'arrays nested 20,000 deep', input: JSON.parse(DEEP), names: /input/ },
      { what: 'a function', input: () => 1, names: /input/ },
    ];
  test.each(wrong)('$what', async ({ input, model, code = 'INVALID_INPUT', names }) => {
    // The types would reject it.
    const asked = client.predict(input as number[], { model });

    await expect(asked).rejects.toMatchObject(errorOf(code, names));
    expect(client.state).toBe('connected');
    expect((await client.predict([[3]])).prediction).toEqual([[linear(3)]]);
  });

  test('over HTTP alone the codes are the same', async () => {
    await expect(predictOverHttp(hub.url, [1, 2, 3], { model: 'mlp' })).rejects.toMatchObject(
      errorOf('INVALID_INPUT', /input\w* has .*3/),
    );
    await expect(predictOverHttp(hub.url, [1], { model: 'nowhere' })).rejects.toMatchObject(
      errorOf('MODEL_NOT_FOUND', /nowhere/),
    );
  });
});
