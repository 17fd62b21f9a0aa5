import { mkdir, realpath, rename, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findModels } from '../../../server/models/repository.js';
import { withFolder, writeJson, writeLinear } from '../../support/tiny-models.js';

/** Refs of the models found at `path` under a folder filled by `make`, with `bare` marked; or the problem. */
async function found(make: (root: string) => Promise<unknown>, path: string): Promise<readonly string[] | string> {
  return withFolder(async (folder) => {
    const root = await realpath(folder);
    await make(root);
    const answer = await findModels(join(root, path));
    if (!answer.ok) return answer.problem.replaceAll(root, '<root>');
    return answer.models.map(({ ref, bare }) => (bare ? `${ref} bare` : ref));
  });
}

async function repository(root: string): Promise<void> {
  await writeLinear(join(root, 'models', 'iris', '1'));
  await writeLinear(join(root, 'models', 'iris', '10'));
  await writeLinear(join(root, 'models', 'iris', '9'));
  await writeLinear(join(root, 'models', 'tone', '2'));
  await mkdir(join(root, 'models', 'train'));
  await writeFile(join(root, 'models', 'train', 'main.ts'), '');
  await writeFile(join(root, 'models', 'README.md'), 'Models.');
}

describe('a path', () => {
  it('may be a repository, whose other folders and files are no matter', async () => {
    expect(await found(repository, 'models')).toEqual(['iris@1', 'iris@9', 'iris@10', 'tone@2']);
  });

  it('may be a model folder, a version folder or the model.json in it', async () => {
    expect(await found(repository, 'models/iris')).toEqual(['iris@1', 'iris@9', 'iris@10']);
    expect(await found(repository, 'models/tone/2')).toEqual(['tone@2']);
    expect(await found(repository, 'models/tone/2/model.json')).toEqual(['tone@2']);
  });

  it('may be a model of no repository, named after its folder if that will do', async () => {
    expect(await found((root) => writeLinear(join(root, 'slope')), 'slope/model.json')).toEqual(['slope@1 bare']);
    expect(await found((root) => writeLinear(join(root, 'slope')), 'slope')).toEqual(['slope@1 bare']);
    expect(await found((root) => writeLinear(join(root, 'My Slope')), 'My Slope')).toEqual(['model@1 bare']);
  });

  it('may be a model file of another name', async () => {
    const make = async (root: string): Promise<void> => {
      await writeLinear(join(root, 'slope'));
      await rename(join(root, 'slope', 'model.json'), join(root, 'slope', 'tiny.json'));
    };
    expect(await found(make, 'slope/tiny.json')).toEqual(['slope@1 bare']);
  });

  it('may hold a model that is a manifest alone: its runtime may need no model.json', async () => {
    const make = (root: string): Promise<void> =>
      writeJson(join(root, 'fault', '1', 'manifest.json'), { runtime: 'fault' });
    expect(await found(make, '.')).toEqual(['fault@1']);
  });

  it('brings each model’s manifest', async () => {
    await withFolder(async (root) => {
      await writeLinear(join(root, 'slope', '1'));
      await writeJson(join(root, 'slope', '1', 'manifest.json'), { labels: ['y'] });
      expect(await findModels(root)).toMatchObject({
        ok: true,
        models: [{ manifest: { labels: ['y'] }, file: 'model.json' }],
      });
    });
  });

  const nothing = async (): Promise<void> => undefined;
  const outside = async (root: string): Promise<void> => {
    await writeLinear(join(root, 'elsewhere', '1'));
    await mkdir(join(root, 'models', 'iris'), { recursive: true });
  };
  it.each([
    ['that does not exist', nothing, 'gone', '<root>/gone does not exist; expected a model.json, <version>/model.json'],
    [
      'without a model',
      nothing,
      '.',
      'holds no model; looked for a model.json, <version>/model.json or <name>/<version>/model.json',
    ],
    [
      'of a file that is no JSON',
      (root: string) => writeFile(join(root, 'a.txt'), ''),
      'a.txt',
      '<root>/a.txt is no model.json and no folder',
    ],
    [
      'of a manifest',
      (root: string) => writeJson(join(root, 'manifest.json'), {}),
      'manifest.json',
      'is a manifest; give the model.json or the folder beside it',
    ],
    [
      'with a bad manifest',
      async (root: string) => {
        await writeLinear(join(root, 'm', '1'));
        await writeJson(join(root, 'm', '1', 'manifest.json'), '{');
      },
      '.',
      'm@1: manifest.json: it is not JSON',
    ],
    [
      'with a model of bad name',
      (root: string) => writeLinear(join(root, 'Iris', '1')),
      '.',
      '"Iris" is no model name: lower-case letters',
    ],
    [
      'with a version of bad form',
      (root: string) => writeLinear(join(root, 'iris', 'v2')),
      '.',
      '"v2" is no version: expected a number such as 1',
    ],
    [
      'with a version of leading zero',
      (root: string) => writeLinear(join(root, 'iris', '01')),
      '.',
      '"01" is no version',
    ],
    [
      'with a model that is a link out of it',
      async (root: string) => {
        await outside(root);
        await symlink(join(root, 'elsewhere'), join(root, 'models', 'tone'));
      },
      'models',
      '<root>/models/tone is a link out of <root>/models',
    ],
    [
      'with a version that is a link out of it',
      async (root: string) => {
        await outside(root);
        await symlink(join(root, 'elsewhere', '1'), join(root, 'models', 'iris', '1'));
      },
      'models',
      '<root>/models/iris/1 is a link out of <root>/models',
    ],
    [
      'with a manifest that is a link out of its model',
      async (root: string) => {
        await writeLinear(join(root, 'iris', '1'));
        await writeJson(join(root, 'secret.json'), {});
        await symlink(join(root, 'secret.json'), join(root, 'iris', '1', 'manifest.json'));
      },
      '.',
      'manifest.json is a link out of <root>/iris/1',
    ],
  ])('%s is refused in one line', async (_, make, path, expected) => {
    const problem = await found(make, path);
    expect(problem).toContain(expected);
    expect(problem).not.toContain('\n');
  });
});
