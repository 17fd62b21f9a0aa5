import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { unfitNode } from '../../../server/node-version.js';

const root = join(import.meta.dirname, '../../..');
const semver: { satisfies(version: string, range: string): boolean } = createRequire(import.meta.url)('semver');
const json = (path: string): Record<string, unknown> => JSON.parse(readFileSync(join(root, path), 'utf8'));

const VERSIONS = [16, 18, 20, 21, 22, 23, 24, 26].flatMap((major) =>
  [0, 11, 12, 18, 19, 20].map((minor) => `${major}.${minor}.0`),
);

test('what is too old is told in one line of what is wanted', () => {
  expect(unfitNode('20.18.0')).toBe('tickcast needs Node 20.19 or later of 20, or 22.12 or later; this is 20.18.0');
  expect(unfitNode('20.19.0')).toBeUndefined();
});

test.each(['package.json', 'client/package.json'])('the engines of %s say the same', (path) => {
  const { engines } = json(path) as { engines: { node: string } };
  for (const version of VERSIONS) {
    expect([version, semver.satisfies(version, engines.node)]).toEqual([version, unfitNode(version) === undefined]);
  }
});

test('no package that every install brings wants a newer Node', () => {
  const { packages } = json('package-lock.json') as {
    packages: Record<string, { engines?: { node?: string }; optional?: boolean; devOptional?: boolean }>;
  };
  const wanting = Object.entries(packages).filter(
    ([, { engines, optional, devOptional }]) =>
      optional !== true &&
      devOptional !== true &&
      engines?.node !== undefined &&
      ['20.19.0', '22.12.0', '24.0.0', '26.0.0'].some((version) => !semver.satisfies(version, engines.node ?? '')),
  );
  expect(wanting.map(([name, { engines }]) => `${name}: ${engines?.node}`)).toEqual([]);
});

test('what an install from the tarball brings is decided by versions here, since overrides do not count there', () => {
  const { dependencies, overrides } = json('package.json') as {
    dependencies: Record<string, string>;
    overrides: Record<string, unknown>;
  };
  // The newest of each wants Node 22 because of a dependency: content-disposition 3, cookie 2.
  expect(dependencies['@fastify/static']).toMatch(/^\d+\.\d+\.\d+$/);
  expect(dependencies['light-my-request']).toMatch(/^\d+\.\d+\.\d+$/);
  expect(Object.keys(overrides)).toEqual(['tar']);
});
