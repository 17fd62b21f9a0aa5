import { expect, test } from 'vitest';
import type { Runtime, SessionSource } from '../../../server/contracts/runtime.js';
import { importRuntimes, Runtimes } from '../../../server/engine/session/runtimes.js';

const moduleWith = (runtime: string): string => `data:text/javascript,export const runtime = ${runtime}`;

const SOURCE: SessionSource = {
  ref: 'twice@1',
  folder: '/models/twice/1',
  file: 'model.json',
  runtime: 'own',
  inputs: [],
  featuriser: undefined,
  options: {},
  files: undefined,
};

test.each(['./x.js', 'x', '/x.js', 'C:\\x.js'])('a module given as %s is refused with what to give', async (path) => {
  const right = "give a file URL, such as new URL('./x.js', import.meta.url).href";

  expect(await importRuntimes([path])).toEqual({ ok: false, problem: `module ${path} is no URL; ${right}` });
});

test.each([
  ['7', 'must export "runtime": { names: string[], openSession: function }'],
  [
    "{ names: ['Own'], openSession() {} }",
    'has a runtime named "Own", expected at most 32 lower-case letters, digits and "-", a letter first',
  ],
  [
    '{ names: [], openSession() {} }',
    'has a runtime named nothing, expected at most 32 lower-case letters, digits and "-", a letter first',
  ],
  [
    "{ names: ['own'], openSession() {}, readFiles: 7 }",
    'has a runtime whose readFiles is 7, expected a function or nothing',
  ],
])('a module with the runtime %s is refused in one line', async (runtime, problem) => {
  const url = moduleWith(runtime);

  expect(await importRuntimes([url])).toEqual({ ok: false, problem: `module ${url} ${problem}` });
});

test('files that a runtime reads are passed on, and an answer of another form is a problem', async () => {
  const answers: unknown[] = [
    { ok: true, files: 'the files' },
    { ok: false, problem: 'no file\nat line 3' },
    undefined,
  ];
  const readFiles = (async () => answers.shift()) as NonNullable<Runtime['readFiles']>;
  const runtimes = new Runtimes({ names: ['own'], readFiles });

  expect(await runtimes.read(SOURCE)).toEqual({ ok: true, source: { ...SOURCE, files: 'the files' } });
  expect(await runtimes.read(SOURCE)).toEqual({ ok: false, problem: 'no file' });
  const problem = 'readFiles answered nothing, expected { ok: true, files } or { ok: false, problem }';
  expect(await runtimes.read(SOURCE)).toEqual({ ok: false, problem });
});
