import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { connect } from '../../dist/client/index.js';
import {
  App,
  type AppExtras,
  configWith,
  type HttpDoor,
  type Logger,
  type ObservedRequest,
  type Tap,
} from '../../dist/server/index.js';
import { startTestApp } from '../support/app.js';
import { writeLinear } from '../support/tiny-models.js';
import { until } from '../support/until.js';

const models = (folder: string): Promise<unknown> => writeLinear(`${folder}/linear/1`, 2, 1);

/** A program's server, which listens and has its own page and upgrades. */
async function startProgram(): Promise<{ server: Server; url: string; seen: string[] }> {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    seen.push(`${request.method} ${request.url}`);
    response.end(`the program's ${request.url}`);
  });
  server.on('upgrade', (request, socket) => {
    seen.push(`upgrade ${request.url}`);
    socket.end('HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
}

test('a hub on a program’s server answers its own routes and sockets, and leaves the rest to the program', async () => {
  const { server, url, seen } = await startProgram();
  const hub = await startTestApp({ models, extras: { server } });
  const text = async (path: string): Promise<string> => (await fetch(`${url}${path}`)).text();

  expect(hub.url).toBe(url);
  expect(await text('/')).toBe('the program’s /'.replace('’', "'"));
  expect(await text('/own/page?x=/predict')).toContain('the program');
  expect(await text('/predictions')).toContain('the program');
  expect(await text('/readyz')).toContain('"status":"ready"');
  const predicted = await fetch(`${url}/predict`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"input":[3]}',
  });
  expect(await predicted.json()).toMatchObject({ prediction: [[7]] });
  for (const transports of [['websocket'], ['polling']] as const) {
    const client = connect(url, { transports: [...transports] });
    expect((await client.predict([4])).prediction).toEqual([[9]]);
    client.close();
  }
  const refused = await fetch(`${url}/predict`, {
    method: 'POST',
    headers: { origin: 'http://elsewhere' },
    body: '{}',
  });
  expect(refused.status).toBe(403);
  const upgrade = await fetch(`${url}/own/socket`, { headers: { upgrade: 'x', connection: 'upgrade' } }).catch(
    () => undefined,
  );
  expect(upgrade?.status ?? 404).toBe(404);
  expect(seen.filter((line) => !line.includes('own/socket'))).toEqual([
    'GET /',
    'GET /own/page?x=/predict',
    'GET /predictions',
  ]);

  const report = await hub.app.drain();
  expect(report).toMatchObject({ accepted: 3, settled: 3, abandoned: 0 });
  // Only the program closes its server.
  expect(server.listening).toBe(true);
  expect(await text('/predict')).toContain('the program');
  await hub.close();
  server.closeAllConnections();
  await new Promise((closed) => server.close(closed));
});

test('a hub on a server that does not listen yet, or not on loopback, asks for a token', async () => {
  const server = createServer();
  const hub = await startTestApp({ models, extras: { server } }, { isListening: false });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const ask = (headers: Record<string, string>): Promise<Response> => fetch(`${url}/models`, { headers });

  expect((await ask({})).status).toBe(401);
  expect((await ask({ authorization: `Bearer ${hub.app.runToken}` })).status).toBe(200);
  await hub.close();
  server.closeAllConnections();
  await new Promise((closed) => server.close(closed));
});

test('taps, doors and runtimes of a program take part: what comes by its door is answered, guarded and told', async () => {
  const told: ObservedRequest[] = [];
  const tap: Tap = { name: 'mine', predicted: (request) => void told.push(request) };
  const door: HttpDoor = {
    name: 'sum',
    connections: 0,
    async open({ hub, place }) {
      const origin = hub.openOrigin('sum', { via: 'sum' });
      place.app.get<{ Params: { x: string } }>('/sum/:x', { config: { scope: 'predict' } }, (request, reply) => {
        const input = [Number(request.params.x)];
        const envelope = { input, id: undefined, model: undefined, timeoutMs: 1000 };
        const verdict = hub.submit(envelope, origin, (outcome) => {
          void reply.send(outcome.ok ? { y: outcome.output.arrays[0]?.[outcome.output.firstRow] } : outcome.error);
        });
        if (!verdict.accepted) void reply.code(503).send(verdict.error);
      });
      return undefined;
    },
    close: async () => undefined,
  };
  const hub = await startTestApp({ models, extras: { taps: [tap], doors: [door] } });

  expect(await (await fetch(`${hub.url}/sum/20`)).json()).toEqual({ y: 41 });
  await until('the tap is told', () => told.length === 1);
  expect(told[0]).toMatchObject({ rows: 1, origin: { via: 'sum' }, model: { ref: 'linear@1' } });
  const metrics = await (await fetch(`${hub.url}/metrics`)).text();
  expect(metrics).toMatch(/tickcast_requests_total\{[^}]*via="sum",outcome="ok"\} 1/);
  await hub.close();
});

test.each([
  ['a door that cannot open', {}, 'shut: port 1 is taken'],
  ['a package that is missing', { doors: ['missing'] }, '--doors missing is not there; npm i @tickcast/missing'],
  ['a model that cannot be loaded', { defaultModel: 'none' }, '--default-model: there is no model none'],
])('%s ends the start with one line, and what was open is closed', async (_, config, problem) => {
  const closed: string[] = [];
  const tap: Tap = { name: 'mine', close: async () => void closed.push('tap') };
  const door: HttpDoor = {
    name: 'shut',
    connections: 0,
    open: async () => 'port 1 is taken',
    close: async () => void closed.push('door'),
  };

  await expect(startTestApp({ models, config, extras: { taps: [tap], doors: [door] } })).rejects.toThrow(problem);
  expect(closed).toEqual(['door', 'tap']);
});

const RIGHT = { name: 'x', dtype: 'float32', shape: [1] };
const ODD_MODELS = async (folder: string): Promise<void> => {
  await mkdir(`${folder}/odd/1`, { recursive: true });
  await writeFile(`${folder}/odd/1/manifest.json`, '{ "runtime": "odd" }');
};

/** A module with a runtime whose answer to `openSession` is this expression. */
function oddRuntime(answer: string): string {
  return `data:text/javascript,export const runtime = { names: ['odd'], openSession: () => (${answer}) }`;
}

/** An answer of `openSession` with this input. */
function sessionWith(input: object): string {
  const described = { inputs: [{ ...RIGHT, ...input }], outputs: [RIGHT], engine: 'odd', why: 'the test' };
  const session = `{ describe: () => (${JSON.stringify(described)}), run() {}, dispose() {} }`;
  return `{ ok: true, session: ${session} }`;
}

test.each([
  ['a shape with 0', sessionWith({ shape: [0] }), 'model odd@1: describe().inputs[0].shape is [0], expected'],
  ['the dtype float64', sessionWith({ dtype: 'float64' }), 'model odd@1: describe().inputs[0].dtype is "float64",'],
  ['a session alone', '{ describe() {} }', 'model odd@1: openSession answered {},'],
  ['nothing', 'undefined', 'model odd@1: openSession answered nothing, expected'],
  [
    'more than fits into memory',
    sessionWith({ shape: [2 ** 50] }),
    'model odd@1: with a batch of 1 rows it failed: they do not fit into memory',
  ],
])('a runtime that answers %s ends the start with one line that names the model', async (_, answer, problem) => {
  const extras = { runtimeModules: [oddRuntime(answer)] };

  await expect(startTestApp({ models: ODD_MODELS, extras })).rejects.toThrow(problem);
});

/** A door, and what it has closed. */
function doorThat(open: HttpDoor['open']): { door: HttpDoor; closed: string[] } {
  const closed: string[] = [];
  return { door: { name: 'own', connections: 0, open, close: async () => void closed.push('door') }, closed };
}

test.each<[string, HttpDoor['open'], string]>([
  ['throws', () => Promise.reject(new Error('no such port')), 'own: no such port'],
  [
    'adds a route that is there',
    async ({ place }) => void place.app.get('/models', async () => ({})) as undefined,
    "own: Method 'GET' already declared for route '/models'",
  ],
  [
    'adds a route of the operators',
    async ({ place }) => void place.app.get('/metrics', async () => ({})) as undefined,
    "own: Method 'GET' already declared for route '/metrics'",
  ],
  [
    'registers what fails later',
    async ({ place }) => {
      place.app.register(async () => {
        throw new Error('no such plugin');
      });
      return undefined;
    },
    'own: no such plugin',
  ],
])('a door that %s ends the start with one line that names it, and is closed', async (_, open, problem) => {
  const { door, closed } = doorThat(open);

  await expect(startTestApp({ models, extras: { doors: [door] } })).rejects.toThrow(problem);
  expect(closed).toEqual(['door']);
});

test('a start that finds no model closes the taps and doors of the program too', async () => {
  const { door, closed } = doorThat(async () => undefined);
  const tap: Tap = { name: 'mine', close: async () => void closed.push('tap') };
  const nowhere = async (folder: string): Promise<string> => join(folder, 'nowhere');

  await expect(startTestApp({ models: nowhere, extras: { taps: [tap], doors: [door] } })).rejects.toThrow('--model: ');
  expect(closed).toEqual(['door', 'tap']);
});

test('a bug in the hub rejects the start, and what was open is closed', async () => {
  const closed: string[] = [];
  const tap: Tap = { name: 'mine', close: async () => void closed.push('tap') };
  const { door, closed: doors } = doorThat(async () => undefined);
  const log = pino({ level: 'silent' });
  const buggy: Logger = Object.assign(Object.create(log) as Logger, {
    info: (_fields: unknown, message: string) => {
      if (message === 'model ready') throw new Error('a bug');
    },
  });
  const folder = await mkdtemp(join(tmpdir(), 'tickcast-bug-'));
  await models(folder);

  const config = configWith({ port: 0, engine: 'wasm', model: folder });
  await expect(App.start(config, buggy, { taps: [tap], doors: [door] })).rejects.toThrow('a bug');
  expect([...doors, ...closed]).toEqual(['door', 'tap']);
  await rm(folder, { recursive: true });
});

test('a program whose start fails by a door ends by itself', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tickcast-end-'));
  await models(folder);
  const program = `
    import { App, configWith, createLogger } from ${JSON.stringify(new URL('../../dist/server/index.js', import.meta.url).href)};
    const door = { name: 'own', connections: 0, close: async () => console.log('closed'), open() { throw new Error('no port') } };
    const config = configWith({ port: 0, engine: 'wasm', model: ${JSON.stringify(folder)} });
    const started = await App.start(config, createLogger('error', 'json'), { doors: [door] });
    console.log(started.problem);
  `;
  const file = join(folder, 'program.mjs');
  await writeFile(file, program);
  const { stdout } = await promisify(execFile)(process.execPath, [file]);

  expect(stdout).toBe('closed\nown: no port\n');
  await rm(folder, { recursive: true });
});

test('extras that are none are told in one line before anything starts', async () => {
  const extras = { runtimeModule: ['x'] } as AppExtras;

  await expect(startTestApp({ models, extras })).rejects.toThrow(
    'extras.runtimeModule is not known; did you mean runtimeModules?',
  );
});

test('taps are told when the hub is ready, when it drains and when it is closed', async () => {
  const told: string[] = [];
  const tap: Tap = { name: 'mine', state: (state) => void told.push(state) };
  const hub = await startTestApp({ models, extras: { taps: [tap] } });
  expect(told).toEqual(['ready']);

  await hub.app.drain();
  expect(told).toEqual(['ready', 'draining', 'closed']);
  await hub.close();
});

test('the examples of docs/embedding.md compile under strict TypeScript, and what they build meets its contract', async () => {
  const root = join(import.meta.dirname, '../..');
  const [from, to] = [join(root, 'docs/examples/embedding'), join(root, 'dist/.build/embedding')];
  const files = (await readdir(from)).map((name) => join(from, name));
  const strict = ['--strict', '--noUncheckedIndexedAccess', '--exactOptionalPropertyTypes', '--verbatimModuleSyntax'];
  const modules = ['--target', 'es2023', '--module', 'nodenext', '--types', 'node', '--ignoreConfig'];
  const places = ['--rootDir', from, '--outDir', to];
  const run = promisify(execFile);
  const failed = ({ stdout }: { readonly stdout: string }): never => {
    throw new Error(stdout);
  };
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  await run(process.execPath, [tsc, ...strict, ...modules, ...places, ...files], { cwd: root }).catch(failed);
  const { stdout } = await run(process.execPath, ['--test', join(to, 'contracts.test.js')]).catch(failed);

  for (const what of ['tap', 'runtime', 'door', 'broker'])
    expect(stdout).toMatch(new RegExp(`^ok \\d - the ${what}$`, 'm'));
  expect(stdout).toMatch(/^# fail 0$/m);
});
