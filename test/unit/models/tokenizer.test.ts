// The file that a tokenizer's featuriser names: read from the model's folder, once, and checked.
import { mkdir, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findModels } from '../../../server/models/repository.js';
import { MOST_TOKENIZER_BYTES } from '../../../server/models/tokenizer.js';
import { withFolder, writeGraph, writeJson } from '../../support/tiny-models.js';
import { writeTokenizer } from '../../support/token-models.js';
import { tokenizerText } from '../../support/tokenizers.js';

/** What is wrong with the model, if anything. */
async function problemOf(change: (folder: string) => Promise<void>): Promise<string | undefined> {
  return withFolder(async (root) => {
    const folder = join(root, 'm', '1');
    await writeGraph(folder);
    await writeTokenizer(folder, 'bert-uncased', 16);
    await change(folder);
    const found = await findModels(root);
    return found.ok ? undefined : found.problem;
  });
}

test('a file is read, with its byte order mark or without, and its bytes are of the model', async () => {
  await withFolder(async (root) => {
    const folder = join(root, 'm', '1');
    await writeGraph(folder);
    await writeTokenizer(folder, 'bert-uncased', 16);
    const text = `\ufeff${tokenizerText('bert-uncased')}`;
    await writeFile(join(folder, 'tokenizer.json'), text);
    const found = await findModels(root);
    const bytes = found.ok ? found.models[0]?.tokenizer : undefined;

    expect(bytes).toBeInstanceOf(SharedArrayBuffer);
    expect(Buffer.from(bytes ?? new SharedArrayBuffer(0)).toString()).toBe(text);
  });
});

const named = 'which featuriser.file in manifest.json names,';

test.each<[string, (folder: string) => Promise<unknown>, string]>([
  [
    'one that is not there',
    (folder) => rename(folder, 'words.json'),
    `words.json, ${named} does not exist; put the tokenizer.json`,
  ],
  [
    'a path out of the folder',
    (folder) => rename(folder, '../x.json'),
    `../x.json, ${named} is no path inside the model's folder`,
  ],
  [
    'an absolute path',
    (folder) => rename(folder, '/etc/hosts'),
    `/etc/hosts, ${named} is no path inside the model's folder`,
  ],
  [
    'a folder',
    (folder) => mkdir(join(folder, 'words.json')).then(() => rename(folder, 'words.json')),
    `words.json, ${named} is no file`,
  ],
  ['a link out of the folder', linkOut, 'words.json is a link out of '],
  [
    'one that is too large',
    (folder) => truncate(join(folder, 'tokenizer.json'), MOST_TOKENIZER_BYTES + 1),
    `has ${MOST_TOKENIZER_BYTES + 1} bytes, expected at most ${MOST_TOKENIZER_BYTES}`,
  ],
  ['no JSON', (folder) => writeFile(join(folder, 'tokenizer.json'), 'vocab'), 'tokenizer.json is not JSON: '],
  [
    'one of another model',
    (folder) => writeFile(join(folder, 'tokenizer.json'), tokenizerText('roberta')),
    'tokenizer.json: model.type is "BPE", expected "WordPiece"',
  ],
])('%s is told in one line', async (_, change, problem) => {
  const found = await problemOf(async (folder) => void (await change(folder)));

  expect(found).toContain(problem);
  expect(found).toMatch(/^m@1: .* \(in .*\)$/);
});

async function rename(folder: string, file: string): Promise<void> {
  const featuriser = { name: 'wordpiece', file, maxLength: 16 };
  await writeJson(join(folder, 'manifest.json'), { input: { kind: 'text', featuriser } });
}

async function linkOut(folder: string): Promise<void> {
  await rename(folder, 'words.json');
  await writeFile(join(folder, '../words.json'), '{}');
  await symlink('../words.json', join(folder, 'words.json'));
}
