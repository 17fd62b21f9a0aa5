import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

/** Most files wait more than they compute: two for each core keep it busy. */
const WORKERS = Math.min(2 * availableParallelism(), 12);
/** Files that look at what a process takes of the machine: nothing else runs beside them. Few, because they add up. */
const ALONE = ['test/e2e/footprint.test.ts', 'test/e2e/exactness.test.ts'];
const ADAPTERS_E2E = ['server/adapters/*/test/e2e/**/*.test.ts'];
/** What belongs to the long form alone: a test that is skipped would fail CI. */
const LONG = process.env.TICKCAST_TEST_LONG === '1' ? [] : ['**/*.long.test.ts'];
/** Bounds on what hangs: a machine that is busy with others is slow. */
const PATIENT = { testTimeout: 300_000, hookTimeout: 300_000 } as const;

/** The hub as adapters import it, from source. */
const HUB = [
  { find: /^tickcast$/, replacement: join(import.meta.dirname, 'server/index.ts') },
  { find: /^tickcast\/testing$/, replacement: join(import.meta.dirname, 'server/testing/index.ts') },
  { find: /^tickcast\/protocol$/, replacement: join(import.meta.dirname, 'shared/index.ts') },
];

// Unit and contract tests run from source; e2e tests run against dist/, which `npm test` builds first.
export default defineConfig({
  test: {
    maxWorkers: WORKERS,
    projects: [
      {
        test: {
          name: 'unit',
          // A worker keeps its modules from file to file: nothing in these tests outlives its file. A third of the time.
          isolate: false,
          // A bound on what hangs, and no assertion on time: another process may have the cores.
          testTimeout: 60_000,
          include: ['test/unit/**/*.test.ts', 'test/architecture.test.ts', 'test/repository.test.ts'],
        },
      },
      // Minutes of arithmetic, and drawings of a terminal: neither is what a change of the hub is tried with.
      { test: { name: 'training', include: ['test/training/**/*.test.ts'], testTimeout: 60_000 } },
      { test: { name: 'terminal', isolate: false, testTimeout: 60_000, include: ['test/terminal/**/*.test.ts'] } },
      // Each adapter's own, on its source: `npm run build` has put beside it what it brings.
      {
        resolve: { alias: HUB },
        test: {
          name: 'adapters',
          include: ['server/adapters/*/test/**/*.test.ts'],
          exclude: ADAPTERS_E2E,
          testTimeout: 60_000,
          server: { deps: { external: [/\/onnxruntime-web\//] } },
        },
      },
      { test: { name: 'contract', include: ['test/contract/**/*.test.ts'], testTimeout: 60_000 } },
      // Sockets, processes, crashes. Each file has ports, folders and processes of its own, and looks at counts and order, so they run beside one another.
      {
        test: {
          name: 'e2e',
          isolate: false,
          include: ['test/e2e/**/*.test.ts', ...ADAPTERS_E2E],
          exclude: [...ALONE, ...LONG],
          ...PATIENT,
        },
      },
      { test: { name: 'e2e-alone', include: ALONE, ...PATIENT, maxWorkers: 1, sequence: { groupOrder: 1 } } },
    ],
  },
});
