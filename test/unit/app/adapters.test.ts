import { pino } from 'pino';
import { expect, test } from 'vitest';
import { type AdapterModule, Adapters } from '../../../server/app/adapters.js';
import type { BrokerParts } from '../../../server/contracts/broker.js';
import { MemoryBroker } from '../../../server/streams/memory-broker.js';
import { ManualClock } from '../../../server/testing/manual-clock.js';

const log = pino({ level: 'silent' });
const NONE = { doors: [], taps: [] };

/** Adapters over packages installed by a test. */
function adaptersWith(
  packages: Readonly<Record<string, AdapterModule | Error>> = {},
  env: Record<string, string> = {},
) {
  return new Adapters(
    { log, env },
    {
      find: (name) => (name in packages ? `test:${name}` : undefined),
      load: async (url) => {
        const module = packages[url.slice('test:'.length)];
        if (module instanceof Error) throw module;
        return module;
      },
    },
  );
}

function modelOf(runtime: string | undefined) {
  return { ref: 'mine@1', runtime };
}

const PARTS: BrokerParts = {
  clock: new ManualClock(),
  wallNow: () => 0,
  mark: 'a',
  nonce: () => 'b',
  maxItems: 1,
  maxBytes: 1,
};

test('built-in runtimes and those of the program need no package', async () => {
  const fault = new URL('../../../server/testing/fault-runtime.ts', import.meta.url).href;
  const models = [undefined, 'tfjs-layers', 'tfjs-graph', 'fault'].map(modelOf);

  expect(await adaptersWith().open(NONE, models, [fault])).toEqual({
    ok: true,
    value: { modules: [fault], missing: new Map() },
  });
});

test('a runtime that a manifest or a file asks for is that of a package, given by its URL', async () => {
  const adapters = adaptersWith({ '@tickcast/onnx': {} });

  expect(await adapters.open(NONE, [modelOf('onnx'), modelOf('onnx')])).toMatchObject({
    value: { modules: ['test:@tickcast/onnx'] },
  });
});

test.each([
  [
    'a door',
    () => adaptersWith().open({ ...NONE, doors: ['oip'] }, []),
    '--doors oip is not there; npm i @tickcast/oip',
  ],
  [
    'a tap',
    () => adaptersWith().open({ ...NONE, taps: ['otel'] }, []),
    '--taps otel is not there; npm i @tickcast/otel',
  ],
  [
    'a broker',
    () => adaptersWith().broker('rediss://host:1', PARTS),
    '--broker redis is not there; npm i @tickcast/redis',
  ],
])('%s whose package is missing is told in one line', async (_, open, problem) => {
  expect(await open()).toEqual({ ok: false, problem });
});

test('a manifest names no other package than an adapter', async () => {
  const adapters = adaptersWith({ '@tickcast/../evil': {} });

  expect(await adapters.open(NONE, [modelOf('../evil')])).toEqual({
    ok: true,
    value: {
      modules: [],
      missing: new Map([
        ['mine@1', 'model mine@1: runtime "../evil" is not known here; known are tfjs-layers, tfjs-graph, saved-model'],
      ]),
    },
  });
});

test('a runtime whose package is missing concerns the models that name it, and no other', async () => {
  const adapters = adaptersWith({ '@tickcast/onnx': {} });

  expect(await adapters.open(NONE, [modelOf('gone'), { ref: 'other@1', runtime: 'onnx' }])).toEqual({
    ok: true,
    value: {
      modules: ['test:@tickcast/onnx'],
      missing: new Map([
        [
          'mine@1',
          'model mine@1: runtime "gone" is not known here; known are tfjs-layers, tfjs-graph, saved-model; npm i @tickcast/gone',
        ],
      ]),
    },
  });
});

test('every package that options name and that is missing is told at once', () => {
  const adapters = adaptersWith({ '@tickcast/there': {} });

  expect(adapters.missing({ taps: ['there', 'otel'], doors: ['oip'], broker: 'rediss://host:1' })).toEqual([
    '--taps otel is not there; npm i @tickcast/otel',
    '--doors oip is not there; npm i @tickcast/oip',
    '--broker redis is not there; npm i @tickcast/redis',
  ]);
  expect(adapters.missing({ taps: ['there'], doors: [], broker: 'memory' })).toEqual([]);
});

test('doors, taps and brokers are opened with the log and the environment, in order', async () => {
  const opened: string[] = [];
  const tap = (name: string): AdapterModule => ({
    openTap: async ({ env }) => {
      opened.push(`${name} ${env.TICKCAST_OTEL_URL}`);
      return { name };
    },
  });
  const broker = new MemoryBroker(PARTS);
  const packages = {
    '@tickcast/one': tap('one'),
    '@tickcast/two': tap('two'),
    '@tickcast/redis': {
      openBroker: async (url: string) => {
        opened.push(url);
        return broker;
      },
    },
  };
  const adapters = adaptersWith(packages, { TICKCAST_OTEL_URL: 'there' });

  expect(await adapters.open({ doors: [], taps: ['two', 'one'] }, [])).toMatchObject({ ok: true });
  expect(adapters.taps).toEqual([{ name: 'two' }, { name: 'one' }]);
  expect(await adapters.broker('redis://host:6379', PARTS)).toEqual({ ok: true, value: broker });
  expect(opened).toEqual(['two there', 'one there', 'redis://host:6379']);
});

test.each([
  ['a door without `connections`', { openDoor: async () => ({ name: 'own', open() {}, close() {} }) }, 'door'],
  ['a door that cannot be closed', { openDoor: async () => ({ name: 'own', connections: 0, open() {} }) }, 'door'],
  ['a tap without a name', { openTap: async () => ({}) }, 'tap'],
])('%s is told in one line that names the package', async (_, module, kind) => {
  const adapters = adaptersWith({ '@tickcast/bad': module as unknown as AdapterModule });
  const problem = await adapters.open({ doors: [], taps: [], [`${kind}s`]: ['bad'] }, []);

  expect(problem).toMatchObject({ ok: false });
  expect(!problem.ok && problem.problem).toMatch(new RegExp(`^--${kind}s bad: open\\w+ answered what is no ${kind}: `));
});

test('what a package opened and is no tap is closed', async () => {
  const closed: string[] = [];
  const openTap = async () => ({ name: '', close: async () => void closed.push('tap') });
  const adapters = adaptersWith({ '@tickcast/bad': { openTap } });

  expect(await adapters.open({ doors: [], taps: ['bad'] }, [])).toEqual({
    ok: false,
    problem: '--taps bad: openTap answered what is no tap: name is "", expected a text',
  });
  expect(closed).toEqual(['tap']);
});

test('what was opened before one that cannot be is there to be closed', async () => {
  const tap = { name: 'one' };
  const adapters = adaptersWith({ '@tickcast/one': { openTap: async () => tap } });

  expect(await adapters.open({ doors: ['missing'], taps: ['one'] }, [])).toMatchObject({ ok: false });
  expect(adapters.taps).toEqual([tap]);
});

test.each([
  ['exports nothing of the kind', {}, '--taps bad: @tickcast/bad does not export openTap'],
  ['cannot be imported', new Error('no such library\nat line 3'), '--taps bad: no such library'],
  [
    'cannot do its work',
    { openTap: async () => Promise.reject(new Error('nothing listens at there:4318')) },
    '--taps bad: nothing listens at there:4318',
  ],
])('a package that %s is told in one line', async (_, module, problem) => {
  const adapters = adaptersWith({ '@tickcast/bad': module });

  expect(await adapters.open({ doors: [], taps: ['bad'] }, [])).toEqual({ ok: false, problem });
});
