// The shipped model, served by a hub: odd texts, and how long they take. Then the programs that make and measure a
// model.
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connect, type TickcastClient } from '../../dist/client/index.js';
import { TextEncoding } from '../../dist/shared/text/text-encoder.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { writeMoods } from '../training/moods.js';

const root = join(import.meta.dirname, '../..');
const run = promisify(execFile);

const ODD: readonly (readonly [name: string, text: string])[] = [
  ['empty', ''],
  ['blank', ' \t\r\n\u00a0\u3000'],
  ['emoji only', '😂👍🏽👨‍👩‍👧‍👦❤️'],
  ['NUL', '\u0000a\u0000'],
  ['right-to-left', 'أنا سعيد جدا \u202e abc'],
  ['Hebrew', 'אני שמח מאוד'],
  ['many scripts', 'добрый день 早上好 おはよう 안녕 สวัสดี नमस्ते ጤና ይስጥልኝ'],
  ['HTML', '<script>alert("&lt;x&gt;")</script><p>fine &amp; well</p>'],
  ['a word as long as the limit', 'x'.repeat(10_000)],
  ['combining marks', `z${'\u0301'.repeat(500)}`],
  ['control characters', '\u0001el\u0001caps \u007f \u0085'],
  ['a lone surrogate', 'ok \ud83d then'],
];

describe('odd texts', () => {
  let hub: TestApp;
  let client: TickcastClient;
  beforeAll(async () => {
    hub = await startTestApp({ models: async () => join(root, 'model') });
    client = connect(hub.url);
    await client.ready();
  });
  afterAll(async () => {
    await client.close();
    await hub.close();
  });

  test.each(ODD)('%s is a prediction, explained too', async (_, text) => {
    for (const explain of [false, true]) {
      const answer = await client.predict(text, { explain });
      const probabilities = answer.prediction as number[];
      expect(probabilities.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 4);
      expect(answer.model).toBe('sentiment@2');
    }
  });

  test('a text of 100,000 characters is refused with the limit in its message', async () => {
    await expect(client.predict('x'.repeat(100_000))).rejects.toMatchObject({
      code: 'TOO_LARGE',
      message: expect.stringContaining('10000'),
    });
  });

  test('an explanation names the word that made it negative', async () => {
    const text = 'The staff was terrible today';
    const { label, words } = await client.predict(text, { explain: true });
    const heaviest = [...(words ?? [])].sort((a, b) => b.weight - a.weight)[0];
    expect([label, text.slice(heaviest?.start, heaviest?.end)]).toEqual(['negative', 'terrible']);
  });
});

test('time of the processor is linear in the length of a text: ten times as much costs about ten times the time, whatever it is made of', () => {
  const sizes = { wordBits: 4, ngramBits: 4, width: 4, filters: 4, maxTokens: 56 };
  const weights = {
    words: new Float32Array(64),
    ngrams: new Float32Array(64),
    kernel: new Float32Array(48),
    bias: new Float32Array(4),
  };
  const encoding = new TextEncoding(sizes, weights);
  const target = [new Float32Array(8)];
  const best = (text: string): number => {
    let least = Number.POSITIVE_INFINITY;
    for (let i = 0; i < 20; i++) {
      const before = process.cpuUsage();
      encoding.write(text, 0, target);
      const { user, system } = process.cpuUsage(before);
      least = Math.min(least, (user + system) / 1000);
    }
    return least;
  };
  for (const part of [
    'x',
    'ab. ',
    '(',
    '(-',
    'a.',
    '.com',
    '-',
    '_',
    '</',
    '&',
    '&amp;',
    '\\',
    "a'",
    '#',
    '@',
    '1,',
    '😂',
    '\ud83d',
    '\u0000',
    'é',
    'http',
    'a.com/',
  ]) {
    const times = [10_000, 100_000].map((length) => best(part.repeat(length / part.length)));
    // Quadratic time would be a hundredfold.
    expect(times[1], part).toBeLessThan(40 * Math.max(times[0] ?? 0, 0.02));
  }
});

test('a quick training on a set of our own writes a model that evaluate measures, and whose encoder is its layer', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tickcast-quick-'));
  const node = (file: string, ...args: string[]) => run(process.execPath, [join(root, 'dist/model', file), ...args]);
  try {
    const data = join(folder, 'data');
    const out = join(folder, 'sentiment/1');
    writeMoods(data);
    const train = ['--data', data, '--quick', '--engine', 'wasm', '--work', join(folder, 'work-1'), '--out', out];
    const trained = await node('train/main.js', ...train);
    expect(trained.stdout).toContain('Validation, as it is shipped');
    expect(trained.stderr).toMatch(/teacher {4}\[#{24}\] 100 %/);
    expect(readFileSync(join(out, 'README.md'), 'utf8')).toContain('npm run train -- --data DIR --seed 1');

    const val = join(data, 'tweeteval-sentiment/val.tsv');
    const svg = join(folder, 'plot.svg');
    const measured = await node('evaluate/main.js', '--model', out, '--data', val, '--svg', svg, '--engine', 'wasm');
    const [, recall] = /macro recall +([\d.]+) %/.exec(measured.stdout) ?? [];
    expect(Number(recall)).toBeGreaterThan(75);
    expect(readFileSync(svg, 'utf8')).toMatch(/^<svg .*<\/svg>\s$/s);

    const agreed = await node('evaluate/main.js', '--model', out, '--agree', '2000');
    expect(agreed.stdout).toContain('2000 random texts');
    await expect(node('evaluate/main.js', '--model', out, '--data', join(folder, 'none.tsv'))).rejects.toMatchObject({
      stderr: expect.stringContaining('cannot be read'),
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
