import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readWay } from '../../support/way-page.js';

const root = join(import.meta.dirname, '../../..');
const readme = readFileSync(join(root, 'README.md'), 'utf8');
const [, resultFile = ''] = /\]\((bench\/results\/[^)]+\.json)\)/.exec(readme) ?? [];
const result = JSON.parse(readFileSync(join(root, resultFile), 'utf8')) as Result;
/** A package has no history to look at. */
const isRepository = existsSync(join(root, '.git'));
const MONTH_MS = 31 * 86_400_000;

interface Result {
  readonly date: string;
  readonly summary: {
    readonly servers: readonly {
      readonly server: string;
      readonly sockets: number;
      readonly predictionsPerSecond: number;
      readonly p50Us: number;
      readonly p99Us: number;
      readonly serverCpuUs: number;
    }[];
  };
}

test.skipIf(!isRepository && process.env.CI === undefined)(
  'the result that README names is at most a month of commits older than the code that a predict enters',
  () => {
    const way = readWay(root).map(({ path }) => path);
    const changed = execFileSync('git', ['log', '-1', '--format=%ct', '--', ...way], { cwd: root });
    const ageMs = Number(changed.toString()) * 1000 - Date.parse(result.date);

    expect(changed.toString()).toMatch(/^\d+\n$/);
    expect(ageMs, 'run `npm run bench -- --out bench/results/...`, and bring README along').toBeLessThan(MONTH_MS);
  },
);

test('the figures of README are those of the result that it names', () => {
  const whole = (value: number): string => Math.round(value).toLocaleString('en');
  const ms = (us: number): string => `${(us / 1000).toFixed(1)} ms`;
  const most = result.summary.servers.filter(({ sockets }) => sockets === 256);

  for (const server of ['hub', 'naive', 'echo']) {
    const found = most.find((one) => one.server === server);
    expect(found).toBeDefined();
    if (found === undefined) continue;
    const { predictionsPerSecond, p50Us, p99Us, serverCpuUs } = found;
    expect(readme).toContain(
      `| ${whole(predictionsPerSecond)} | ${ms(p50Us)} | ${ms(p99Us)} | ${serverCpuUs.toFixed(1)} us |`,
    );
  }
});
