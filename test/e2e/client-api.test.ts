/** What the SDK's packages promise: a change of it is made on purpose, by `npx vitest run --project e2e client-api -u`. */

import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { apiReport } from '../support/api-report.js';

const dist = resolve(import.meta.dirname, '../../dist/client');
const kept = resolve(import.meta.dirname, '../fixtures/client-api');

test.each([
  ['client', 'index.d.ts'],
  ['testing', 'testing/index.d.ts'],
  ['react', 'react/index.d.ts'],
])('the public interface of %s is the one that is committed', async (name, entry) => {
  await expect(apiReport(join(dist, entry))).toMatchFileSnapshot(join(kept, `${name}.txt`));
});
