import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { installedVersion, packageRoot } from '../../../cli/doctor/installed-version.js';

describe('the version of an installed package', () => {
  let root = '';
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'installed-version-'));
    const manifests = {
      'package.json': { name: 'root', version: '0.0.0' },
      'node_modules/a/package.json': { version: '1.0.0', exports: './index.js' },
      'node_modules/b/package.json': { version: '2.0.0' },
      'node_modules/a/node_modules/b/package.json': { version: '3.0.0' },
    };
    for (const [file, manifest] of Object.entries(manifests)) {
      await mkdir(dirname(join(root, file)), { recursive: true });
      await writeFile(join(root, file), JSON.stringify(manifest));
    }
  });
  afterAll(async () => {
    await rm(root, { recursive: true, force: true });
  });

  it('is that which its dependent sees, even where exports hide the manifest', () => {
    expect(installedVersion(root, ['a'])).toBe('1.0.0');
    expect(installedVersion(root, ['b'])).toBe('2.0.0');
    expect(installedVersion(root, ['a', 'b'])).toBe('3.0.0');
  });

  it('is unknown where the chain breaks', () => {
    expect(installedVersion(root, ['no-such-package-here', 'b'])).toBeUndefined();
  });

  it('is looked for from the nearest folder with a manifest', () => {
    expect(packageRoot(join(root, 'node_modules', 'c'))).toBe(root);
  });
});
