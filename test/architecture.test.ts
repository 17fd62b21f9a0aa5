import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { expect, test } from 'vitest';
import { type Layer, readImports, SOURCE_FOLDERS, specifiersOf, wrongArrows } from './support/import-table.js';

const root = join(import.meta.dirname, '..');

function within(...prefixes: string[]): (path: string) => boolean {
  return (path) => prefixes.some((prefix) => path.startsWith(prefix));
}

const SERVER_PARTS = [
  'contracts',
  'core',
  'threads',
  'engine',
  'models',
  'streams',
  'access',
  'transports',
  'observe',
  'testing',
];

const LAYERS: readonly Layer[] = [
  { name: 'shared', owns: within('shared/'), layers: [], packages: [] },
  { name: 'command line', owns: within('command-line/'), layers: ['shared'], packages: ['node:'] },
  {
    name: 'layer',
    owns: within('tfjs-layer/'),
    layers: ['shared'],
    packages: ['@tensorflow/tfjs-core', '@tensorflow/tfjs-layers'],
  },
  { name: 'client bundle', owns: within('client/vite.config.ts'), layers: [], packages: ['node:', 'vite'] },
  { name: 'client for React', owns: within('client/react/'), layers: ['shared', 'client'], packages: ['react'] },
  { name: 'client', owns: within('client/'), layers: ['shared'], packages: ['socket.io-client'] },
  { name: 'contracts', owns: within('server/contracts/'), layers: ['shared'], packages: [] },
  { name: 'core', owns: within('server/core/'), layers: ['shared', 'contracts'], packages: [] },
  { name: 'threads', owns: within('server/threads/'), layers: ['shared'], packages: ['node:'] },
  { name: 'worker', owns: within('server/engine/thread/worker.ts'), layers: ['shared', 'engine'], packages: ['node:'] },
  {
    name: 'engine',
    owns: within('server/engine/'),
    layers: ['shared', 'layer', 'contracts', 'core', 'threads', 'worker'],
    packages: 'any',
  },
  {
    name: 'models',
    owns: within('server/models/'),
    layers: ['shared', 'contracts', 'core'],
    packages: ['node:', 'zod'],
  },
  { name: 'streams', owns: within('server/streams/'), layers: ['shared', 'contracts', 'core'], packages: [] },
  {
    name: 'access',
    owns: within('server/access/'),
    layers: ['shared', 'contracts', 'core'],
    packages: ['node:', 'jose', 'zod'],
  },
  {
    name: 'transports',
    owns: within('server/transports/'),
    layers: ['shared', 'contracts', 'core'],
    packages: [
      'node:',
      'socket.io',
      'socket.io-parser',
      'ws',
      'fastify',
      '@fastify/cors',
      '@fastify/proxy-addr',
      '@fastify/static',
      'ipaddr.js',
    ],
  },
  {
    name: 'observe',
    owns: within('server/observe/'),
    layers: ['shared', 'contracts', 'core', 'threads'],
    packages: ['node:', 'pino', 'pino-pretty', 'prom-client'],
  },
  {
    name: 'testing',
    owns: within('server/testing/'),
    layers: ['shared', 'contracts', 'core'],
    packages: ['node:'],
  },
  // Nothing that too old a Node could not load, so that it can print its message.
  {
    name: 'too early for all else',
    owns: within('server/node-version.ts', 'server/inspector-signal.ts'),
    layers: [],
    packages: [],
  },
  {
    name: 'main',
    owns: within('server/main.ts', 'cli/main.ts'),
    layers: ['app', 'cli', 'too early for all else'],
    packages: [],
  },
  // Separate packages: they import the hub as everybody else does.
  { name: 'adapters', owns: within('server/adapters/'), layers: ['adapters'], packages: 'any' },
  {
    name: 'app',
    owns: within('server/'),
    layers: ['too early for all else', 'shared', 'command line', ...SERVER_PARTS],
    packages: ['node:', 'fastify'],
  },
  {
    name: 'train',
    owns: within('model/train/'),
    layers: ['shared', 'command line', 'layer', 'engine', 'evaluate'],
    packages: 'any',
  },
  {
    name: 'evaluate',
    owns: within('model/evaluate/'),
    layers: ['shared', 'command line', 'layer', 'contracts', 'core', 'engine', 'models'],
    packages: ['node:', '@tensorflow/tfjs-core'],
  },
  {
    name: 'dashboard',
    owns: within('dashboard/'),
    layers: ['shared', 'client'],
    packages: ['@tickcast/client', 'uplot', 'vite', 'node:'],
  },
  { name: 'demo text', owns: within('demo/text/'), layers: [], packages: [] },
  {
    name: 'demo',
    owns: within('demo/'),
    layers: ['shared', 'command line', 'client', 'demo text'],
    packages: ['node:'],
  },
  {
    name: 'cli',
    owns: within('cli/'),
    layers: ['shared', 'command line', 'client', 'app', 'too early for all else', ...SERVER_PARTS],
    packages: ['node:'],
  },
  {
    name: 'bench',
    owns: within('bench/'),
    layers: ['shared', 'command line', 'client', 'demo text', 'app', ...SERVER_PARTS],
    packages: 'any',
  },
  {
    name: 'scripts',
    owns: within('scripts/'),
    layers: ['shared', 'command line', 'app', 'too early for all else', ...SERVER_PARTS],
    packages: ['node:'],
  },
];

/** Adding one is a decision: most belong in an adapter. */
const PRODUCTION_DEPENDENCIES = [
  '@fastify/cors',
  '@fastify/proxy-addr',
  '@fastify/static',
  // Of models with a tokenizer.json; an engine thread loads it for those alone. Without dependencies of its own.
  '@huggingface/tokenizers',
  '@tensorflow/tfjs-backend-cpu',
  '@tensorflow/tfjs-backend-wasm',
  '@tensorflow/tfjs-converter',
  '@tensorflow/tfjs-core',
  '@tensorflow/tfjs-layers',
  'fastify',
  'ipaddr.js',
  'jose',
  'light-my-request',
  'pino',
  'pino-pretty',
  'prom-client',
  'socket.io',
  // Of the verbs feed and predict; a hub does not load it.
  'socket.io-client',
  'socket.io-parser',
  'ws',
  'zod',
];

test('every import goes the way that the layers allow', () => {
  const imports = readImports(root, SOURCE_FOLDERS);

  expect(imports.length).toBeGreaterThan(200);
  expect(wrongArrows(imports, LAYERS)).toEqual([]);
});

test('nothing knows an adapter, and an adapter knows the hub by its packages alone', () => {
  const imports = readImports(root, SOURCE_FOLDERS);
  const isAdapter = within('server/adapters/');

  const isOurs = within(...SOURCE_FOLDERS.map((folder) => `${folder}/`));
  expect(imports.filter(({ from, to }) => isOurs(to) && isAdapter(from) !== isAdapter(to))).toEqual([]);
});

test('what the hub needs in production does not grow by its adapters', () => {
  const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Record<string, object>;

  expect(Object.keys(dependencies ?? {})).toEqual(PRODUCTION_DEPENDENCIES);
});

test('a wrong arrow is found: in a value, a type, a re-export or a dynamic import', () => {
  const source = `
    import type { Server } from 'socket.io';
    import { App } from '../app/app.js';
    export { Outbox } from '../transports/socketio/outbox.js';
    type Later = import('../engine/worker-engine.js').WorkerEngine;
  `;
  const fixture = specifiersOf('server/core/fixture.ts', source).map((specifier) => ({
    from: 'server/core/fixture.ts',
    to: specifier.replace('../', 'server/').replace(/\.js$/, '.ts'),
  }));

  expect(wrongArrows(fixture, LAYERS)).toEqual([
    'server/core/fixture.ts (core) imports socket.io',
    'server/core/fixture.ts (core) imports server/app/app.ts (app)',
    'server/core/fixture.ts (core) imports server/transports/socketio/outbox.ts (transports)',
    'server/core/fixture.ts (core) imports server/engine/worker-engine.ts (engine)',
  ]);
});

test('the core names no global of Node or of the browser that it does not declare', () => {
  const tsconfig = JSON.parse(readFileSync(join(root, 'server/core/tsconfig.json'), 'utf8')) as {
    compilerOptions: { lib: string[]; types: string[] };
  };

  expect(tsconfig.compilerOptions).toMatchObject({ lib: ['ES2023'], types: [] });
});

test('no folder holds more than sixteen files', () => {
  const counts = new Map<string, number>();
  for (const folder of [...SOURCE_FOLDERS, 'docs', 'deploy']) {
    for (const entry of readdirSync(join(root, folder), { recursive: true, withFileTypes: true })) {
      const path = relative(root, entry.parentPath);
      if (entry.isFile() && !/(^|\/)(dist|node_modules|results)(\/|$)/.test(path))
        counts.set(path, (counts.get(path) ?? 0) + 1);
    }
  }

  expect(counts.size).toBeGreaterThan(40);
  expect([...counts].filter(([, count]) => count > 16)).toEqual([]);
});
