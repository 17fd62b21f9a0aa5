import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { KeyCounts } from '../../../server/observe/metrics/key-counts.js';
import { Metrics } from '../../../server/observe/metrics/metrics.js';
import { MAX_COUNTED_LABELS, OUTCOMES } from '../../../server/observe/metrics/model-counts.js';
import { PredictionCounts } from '../../../server/observe/metrics/prediction-counts.js';
import { processMetrics } from '../../../server/observe/metrics/process-metrics.js';
import { METRIC_GROUPS } from '../../../server/observe/metrics/table.js';
import { ERRORS, wireError } from '../../../shared/errors.js';
import { makeHub, makeModel, type TestHub } from '../../support/core.js';
import { type Series, sumOf } from '../../support/exposition.js';
import { idleSources, scrape } from '../../support/metrics.js';

const root = join(import.meta.dirname, '../../..');
const labelled = (name: string, labels: readonly string[]) => {
  const model = makeModel(name, { name: 'x', dtype: 'float32', shape: [labels.length] });
  return { ...model, spec: { ...model.spec, labels } };
};

interface Stage {
  readonly hub: TestHub;
  readonly predictions: PredictionCounts;
  readonly read: () => Promise<readonly Series[]>;
}

function stage(...[options, models = [makeModel()]]: Parameters<typeof makeHub>): Stage {
  const hub = makeHub(options, models);
  const predictions = new PredictionCounts(
    () => hub.clock.now(),
    models.map(({ spec }) => spec),
  );
  hub.hub.tap(predictions);
  return { hub, predictions, read: () => scrape(idleSources({ predictions, hub: hub.hub })) };
}

/** Runs one batch that takes `ms` milliseconds. */
async function run({ hub }: Stage, ms = 0, status?: 'failed' | 'lost'): Promise<void> {
  hub.clock.turn();
  hub.clock.advance(ms);
  await hub.engine.finish(status);
  hub.clock.turn();
}

test('every request is counted once: by model, way in and outcome', async () => {
  const it = stage();
  const rest = it.hub.hub.openOrigin('rest', { via: 'rest' });
  it.hub.send([1]);
  it.hub.send([2], { origin: rest });
  it.hub.send([3], { origin: rest });
  await run(it);
  it.hub.send(['x']);
  it.hub.send([4], { model: 'none' });
  it.hub.send([5], { origin: rest, timeoutMs: 5 });
  it.hub.clock.advance(10);
  const all = await it.read();

  const count = (labels: Record<string, string>) => sumOf(all, 'tickcast_requests_total', labels);
  expect(count({ model: 'twice', version: '1', via: 'in-process', outcome: 'ok' })).toBe(1);
  expect(count({ model: 'twice', version: '1', via: 'rest', outcome: 'ok' })).toBe(2);
  expect(count({ model: 'twice', via: 'socketio' })).toBe(0);
  expect(count({ model: 'twice', via: 'in-process', outcome: 'INVALID_INPUT' })).toBe(1);
  expect(count({ model: 'twice', via: 'rest', outcome: 'DEADLINE_EXCEEDED' })).toBe(1);
  expect(count({ model: '', version: '', outcome: 'MODEL_NOT_FOUND' })).toBe(1);
  const { accepted, refused } = it.hub.hub.stats;
  expect(count({})).toBe(accepted + refused);
});

test('batches and their rows are counted, those that failed too', async () => {
  const it = stage();
  it.hub.send([1, 2, 3]);
  await run(it);
  it.hub.send([4, 5]);
  await run(it, 0, 'failed');
  await run(it);
  await run(it);
  const all = await it.read();

  expect(sumOf(all, 'tickcast_batches_total', { status: 'done' })).toBe(3);
  expect(sumOf(all, 'tickcast_batches_total', { status: 'failed' })).toBe(1);
  expect(sumOf(all, 'tickcast_rows_total')).toBe(3 + 2 + 1 + 1);
  expect(sumOf(all, 'tickcast_batch_rows_count')).toBe(4);
  expect(sumOf(all, 'tickcast_batch_rows_bucket', { le: '2' })).toBe(3);
  expect(sumOf(all, 'tickcast_batch_rows_sum')).toBe(it.hub.hub.stats.rows);
});

test('times are those of the receipts, and their parts sum to the whole', async () => {
  const it = stage();
  it.hub.send([1]);
  await run(it, 30);
  const all = await it.read();

  expect(sumOf(all, 'tickcast_request_seconds_sum')).toBeCloseTo(0.03, 6);
  expect(sumOf(all, 'tickcast_infer_seconds_sum')).toBeCloseTo(0.0001, 6);
  const parts = ['queue', 'batch', 'infer'].map((part) => sumOf(all, `tickcast_${part}_seconds_sum`) ?? Number.NaN);
  expect(parts.reduce((sum, part) => sum + part, 0)).toBeCloseTo(0.03, 6);
  expect(sumOf(all, 'tickcast_request_seconds_bucket', { le: '0.02' })).toBe(0);
  expect(sumOf(all, 'tickcast_request_seconds_bucket', { le: '0.05' })).toBe(1);
  expect(sumOf(all, 'tickcast_request_seconds_bucket', { le: '+Inf' })).toBe(1);
});

test('without receipts the time of a request is still known', async () => {
  const it = stage({ receipts: false });
  it.hub.send([1]);
  await run(it, 30);
  const all = await it.read();

  expect(sumOf(all, 'tickcast_request_seconds_sum')).toBeCloseTo(0.03, 6);
  expect(sumOf(all, 'tickcast_queue_seconds_count')).toBe(0);
});

test('labels are counted by row as the answers tell them', async () => {
  const it = stage({}, [labelled('mood', ['bad', 'so so', 'good "well"'])]);
  it.hub.send([0, 1, 2]);
  it.hub.send([
    [5, 1, 2],
    [0, 0, 0],
    [1, 3, 3],
  ]);
  await run(it);
  const all = await it.read();

  const predicted = all.filter(({ name }) => name === 'tickcast_predicted_labels_total');
  expect(predicted.map(({ labels, value }) => [labels.label, value])).toEqual([
    ['bad', 2],
    ['so so', 1],
    ['good \\"well\\"', 1],
  ]);
});

test('two labels for one number are counted by that number', async () => {
  const model = makeModel('sure', { name: 'x', dtype: 'float32', shape: [1] });
  const it = stage({}, [{ ...model, spec: { ...model.spec, labels: ['no', 'yes'] } }]);
  it.hub.send([0.1, 0.2, 0.3]);
  await run(it);
  const all = await it.read();

  // The puppet answers twice the input.
  const predicted = all.filter(({ name }) => name === 'tickcast_predicted_labels_total');
  expect(predicted.map(({ labels, value }) => [labels.label, value])).toEqual([
    ['no', 2],
    ['yes', 1],
  ]);
});

test('a model with very many labels has no series for them', async () => {
  const many = Array.from({ length: MAX_COUNTED_LABELS + 1 }, (_, i) => `label ${i}`);
  const it = stage({}, [labelled('many', many)]);
  it.hub.send(many.map((_, i) => i));
  await run(it);
  const all = await it.read();

  expect(sumOf(all, 'tickcast_requests_total', { outcome: 'ok' })).toBe(1);
  expect(sumOf(all, 'tickcast_predicted_labels_total')).toBeUndefined();
});

test('what waits is told by model, and models that nobody asked are at 0', async () => {
  const it = stage({}, [makeModel('twice'), makeModel('idle')]);
  it.hub.send([1]);
  it.hub.clock.turn();
  it.hub.send([1, 2, 3]);
  const all = await it.read();

  expect(sumOf(all, 'tickcast_queue_rows', { model: 'twice' })).toBe(3);
  expect(sumOf(all, 'tickcast_queue_rows', { model: 'idle' })).toBe(0);
  expect(sumOf(all, 'tickcast_in_flight_requests')).toBe(2);
  expect(sumOf(all, 'tickcast_expected_wait_seconds')).toBeGreaterThan(0);
});

test('whatever callers send, no label has a value of theirs', async () => {
  const known = new Set<string>(['twice', '1', '', 'socketio', 'rest', 'in-process', ...OUTCOMES]);
  const it = stage();
  const text = fc.string({ minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(text, text, fc.anything(), fc.constantFrom(...Object.keys(ERRORS)), (model, name, input, code) => {
      const origin = it.hub.hub.openOrigin(name);
      it.hub.send(input, { model, origin });
      it.hub.hub.noteRefusal(wireError(code as keyof typeof ERRORS, name), origin, model);
    }),
  );
  const requests = (await it.read()).filter(({ name }) => name === 'tickcast_requests_total');

  expect(requests.length).toBeGreaterThan(50);
  for (const { labels } of requests) for (const value of Object.values(labels)) expect(known).toContain(value);
});

test('the state is one of its states, and the log counts nothing where there is none', async () => {
  const all = await scrape(idleSources({ state: () => 'draining' }));

  expect(sumOf(all, 'tickcast_state', { state: 'draining' })).toBe(1);
  expect(sumOf(all, 'tickcast_state')).toBe(1);
  expect(sumOf(all, 'tickcast_log_rows_total')).toBe(0);
});

test('the prediction log, connections, bytes, HTTP and streams are read from where they are counted', async () => {
  const idle = idleSources();
  const all = await scrape({
    ...idle,
    log: () => ({ written: 5, dropped: 2, leftOut: 3, writeErrors: 1 }),
    streams: { ...idle.streams, size: 2, viewers: 7, counts: { skippedItems: 11, slowViewers: 1 } },
    edge: {
      ...idle.edge,
      opened: 9,
      slowConnections: 4,
      refused: new Map([['FORBIDDEN', 6]]),
      misdirected: new Map([['namespace', 3]]),
      cut: new Map([['flood', 2]]),
      connections: () => ({ websocket: 3, polling: 1 }),
      traffic: () => ({ received: 100, sent: 200 }),
      http: () => [{ route: '/models/:name', method: 'GET', status: 404, count: 8 }],
    },
  });

  const values = (name: string) =>
    all.filter((series) => series.name === name).map(({ labels, value }) => [labels, value]);
  expect(values('tickcast_log_rows_total')).toEqual([
    [{ result: 'written' }, 5],
    [{ result: 'dropped' }, 2],
    [{ result: 'left_out' }, 3],
  ]);
  expect(values('tickcast_log_write_errors_total')).toEqual([[{}, 1]]);
  expect(values('tickcast_connections')).toEqual([
    [{ transport: 'websocket' }, 3],
    [{ transport: 'polling' }, 1],
  ]);
  expect(sumOf(all, 'tickcast_connections_refused_total', { reason: 'FORBIDDEN' })).toBe(6);
  expect(sumOf(all, 'tickcast_connections_refused_total')).toBe(6);
  expect(sumOf(all, 'tickcast_misdirected_total', { kind: 'namespace' })).toBe(3);
  expect(sumOf(all, 'tickcast_connections_cut_total', { reason: 'flood' })).toBe(2);
  expect(values('tickcast_http_requests_total')).toEqual([
    [{ route: '/models/:name', method: 'GET', status: '404' }, 8],
  ]);
  const plain = {
    connections_opened_total: 9,
    slow_connections_total: 4,
    received_bytes_total: 100,
    sent_bytes_total: 200,
    streams: 2,
    subscribers: 7,
    skipped_items_total: 11,
    slow_viewers_total: 1,
  };
  for (const [name, value] of Object.entries(plain))
    expect([name, sumOf(all, `tickcast_${name}`)]).toEqual([name, value]);
});

test('a source that throws fails the scrape, and the next one works', async () => {
  let broken = true;
  const metrics = new Metrics(
    idleSources({
      state: () => {
        if (broken) throw new Error('no state');
        return 'ready';
      },
    }),
  );
  await expect(metrics.text()).rejects.toThrow('no state');
  broken = false;

  expect(await metrics.text()).toContain('tickcast_state{state="ready"} 1');
});

test('every series has the labels that its metric names, and docs/metrics.md has every metric', async () => {
  const predictions = new PredictionCounts(() => 0, [labelled('mood', ['a', 'b']).spec]);
  const idle = idleSources({ predictions });
  const http = () => [{ route: '/', method: 'GET', status: 200, count: 1 }];
  const keys = new KeyCounts();
  keys.of('web');
  const all = await scrape({ ...idle, keys, edge: { ...idle.edge, http } });
  const docs = readFileSync(join(root, 'docs/metrics.md'), 'utf8');
  const table = METRIC_GROUPS.flatMap(({ metrics }) => metrics);
  for (const { name, type, labels, help, use } of table) {
    const names = type === 'histogram' ? ['bucket', 'sum', 'count'].map((part) => `${name}_${part}`) : [name];
    const series = all.filter((one) => names.includes(one.name));
    expect([name, series.length > 0]).toEqual([name, true]);
    for (const one of series) {
      const wanted = one.name.endsWith('_bucket') ? [...labels, 'le'] : labels;
      expect(Object.keys(one.labels).sort()).toEqual([...wanted].sort());
    }
    const shown = labels.map((label) => `\`${label}\``).join(', ');
    expect(docs).toContain(`| \`${name}\` | ${type} | ${shown} | ${help} | ${use} |`);
  }
  for (const { name } of processMetrics().getMetricsAsArray()) expect(docs).toContain(`| \`${name}\` |`);
  expect([...docs.matchAll(/^\| `(tickcast_\w+)`/gm)].map(([, name]) => name)).toEqual(table.map(({ name }) => name));
});
