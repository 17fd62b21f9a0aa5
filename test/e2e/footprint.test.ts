/** What a hub costs before anybody asks it anything, and what its packages weigh: against what is committed in fixtures/footprint.json. */

import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { parseProcessCpu } from '../../dist/bench/harness/process-cpu.js';
import baseline from '../fixtures/footprint.json' with { type: 'json' };
import { startTestProcess } from '../support/app.js';

const root = join(import.meta.dirname, '../..');
const run = promisify(execFile);
/** What else goes on in a machine adds to a start, and takes nothing from it: the best of some is the hub's own. */
const STARTS = 3;
const IDLE_MS = 3000;

const noProc = !process.env.CI && !existsSync('/proc/self/stat');
if (noProc) console.warn('skipped: what a process costs is read from /proc, which this system does not have');

test.skipIf(noProc)(
  'a hub on wasm with the shipped model: processor time until it listens, memory when idle',
  async () => {
    const starts: { cpuSeconds: number; rssBytes: number; referenceSeconds: number }[] = [];
    for (let i = 0; i < STARTS; i++) {
      const hub = await startTestProcess({ models: async () => join(root, 'model') });
      const cpuSeconds = parseProcessCpu(readFileSync(`/proc/${hub.child.pid}/stat`, 'utf8'));
      await delay(IDLE_MS);
      const rssBytes = await hub.rss();
      expect(await hub.close()).toBe(0);
      const { stdout } = await run(process.execPath, [join(root, 'test/fixtures/import-libraries.mjs')]);
      starts.push({ cpuSeconds, rssBytes, referenceSeconds: Number(stdout) });
    }
    const least = (key: keyof (typeof starts)[number]): number => Math.min(...starts.map((start) => start[key]));
    const [cpuSeconds, rssBytes, referenceSeconds] = [
      least('cpuSeconds'),
      least('rssBytes'),
      least('referenceSeconds'),
    ];
    // A machine that is slow, or shares its cores with others, takes longer for the same work.
    const slowness = Math.max(1, referenceSeconds / baseline.hub.referenceCpuSeconds);

    console.log(
      `${cpuSeconds.toFixed(2)} s of processor time beside ${referenceSeconds.toFixed(2)} s for the reference, ${(rssBytes / 2 ** 20).toFixed(1)} MiB`,
    );
    expect(cpuSeconds).toBeLessThanOrEqual(baseline.hub.mostStartCpuSeconds * slowness);
    expect(rssBytes).toBeLessThanOrEqual(baseline.hub.mostIdleRssBytes);
  },
);

test('the packed tarball is at most a twentieth above what it was', async () => {
  const { stdout } = await run('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    cwd: root,
    maxBuffer: 1 << 24,
  });
  const [{ size, unpackedSize }] = JSON.parse(stdout);

  console.log(`tarball ${size} bytes, unpacked ${unpackedSize}`);
  expect(size).toBeLessThanOrEqual(1.05 * baseline.tarball.bytes);
  // More than a twentieth: what an older build left in dist counts too; remove dist and build again.
  expect(unpackedSize).toBeLessThanOrEqual(1.05 * baseline.tarball.unpackedBytes);
});

test('an install without optional packages has those that are listed and no other, and weighs at most a twentieth more', () => {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { dev?: boolean; optional?: boolean; devOptional?: boolean; link?: boolean }>;
  };
  const places = Object.entries(packages)
    .filter(([place, of]) => place.includes('node_modules/') && !(of.dev || of.optional || of.devOptional || of.link))
    .map(([place]) => place);
  const names = places.map((place) => place.replace(/^.*node_modules\//, '')).sort();
  const bytes = places.reduce((sum, place) => sum + ownBytes(join(root, place)), 0);

  console.log(`${names.length} packages of ${bytes} bytes`);
  expect(names).toEqual(baseline.install.packages);
  expect(bytes).toBeLessThanOrEqual(1.05 * baseline.install.bytes);
});

/** Of a package's files, without the packages inside it. */
function ownBytes(folder: string): number {
  return readdirSync(folder, { withFileTypes: true }).reduce((sum, entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === 'node_modules' ? sum : sum + ownBytes(path);
    return sum + statSync(path).size;
  }, 0);
}

test('the SDK as one file for browsers is at most three in a hundred above what it was', () => {
  const bytes = gzipSync(readFileSync(join(root, 'dist/web/tickcast.js')), { level: 9 }).byteLength;

  console.log(`tickcast.js ${bytes} bytes with gzip`);
  expect(bytes).toBeLessThanOrEqual(1.03 * baseline.sdk.gzipBytes);
});
