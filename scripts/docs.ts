/**
 * Generates docs/options.md and docs/metrics.md from their tables: `npm run docs`. Tests compare the pages with the
 * tables.
 */

import { writeFileSync } from 'node:fs';
import { flagOf } from '../command-line/option.js';
import { envOf } from '../server/config/config.js';
import { OPTION_GROUPS } from '../server/config/options.js';
import { processMetrics } from '../server/observe/metrics/process-metrics.js';
import { METRIC_GROUPS } from '../server/observe/metrics/table.js';

const groups = OPTION_GROUPS.map(({ title, options }) => {
  const rows = Object.entries(options).map(([name, option]) => {
    const initial = String(option.default);
    const form = option.form.replaceAll(' | ', ' or ');
    return `| \`${flagOf(name)}\` | \`${envOf(name)}\` | ${form} | ${initial === '' ? '' : `\`${initial}\``} | ${option.doc} |`;
  });
  return `## ${title}

| flag | variable | value | default | what it does |
|---|---|---|---|---|
${rows.join('\n')}
`;
});
const text = `# Options of the hub

Each option can be set by flag or by environment variable; the flag takes precedence. An invalid value stops the start
with one line that names it. Generated from the table in \`server/config/options.ts\` by \`npm run docs\`.

${groups.join('\n')}`;
writeFileSync('docs/options.md', text);

const metricGroups = METRIC_GROUPS.map(({ title, metrics }) => {
  const rows = metrics.map(({ name, type, labels, help, use }) => {
    const shown = labels.map((label) => `\`${label}\``).join(', ');
    return `| \`${name}\` | ${type} | ${shown} | ${help} | ${use} |`;
  });
  return `## ${title}

| metric | type | labels | what it is | what it is for |
|---|---|---|---|---|
${rows.join('\n')}
`;
});
const processRows = processMetrics()
  .getMetricsAsArray()
  .map(({ name, help }) => `| \`${name}\` | ${help} |`);
const metricsText = `# Metrics

\`GET /metrics\` answers in the text format of Prometheus. Counting costs 0.12 us per prediction (\`npm run
bench:metrics\`); the text is rendered on request. Counters and histograms cover the time since the start of the process.
Generated from the tables in \`server/observe/metrics/\` by \`npm run docs\`.

In [\`deploy/\`](../deploy): \`prometheus/prometheus.yml\` (what to scrape), \`prometheus/alerts.yml\` (alert rules),
\`grafana/tickcast.json\` (a dashboard).

- Labels have few values: models and their labels come from the hub's own folders, \`outcome\` and \`reason\` from the error
  table, \`route\` from the hub's routes. Nothing chosen by a caller becomes a label. A model with more than 100 labels
  has no series for them.
- Series of a model exist, at 0, from the start of the hub: a counter that appeared with its first event would hide that
  event from \`rate()\`.
- Times have buckets of 1, 2 and 5 from 50 us to 60 s, so an estimated percentile is right within a factor of about two;
  the share of requests within 1, 10, 100 ms or 1 s is exact. \`request\` is the sum of \`queue\`, \`batch\` and \`infer\` for
  each prediction: their sums add up, their percentiles do not.
- \`tickcast_requests_total\` also counts refused \`subscribe\` and \`cancel\` events, under the default model: they have a
  code and no prediction.
- \`tickcast_event_loop_utilisation_ratio\` and \`nodejs_eventloop_lag_*\` cover the time since the last scrape: two
  Prometheus servers split that time between them.

${metricGroups.join('\n')}
## Process and Node

From prom-client, without \`nodejs_active_*_total\`, which are gauges.

| metric | what it is |
|---|---|
${processRows.join('\n')}
`;
writeFileSync('docs/metrics.md', metricsText);
