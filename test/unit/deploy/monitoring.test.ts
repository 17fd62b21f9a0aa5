import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { OUTCOMES } from '../../../server/observe/metrics/model-counts.js';
import { processMetrics } from '../../../server/observe/metrics/process-metrics.js';
import { METRIC_GROUPS } from '../../../server/observe/metrics/table.js';
import { queriesOf, readDashboard } from '../../support/grafana.js';

interface Rule {
  readonly alert?: string;
  readonly record?: string;
  readonly expr: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

const deploy = join(import.meta.dirname, '../../../deploy');
const read = (path: string): unknown => parse(readFileSync(join(deploy, path), 'utf8'));
const { groups } = read('prometheus/alerts.yml') as { groups: readonly { readonly rules: readonly Rule[] }[] };
const rules = groups.flatMap((group) => group.rules);
const dashboard = readDashboard();

/** Names of existing series. */
function seriesNames(): ReadonlySet<string> {
  const own = METRIC_GROUPS.flatMap(({ metrics }) =>
    metrics.flatMap(({ name, type }) =>
      type === 'histogram' ? ['bucket', 'sum', 'count'].map((part) => `${name}_${part}`) : [name],
    ),
  );
  const ofProcess = processMetrics()
    .getMetricsAsArray()
    .flatMap(({ name }) => [name, `${name}_sum`, `${name}_count`]);
  return new Set([...own, ...ofProcess, ...rules.flatMap(({ record }) => record ?? [])]);
}

test('every series that a rule or a panel asks for is one that there is, every code is in the error table', () => {
  const expressions = [...rules.map(({ expr }) => expr), ...queriesOf(dashboard).map(({ expr }) => expr)];
  const named = expressions.flatMap((expr) => expr.match(/\b(?:tickcast|process|nodejs)[_:][\w:]+/g) ?? []);
  const codes = expressions.flatMap((expr) =>
    [...expr.matchAll(/outcome[!=]~?"([^"]+)"/g)].flatMap(([, text]) => text?.split('|') ?? []),
  );

  expect(named.length).toBeGreaterThan(80);
  const known = seriesNames();
  expect(named.filter((name) => !known.has(name))).toEqual([]);
  expect(codes.length).toBeGreaterThanOrEqual(10);
  expect(codes.filter((code) => !OUTCOMES.some((outcome) => outcome === code))).toEqual([]);
});

test('every metric is watched by a panel or an alert', () => {
  const all = [...rules.map(({ expr }) => expr), ...queriesOf(dashboard).map(({ expr }) => expr)].join('\n');

  const unwatched = METRIC_GROUPS.flatMap(({ metrics }) => metrics)
    .map(({ name }) => name)
    .filter((name) => !new RegExp(`\\b${name}(_bucket|_sum|_count)?\\b`).test(all));
  expect(unwatched).toEqual([]);
});

test('every alert has a severity, words for people, and a place in the runbook by its name', () => {
  const alerts = rules.filter(({ alert }) => alert !== undefined);

  expect(alerts).toHaveLength(13);
  for (const { alert = '', labels, annotations } of alerts) {
    const anchor = alert.replace(/(?<!^)[A-Z]/g, (letter) => `-${letter}`).toLowerCase();
    expect(['critical', 'warning']).toContain(labels?.severity);
    expect(annotations).toEqual({
      summary: expect.stringMatching(/^[A-Z].{10,}/),
      description: expect.stringMatching(/.{20,}/),
      runbook_url: `docs/operations.md#${anchor}`,
    });
  }
});

test('every panel says what it shows, in a unit, from the chosen data source, and covers no other', () => {
  const panels = dashboard.panels.filter(({ type }) => type !== 'row');
  const taken = new Map<string, string>();
  for (const { title, type, description, datasource, fieldConfig, gridPos, targets = [] } of panels) {
    expect([title, description?.endsWith('.')]).toEqual([title, true]);
    expect(datasource).toEqual({ type: 'prometheus', uid: expect.stringMatching(/^\$\{datasource\}$/) });
    if (type === 'stat' || type === 'timeseries')
      expect([title, fieldConfig?.defaults.unit]).toEqual([title, expect.any(String)]);
    expect([title, targets.length > 0]).toEqual([title, true]);
    expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
    for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++)
      for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
        expect([title, taken.get(`${x} ${y}`)]).toEqual([title, undefined]);
        taken.set(`${x} ${y}`, title);
      }
  }
  expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length);
  expect(dashboard.templating.list.map(({ name }) => name)).toEqual(['datasource', 'instance', 'model']);
});

test('Prometheus and Grafana are told the same scrape interval', () => {
  const prometheus = read('prometheus/prometheus.yml') as { global: { scrape_interval: string } };
  const grafana = read('grafana/provisioning/datasources/prometheus.yml') as {
    datasources: readonly { readonly jsonData: { readonly timeInterval: string } }[];
  };

  expect(grafana.datasources.map(({ jsonData }) => jsonData.timeInterval)).toEqual([prometheus.global.scrape_interval]);
});
