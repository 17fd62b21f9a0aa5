/**
 * What is measured: models on engines. One of each is a cell, measured in a process of its own. Names and plain data,
 * which travel between processes.
 */

export const engineNames = [
  'tfjs-native',
  'tfjs-captured',
  'tfjs-wasm',
  'tfjs-cpu',
  'saved-model',
  'onnx-node',
  'onnx-wasm',
] as const;
export type EngineName = (typeof engineNames)[number];

export const modelNames = ['mlp', 'conv1d', 'image', 'lstm', 'embedding', 'transformer'] as const;
export type ModelName = (typeof modelNames)[number];

/** In which a model is written; each in a folder of this name. */
export type Format = 'layers' | 'saved-model' | 'onnx';

const FORMAT_OF: Readonly<Record<EngineName, Format>> = {
  'tfjs-native': 'layers',
  'tfjs-captured': 'layers',
  'tfjs-wasm': 'layers',
  'tfjs-cpu': 'layers',
  'saved-model': 'saved-model',
  'onnx-node': 'onnx',
  'onnx-wasm': 'onnx',
};

/** In which formats there is each model, all with the same weights. */
const FORMATS: Readonly<Record<ModelName, readonly Format[]>> = {
  mlp: ['layers', 'saved-model', 'onnx'],
  conv1d: ['layers', 'onnx'],
  image: ['layers', 'onnx'],
  lstm: ['layers', 'onnx'],
  embedding: ['layers', 'onnx'],
  transformer: ['onnx'],
};

export interface Cell {
  readonly model: ModelName;
  readonly engine: EngineName;
}

/** Which of these models run on which of these engines, model by model. */
export function cellsOf(models: readonly ModelName[], engines: readonly EngineName[]): readonly Cell[] {
  return modelNames
    .filter((model) => models.includes(model))
    .flatMap((model) =>
      engineNames
        .filter((engine) => engines.includes(engine) && FORMATS[model].includes(FORMAT_OF[engine]))
        .map((engine) => ({ model, engine })),
    );
}

export function formatOf(engine: EngineName): Format {
  return FORMAT_OF[engine];
}

export function cellText({ model, engine }: Cell): string {
  return `${model} on ${engine}`;
}

/** An order to a cell's process. */
export interface CellPlan extends Cell {
  /** The folder with the models. */
  readonly root: string;
  /** Rows of the batches, in ascending order. */
  readonly sizes: readonly number[];
  /** Measured time of one size, of the session and of the bare runtime each. */
  readonly ms: number;
}

/** Times of one batch. */
export interface BatchFigures {
  readonly rows: number;
  /** Of the session: from filled input views to filled output views. */
  readonly sessionUs: number;
  /** Processor time of that, all threads. */
  readonly sessionCpuUs: number;
  /** Of the runtime called directly, with tensors made once. */
  readonly bareUs: number;
}

/** What a cell's process reports. */
export interface CellFigures extends Cell {
  /** As the session describes itself. */
  readonly why: string;
  /** Without the sizes that take too long. */
  readonly batches: readonly BatchFigures[];
  /** The outputs of the first rows, to compare engines by. */
  readonly answers: readonly number[];
  /** Processor time of others during the measurement, in cores. */
  readonly otherLoad: number;
}
