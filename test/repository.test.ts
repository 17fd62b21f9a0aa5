import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { helpText } from '../command-line/help.js';
import { flagOf } from '../command-line/option.js';
import { envOf, HUB, readConfig } from '../server/config/config.js';
import { OPTIONS } from '../server/config/options.js';
import { ERRORS } from '../shared/errors.js';
import { DEFAULT_TIMEOUT_MS, MAX_TIMEOUT_MS } from '../shared/limits.js';
import { SOURCE_FOLDERS, sourceFiles } from './support/import-table.js';

const root = join(import.meta.dirname, '..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const lock = JSON.parse(read('package-lock.json')) as {
  packages: Record<string, { version?: string; os?: string[]; resolved?: string; link?: boolean }>;
};

function installed(name: string): [number, number, number] {
  const version = lock.packages[`node_modules/${name}`]?.version ?? '0.0.0';
  const [major = 0, minor = 0, patch = 0] = version.split('.').map(Number);
  return [major, minor, patch];
}

function atLeast([a, b, c]: readonly [number, number, number], [x, y, z]: readonly [number, number, number]): boolean {
  return a !== x ? a > x : b !== y ? b > y : c >= z;
}

test('the lockfile names no host, and has the platform binaries of the build tools', () => {
  expect(read('package-lock.json')).not.toMatch(
    /https?:\/\/(?!(?:[\w.-]*\.)?(?:github\.com|opencollective\.com|paypal\.me|patreon\.com|tidelift\.com|ko-fi\.com|buymeacoffee\.com|polar\.sh)[/"])[^"]*\.tgz/,
  );
  for (const { resolved, link } of Object.values(lock.packages)) if (link !== true) expect(resolved).toBeUndefined();
  const names = Object.keys(lock.packages);
  for (const platform of ['linux', 'darwin', 'win32']) {
    for (const tool of [/@typescript\/(native-preview-|typescript-)?/, /@biomejs\/cli-/, /@rolldown\/binding-/]) {
      expect(
        names.some((name) => tool.test(name) && name.includes(platform)),
        `${tool} for ${platform}`,
      ).toBe(true);
    }
  }
});

test('every source file begins with a sentence about what it is, and hides members with # alone', () => {
  const files = sourceFiles(root, SOURCE_FOLDERS);
  const matching = (form: RegExp): string[] => files.filter((path) => form.test(readFileSync(path, 'utf8')));

  expect(files.length).toBeGreaterThan(400);
  expect(matching(/^(?!(#!.*\n)?\/\*\*)/)).toEqual([]);
  expect(matching(/^\s*private (?!constructor)/m)).toEqual([]);
});

/** Where the modules of a folder of unit tests are, when it is not a folder of the same name in `server/`. */
const TESTED: Readonly<Record<string, readonly string[]>> = {
  ...Object.fromEntries(
    ['bench', 'cli', 'client', 'command-line', 'dashboard', 'deploy', 'docs', 'shared'].map((at) => [at, [at]]),
  ),
  process: ['server'],
  scripts: ['scripts', 'cli'],
  text: ['shared/text'],
};

/** Tests of what several modules do together, or of what is no module. */
const BEHAVIOURS = {
  client: ['credit', 'deadline', 'latest-wins', 'predict', 'reconnect', 'resume'],
  core: ['fairness', 'latest-wins', 'overload', 'principals', 'settlement'],
  dashboard: ['numbers'],
  deploy: ['kubernetes-types', 'monitoring'],
  docs: ['results', 'way-of-a-predict'],
  models: ['tiny-models'],
  streams: ['casting', 'clock-steps', 'slow-viewers'],
  transports: ['limits', 'principals'],
};

test('a unit test has the name of the module or the folder that it tests, or of a behaviour that is listed here', () => {
  const unit = join(root, 'test/unit');
  const nameOf = (path: string): string => basename(path).split('.')[0] ?? '';
  const named = readdirSync(unit).flatMap((folder) => {
    const modules = (TESTED[folder] ?? [`server/${folder}`]).flatMap((at) => [
      at,
      ...(readdirSync(join(root, at), { recursive: true }) as string[]),
    ]);
    const known = new Set(modules.map(nameOf));
    return (readdirSync(join(unit, folder), { recursive: true }) as string[])
      .filter((path) => path.endsWith('.test.ts') && !known.has(nameOf(path)))
      .map((path) => `${folder}/${nameOf(path)}`);
  });
  const listed = Object.entries(BEHAVIOURS).flatMap(([folder, names]) => names.map((name) => `${folder}/${name}`));

  expect(named.sort()).toEqual(listed.sort());
});

test('no file holds the marks of an unfinished merge', () => {
  const files = readdirSync(root, { recursive: true, withFileTypes: true }).filter(
    (entry) =>
      entry.isFile() &&
      /\.(md|ts|json|css|html|ya?ml|conf)$/.test(entry.name) &&
      !/[\\/](node_modules|dist|\.git)([\\/]|$)/.test(entry.parentPath.slice(root.length)),
  );
  expect(files.length).toBeGreaterThan(500);
  const marked = files.filter(({ parentPath, name }) =>
    /^(<{7}|>{7}) /m.test(readFileSync(join(parentPath, name), 'utf8')),
  );
  expect(marked.map(({ name }) => name)).toEqual([]);
});

test('the socket libraries are above the versions with known holes', () => {
  expect(atLeast(installed('socket.io-parser'), [4, 2, 7])).toBe(true);
  expect(atLeast(installed('engine.io'), [6, 6, 12])).toBe(true);
  expect(atLeast(installed('ws'), [8, 21, 3])).toBe(true);
});

test('what unpacks the native engine at install is above the versions with known holes, everywhere in the tree', () => {
  expect(atLeast(installed('tar'), [7, 5, 11])).toBe(true);
  expect(Object.keys(lock.packages).filter((place) => /(^|\/)node_modules\/tar$/.test(place))).toEqual([
    'node_modules/tar',
  ]);
});

test('nothing imports typescript: version 7 has no JavaScript API', () => {
  for (const folder of ['shared', 'client', 'server', 'cli', 'scripts', 'demo', 'bench', 'model/train']) {
    for (const entry of readdirSync(join(root, folder), { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || !entry.name.endsWith('.ts')) continue;
      expect(readFileSync(join(entry.parentPath, entry.name), 'utf8')).not.toMatch(/from 'typescript'/);
    }
  }
});

test('the optional native engine is allowed to run its install script, and is optional', () => {
  const manifest = JSON.parse(read('package.json')) as {
    allowScripts: Record<string, boolean>;
    dependencies: Record<string, string>;
    optionalDependencies: Record<string, string>;
  };

  expect(manifest.allowScripts['@tensorflow/tfjs-node']).toBe(true);
  expect(manifest.dependencies['@tensorflow/tfjs-node']).toBeUndefined();
  expect(manifest.optionalDependencies['@tensorflow/tfjs-node']).toBe(manifest.dependencies['@tensorflow/tfjs-core']);
});

test('PROTOCOL.md lists the fields of the event `status`, and of a stream in it, as the types have them', () => {
  const text = read('shared/PROTOCOL.md').replace(/\s+/g, ' ');
  const source = read('shared/stream-protocol.ts');
  for (const name of ['HubStatus', 'StreamDescription']) {
    const [, body = ''] = new RegExp(`export interface ${name} {([\\s\\S]*?)\n}`).exec(source) ?? [];
    const fields = [...body.matchAll(/^ {2}readonly (\w+\??):/gm)].map(([, field]) => field);
    expect(fields.length, name).toBeGreaterThan(7);
    expect(text, name).toContain(`\`{ ${fields.join(', ')} }\``);
  }
});

test('PROTOCOL.md has the error table, the events and the limits of the code', () => {
  const text = read('shared/PROTOCOL.md');
  for (const [code, { status, retryable, meaning }] of Object.entries(ERRORS)) {
    expect(text).toContain(`| ${code} | ${status} | ${retryable ? 'yes' : 'no'} | ${meaning} |`);
  }
  expect([...text.matchAll(/^\| [A-Z_]+ \| \d+ \|/gm)]).toHaveLength(Object.keys(ERRORS).length);
  const source = read('shared/protocol/events.ts');
  const maps = source.slice(source.indexOf('export interface ClientToServerEvents'));
  const events = [...maps.matchAll(/^ {2}(\w+)\(/gm)].map(([, name]) => name);
  expect(events.sort()).toEqual([
    'aggregate',
    'cancel',
    'cast',
    'closing',
    'echo',
    'gap',
    'goaway',
    'hello',
    'pace',
    'predict',
    'prediction',
    'prediction_error',
    'status',
    'streams',
    'subscribe',
    'unsubscribe',
    'unsubscribed',
    'watch',
  ]);
  for (const name of events) expect(text).toContain(`| \`${name}\` |`);
  expect(text).toContain(
    `1 to ${MAX_TIMEOUT_MS.toLocaleString('en')}, by default ${DEFAULT_TIMEOUT_MS.toLocaleString('en')}`,
  );
  expect(text).toContain(`| \`maxRequestRows\` | ${OPTIONS.maxRequestRows.default.toLocaleString('en')} |`);
  expect(text).toContain(`| \`maxInFlightRows\` | ${OPTIONS.maxInFlightRows.default.toLocaleString('en')} |`);
  expect(text).toContain(`| \`maxTextLength\` | ${OPTIONS.maxTextLength.default.toLocaleString('en')} |`);
});

test('docs/options.md and --help have every option with its default', () => {
  const docs = read('docs/options.md');
  const help = helpText(HUB);
  for (const [name, option] of Object.entries(OPTIONS)) {
    expect(help).toContain(flagOf(name));
    expect(docs).toContain(`| \`${flagOf(name)}\` | \`${envOf(name)}\` |`);
    expect(docs).toContain(option.doc);
    expect(docs).toContain(`| ${String(option.default) === '' ? '' : `\`${String(option.default)}\``} |`);
  }
  expect([...docs.matchAll(/^\| `--/gm)]).toHaveLength(Object.keys(OPTIONS).length);
});

test.each([
  ['an unknown option', ['--prot', '1'], {}, 'unknown option --prot (did you mean --port?)'],
  ['a value out of range', ['--port', '70000'], {}, '--port is "70000", expected 0 to 65535'],
  ['a value of the wrong kind', ['--max-batch-rows=many'], {}, '--max-batch-rows is "many"'],
  ['a missing value', ['--port'], {}, '--port needs a value'],
  [
    'a bad origin',
    ['--cors-origin', 'example.com'],
    {},
    '--cors-origin: "example.com" has no scheme; give https://example.com',
  ],
  ['a bad variable', [], { TICKCAST_PORT: 'x' }, 'TICKCAST_PORT is "x"'],
  ['an unknown variable', [], { TICKCAST_PROT: '1' }, 'unknown variable TICKCAST_PROT (did you mean TICKCAST_PORT?)'],
  [
    'limits that contradict',
    ['--max-json-bytes', '2000000'],
    {},
    '--max-json-bytes is 2000000, more than --max-frame-bytes',
  ],
  [
    'several at once',
    ['--port', 'x', '--engine', 'gpu'],
    {},
    '--port is "x", expected 0 to 65535; --engine is "gpu", expected auto | native | wasm | cpu',
  ],
])('options: %s is refused in one line', (_title, args, env, message) => {
  expect(readConfig(args, env)).toMatchObject({ kind: 'problem', message: expect.stringContaining(message) });
});

test('options: a flag wins over the environment, which wins over the default', () => {
  const outcome = readConfig(['--port=1', '--cors-origin', 'https://a.example,https://b.example'], {
    TICKCAST_PORT: '2',
    TICKCAST_TICK_MS: '3',
  });

  expect(outcome).toMatchObject({
    kind: 'config',
    config: { port: 1, tickMs: 3, maxBatchMs: 50, corsOrigin: ['https://a.example', 'https://b.example'] },
  });
  expect(readConfig(['--help'], {}).kind).toBe('help');
  expect(readConfig(['--version'], {}).kind).toBe('version');
});

test('every file that the root package exports is made by the build', () => {
  const require = createRequire(import.meta.url);
  const manifest = require('../package.json') as { exports: Record<string, string | { default: string }> };
  for (const target of Object.values(manifest.exports)) {
    const path = typeof target === 'string' ? target : target.default;
    if (path.startsWith('./dist/'))
      expect(read(path.replace('./dist/', '').replace(/\.js$/, '.ts')).length).toBeGreaterThan(0);
  }
});
