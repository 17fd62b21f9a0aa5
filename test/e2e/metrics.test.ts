/** A real Prometheus scrapes a running hub: /metrics, the rules and every query of the dashboard. */

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { io } from 'socket.io-client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connect, type TickcastClient } from '../../client/index.js';
import { startTestProcess, type TestProcess } from '../support/app.js';
import { readSeries, type Series, sumOf } from '../support/exposition.js';
import { fillIn, queriesOf, readDashboard } from '../support/grafana.js';
import { Prometheus, prometheusLack, promtool } from '../support/prometheus.js';
import { until } from '../support/until.js';

const root = join(import.meta.dirname, '../..');
const EVERY_MS = 20;

const TOKEN = 'program-'.padEnd(40, 'p');

let folder: string;
let hub: TestProcess;
let lack: string | undefined;

beforeAll(async () => {
  lack = await prometheusLack();
  folder = await mkdtemp(join(tmpdir(), 'tickcast-metrics-'));
  const tokenFile = join(folder, 'tokens.json');
  const keys = [{ name: 'program', token: TOKEN, scopes: ['predict', 'publish', 'subscribe'] }];
  await writeFile(tokenFile, JSON.stringify({ keys }), { mode: 0o600 });
  const config = { maxInFlightRows: 8, tokenFile, openMetrics: true };
  hub = await startTestProcess({ models: async () => join(root, 'model'), config });
});

afterAll(async () => {
  expect(await hub.close()).toBe(0);
  await rm(folder, { recursive: true, force: true });
});

/** In CI nothing may be skipped. */
function lacks(skip: (why: string) => void): boolean {
  if (lack === undefined) return false;
  expect(process.env.CI, lack).toBeFalsy();
  skip(lack);
  return true;
}

async function scrape(): Promise<string> {
  const answer = await fetch(`${hub.url}/metrics`);
  expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  return answer.text();
}

async function read(): Promise<readonly Series[]> {
  return readSeries(await scrape());
}

async function post(body: unknown): Promise<number> {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${TOKEN}` };
  const answer = await fetch(`${hub.url}/predict`, { method: 'POST', headers, body: JSON.stringify(body) });
  await answer.text();
  return answer.status;
}

/** A handshake from a page that may not use the hub. */
async function knockFromElsewhere(): Promise<number> {
  const headers = { origin: 'https://elsewhere.example' };
  const answer = await fetch(`${hub.url}/socket.io/?EIO=4&transport=polling`, { headers });
  await answer.text();
  return answer.status;
}

/** One round of everything that can happen to a hub. */
async function useHub(client: TickcastClient): Promise<void> {
  const texts = ['I love it', 'I hate it', 'it is a table'];
  const fails = (promise: Promise<unknown>): Promise<boolean> =>
    promise.then(
      () => false,
      () => true,
    );
  await Promise.all([
    client.predictMany(texts, { stream: 'talk' }),
    post({ input: texts }),
    post({ input: 7 }),
    post({ input: 'x', model: 'nobody' }),
    post({ input: Array.from({ length: 9 }, () => 'more than the credit') }),
    fails(client.predict('x', { model: 'nobody' })),
    knockFromElsewhere(),
  ]);
}

test('what happened is what /metrics says', async () => {
  const before = await read();
  const client = connect(hub.url, { token: TOKEN });
  const viewer = io(hub.url, { transports: ['polling'], auth: { token: TOKEN } });
  try {
    await client.ready();
    await viewer.emitWithAck('subscribe', { stream: 'talk', mode: 'all', maxRate: 0.1, history: 0 });
    for (let i = 0; i < 3; i++) await client.predict('a fine day', { stream: 'talk' });
    expect(await post({ input: ['good', 'bad'] })).toBe(200);
    expect(await post({ input: 7 })).toBe(400);
    expect(await knockFromElsewhere()).toBe(403);
    const after = await read();

    const grown = (name: string, labels?: Record<string, string>): number =>
      (sumOf(after, `tickcast_${name}`, labels) ?? 0) - (sumOf(before, `tickcast_${name}`, labels) ?? 0);
    const model = { model: 'sentiment', version: '2' };
    expect(grown('requests_total', { ...model, via: 'socketio', outcome: 'ok' })).toBe(3);
    expect(grown('requests_total', { ...model, via: 'rest', outcome: 'ok' })).toBe(1);
    expect(grown('requests_total', { via: 'rest', outcome: 'INVALID_INPUT' })).toBe(1);
    expect(grown('predicted_labels_total', model)).toBe(5);
    expect(grown('request_seconds_count', model)).toBe(4);
    expect(grown('rows_total', model)).toBeGreaterThanOrEqual(5);
    expect(grown('connections_refused_total', { reason: 'FORBIDDEN' })).toBe(1);
    expect(grown('connections_opened_total')).toBe(2);
    const key = { key: 'program' };
    expect(grown('key_rows_total', key)).toBe(5);
    expect(grown('key_errors_total', key)).toBe(1);
    expect(grown('key_engine_seconds_total', key)).toBeGreaterThan(0);
    // Three texts over the socket and two over REST, and their answers.
    expect(grown('key_received_bytes_total', key)).toBeGreaterThan(150);
    expect(grown('key_sent_bytes_total', key)).toBeGreaterThan(500);
    expect(sumOf(after, 'tickcast_connections', { transport: 'websocket' })).toBe(1);
    expect(sumOf(after, 'tickcast_connections', { transport: 'polling' })).toBe(1);
    expect(sumOf(after, 'tickcast_streams')).toBe(1);
    expect(sumOf(after, 'tickcast_subscribers')).toBe(1);
    expect(grown('http_requests_total', { route: '/predict', method: 'POST', status: '200' })).toBe(1);
    expect(grown('sent_bytes_total')).toBeGreaterThan(1000);
    expect(grown('received_bytes_total')).toBeGreaterThan(500);
    expect(sumOf(after, 'tickcast_engine_tensors')).toBeGreaterThan(0);
    expect(sumOf(after, 'tickcast_state', { state: 'ready' })).toBe(1);
  } finally {
    viewer.close();
    await client.close();
  }
  await until('the connections are gone', async () => sumOf(await read(), 'tickcast_connections') === 0);
});

test('promtool finds nothing to say against /metrics, the rules, and the example of a configuration', async ({
  skip,
}) => {
  if (lacks(skip)) return;
  const folder = join(root, 'deploy/prometheus');
  const scraped = await promtool(['check', 'metrics'], await scrape());
  const rules = await promtool(['check', 'rules', join(folder, 'alerts.yml')]);
  const config = await promtool(['check', 'config', join(folder, 'prometheus.yml')]);
  const tested = await promtool(['test', 'rules', join(root, 'test/fixtures/prometheus/alerts.test.yml')]);

  expect(scraped).toEqual({ code: 0, said: '' });
  expect([rules.code, config.code, tested.code], rules.said + config.said + tested.said).toEqual([0, 0, 0]);
});

test('a real Prometheus scrapes the hub, evaluates every rule, and has data for every query of the dashboard', async ({
  skip,
}) => {
  if (lacks(skip)) return;
  const prometheus = await Prometheus.start([new URL(hub.url).host]);
  const client = connect(hub.url, { token: TOKEN });
  const viewer = io(hub.url, { transports: ['websocket'], auth: { token: TOKEN } });
  let running = true;
  const using = (async () => {
    for (; running; await new Promise((resolve) => setTimeout(resolve, EVERY_MS))) await useHub(client);
  })();
  try {
    await viewer.emitWithAck('subscribe', { stream: 'talk', mode: 'all', maxRate: 1, history: 0 });
    await until('the hub is scraped', async () => (await prometheus.query('up == 1')).length === 1, 60_000);
    for (const { panel, expr } of queriesOf(readDashboard())) {
      const query = fillIn(expr, '8s');
      const hasData = async (): Promise<boolean> =>
        (await prometheus.query(query)).some(({ value: [, value] }) => Number.isFinite(Number(value)));
      await until(`"${panel}" has data: ${query}`, hasData, 60_000);
    }
    expect(await prometheus.labelValues('model', 'tickcast_requests_total')).toContain('sentiment');
    expect(await prometheus.labelValues('instance', 'tickcast_info')).toEqual([new URL(hub.url).host]);
    const rules = await prometheus.rules();
    expect(rules.filter(({ type }) => type === 'alerting')).toHaveLength(13);
    for (const { name, query, health, lastError } of rules) {
      expect([name, health, lastError]).toEqual([name, 'ok', undefined]);
      await prometheus.query(query);
    }
    expect(await prometheus.targets()).toEqual([expect.objectContaining({ health: 'up', lastError: '' })]);
  } finally {
    running = false;
    await using;
    viewer.close();
    await client.close();
    await prometheus.close();
  }
});
