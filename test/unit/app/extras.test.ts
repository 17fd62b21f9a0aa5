import { createServer } from 'node:http';
import { expect, test } from 'vitest';
import { extrasProblem } from '../../../server/app/seams/extras.js';

const DOOR = { name: 'own', connections: 0, open: async () => undefined, close: async () => undefined };

test('extras that are right, absent or undefined have no problem', () => {
  const server = createServer();

  expect(extrasProblem({ taps: [{ name: 'own' }], doors: [DOOR], runtimeModules: ['file:///x.js'], server })).toBe(
    undefined,
  );
  expect(extrasProblem({})).toBeUndefined();
  expect(extrasProblem({ server: undefined })).toBeUndefined();
});

test.each([
  [null, 'extras is null, expected an object'],
  [[], 'extras is [], expected an object'],
  [{ runtimeModule: ['x'] }, 'extras.runtimeModule is not known; did you mean runtimeModules?'],
  [{ plugins: [] }, 'extras.plugins is not known; known are runtimeModules, taps, doors, server'],
  [{ taps: { name: 'own' } }, 'extras.taps is {"name":"own"}, expected a list'],
  [{ taps: [{}] }, 'extras.taps[0]: name is nothing, expected a text'],
  [{ doors: [DOOR, { ...DOOR, close: 1 }] }, 'extras.doors[1] ("own"): close is 1, expected a function'],
  [
    { runtimeModules: [new URL('file:///x.js')] },
    'extras.runtimeModules[0]: is "file:///x.js", expected a URL as a text',
  ],
  [{ server: 3000 }, 'extras.server is 3000, expected a server of node:http or node:https'],
])('extras %o are refused in one line', (extras, problem) => {
  expect(extrasProblem(extras)).toBe(problem);
});

test('a getter that throws is a problem of what it belongs to', () => {
  const door = {
    ...DOOR,
    get connections(): number {
      throw new Error('not open yet');
    },
  };

  expect(extrasProblem({ doors: [door] })).toBe('extras.doors[0] ("own"): not open yet');
});
