import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { cachedFile, type WantedFile } from '../../../cli/native/cached-file.js';

const content = 'the right bytes';
const digest = createHash('sha256').update(content).digest('hex');

describe('a cached file', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cached-file-'));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  const wanted = (delivered: string): WantedFile => ({
    file: 'library.whl',
    bytes: content.length,
    algorithm: 'sha256',
    digest,
    download: vi.fn(async (into: string) => {
      await writeFile(join(into, 'library.whl'), delivered);
      return { ok: true as const, stdout: '' };
    }),
  });

  it('is downloaded once and kept', async () => {
    const file = wanted(content);
    const first = await cachedFile(file, folder);
    const second = await cachedFile(file, folder);
    expect(first).toMatchObject({ ok: true, kept: false });
    expect(second).toMatchObject({ ok: true, kept: true });
    expect(file.download).toHaveBeenCalledTimes(1);
  });

  it('is downloaded again when the kept one has the right size and the wrong bytes', async () => {
    await writeFile(join(folder, 'library.whl'), content.toUpperCase());
    expect(await cachedFile(wanted(content), folder)).toMatchObject({ ok: true, kept: false });
    expect(await readFile(join(folder, 'library.whl'), 'utf8')).toBe(content);
  });

  it.each(['short', content.toUpperCase()])(
    'is refused, and nothing kept, when %j arrives instead',
    async (delivered) => {
      const result = await cachedFile(wanted(delivered), folder);
      expect(result).toMatchObject({ ok: false, reason: expect.stringContaining('library.whl') });
      expect(await readdir(folder)).toEqual([]);
    },
  );

  it('passes on why a download failed and leaves nothing behind', async () => {
    const file = { ...wanted(content), download: async () => ({ ok: false as const, reason: 'no route' }) };
    expect(await cachedFile(file, folder)).toEqual({ ok: false, reason: 'no route' });
    expect(await readdir(folder)).toEqual([]);
  });
});
