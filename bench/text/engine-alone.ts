/** A text model alone on one core: strings in, probabilities out, in batches like those of a busy hub. */

import { InlineEngine } from '../../server/engine/inline-engine.js';
import { findModels } from '../../server/models/repository.js';
import { batchBytes, viewBatch } from '../../shared/batch-layout.js';
import type { EngineName } from '../harness/options.js';

export interface AloneFigures {
  readonly engine: string;
  readonly batchRows: number;
  readonly texts: number;
  /** By wall time: other activity on the machine slows it. */
  readonly textsPerSecond: number;
  /** By this process's processor time: what one core does. */
  readonly textsPerCpuSecond: number;
}

const HANG_MS = 60_000;
/** Maximum UTF-8 bytes of a UTF-16 unit. */
const UNIT_BYTES = 3;

/** Every text is new to the engine except the first `warmUp`. */
export async function measureAlone(
  path: string,
  backend: EngineName,
  texts: readonly string[],
  warmUp: number,
  batchRows: number,
): Promise<AloneFigures> {
  const found = await findModels(path);
  const [folder] = found.ok ? found.models : [];
  if (folder === undefined) throw new Error(`${path} holds no model`);
  const { inputs, featuriser, options } = folder.manifest;
  const engine = new InlineEngine(backend);
  const loading = await engine.load({ ...folder, inputs, featuriser, options });
  if (!loading.ok) throw new Error(loading.problem);
  const { engineModel: model, report } = loading;
  let buffer = new ArrayBuffer(0);
  const run = async (from: number): Promise<void> => {
    const rows = Math.min(batchRows, texts.length - from);
    let units = 0;
    for (let row = 0; row < rows; row++) units += texts[from + row]?.length ?? 0;
    const bytes = batchBytes(model, rows, units * UNIT_BYTES);
    if (buffer.byteLength < bytes) buffer = new ArrayBuffer(2 * bytes);
    const { text } = viewBatch(model, rows, buffer);
    if (text === undefined) throw new Error(`${folder.ref} takes no texts`);
    const target = Buffer.from(text.bytes.buffer, text.bytes.byteOffset, text.bytes.byteLength);
    let offset = 0;
    for (let row = 0; row < rows; row++) {
      const length = target.write(texts[from + row] ?? '', offset, 'utf8');
      text.lengths[row] = length;
      offset += length;
    }
    const outcome = await engine.run(model, { rows, buffer, hangMs: HANG_MS });
    if (outcome.status !== 'done') throw new Error(outcome.reason);
  };
  for (let from = 0; from < warmUp; from += batchRows) await run(from);
  const cpu = process.cpuUsage();
  const startedMs = performance.now();
  for (let from = warmUp; from < texts.length; from += batchRows) await run(from);
  const seconds = (performance.now() - startedMs) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  await engine.close();
  const measured = texts.length - warmUp;
  return {
    engine: report.engine,
    batchRows,
    texts: measured,
    textsPerSecond: measured / seconds,
    textsPerCpuSecond: (measured * 1e6) / (user + system),
  };
}
