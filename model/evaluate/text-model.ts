/** Opens a text model as a hub does and returns its answers to texts, so that what is measured is what is served. */

import type { EngineModel } from '../../server/contracts/engine.js';
import type { BackendName } from '../../server/engine/backend/names.js';
import { InlineEngine } from '../../server/engine/inline-engine.js';
import { findModels } from '../../server/models/repository.js';
import { batchBytes, viewBatch } from '../../shared/batch-layout.js';
import { elementCount } from '../../shared/tensor.js';
import { EvaluationInputError } from './labelled-texts.js';

const BATCH_TEXTS = 256;
const HANG_MS = 600_000;

export class TextModel {
  readonly #engine: InlineEngine;
  readonly #model: EngineModel;

  private constructor(
    readonly ref: string,
    readonly labels: readonly string[],
    /** The engine that computes, such as `tfjs-native`. */
    readonly engineName: string,
    engine: InlineEngine,
    model: EngineModel,
  ) {
    this.#engine = engine;
    this.#model = model;
  }

  /** `path`: a model file, or a folder that leads to one model version. */
  static async open(path: string, backend: 'auto' | BackendName): Promise<TextModel> {
    const found = await findModels(path);
    if (!found.ok) throw new EvaluationInputError(found.problem);
    const folder = found.models.at(-1);
    if (folder === undefined) throw new EvaluationInputError(`${path} holds no model`);
    const { ref, file, runtime, tokenizer } = folder;
    const { inputs, featuriser, options, labels } = folder.manifest;
    const engine = new InlineEngine(backend);
    const source = { ref, folder: folder.folder, file, runtime, inputs, featuriser, tokenizer, options };
    const loading = await engine.load(source);
    if (!loading.ok) throw new EvaluationInputError(loading.problem);
    const { engineModel, report } = loading;
    if (engineModel.inputs[0]?.dtype !== 'string') throw new EvaluationInputError(`${folder.ref} takes no texts`);
    const size = elementCount(engineModel.outputs[0]?.shape ?? []);
    const names = labels ?? Array.from({ length: size }, (_, i) => String(i));
    return new TextModel(folder.ref, names, report.engine, engine, engineModel);
  }

  /** The first output's numbers for each text, concatenated. */
  async predict(texts: readonly string[]): Promise<Float32Array> {
    const size = this.labels.length;
    const answers = new Float32Array(texts.length * size);
    for (let from = 0; from < texts.length; from += BATCH_TEXTS) {
      const batch = texts.slice(from, from + BATCH_TEXTS);
      const outcome = await this.#engine.run(this.#model, {
        rows: batch.length,
        buffer: this.#pack(batch),
        hangMs: HANG_MS,
      });
      if (outcome.status !== 'done') throw new Error(`texts ${from} and on: ${outcome.reason}`);
      const [output] = viewBatch(this.#model, batch.length, outcome.buffer).outputs;
      if (output !== undefined) answers.set(output, from * size);
    }
    return answers;
  }

  close(): Promise<void> {
    return this.#engine.close();
  }

  #pack(texts: readonly string[]): ArrayBuffer {
    const encoded = texts.map((text) => Buffer.from(text, 'utf8'));
    const buffer = new ArrayBuffer(
      batchBytes(
        this.#model,
        texts.length,
        encoded.reduce((sum, bytes) => sum + bytes.length, 0),
      ),
    );
    const { text } = viewBatch(this.#model, texts.length, buffer);
    let offset = 0;
    for (const [row, bytes] of encoded.entries()) {
      text?.lengths.set([bytes.length], row);
      text?.bytes.set(bytes, offset);
      offset += bytes.length;
    }
    return buffer;
  }
}
