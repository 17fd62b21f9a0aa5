// A model whose rows depend on each other, on real threads: no answer contains part of another caller's row.
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { connect, predictOverHttp } from '../../dist/client/index.js';
import { startTestApp } from '../support/app.js';
import { writeCentred, writeLinear } from '../support/tiny-models.js';

/** Hundreds are asked at once, of a model that answers one row at a time, on a machine that may be busy. */
const PATIENT = { timeoutMs: 60_000 };

test.each([1, 3])(
  'with %i engine threads each row is answered as if it were alone, among hundreds at once',
  async (engineThreads) => {
    const hub = await startTestApp({
      models: async (folder) => {
        await writeCentred(join(folder, 'centred', '1'));
        await writeLinear(join(folder, 'linear', '1'));
      },
      config: { engineThreads },
    });
    const clients = Array.from({ length: 8 }, () => connect(hub.url));
    await Promise.all(clients.map((client) => client.ready()));
    const { models } = (await (await fetch(`${hub.url}/models`)).json()) as {
      models: { name: string; rows: string }[];
    };
    expect(models.map(({ name, rows }) => [name, rows])).toEqual(
      expect.arrayContaining([
        ['centred', 'alone'],
        ['linear', 'independent'],
      ]),
    );

    const ask = async (x: number) => {
      const client = clients[x % clients.length];
      if (client === undefined) throw new Error('none');
      // The model's answer to a single row is that row: the mean is itself.
      const answers = await Promise.all([
        client.predict([x], { ...PATIENT, model: 'centred' }),
        client.predict([[x], [2 * x], [3 * x]], { ...PATIENT, model: 'centred' }),
        client.predict([x], { ...PATIENT, model: 'linear' }),
        predictOverHttp(hub.url, [x], { ...PATIENT, model: 'centred' }),
      ]);
      return answers.map(({ prediction }) => prediction);
    };
    const asked = Array.from({ length: 200 }, (_, i) => i + 1);
    const outputs = await Promise.all(asked.map(ask));

    expect(outputs).toEqual(asked.map((x) => [[[x]], [[x], [2 * x], [3 * x]], [[2 * x + 1]], [[x]]]));
    for (const client of clients) client.close();
    await hub.close();
  },
);
