import { describe, expect, it } from 'vitest';
import { optionalPlaces, workspaceManifests } from '../../../cli/native/unpack-package.js';

const packages = {
  '': { name: 'tickcast' },
  client: { version: '0.1.0' },
  'node_modules/@tickcast/client': { resolved: 'client', link: true },
  'node_modules/b/node_modules/c': { version: '1.0.0', optional: true },
  'node_modules/b': { version: '1.0.0', optional: true },
  'node_modules/a': { version: '1.0.0' },
  'node_modules/d': { version: '1.0.0', devOptional: true },
};

describe('bringing a dropped package back', () => {
  it('moves the optional packages, a parent before what is nested in it', () => {
    expect(optionalPlaces(packages)).toEqual(['node_modules/b', 'node_modules/b/node_modules/c']);
  });

  it('gives npm the manifests of the workspaces that the lockfile names', () => {
    expect(workspaceManifests(packages)).toEqual(['client/package.json']);
  });
});
