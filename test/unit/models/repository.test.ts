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

  it('brings the labels of a metadata.json beside it, or what is wrong with them', async () => {
    await withFolder(async (root) => {
      const one = async (name: string, metadata: unknown): Promise<void> => {
        await writeLinear(join(root, name, '1'));
        await writeJson(join(root, name, '1', 'metadata.json'), metadata);
      };
      await one('a', { labels: ['left', 'right'] });
      await one('b', '{');
      await writeLinear(join(root, 'c', '1'));
      await mkdir(join(root, 'c', '1', 'metadata.json'));
      expect(await findModels(root)).toMatchObject({
        ok: true,
        models: [
          { metadata: { labels: ['left', 'right'], problem: undefined } },
          { metadata: { labels: undefined, problem: expect.stringContaining('not JSON') } },
          { metadata: { labels: undefined, problem: expect.stringContaining('is a folder') } },
        ],
      });
    });
  });

  const nothing = async (): Promise<void> => undefined;
  const outside = async (root: string): Promise<void> => {
    await writeLinear(join(root, 'elsewhere', '1'));
    await mkdir(join(root, 'models', 'iris'), { recursive: true });
  };
  it.each([
    [
      'that does not exist',
      nothing,
      'gone',
      '<root>/gone does not exist; expected a model.json, an .onnx file or a saved_model.pb',
    ],
    [
      'without a model',
      nothing,
      '.',
      'holds no model; looked for a model.json, an .onnx file or a saved_model.pb, by itself, in <version>/',
    ],
    [
      'of a file that is no JSON',
      (root: string) => writeFile(join(root, 'a.txt'), ''),
      'a.txt',
      '<root>/a.txt is no model file and no folder',
    ],
    [
      'of a manifest',
      (root: string) => writeJson(join(root, 'manifest.json'), {}),
      'manifest.json',
      'is a manifest; give the model file or the folder beside it',
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

/** Folders that are broken, and what is left out, under a folder filled by `make`. */
async function beside(make: (root: string) => Promise<unknown>, path = '.'): Promise<unknown> {
  return withFolder(async (folder) => {
    const root = await realpath(folder);
    await make(root);
    const found = await findModels(join(root, path));
    if (!found.ok) return found.problem.replaceAll(root, '<root>');
    return {
      models: found.models.map(({ ref, named }) => `${ref}, ${named}`),
      broken: found.broken.map(({ problem }) => problem.replaceAll(root, '<root>')),
      leftOut: found.leftOut.map(({ path: at, why }) => `${at.slice(root.length + 1)}: ${why}`),
    };
  });
}

const GOOD = 'good@1, after its place, good/1';
const good = (root: string): Promise<void> => writeLinear(join(root, 'good', '1'));

describe('beside a good model', () => {
  it.each<[string, (root: string) => Promise<unknown>, readonly RegExp[]]>([
    [
      'a model without a version folder',
      (root) => writeLinear(join(root, 'flat')),
      [/^flat: it holds a model, but no version folders: .* move it into flat\/1\/, or give this folder alone/],
    ],
    [
      'a version without a number',
      (root) => writeLinear(join(root, 'good', 'latest')),
      [/^good\/latest: it holds a model, but its name is no version: expected a number such as 1$/],
    ],
    [
      'a model whose only version has no number',
      (root) => writeLinear(join(root, 'mood', 'latest')),
      [/^mood\/latest: it holds a model, but its name is no version/],
    ],
    [
      'a version that is empty',
      (root) => mkdir(join(root, 'good', '2')),
      [/^good\/2: it holds no model: a model\.json, an \.onnx file or a saved_model\.pb$/],
    ],
    [
      'a version with the model under another name',
      (root) => writeJson(join(root, 'mood', '1', 'Model.json'), {}),
      [/^mood\/1: it holds no model: .*; it has "Model\.json"$/],
    ],
    [
      'a model.json beside version folders',
      (root) => writeLinear(join(root, 'good')),
      [/^good\/model\.json: it stands beside version folders, which are served instead/],
    ],
    [
      'a model one level too deep',
      (root) => writeLinear(join(root, 'group', 'mood', '1')),
      [/^group\/mood\/1: it holds a model at the wrong depth/],
    ],
    [
      'a model two levels too deep',
      (root) => writeLinear(join(root, 'export', 'tfjs', 'mood', '1')),
      [/^export\/tfjs\/mood\/1: it holds a model at the wrong depth/],
    ],
    ['a file in place of a version', (root) => writeFile(join(root, 'good', '2'), ''), [/^good\/2: it is a file;/]],
    [
      'a file in place of a model',
      (root) => writeFile(join(root, 'mood'), ''),
      [/^mood: it is a file where a model folder is expected/],
    ],
    [
      'a link that leads nowhere',
      async (root) => {
        await symlink(join(root, 'gone'), join(root, 'mood'));
        await symlink(join(root, 'good', '3'), join(root, 'good', '3'));
      },
      [/^good\/3: it is a link that leads nowhere$/, /^mood: it is a link that leads nowhere$/],
    ],
    [
      'a model that is not unpacked or of another kind',
      async (root) => {
        await writeFile(join(root, 'mood.zip'), '');
        await writeFile(join(root, 'good', 'keras.h5'), '');
      },
      [/^good\/keras\.h5: it is no model that this hub reads: unpack or convert it/, /^mood\.zip: /],
    ],
    [
      'what is no model',
      async (root) => {
        await mkdir(join(root, 'train', 'data'), { recursive: true });
        await writeFile(join(root, 'train', 'data.zip'), '');
        await writeFile(join(root, 'README.md'), '');
        await writeFile(join(root, 'LICENSE'), '');
        await mkdir(join(root, '.git', '1'), { recursive: true });
      },
      [],
    ],
  ])('%s is left out, and said', async (_, make, expected) => {
    const found = (await beside(async (root) => {
      await good(root);
      await make(root);
    })) as { models: string[]; broken: string[]; leftOut: string[] };

    expect(found.models).toEqual([GOOD]);
    expect(found.broken).toEqual([]);
    expect(found.leftOut.length, found.leftOut.join('\n')).toBe(expected.length);
    for (const [at, form] of expected.entries()) expect(found.leftOut[at]).toMatch(form);
  });

  it.each<[string, (root: string) => Promise<unknown>, RegExp]>([
    ['a bad manifest', (root) => writeBroken(root, '{'), /^mood@1: manifest\.json: it is not JSON: .* \(in <root>/],
    [
      'a manifest that is a link to nothing',
      async (root) => {
        await writeLinear(join(root, 'mood', '1'));
        await symlink(join(root, 'gone'), join(root, 'mood', '1', 'manifest.json'));
      },
      /^mood@1: manifest\.json is a link that leads nowhere \(in <root>\/mood\/1\)$/,
    ],
    [
      'a manifest that is a folder',
      async (root) => {
        await writeLinear(join(root, 'mood', '1'));
        await mkdir(join(root, 'mood', '1', 'manifest.json'));
      },
      /^mood@1: manifest\.json is a folder, expected a file/,
    ],
    ['a bad name', (root) => writeLinear(join(root, 'Mood 2', '1')), /"Mood 2" is no model name: lower-case/],
    ['a name of odd characters', (root) => writeLinear(join(root, 'm\n\u001b[2J', '1')), /"m\\n\\u001b\[2J" is no/],
    ['a bad version', (root) => writeLinear(join(root, 'mood', 'v2')), /"v2" is no version: expected a number/],
    [
      'a link out of the repository',
      (root) => symlink('/', join(root, 'mood')),
      /^<root>\/mood is a link out of <root>/,
    ],
  ])('a model with %s is broken, and the good one is found', async (_, make, problem) => {
    const found = (await beside(async (root) => {
      await good(root);
      await make(root);
      return root;
    })) as { models: string[]; broken: string[]; leftOut: string[] };

    expect(found.models).toEqual([GOOD]);
    expect(found.broken).toEqual([expect.stringMatching(problem)]);
    expect(found.leftOut).toEqual([]);
  });

  async function writeBroken(root: string, manifest: string): Promise<void> {
    await writeLinear(join(root, 'mood', '1'));
    await writeFile(join(root, 'mood', '1', 'manifest.json'), manifest);
  }
});

describe('what is beside a model that is the path itself', () => {
  it('is left out, and said', async () => {
    const made = async (root: string): Promise<void> => {
      await writeLinear(join(root, 'm'));
      await writeLinear(join(root, 'm', '2'));
      await writeLinear(join(root, 'm', 'mood', '1'));
    };
    expect(await beside(made, 'm')).toMatchObject({
      models: ['m@1, after its folder'],
      leftOut: [expect.stringMatching(/^m\/2: the folder above it/), expect.stringMatching(/^m\/mood\/1: the folder/)],
    });
  });
});

it('a repository with nothing but what is left out says so in its one line', async () => {
  expect(await beside((root) => writeLinear(join(root, 'flat')))).toMatch(
    /^<root>.* holds no model; looked for .*; <root>\/flat: it holds a model, but no version folders/,
  );
});

it('a name that will not do is said with the name that is taken instead', async () => {
  expect(
    await beside((root) => writeLinear(join(root, 'Teachable Machine (1)')), 'Teachable Machine (1)'),
  ).toMatchObject({
    models: [expect.stringMatching(/^model@1, "Teachable Machine \(1\)", its folder, is no model name: lower-case/)],
  });
});

it('a manifest may have a byte order mark and the line ends of Windows; one of UTF-16 is told', async () => {
  const manifest = (text: string | Buffer) => async (root: string) => {
    await writeLinear(join(root, 'mood', '1'));
    await writeFile(join(root, 'mood', '1', 'manifest.json'), text);
  };
  expect(await beside(manifest('\ufeff{\r\n  "labels": ["y"]\r\n}\r\n'))).toMatchObject({
    models: ['mood@1, after its place, mood/1'],
  });
  expect(await beside(manifest(Buffer.from('\ufeff{}', 'utf16le')))).toContain('(it is UTF-16; save it as UTF-8)');
});

describe('a model of another kind of file', () => {
  /** Ref, file and runtime of each model, and what is broken or left out. */
  const kinds = (paths: readonly string[], path = '.', manifest?: readonly [string, object]): Promise<unknown> =>
    withFolder(async (folder) => {
      const root = await realpath(folder);
      for (const one of paths) await writeJson(join(root, one), '');
      if (manifest !== undefined) await writeJson(join(root, manifest[0]), manifest[1]);
      const answer = await findModels(join(root, path));
      if (!answer.ok) return answer.problem.replaceAll(root, '<root>');
      return [
        ...answer.models.map(({ ref, file, runtime, bare }) => `${ref} ${file} ${runtime}${bare ? ' bare' : ''}`),
        ...answer.broken.map(({ problem }) => problem.replaceAll(root, '<root>')),
        ...answer.leftOut.map(({ path: at, why }) => `${at.slice(root.length + 1)}: ${why}`),
      ];
    });

  it('has the runtime of its file', async () => {
    expect(
      await kinds(['m/a/1/model.onnx', 'm/b/2/net.onnx', 'm/c/1/saved_model.pb', 'm/d/1/model.json'], 'm'),
    ).toEqual([
      'a@1 model.onnx onnx',
      'b@2 net.onnx onnx',
      'c@1 saved_model.pb saved-model',
      'd@1 model.json undefined',
    ]);
  });

  it('is named after its file if that has a name, else after its folder', async () => {
    expect(await kinds(['m/iris.onnx', 'm/tone.onnx'], 'm/iris.onnx')).toEqual(['iris@1 iris.onnx onnx bare']);
    expect(await kinds(['m/model.onnx'], 'm/model.onnx')).toEqual(['m@1 model.onnx onnx bare']);
    expect(await kinds(['m/My Net.onnx'], 'm/My Net.onnx')).toEqual(['m@1 My Net.onnx onnx bare']);
    expect(await kinds(['m/net.onnx'], 'm')).toEqual(['m@1 net.onnx onnx bare']);
    expect(await kinds(['m/saved_model.pb'], 'm/saved_model.pb')).toEqual(['m@1 saved_model.pb saved-model bare']);
    expect(await kinds(['m/1/net.onnx'], 'm/1/net.onnx')).toEqual(['m@1 net.onnx onnx']);
  });

  it('has the manifest beside it, also where several files are', async () => {
    const files = ['m/a.onnx', 'm/b.onnx'];
    expect(await kinds(files, 'm/a.onnx', ['m/manifest.json', { runtime: 'mine' }])).toEqual(['a@1 a.onnx mine bare']);
    expect(await kinds(files, 'm/a.onnx', ['m/manifest.json', { labels: [] }])).toMatch(
      /^a@1: manifest\.json: "labels"/,
    );
  });

  it('must be one of several by its name', async () => {
    expect(await kinds(['m/a.onnx', 'm/b.onnx'], 'm')).toBe(
      'm@1: <root>/m holds several models (a.onnx, b.onnx); call one model.onnx, or give one as --model',
    );
    expect(await kinds(['m/a.onnx', 'm/model.onnx'], 'm')).toEqual([
      'm@1 model.onnx onnx bare',
      'm/a.onnx: it stands beside model.onnx, which is served; give it alone as --model',
    ]);
  });

  it('gives way to a model.json, unless the manifest says its runtime', async () => {
    const files = ['m/1/model.json', 'm/1/net.onnx'];
    expect(await kinds(files)).toEqual([
      'm@1 model.json undefined',
      'm/1/net.onnx: it stands beside model.json, which is served; "runtime": "onnx" in manifest.json serves it instead',
    ]);
    expect(await kinds(files, '.', ['m/1/manifest.json', { runtime: 'onnx' }])).toEqual([
      'm@1 net.onnx onnx',
      'm/1/model.json: it stands beside net.onnx, which is served; "runtime": "tfjs-layers" in manifest.json serves it instead',
    ]);
    expect(await kinds(files, '.', ['m/1/manifest.json', { runtime: 'mine' }])).toEqual(['m@1 model.json mine']);
  });

  it('is left out beside model folders and version folders', async () => {
    expect(await kinds(['a/1/model.onnx', 'stray.onnx'])).toEqual([
      'a@1 model.onnx onnx',
      'stray.onnx: it stands beside model folders: move it into one of its own, or give it alone as --model',
    ]);
    expect(await kinds(['a/1/model.onnx', 'a/stray.onnx'], 'a')).toEqual([
      'a@1 model.onnx onnx',
      'a/stray.onnx: it stands beside version folders, which are served instead; move it into one, such as 1/',
    ]);
  });
});
