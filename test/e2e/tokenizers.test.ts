/**
 * Models that are asked with texts and take token ids, as a hub from the built files serves them; and, in the long form,
 * the tokens themselves against the reference implementation.
 */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text as textOf } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { connect } from '../../dist/client/index.js';
import { systemClock } from '../../dist/server/app/system-clock.js';
import { openBackend } from '../../dist/server/engine/backend/backend.js';
import { InlineEngine } from '../../dist/server/engine/inline-engine.js';
import { openTokenizer } from '../../dist/server/engine/tokenizer/text-tokenizer.js';
import { ModelRegistry } from '../../dist/server/models/registry.js';
import { findModels } from '../../dist/server/models/repository.js';
import { FAULT, faultRuntimeModule } from '../../dist/server/testing/index.js';
import { parseTokenizerFile } from '../../dist/shared/text/tokenizer/tokenizer-file.js';
import ids from '../fixtures/tokenizers/ids.json' with { type: 'json' };
import { startTestApp } from '../support/app.js';
import { isLong } from '../support/long-form.js';
import { findTokenizers } from '../support/python.js';
import { textsOfScripts } from '../support/texts-of-scripts.js';
import { withFolder, writeJson } from '../support/tiny-models.js';
import { writeAttention, writeMaskedSum, writeTokenizer } from '../support/token-models.js';
import { KINDS, MOST_IDS, TOKENIZERS, tokenizerConfig, tokenizerText } from '../support/tokenizers.js';

const WORDS = 700;
const ASKED = ['kalomi ren', 'the 🔥 of '.repeat(30), '', 'Ångström'];

test('texts are answered by a model of token ids, and as before by a thread that took the place of another', async () => {
  let place = '';
  const hub = await startTestApp({
    models: async (folder) => {
      place = join(folder, 'attention', '1');
      await writeAttention(place, WORDS);
      await writeTokenizer(place, 'roberta', 64);
      await writeMaskedSum(join(folder, 'layers', '1'), WORDS);
      await writeTokenizer(join(folder, 'layers', '1'), 'xlm-roberta', 64);
      await writeJson(join(folder, 'fault', '1', 'manifest.json'), { runtime: 'fault' });
    },
    config: { engineThreads: 1, defaultModel: 'attention' },
    extras: { runtimeModules: [faultRuntimeModule] },
  });
  const client = connect(hub.url);
  await client.ready();
  const described = await (await fetch(`${hub.url}/models/layers`)).json();
  expect(described).toMatchObject({ inputs: [{ name: 'text', dtype: 'string', shape: [] }] });

  const ask = async (model: string) => {
    const together = (await client.predict(ASKED, { model })).prediction as number[][];
    for (const [row, text] of ASKED.entries())
      expect((await client.predict(text, { model })).prediction).toEqual(
        together[row]?.map((value) => expect.closeTo(value, 5)),
      );
    return together;
  };
  const before = [await ask('attention'), await ask('layers')];
  expect(new Set(before.flat(2)).size).toBeGreaterThan(10);
  const { words } = await client.predict('the ren of kalo', { explain: true });
  expect(words?.map(({ start, end }) => [start, end])).toEqual([
    [0, 3],
    [4, 7],
    [8, 10],
    [11, 15],
  ]);

  await writeFile(join(place, 'tokenizer.json'), '{}');
  const lost = client.predict([1, FAULT.exit], { model: 'fault' });
  await expect(lost).rejects.toMatchObject({ code: 'ENGINE_FAILED' });
  expect([await ask('attention'), await ask('layers')]).toEqual(before);
  client.close();
  hub.errors.length = 0;
  await hub.close();
});

const native = await openBackend('native');
if (!native.ok && process.env.CI) throw new Error(native.reason);

test.skipIf(!native.ok)(
  'on the native engine a model whose lengths are open is not captured as a graph, and says so',
  async () => {
    await withFolder(async (folder) => {
      for (const [name, length] of [
        ['open', null],
        ['fixed', 32],
      ] as const) {
        await writeMaskedSum(join(folder, name, '1'), WORDS, length);
        await writeTokenizer(join(folder, name, '1'), 'bert-cased', 32);
      }
      const engine = new InlineEngine('native');
      const models = new ModelRegistry({ engine, clock: systemClock, maxTextLength: 1000 });
      const found = await findModels(folder);
      if (!found.ok) throw new Error(found.problem);
      for (const model of found.models) expect(await models.load(model)).toMatchObject({ ok: true });
      const why = Object.fromEntries(models.list().map(({ name, report }) => [name, report?.why]));
      expect(why.open).toMatch(/; not captured as a graph: its sizes are open$/);
      expect(why.fixed).toMatch(/graph/);
      expect(why.fixed).not.toContain('are open');
      await engine.close();
    });
  },
);

/** What the script of the reference answers. */
async function reference(python: string, args: readonly string[], texts: readonly string[]): Promise<string> {
  const child = spawn(python, [join(TOKENIZERS, 'reference.py'), ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.end(JSON.stringify(texts));
  const [stdout, [code]] = await Promise.all([textOf(child.stdout), once(child, 'exit')]);
  expect(code).toBe(0);
  return stdout;
}

/** By tokenizer of the folder: the texts whose tokens are not those of the reference. */
async function wrongIn(python: string, folder: string, texts: readonly string[]): Promise<Record<string, string[]>> {
  const right: Record<string, number[][]> = JSON.parse(await reference(python, ['encode', folder, '1000000'], texts));
  const wrong: Record<string, string[]> = {};
  expect(Object.keys(right).length).toBeGreaterThanOrEqual(Object.keys(KINDS).length);
  for (const [kind, ids] of Object.entries(right)) {
    const parsed = parseTokenizerFile(tokenizerText(kind, folder), tokenizerConfig(kind, 8192));
    if (!parsed.ok) throw new Error(parsed.problem);
    const { before, after } = parsed.tokenizer.template;
    const tokenizer = await openTokenizer(parsed.tokenizer);
    const found = texts.filter((text, index) => {
      const own = [...before.map(({ id }) => id), ...tokenizer.encode(text, 1e6), ...after.map(({ id }) => id)];
      return own.join() !== ids[index]?.join();
    });
    if (found.length > 0) wrong[kind] = found.slice(0, 3);
  }
  return wrong;
}

// In the long form alone: the short one has a few hundred of them in a fixture.
if (isLong) {
  test('ten thousand texts of all scripts have the tokens of the reference implementation, in nine kinds', async ({
    skip,
  }) => {
    const found = await findTokenizers();
    if (!found.ok) {
      // In CI nothing may be skipped.
      expect(process.env.CI, found.problem).toBeFalsy();
      skip(found.problem);
      return;
    }
    const { python } = found;
    const kept = await reference(python, ['encode', TOKENIZERS, String(MOST_IDS)], textsOfScripts(200, 3));
    const again: Record<string, unknown> = JSON.parse(kept);
    const stale = Object.entries(ids).filter(([kind, of]) => JSON.stringify(of) !== JSON.stringify(again[kind]));
    expect(stale.map(([kind]) => kind)).toEqual([]);

    await withFolder(async (folder) => {
      await reference(python, ['train', folder, '3000'], textsOfScripts(2000, 7));
      expect(await wrongIn(python, folder, textsOfScripts(10_000, 1))).toEqual({});
      // The same vocabularies with all steps that are supported, in any order.
      await reference(python, ['vary', folder, '200'], []);
      expect(await wrongIn(python, folder, textsOfScripts(500, 2))).toEqual({});
    });
  });
}
