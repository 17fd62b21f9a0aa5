/**
 * Versions meet: the SDK as packed before hub and client told their versions, with the hub of now, and the reverse,
 * all from tarballs. The contract runs on hubs in this process, whose batches it holds; the rest on hubs as processes.
 */

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { StateChange, TickcastClient } from '../../client/index.js';
import { startTestProcess, type TestProcess } from '../support/app.js';
import { openSocket } from '../support/contract-callers.js';
import { openPuppet } from '../support/contract-engines.js';
import { type Sdk, sdkCallers } from '../support/contract-sdk.js';
import { describeContract } from '../support/contract-suite.js';
import { CuttingProxy } from '../support/cutting-proxy.js';
import { keptChecksums, openReleases, type Release, type Releases } from '../support/releases.js';
import { ScriptedHub } from '../support/scripted-hub.js';
import { StreamRecord } from '../support/stream-record.js';
import { writeLinear } from '../support/tiny-models.js';
import { FEED, KEYS, VIEWER } from '../support/tokens.js';
import { until, within } from '../support/until.js';

/** The last commit before versions were told. */
const BEFORE = '5e32e38';

type Age = 'before' | 'now';

/** What an end does that the one of before cannot: this list is all that is expected otherwise of it. */
type Ability =
  /** A hub: its hello has its range of versions and its capabilities. An SDK: its handshake has them. */
  | 'tells versions'
  /** An SDK that was served goes on trying when a hub of other versions takes the place of its own. */
  | 'outlives another version';
const LACKS: Readonly<Record<Age, readonly Ability[]>> = {
  before: ['tells versions', 'outlives another version'],
  now: [],
};
const can = (age: Age, ability: Ability): boolean => !LACKS[age].includes(ability);

let releases: Releases;
let folder = '';
let tokenFile = '';
const packed = {} as Record<Age, Release>;

beforeAll(async () => {
  releases = await openReleases();
  folder = await mkdtemp(join(tmpdir(), 'tickcast-versions-'));
  tokenFile = join(folder, 'tokens.json');
  await writeFile(tokenFile, JSON.stringify({ keys: KEYS }), { mode: 0o600 });
  [packed.before, packed.now] = await Promise.all([releases.before(BEFORE), releases.now()]);
});

afterAll(async () => {
  await releases?.close();
  await rm(folder, { recursive: true, force: true });
});

test('the kept packages are those that their list names', async () => {
  const list = await readFile(join(import.meta.dirname, '../fixtures/releases/README.md'), 'utf8');
  const sums = Object.entries(await keptChecksums());

  expect(sums).toHaveLength(2);
  for (const [name, sum] of sums) expect(list).toContain(`| \`${name}\` | ${BEFORE} | 1 | \`${sum}\` |`);
});

/** An idle engine waits this long, so that what a test wants in flight is. */
const HELD_MS = 200;
const FAST = { reconnectMinMs: 20, reconnectMaxMs: 100 } as const;

function startHub(age: Age, drainDelayMs: number): Promise<TestProcess> {
  return startTestProcess({
    models: (models) => writeLinear(join(models, 'linear/1')),
    main: packed[age].main,
    config: { tokenFile, tickMs: HELD_MS, drainDelayMs, graceMs: 30_000, maxStreamItems: 5 },
  });
}

const portOf = ({ url }: TestProcess): number => Number(new URL(url).port);

/** What `writeLinear` answers. */
const right = (x: number): number[][] => [[2 * x + 1]];

describe.each<{ sdkOf: Age; hubOf: Age }>([
  { sdkOf: 'before', hubOf: 'now' },
  { sdkOf: 'now', hubOf: 'before' },
])('the SDK of $sdkOf with the hub of $hubOf', ({ sdkOf, hubOf }) => {
  describeContract('a puppet engine', openPuppet, {
    callers: sdkCallers(() => packed[sdkOf].sdk()),
    hub: () => packed[hubOf].hub(),
  });

  /** The second takes the place of the first, and the first that of the second. */
  let hubs: readonly [TestProcess, TestProcess];
  let proxy: CuttingProxy;
  let sdk: Sdk;
  beforeAll(async () => {
    sdk = await packed[sdkOf].sdk();
    hubs = await Promise.all([startHub(hubOf, 0), startHub(hubOf, 1500)]);
    proxy = await CuttingProxy.open(portOf(hubs[0]));
  });
  afterAll(async () => {
    await proxy?.close();
    for (const { child } of hubs ?? []) child.kill('SIGKILL');
  });

  function connect(token: string | undefined): TickcastClient {
    const client = sdk.connect(proxy.url, { ...FAST, token });
    onTestFinished(() => client.close());
    return client;
  }

  test('they speak version 1, and tell each other as much as both know of', async () => {
    const hello = await connect(FEED).ready();

    expect(hello.protocol).toBe(1);
    const told = can(hubOf, 'tells versions') ? { protocols: [1, 1], capabilities: expect.any(Array) } : {};
    expect(hello).toMatchObject(told);
    expect('capabilities' in hello).toBe(can(hubOf, 'tells versions'));
  });

  test('what a handshake and a request have of a later version is ignored by the hub', async () => {
    const auth = { token: FEED, protocol: 1, protocols: [1, 9], capabilities: ['telepathy', 5], mood: 'fine' };
    const socket = await openSocket(hubs[0].url, { auth });
    const answer = await socket.timeout(30_000).emitWithAck('predict', { input: [1], mood: 'fine', timing: false });
    socket.disconnect();

    expect(answer).toEqual({ prediction: right(1), model: 'linear@1' });
  });

  test('over HTTP: an answer, and errors by their codes', async () => {
    const call = (token: string | undefined, options = {}): Promise<unknown> =>
      sdk.predictOverHttp(proxy.url, [1, 2], { token, ...options }).catch(({ code, retryable }) => [code, retryable]);

    expect(await call(FEED)).toMatchObject({ prediction: [[3], [5]], model: 'linear@1', timing: { batchRows: 2 } });
    expect(await call(FEED, { model: 'nowhere' })).toEqual(['MODEL_NOT_FOUND', false]);
    expect(await call(undefined)).toEqual(['UNAUTHENTICATED', false]);
    expect(await call(VIEWER)).toEqual(['FORBIDDEN', false]);
  });

  test('tokens: without one the client ends, beyond its scopes a call fails and the connection stays', async () => {
    await expect(connect(undefined).ready()).rejects.toMatchObject({ code: 'UNAUTHENTICATED', retryable: false });
    const viewer = connect(VIEWER);
    await expect(viewer.predict([1])).rejects.toMatchObject({ code: 'FORBIDDEN' });
    expect(await viewer.streams()).toEqual([]);
    expect(viewer.state).toBe('connected');
  });

  test('what only one end knows is an error of that call, and the connection stays', async () => {
    const client = connect(FEED);
    // Pixels as a canvas gives them, for which both must be of now.
    await expect(client.predict(Uint8ClampedArray.of(3))).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    expect(await client.predict([1], { subject: 'somebody' } as object)).toMatchObject({ prediction: right(1) });
    expect(client.state).toBe('connected');
  });

  test('latest wins by key, a signal cancels, and a request lost with its connection is answered on the next', async () => {
    const client = connect(FEED);
    await client.ready();
    const controller = new AbortController();
    const results = ['a', 'a', 'b'].map((key) => client.predict([4], { key }).catch(({ code }) => code));
    const cancelled = client.predict([5], { signal: controller.signal }).catch(({ code }) => code);
    controller.abort();
    proxy.cut();

    expect(await within('all are answered', Promise.all([...results, cancelled]))).toMatchObject([
      'SUPERSEDED',
      { prediction: right(4) },
      { prediction: right(4) },
      'CANCELLED',
    ]);
    expect(client.state).toBe('connected');
  });

  test('a stream: what is published is seen once, what was missed is a gap, and it goes on when another hub takes the place', async () => {
    const [publisher, viewer] = [connect(FEED), connect(VIEWER)];
    const seen = new StreamRecord();
    const subscription = viewer.subscribe('talk', { history: 1000 });
    subscription.on('value', (item) => seen.item(item, subscription.position?.epoch ?? ''));
    subscription.on('gap', (gap) => seen.gap(gap));
    const publish = (count: number): Promise<unknown> =>
      publisher.predictMany(
        Array.from({ length: count }, (_, i) => [i]),
        { stream: 'talk' },
      );
    const offsets = (): number[] => seen.items.map(({ offset }) => offset);
    await publish(3);
    await until('the viewer has the first', () => seen.items.length === 3);
    expect(seen.items.map(({ prediction }) => prediction)).toEqual([[1], [3], [5]]);

    // Away while more is published than the hub keeps.
    const direct = sdk.connect(hubs[0].url, { token: FEED });
    proxy.target = 1;
    proxy.cut();
    await until('the viewer is away', () => viewer.state === 'reconnecting');
    await direct.predictMany(
      Array.from({ length: 9 }, (_, i) => [i]),
      { stream: 'talk' },
    );
    direct.close();
    proxy.target = portOf(hubs[0]);
    await until('the viewer has the last', () => offsets().at(-1) === 12);
    expect(seen.gaps).toMatchObject([{ reason: 'evicted', missed: 4, from: 4, to: 7 }]);

    // Another at its address, as after a crash: it knows neither stream nor request.
    proxy.target = portOf(hubs[1]);
    proxy.cut();
    expect(await publish(2)).toMatchObject([{ ok: true }, { ok: true }]);
    await until('the viewer has what the next casts', () => offsets().at(-1) === 2);
    expect(offsets()).toEqual([1, 2, 3, 8, 9, 10, 11, 12, 1, 2]);
    expect(seen.gaps[1]).toMatchObject({ missed: null });
    expect(seen.problems()).toEqual([]);
  });

  test('a drain: clients move to the next hub without a lost connection or call, and one without a next answers all it has', async () => {
    const client = connect(FEED);
    await client.ready();
    const states: string[] = [];
    client.on('state', ({ state }: StateChange) => states.push(state));
    proxy.target = portOf(hubs[0]);
    let isOver = false;
    const exit = hubs[1].close().finally(() => {
      isOver = true;
    });
    for (let x = 0; !isOver; x++) expect((await client.predict([x])).prediction).toEqual(right(x));
    expect(await exit).toBe(0);
    expect(states).toEqual([]);

    const inFlight = Array.from({ length: 20 }, (_, x) => client.predict([x]));
    // Read behind them.
    await client.ping();
    expect(await hubs[0].close()).toBe(0);
    const answers = await Promise.all(inFlight);
    expect(answers.map(({ prediction }) => prediction)).toEqual(answers.map((_, x) => right(x)));
  });
});

describe.each<Age>(['before', 'now'])('the SDK of %s with a hub of a later version', (age) => {
  /** A client, its changes of state, and a scripted hub. */
  async function meet(speaks: ScriptedHub['speaks'], additions: ScriptedHub['additions'] = {}) {
    const hub = await ScriptedHub.start({ folder });
    onTestFinished(() => hub.close());
    Object.assign(hub, { speaks, additions });
    const client = (await packed[age].sdk()).connect(hub.url, FAST);
    onTestFinished(() => client.close());
    const changes: StateChange[] = [];
    client.on('state', (change: StateChange) => changes.push(change));
    return { hub, client, changes };
  }

  test('that has theirs too: they speak it, and what the hub adds is ignored', async () => {
    const { client } = await meet([1, 2], { capabilities: ['telepathy', 5], mood: 'fine' });
    // Before, a client told no range: a hub takes its `protocol`.
    expect((await client.ready()).protocol).toBe(1);
    const answer = await client.predict('a great day');

    expect(answer).toMatchObject({ label: 'positive', model: 'sentiment@3' });
    expect(answer).not.toHaveProperty('mood');
  });

  test('that has no version of theirs: told at the first meeting which end to update', async () => {
    const { client } = await meet([2, 3]);
    const error = await client.ready().catch((cause: unknown) => cause);

    expect(error).toMatchObject({
      code: can(age, 'tells versions') ? 'PROTOCOL_MISMATCH' : 'INTERNAL',
      retryable: false,
      message: expect.stringContaining('the hub speaks protocol 2 to 3, the client 1; update the client'),
    });
  });

  test('that takes the place of their own: a client that was served lives on when that returns', async () => {
    const { hub, client, changes } = await meet([1, 1]);
    await client.ready();
    hub.speaks = [2, 3];
    hub.dropConnections();
    if (!can(age, 'outlives another version')) {
      await until('it has ended', () => client.state === 'failed');
      return;
    }
    await until('it has tried', () => changes.filter(({ error }) => error?.code === 'PROTOCOL_MISMATCH').length >= 3);
    const waiting = client.predict('a great day');
    hub.speaks = [1, 2];

    expect(await within('it is served', waiting)).toMatchObject({ label: 'positive' });
    expect(client.state).toBe('connected');
    expect(new Set(changes.map(({ state }) => state))).toEqual(new Set(['connected', 'reconnecting']));
  });
});
