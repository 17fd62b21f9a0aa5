import { describe, expect, it } from 'vitest';
import type { BatchOutcome, EngineModel, PackedBatch } from '../../../server/contracts/engine.js';
import type { LoadOutcome, ModelLoader } from '../../../server/contracts/model-loader.js';
import { type Manifest, parseManifest } from '../../../server/models/manifest.js';
import { ModelRegistry, type ModelRegistryOptions } from '../../../server/models/registry.js';
import type { ModelFolder } from '../../../server/models/repository.js';
import { ManualClock } from '../../../server/testing/manual-clock.js';
import { viewBatch } from '../../../shared/batch-layout.js';
import type { InputSpec } from '../../../shared/tensor.js';

const REPORT = { runtime: 'tfjs-layers', engine: 'tfjs-wasm', why: 'configured', loadMs: 1 };
const X: InputSpec = { name: 'x', dtype: 'float32', shape: [2] };
const TEXT: InputSpec = { name: 'text', dtype: 'string', shape: [] };

/** Loads anything as a model with two output elements; a run takes a known time on the manual clock. */
class FakeLoader implements ModelLoader {
  readonly slots = 1;
  readonly clock = new ManualClock();
  readonly runs: { readonly rows: number; readonly texts: readonly string[] }[] = [];
  readonly unloaded: number[] = [];
  input: InputSpec = X;
  problem: string | undefined;
  /** What a run writes, or how it ends. */
  value = 0.5;
  shape: readonly number[] = [2];
  outcome: 'done' | 'failed' = 'done';
  /** Loading waits for it. */
  gate: Promise<void> = Promise.resolve();
  #handle = 0;

  async load(): Promise<LoadOutcome> {
    await this.gate;
    if (this.problem !== undefined) return { ok: false, problem: this.problem };
    const outputs = [{ name: 'y', dtype: 'float32', shape: this.shape }] as const;
    return { ok: true, engineModel: { handle: ++this.#handle, inputs: [this.input], outputs }, report: REPORT };
  }

  unload(model: EngineModel): void {
    this.unloaded.push(model.handle);
  }

  async run(model: EngineModel, { rows, buffer }: PackedBatch): Promise<BatchOutcome> {
    const { outputs, text } = viewBatch(model, rows, buffer);
    const texts: string[] = [];
    let offset = 0;
    for (const length of text?.lengths ?? []) {
      texts.push(new TextDecoder().decode(text?.bytes.subarray(offset, offset + length)));
      offset += length;
    }
    this.runs.push({ rows, texts });
    this.clock.advance(1 + 0.25 * rows + 0.001 * offset);
    if (this.outcome === 'failed') return { status: 'failed', reason: 'bad kernel' };
    outputs[0]?.fill(0.5);
    outputs[0]?.set([this.value], outputs[0].length - 1);
    return { status: 'done', buffer, inferUs: 1 };
  }
}

function folderOf(name: string, version = '1', manifest: object = {}, bare = false): ModelFolder {
  const parsed = parseManifest(JSON.stringify(manifest));
  if (!parsed.ok) throw new Error(parsed.problem);
  const read: Manifest = parsed.manifest;
  return {
    name,
    version,
    ref: `${name}@${version}`,
    folder: `/m/${name}/${version}`,
    file: 'model.json',
    runtime: read.runtime,
    unused: [],
    bare,
    named: 'by this test',
    manifest: read,
  };
}

function open(options: Partial<ModelRegistryOptions> = {}): {
  readonly engine: FakeLoader;
  readonly registry: ModelRegistry;
} {
  const engine = new FakeLoader();
  return { engine, registry: new ModelRegistry({ engine, clock: engine.clock, maxTextLength: 1000, ...options }) };
}

/** The ref that a reference resolves to, or the error's code and message. */
function resolved(registry: ModelRegistry, reference?: string): string {
  const answer = registry.resolve(reference);
  return 'spec' in answer ? answer.spec.ref : `${answer.code}: ${answer.message}`;
}

describe('a model name', () => {
  it('means its highest ready version, a version means itself', async () => {
    const { engine, registry } = open();
    for (const version of ['10', '2', '9']) await registry.load(folderOf('iris', version));
    engine.problem = 'damaged';
    await registry.load(folderOf('iris', '11'));
    expect(resolved(registry, 'iris')).toBe('iris@10');
    expect(resolved(registry, 'iris@9')).toBe('iris@9');
    expect(resolved(registry, 'iris@11')).toBe(
      'MODEL_NOT_FOUND: model iris@11 could not be loaded; its versions are 2, 9, 10',
    );
    expect(resolved(registry, 'rose')).toBe('MODEL_NOT_FOUND: there is no model rose; the models are iris');
  });

  it('that is missing means the default, the bare model, the only one, or none', async () => {
    const only = open().registry;
    expect(resolved(only)).toBe(
      'MODEL_NOT_FOUND: the request names no model and there is no default; no model is loaded',
    );
    await only.load(folderOf('iris', '1'));
    await only.load(folderOf('iris', '2'));
    expect(resolved(only)).toBe('iris@2');
    await only.load(folderOf('tone'));
    expect(resolved(only)).toBe(
      'MODEL_NOT_FOUND: the request names no model and there is no default; the models are iris, tone',
    );
    await only.load(folderOf('slope', '1', {}, true));
    expect(resolved(only)).toBe('slope@1');

    const named = open({ defaultModel: 'tone' }).registry;
    await named.load(folderOf('iris'));
    expect(resolved(named)).toBe('MODEL_NOT_FOUND: there is no default model tone; the models are iris');
    await named.load(folderOf('tone'));
    expect(resolved(named)).toBe('tone@1');
  });

  it('answers MODEL_LOADING until the model is published, unless an older version stands', async () => {
    const { engine, registry } = open();
    let release = (): void => undefined;
    engine.gate = new Promise((resolve) => {
      release = resolve;
    });
    const loading = registry.load(folderOf('iris', '2'));
    const answer = registry.resolve('iris');
    expect(answer).toMatchObject({ code: 'MODEL_LOADING', retryable: true, retryAfterMs: 1000 });
    expect(registry.resolve(undefined)).toBe(answer);
    expect(registry.list()).toMatchObject([{ ref: 'iris@2', state: 'loading' }]);
    expect(await registry.load(folderOf('iris', '2'))).toEqual({
      ok: false,
      problem: 'model iris@2 is loading already',
    });
    release();
    await loading;
    expect(resolved(registry, 'iris')).toBe('iris@2');
    engine.gate = new Promise(() => undefined);
    void registry.load(folderOf('iris', '3'));
    expect(resolved(registry, 'iris')).toBe('iris@2');
    expect(registry.resolve('iris@3')).toMatchObject({ code: 'MODEL_LOADING' });
  });
});

describe('a load', () => {
  it('publishes a model with what it takes, how it came about and what a batch costs', async () => {
    const { engine, registry } = open();
    const loaded = await registry.load(folderOf('iris', '1', { labels: ['a', 'b'], description: 'Flowers.' }));
    expect([...new Set(engine.runs.map(({ rows }) => rows))]).toEqual(expect.arrayContaining([1, 8, 32]));
    expect(loaded).toMatchObject({
      ok: true,
      report: REPORT,
      model: { spec: { ref: 'iris@1', inputs: [X], labels: ['a', 'b'] }, rows: 'independent' },
      warnings: [],
    });
    if (!loaded.ok) return;
    expect(loaded.model.warmUp.overheadMs).toBeCloseTo(1, 6);
    expect(loaded.model.warmUp.rowMs).toBeCloseTo(0.25, 6);
    expect(loaded.model.warmUp.byteMs).toBe(0);
    expect(registry.list()).toMatchObject([{ ref: 'iris@1', state: 'ready', description: 'Flowers.', report: REPORT }]);
  });

  it('warms a text model up with texts, no longer than it takes, and learns the cost of a byte', async () => {
    const { engine, registry } = open();
    engine.input = TEXT;
    const featuriser = { name: 'hashed-ngrams', buckets: 16, length: 4, maxTokens: 4, minWordLength: 3 };
    const input = { kind: 'text', featuriser, maxTextLength: 30 };
    const loaded = await registry.load(folderOf('tone', '1', { input, warmUp: { texts: ['fine day', 'näïve'] } }));
    const timed = engine.runs.filter(({ rows }) => rows === 8).map(({ texts }) => texts.slice(0, 3));
    expect(timed).toContainEqual(['fine day', 'näïve', 'fine day']);
    expect(Math.max(...engine.runs.flatMap(({ texts }) => texts.map((text) => text.length)))).toBe(30);
    if (!loaded.ok) throw new Error(loaded.problem);
    expect(loaded.model.warmUp.byteMs).toBeCloseTo(0.001, 6);
    expect(loaded.model.warmUp.overheadMs).toBeCloseTo(1, 6);
    expect(loaded.model.spec.maxTextLength).toBe(30);
  });

  it('takes the hub’s text length where the manifest says more', async () => {
    const { engine, registry } = open({ maxTextLength: 10 });
    engine.input = TEXT;
    const featuriser = { name: 'hashed-ngrams', buckets: 16, length: 4, maxTokens: 4, minWordLength: 3 };
    const loaded = await registry.load(
      folderOf('tone', '1', { input: { kind: 'text', featuriser, maxTextLength: 99 } }),
    );
    expect(loaded).toMatchObject({ model: { spec: { maxTextLength: 10 } } });
  });

  it('takes labels of metadata.json where the manifest has none, and does without those that do not fit', async () => {
    const { registry } = open();
    const metadata = (labels: readonly string[] | undefined, problem?: string) => ({ metadata: { labels, problem } });
    const load = async (version: string, manifest: object, more: object) => {
      const loaded = await registry.load({ ...folderOf('iris', version, manifest), ...more });
      return loaded.ok && [loaded.model.spec.labels, ...loaded.warnings];
    };

    expect(await load('1', {}, metadata(['a', 'b']))).toEqual([['a', 'b']]);
    expect(await load('2', { labels: ['c', 'd'] }, metadata(['a', 'b']))).toEqual([['c', 'd']]);
    expect(await load('3', {}, metadata(['a']))).toEqual([
      undefined,
      'model iris@3: metadata.json has 1 labels, but output "y" has 2 elements; it is served without labels',
    ]);
    expect(await load('4', {}, metadata(undefined, 'metadata.json: bad'))).toEqual([
      undefined,
      'model iris@4: metadata.json: bad',
    ]);
  });

  it('takes two labels for one number that is a score, and refuses them for another number', async () => {
    const { engine, registry } = open();
    engine.shape = [1];
    expect(await registry.load(folderOf('sure', '1', { labels: ['no', 'yes'] }))).toMatchObject({
      ok: true,
      model: { spec: { labels: ['no', 'yes'] } },
    });
    engine.value = 1.5;
    expect(await registry.load(folderOf('sure', '2', { labels: ['no', 'yes'] }))).toEqual({
      ok: false,
      problem: expect.stringMatching(/^model sure@2: manifest\.json has 2 labels, but .* 1\.5 .* sigmoid \(in /),
    });
    expect(engine.unloaded).toEqual([2]);
  });

  it('warns of a model that answers with NaN, and publishes it', async () => {
    const { engine, registry } = open();
    engine.value = Number.NaN;
    const loaded = await registry.load(folderOf('iris'));
    expect(loaded).toMatchObject({
      ok: true,
      warnings: [expect.any(String), expect.stringMatching(/^model iris@1: its output "y" has NaN .* row of zeros/)],
    });
    expect(resolved(registry, 'iris')).toBe('iris@1');
  });

  it('serves a model whose rows depend on each other one row at a time, and says so', async () => {
    const { engine, registry } = open();
    // Only the last row of a batch is valid.
    engine.value = 0.75;
    const loaded = await registry.load(folderOf('iris'));
    expect(loaded).toMatchObject({
      ok: true,
      model: { rows: 'alone', maxBatchRows: 1 },
      warnings: [expect.stringMatching(/^model iris@1: .* served one row at a time$/)],
    });
    expect(registry.only).toMatchObject({ rows: 'alone' });
  });

  it.each([
    [
      'cannot be loaded',
      { problem: 'weights.bin: 7 bytes' },
      {},
      'model iris@1: weights.bin: 7 bytes (in /m/iris/1)',
      0,
    ],
    [
      'has labels that do not fit',
      {},
      { labels: ['a'] },
      'model iris@1: manifest.json has 1 labels, but output "y" has 2 elements (in /m/iris/1)',
      1,
    ],
    [
      'fails on its warm-up',
      { outcome: 'failed' },
      {},
      'model iris@1: with a batch of 1 rows it failed: bad kernel (in /m/iris/1)',
      1,
    ],
  ])('publishes nothing of a model that %s, and may be tried again', async (_, spoil, manifest, problem, unloads) => {
    const { engine, registry } = open();
    Object.assign(engine, spoil);
    expect(await registry.load(folderOf('iris', '1', manifest))).toEqual({ ok: false, problem });
    expect(registry.list()).toMatchObject([{ ref: 'iris@1', state: 'failed', problem, model: undefined }]);
    expect(resolved(registry, 'iris')).toBe('MODEL_NOT_FOUND: model iris could not be loaded; no model is loaded');
    expect(engine.unloaded.length).toBe(unloads);
    Object.assign(engine, { problem: undefined, value: 0.5, outcome: 'done' });
    expect((await registry.load(folderOf('iris'))).ok).toBe(true);
    expect(resolved(registry, 'iris')).toBe('iris@1');
  });

  it('does not make another model the default because one is broken', async () => {
    const { registry } = open();
    await registry.load(folderOf('iris'));
    registry.refuse({ name: 'tone', version: '1', ref: 'tone@1', bare: false }, 'it is broken');
    expect(resolved(registry)).toContain('MODEL_NOT_FOUND');
    expect(resolved(registry, 'iris')).toBe('iris@1');
    expect(resolved(registry, 'tone')).toBe('MODEL_NOT_FOUND: model tone could not be loaded; the models are iris');
    registry.refuse({ name: 'iris', version: '2', ref: 'iris@2', bare: false }, 'it is broken');
    expect(resolved(registry, 'iris')).toBe('iris@1');
    expect(resolved(registry, 'iris@2')).toBe('MODEL_NOT_FOUND: model iris@2 could not be loaded; its versions are 1');
  });
});
