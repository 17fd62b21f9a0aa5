import { join } from 'node:path';
import { expect, test } from 'vitest';
import { systemClock } from '../../../server/app/system-clock.js';
import { Hub } from '../../../server/core/hub.js';
import { InlineEngine } from '../../../server/engine/inline-engine.js';
import { ModelRegistry } from '../../../server/models/registry.js';
import { findModels } from '../../../server/models/repository.js';
import { DEFAULT_OPTIONS } from '../../support/core.js';
import {
  withFolder,
  writeCentred,
  writeEmbedding,
  writeGraph,
  writeIdModel,
  writeJson,
  writeMlp,
  writeTwoInputs,
} from '../../support/tiny-models.js';

test.each(['cpu', 'wasm'] as const)(
  'on %s, rows are tried of all kinds of models, and those that depend on each other are answered as if alone',
  async (backend) => {
    await withFolder(async (folder) => {
      const at = (name: string): string => join(folder, name, '1');
      await writeCentred(at('centred'));
      await writeGraph(at('graph'));
      await writeMlp(at('mlp'), [4, 8, 3]);
      await writeTwoInputs(at('two'));
      await writeIdModel(at('ids'), 2, 4);
      await writeEmbedding(at('text'), 16, 4);
      const featuriser = { name: 'hashed-ngrams', buckets: 16, length: 4, maxTokens: 4, minWordLength: 3 };
      await writeJson(join(at('text'), 'manifest.json'), { input: { kind: 'text', featuriser } });

      const engine = new InlineEngine(backend);
      const registry = new ModelRegistry({ engine, clock: systemClock, maxTextLength: 1000 });
      const found = await findModels(folder);
      if (!found.ok) throw new Error(found.problem);
      for (const model of found.models) {
        const loaded = await registry.load(model);
        if (!loaded.ok) throw new Error(loaded.problem);
      }
      const rows = Object.fromEntries(registry.list().map(({ name, model }) => [name, model?.rows]));
      const independent = { graph: 'independent', mlp: 'independent', two: 'independent', ids: 'independent' };
      expect(rows).toEqual({ ...independent, text: 'independent', centred: 'alone' });

      const hub = new Hub({ engine, models: registry, clock: systemClock, options: DEFAULT_OPTIONS });
      const others = [[-400], [100], [900], [[7], [8], [9]]].map((input) => hub.predict({ input, model: 'centred' }));
      const { prediction } = await hub.predict({ input: [[1], [2]], model: 'centred' });
      expect(prediction).toEqual([[1], [2]]);
      expect((await Promise.all(others)).at(-1)?.prediction).toEqual([[7], [8], [9]]);
      await engine.close?.();
    });
  },
  60_000,
);
