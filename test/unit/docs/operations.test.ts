import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { flagOf } from '../../../command-line/option.js';
import { OPTIONS } from '../../../server/config/options.js';

const root = join(import.meta.dirname, '../../..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const page = read('docs/operations.md');
/** As the page writes numbers: thousands with a comma. */
const whole = (value: number): string => Math.round(value).toLocaleString('en');

test('the figures of sizing are those of the published bench', () => {
  const { summary } = JSON.parse(read('bench/results/native-2-cores.json'));
  const hub = (summary.servers as BenchServer[]).filter(({ server }) => server === 'hub');
  const { fanOut, aggregate } = JSON.parse(read('bench/results/streams-2-cores.json'));
  const deliveries = (fanOut as FanOut[]).filter(({ kind }) => kind === 'hub').map(({ cpuUs }) => cpuUs);
  const windows = median(aggregate.hubUs) / 1_000_000;

  for (const { sockets, predictionsPerSecond, serverCpuUs, meanBatch } of hub) {
    expect(page).toContain(
      `| ${sockets} | ${whole(predictionsPerSecond)} | ${whole(serverCpuUs)} us | ${whole(meanBatch)} |`,
    );
  }
  const engine = summary.engine as { rows: number; meanBatchUs: number }[];
  const [one, some, most] = engine.map(({ meanBatchUs }) => whole(meanBatchUs));
  const rows = engine.at(-1)?.rows;
  expect(page.replaceAll('\n', ' ')).toContain(
    `takes ${one} us for 1 row, ${some} us for 16 and ${most} us for ${rows}`,
  );
  expect(page).toContain(`costs about ${whole(median(deliveries))} us`);
  expect(page).toContain(`take ${(windows * 100).toFixed(1)} % of a core`);
});

test('every alert leads to a section of the runbook, and every section is of an alert', () => {
  const { groups } = parse(read('deploy/prometheus/alerts.yml')) as { groups: { rules: Rule[] }[] };
  const rules = groups.flatMap((group) => group.rules).filter(({ alert }) => alert !== undefined);
  const runbook = page.slice(page.indexOf('\n## Runbook'));
  const headings = [...runbook.matchAll(/^### (\w+) <a id="([a-z-]+)"><\/a>$/gm)];
  const sections = headings.map(([, name, id]) => [name, `docs/operations.md#${id}`]);
  const alerts = rules.map(({ alert, annotations }) => [alert, annotations?.runbook_url]);

  expect(sections.sort()).toEqual(alerts.sort());
  for (const section of runbook.split(/^### /m).slice(1)) {
    for (const part of ['**Means**', '**Look first**', '**Causes**', '**Do**']) expect(section).toContain(part);
  }
});

test('options and metrics that the page names are there, and so are the files that it links to', () => {
  const known = Object.keys(OPTIONS).map(flagOf);
  const flags = [...page.matchAll(/`(--[a-z-]+)/g)].map(([, flag = '']) => flag);
  const metrics = [...page.matchAll(/tickcast_[a-z_]+/g)].map(([name]) => name);
  const links = [...page.matchAll(/\]\(([^)#:]+)\)/g)].map(([, path = '']) => path);

  expect(flags.length).toBeGreaterThan(20);
  expect([...new Set(flags)].filter((flag) => !known.includes(flag))).toEqual([]);
  expect(links.filter((path) => !existsSync(join(root, dirname('docs/operations.md'), path)))).toEqual([]);
  for (const name of new Set(metrics)) expect(read('docs/metrics.md')).toContain(`\`${name}`);
});

interface BenchServer {
  readonly server: string;
  readonly sockets: number;
  readonly predictionsPerSecond: number;
  readonly serverCpuUs: number;
  readonly meanBatch: number;
}

interface FanOut {
  readonly kind: string;
  readonly cpuUs: number;
}

interface Rule {
  readonly alert?: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] ?? 0) + (sorted[Math.floor(middle)] ?? 0)) / 2;
}
