import { expect, test } from 'vitest';
import { LatencyScale } from '../../command-line/view/latency-scale.js';
import { FeedLog } from '../../demo/feed-log.js';

const message = (text: string, topic = 'coffee') => ({ topic, text });

test('a report counts what was sent, answered and failed since the report before', () => {
  const log = new FeedLog();
  for (let i = 0; i < 4; i++) log.sent();
  log.answered(message('good'), { model: 'sentiment@2', label: 'positive', score: 0.9 }, 2);
  log.answered(message('meh', 'trains'), { model: 'sentiment@2', label: 'neutral', score: 0.5 }, 3);
  log.failed('OVERLOADED', 'the queue is full');

  const first = log.take('connected');
  const second = log.take('connected');

  expect(first).toMatchObject({ sent: 4, answered: 2, errors: { OVERLOADED: 1 }, errorExample: 'the queue is full' });
  expect(first.topics).toEqual({ coffee: [0, 0, 1], trains: [0, 1, 0] });
  expect(first.newest.map(({ text }) => text)).toEqual(['good', 'meh']);
  expect(second).toMatchObject({ sent: 0, answered: 0, errors: {}, topics: {}, newest: [] });
  expect(log.open).toBe(1);
});

test('an answer without one of the three labels is an error, not a crash', () => {
  const log = new FeedLog();
  log.sent();
  log.answered(message('x'), { model: 'iris@1' }, 2);

  expect(log.take('connected')).toMatchObject({ answered: 0, errors: { NO_LABEL: 1 } });
  expect(log.open).toBe(0);
});

test('a report keeps only the newest messages', () => {
  const log = new FeedLog();
  for (let i = 0; i < 500; i++) {
    log.sent();
    log.answered(message(String(i)), { model: 'sentiment@2', label: 'positive', score: 0.9 }, 1);
  }

  const { newest } = log.take('connected');
  expect(newest).toHaveLength(60);
  expect(newest.at(-1)?.text).toBe('499');
});

test('percentiles are exact to 2.5 %, also after counts were merged', () => {
  const parts = [new LatencyScale(), new LatencyScale()];
  for (let ms = 1; ms <= 1000; ms++) parts[ms % 2]?.record(ms);
  const whole = new LatencyScale();
  for (const part of parts) whole.merge(part.toCounts());

  for (const share of [0.01, 0.5, 0.99]) {
    const value = whole.percentile(share) ?? 0;
    expect(Math.abs(value / (share * 1000) - 1)).toBeLessThan(share < 0.1 ? 0.06 : 0.026);
  }
  expect(new LatencyScale().percentile(0.5)).toBeUndefined();
});

test('latencies out of range count as the lowest or the highest', () => {
  const scale = new LatencyScale();
  scale.record(0);
  scale.record(1e9);

  expect(scale.percentile(0.5)).toBeLessThan(0.02);
  expect(scale.percentile(1)).toBeGreaterThan(55_000);
});
