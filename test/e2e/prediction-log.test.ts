/** The prediction log of a whole hub under load: every prediction is accounted for, whatever the disk does. */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type SmallDisk, smallDisk } from '../../bench/chaos/hub/small-disk.js';
import { connect } from '../../dist/client/index.js';
import type { Config } from '../../dist/server/config/config.js';
import { startTestProcess, type TestProcess } from '../support/app.js';
import { times } from '../support/long-form.js';
import { writeLinear } from '../support/tiny-models.js';
import { until } from '../support/until.js';

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'tickcast-log-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

interface LoggingHub {
  readonly hub: TestProcess;
  readonly folder: string;
  /** Ends it with SIGTERM and compares its counts with the files. */
  end(): Promise<Verdict>;
}

interface Verdict {
  readonly code: number | null;
  readonly predicted: number;
  readonly written: number;
  readonly dropped: number;
  /** From all files, in order; each was parsed as JSON. */
  readonly lines: number;
  readonly fileBytes: readonly number[];
  readonly said: readonly unknown[];
}

const UNLIMITED = { predictionLogKeepFiles: 10_000 } as const satisfies Partial<Config>;

async function startHub(
  config: Partial<Config> = {},
  flags: readonly string[] = [],
  wrapper: readonly string[] = [],
  folder = join(root, 'log'),
): Promise<LoggingHub> {
  const log: Partial<Config> = { logLevel: 'info', predictionLog: 'all', predictionLogFolder: folder, ...UNLIMITED };
  const hub = await startTestProcess(
    { models: (at) => writeLinear(at), config: { ...log, ...config } },
    flags,
    wrapper,
  );
  const end = async (): Promise<Verdict> => {
    const code = await hub.close();
    const report = hub.log.find(({ msg }) => msg === 'drained');
    const { written = Number.NaN, dropped = Number.NaN } = (report?.predictionLog ?? {}) as {
      written?: number;
      dropped?: number;
    };
    const files = logFiles(folder);
    const lines = files.flatMap((path) => readFileSync(path, 'utf8').split('\n').slice(0, -1));
    const isWhole = ({ v, prediction }: Record<string, unknown>): boolean => v === 1 && Array.isArray(prediction);
    expect(lines.filter((line) => !isWhole(JSON.parse(line)))).toEqual([]);
    const said = hub.log.filter(({ level }) => level !== 'info').map(({ msg }) => msg);
    return {
      code,
      predicted: Number(report?.predicted),
      written,
      dropped,
      lines: lines.length,
      fileBytes: files.map((path) => statSync(path).size),
      said,
    };
  };
  return { hub, folder, end };
}

function logFiles(folder: string): readonly string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.jsonl'))
    .sort()
    .map((name) => join(folder, name));
}

function bytesIn(folder: string): number {
  return logFiles(folder).reduce((sum, path) => sum + statSync(path).size, 0);
}

/** Closed loops of SDK clients; errors are left to other tests, as these end hubs under load. */
async function load(url: string, input: readonly number[] = [1]) {
  const clients = Array.from({ length: 4 }, () => connect(url));
  for (const client of clients) await client.ready();
  const counts = { answered: 0 };
  let isOver = false;
  const loops = clients.flatMap((client) =>
    Array.from({ length: 16 }, async () => {
      while (!isOver) {
        await client.predict([...input]).then(
          () => {
            counts.answered += 1;
          },
          () => delay(1),
        );
      }
    }),
  );
  const stop = async (): Promise<void> => {
    isOver = true;
    for (const client of clients) client.close();
    await Promise.all(loops);
  };
  return { counts, stop };
}

test('SIGTERM under load: every prediction stands in a file, in whole lines, over many files', async () => {
  const { hub, end } = await startHub({ predictionLogMaxFileBytes: 256 * 1024 });
  const { counts, stop } = await load(hub.url);
  await until('predictions come', () => counts.answered > 5000, 90_000);
  const verdict = await end();
  await stop();

  expect(verdict).toMatchObject({ code: 0, dropped: 0, said: [] });
  expect(verdict.predicted).toBeGreaterThan(5000);
  expect([verdict.written, verdict.lines]).toEqual([verdict.predicted, verdict.predicted]);
  expect(verdict.fileBytes.length).toBeGreaterThan(3);
  expect(Math.max(...verdict.fileBytes)).toBeLessThanOrEqual(256 * 1024);
});

async function aTimeWithoutRoom(disk: SmallDisk): Promise<void> {
  const folder = join(disk.folder, 'log');
  const { hub, end } = await startHub({ predictionLogMaxFileBytes: 1 << 20 }, disk.nodeFlags, [], folder);
  const { counts, stop } = await load(hub.url);
  await until('lines come', () => bytesIn(folder) > 100_000);
  const answersCome = (): Promise<void> => {
    const before = counts.answered;
    return until('answers go on', () => counts.answered > before + 1000, 90_000);
  };
  disk.fill();
  await until('it is told of', () => hub.log.some(({ msg }) => msg === 'the prediction log has trouble'));
  // More than once as long as it waits before it tries again.
  await Promise.all([delay(1500), answersCome()]);
  const bytes = bytesIn(folder);
  await Promise.all([delay(1500), answersCome()]);
  const stuck = bytesIn(folder);
  disk.free();
  await until('lines come again', () => bytesIn(folder) > stuck + 100_000);
  await stop();
  const verdict = await end();

  // Answers came all the time, and lines did not.
  expect(stuck).toBe(bytes);
  expect(verdict.code).toBe(0);
  expect(verdict.lines).toBe(verdict.written);
  expect(verdict.lines + verdict.dropped).toBe(verdict.predicted);
  expect(verdict.dropped).toBeGreaterThan(1000);
  expect(verdict.said).toEqual(['the prediction log has trouble']);
  expect(hub.log.map(({ msg }) => msg)).toContain('the prediction log has recovered');
}

test.each(['pretended', 'real'] as const)(
  'a disk that is full for a time (%s): predictions go on, what is lost is counted, lines come again',
  async (kind) => {
    const disk = smallDisk(root, kind);
    if (disk === undefined) {
      expect(process.env.CI, 'CI runs as root, and may mount a file system').toBeUndefined();
      return console.warn('not tested with a real disk: mounting one takes root');
    }
    try {
      await aTimeWithoutRoom(disk);
    } finally {
      disk.remove();
    }
  },
);

test('under ulimit -f: files end at the limit, and no line is lost', async () => {
  const { hub, end } = await startHub({}, [], ['bash', '-c', 'ulimit -f 256 && exec "$@"', 'bash']);
  const { counts, stop } = await load(hub.url);
  await until('predictions come', () => counts.answered > 5000, 90_000);
  await stop();
  const verdict = await end();

  expect(verdict).toMatchObject({ code: 0, dropped: 0, said: [] });
  expect([verdict.written, verdict.lines]).toEqual([verdict.predicted, verdict.predicted]);
  expect(verdict.fileBytes.length).toBeGreaterThan(3);
  expect(Math.max(...verdict.fileBytes)).toBeLessThanOrEqual(256 * 1024);
});

test.each<[string, () => string, RegExp]>([
  ['is a file', () => join(root, 'file'), /file is no folder$/],
  ['has no parent', () => join(root, 'a', 'b'), /cannot be made: there is no folder .*a$/],
  // Not even root may write there.
  [
    'cannot be written to',
    () => '/proc',
    /^tickcast: --prediction-log-folder: no file can be made in \/proc \(E[A-Z]+\)$/,
  ],
])('a folder that %s ends the start with one line', async (_what, folder, message) => {
  writeFileSync(join(root, 'file'), '');
  await writeLinear(join(root, 'model'));
  const main = new URL('../../dist/server/main.js', import.meta.url).pathname;
  const flags = ['--port', '0', '--engine', 'wasm', '--model', join(root, 'model'), '--prediction-log', 'all'];
  const { status, stderr } = spawnSync(process.execPath, [main, ...flags, '--prediction-log-folder', folder()], {
    encoding: 'utf8',
  });

  expect(status).toBe(1);
  expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  expect(stderr.trimEnd()).toMatch(message);
  expect(stderr).toMatch(/^tickcast: --prediction-log-folder: /);
});

test('memory stays as flat with the log as without, with more rows than it can write', async () => {
  const rows = Array.from({ length: 64 }, (_, i) => i);
  const growth = async (
    predictionLog: 'off' | 'all',
  ): Promise<{ mib: number; predicted: number; verdict: Verdict }> => {
    const folder = join(root, predictionLog);
    const { hub, end } = await startHub(
      { predictionLog, predictionLogKeepFiles: 2, predictionLogMaxFileBytes: 16 << 20 },
      [],
      [],
      folder,
    );
    const { counts, stop } = await load(hub.url, rows);
    const samples: number[] = [];
    for (let i = 0; i < 40; i++) {
      await delay(times(150, 75));
      samples.push(await hub.rss());
    }
    await stop();
    const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
    const mib = (median(samples.slice(-10)) - median(samples.slice(10, 20))) / 2 ** 20;
    const verdict = predictionLog === 'off' ? undefined : await end();
    if (verdict === undefined) await hub.close();
    return { mib, predicted: counts.answered, verdict: verdict as Verdict };
  };
  const without = await growth('off');
  const withLog = await growth('all');
  const { written, dropped, predicted } = withLog.verdict;

  expect(written + dropped).toBe(predicted * rows.length);
  expect(written).toBeGreaterThan(10_000);
  expect(withLog.mib - without.mib).toBeLessThan(48);
});
