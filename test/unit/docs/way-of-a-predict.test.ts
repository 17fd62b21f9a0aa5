import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readValueImports, valueSpecifiersOf } from '../../support/import-table.js';
import { readWay } from '../../support/way-page.js';

const root = join(import.meta.dirname, '../../..');
const way = readWay(root);
const place = new Map(way.map(({ path }, index) => [path, index]));

test('docs/architecture.md lists the files of the way of a predict once each, with what they do', () => {
  expect(way.length).toBeGreaterThan(50);
  expect(place.size).toBe(way.length);
  expect(way.filter(({ path }) => !existsSync(join(root, path)))).toEqual([]);
  expect(way.filter(({ text }) => text.length > 100)).toEqual([]);
});

test('a file of the way imports, of the others, only those that come later', () => {
  const backward = readValueImports(root, [...place.keys()]).filter(({ from, to }) => {
    const at = place.get(to);
    return at !== undefined && at <= (place.get(from) ?? 0) && !to.startsWith('shared/');
  });

  expect(backward).toEqual([]);
});

test('what is imported for its types alone is no import of values', () => {
  const source = `
    import type { A } from './a.js';
    import { type B, b } from './b.js';
    import { type C } from './c.js';
    import * as d from './d.js';
    import './e.js';
    export type { F } from './f.js';
    export { g } from './g.js';
  `;

  expect(valueSpecifiersOf('one.ts', source)).toEqual(['./b.js', './d.js', './e.js', './g.js']);
});
