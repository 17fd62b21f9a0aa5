// Models of token ids behind a hub: an answer does not depend on the texts beside, nor on the padding that they cause.
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '../../../../server/app/system-clock.js';
import { Hub } from '../../../../server/core/hub.js';
import { InlineEngine } from '../../../../server/engine/inline-engine.js';
import { ModelRegistry, type ModelStatus } from '../../../../server/models/registry.js';
import { findModels } from '../../../../server/models/repository.js';
import { DEFAULT_OPTIONS } from '../../../support/core.js';
import { textsOfScripts } from '../../../support/texts-of-scripts.js';
import { withFolder } from '../../../support/tiny-models.js';
import { writeAttention, writeMaskedSum, writeTokenizer } from '../../../support/token-models.js';

const WORDS = 700;
const TEXTS = textsOfScripts(40, 11).filter((text) => text.trim() !== '');
let engine: InlineEngine;
let hub: Hub;
let status: Readonly<Record<string, ModelStatus>>;

beforeAll(async () => {
  await withFolder(async (folder) => {
    const at = (name: string): string => join(folder, name, '1');
    for (const kind of ['bert-uncased', 'roberta', 'xlm-roberta']) {
      await writeAttention(at(kind), WORDS);
      await writeTokenizer(at(kind), kind, 64, { pad: { id: 0, side: kind === 'roberta' ? 'left' : 'right' } });
    }
    await writeMaskedSum(at('layers'), WORDS);
    await writeTokenizer(at('layers'), 'bert-cased', 64);
    await writeMaskedSum(at('fixed'), WORDS, 48);
    await writeTokenizer(at('fixed'), 'bert-cased', 48);
    await writeAttention(at('contexts'), WORDS, 'contexts');
    await writeTokenizer(at('contexts'), 't5', 32);

    engine = new InlineEngine('cpu');
    const registry = new ModelRegistry({ engine, clock: systemClock, maxTextLength: 10_000 });
    const found = await findModels(folder);
    if (!found.ok) throw new Error(found.problem);
    expect(found.broken).toEqual([]);
    for (const model of found.models)
      await registry.load({ ...model, manifest: { ...model.manifest, labels: undefined } });
    status = Object.fromEntries(registry.list().map((one) => [one.name, one]));
    hub = new Hub({
      engine,
      models: registry,
      clock: systemClock,
      options: { ...DEFAULT_OPTIONS, maxRequestRows: 64 },
    });
  });
}, 60_000);

afterAll(() => engine.close());

test.each(['bert-uncased', 'roberta', 'xlm-roberta', 'layers', 'fixed', 'contexts'])(
  '%s: a text has the same answer alone and in a batch of other lengths',
  async (model) => {
    expect(status[model]?.problem).toBeUndefined();
    expect(status[model]?.model?.rows).toBe('independent');
    const { prediction: together } = await hub.predict({ input: TEXTS, model });
    const alone: unknown[] = [];
    for (const text of TEXTS) alone.push((await hub.predict({ input: text, model })).prediction);
    const flat = (of: unknown) => (of as number[][]).flat(2);

    expect(flat(alone)).toEqual(flat(together).map((value) => expect.closeTo(value, 5)));
    // Not all the same.
    expect(new Set(flat(alone).map((value) => value.toFixed(3))).size).toBeGreaterThan(20);
  },
  60_000,
);

test('where the length of texts is part of the answer or of the model, it is always the full one', () => {
  expect(status.contexts?.model?.spec.outputs).toEqual([{ name: 'contexts', dtype: 'float32', shape: [32, 8] }]);
  expect(status.contexts?.report?.why).toContain('; each text is padded to the full length');
  expect(status['bert-uncased']?.report?.why).not.toContain('padded');
});
