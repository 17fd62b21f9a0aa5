/**
 * Makes the lines of a post with pino: one row, one JSON object. What is the same for a model is bound to a child logger; numbers are given to pino as JSON
 * text, by its stringifiers, which it opens to programs that need the speed (`pino.symbols`).
 */

import { createHash } from 'node:crypto';
import { type Logger, pino } from 'pino';
import { MAX_BYTES_PER_UNIT } from '../../../shared/batch-layout.js';
import { BYTES_PER_ELEMENT } from '../../../shared/tensor.js';
import type { LoggedModel, LoggedTensor, RowLayout, RowsMessage } from './messages.js';
import { doubleText, floatText } from './number-text.js';
import { FIELD, FIXED_FIELDS, MAX_PREDICTION_VALUES, shares, VIAS } from './row-layout.js';

/** Of the form of the lines; stands first in each. */
const FORMAT = 1;
const FIRST_BYTES = 1 << 18;

/** A tensor as the reader of a row meets it. */
interface TensorPlan extends LoggedTensor {
  /** `"name":` where the model has several, else nothing. */
  readonly key: string;
  readonly share: number;
}

interface ModelPlan {
  readonly model: LoggedModel;
  readonly inputs: readonly TensorPlan[];
  readonly outputs: readonly TensorPlan[];
  /** One for each way in. */
  readonly loggers: readonly Logger[];
}

export class LineMaker {
  readonly #layout: RowLayout;
  readonly #root: Logger;
  /** What pino puts into each line after the format. */
  #time = '';
  #timeAt = Number.NaN;
  /** The lines of a post, used again for the next. As one growing string they would be copied by every collection of garbage. */
  #bytes = Buffer.allocUnsafeSlow(FIRST_BYTES);
  #used = 0;
  #message: RowsMessage | undefined;
  #at = 0;
  #textAt = 0;
  #elementsAt = 0;

  constructor(layout: RowLayout, oneIn: number) {
    this.#layout = layout;
    const options = {
      base: oneIn === 1 ? null : { oneIn },
      timestamp: () => this.#time,
      // A prediction has no severity: the format's number takes the place of the level.
      formatters: { level: () => ({ v: FORMAT }) },
    };
    this.#root = pino(options, { write: (line) => this.#append(line) });
    const asIs = (json: string): string => json;
    const stringifiers = { input: asIs, prediction: asIs, score: asIs, timing: asIs };
    Object.assign(this.#root, { [pino.symbols.stringifiersSym]: Object.assign(Object.create(null), stringifiers) });
  }

  /** The lines of all rows, each with its line end; valid until the next call. */
  make(message: RowsMessage): Buffer {
    this.#message = message;
    this.#at = 0;
    this.#textAt = 0;
    this.#elementsAt = 0;
    this.#used = 0;
    const plans = message.models.map((model) => this.#plan(model));
    for (let row = 0; row < message.rows; row++) {
      const plan = plans[message.numbers[this.#at + FIELD.model] as number];
      if (plan === undefined) throw new Error('a row is of a model that its post does not have');
      this.#addLine(plan, message);
    }
    this.#message = undefined;
    return this.#bytes.subarray(0, this.#used);
  }

  #append(line: string): void {
    const end = this.#used + line.length * MAX_BYTES_PER_UNIT;
    if (end > this.#bytes.length) {
      const larger = Buffer.allocUnsafeSlow(2 * end);
      this.#bytes.copy(larger, 0, 0, this.#used);
      this.#bytes = larger;
    }
    this.#used += this.#bytes.write(line, this.#used);
  }

  #plan(model: LoggedModel): ModelPlan {
    const { input, maxInputValues } = this.#layout;
    const keyed = (tensors: readonly LoggedTensor[], most: number): readonly TensorPlan[] => {
      const parts = shares(
        tensors.map(({ size }) => size),
        most,
      );
      return tensors.map((tensor, i) => ({
        ...tensor,
        key: tensors.length === 1 ? '' : `${JSON.stringify(tensor.name)}:`,
        share: parts[i] ?? 0,
      }));
    };
    const inputs = keyed(model.inputs, input === 'plain' ? maxInputValues : 0);
    const outputs = keyed(model.outputs, MAX_PREDICTION_VALUES);
    const isCut = (tensors: readonly TensorPlan[]): boolean => tensors.some(({ size, share }) => share < size);
    const bound = {
      model: model.ref,
      inputLength: input === 'plain' && isCut(inputs) && !hasText(model) ? total(inputs) : undefined,
      predictionLength: isCut(outputs) ? total(outputs) : undefined,
    };
    return { model, inputs, outputs, loggers: VIAS.map((via) => this.#root.child({ ...bound, via })) };
  }

  #addLine({ model, inputs, outputs, loggers }: ModelPlan, { numbers, engines }: RowsMessage): void {
    const start = this.#at;
    const field = (offset: number): number => numbers[start + offset] as number;
    const at = field(FIELD.at);
    if (at !== this.#timeAt) {
      this.#timeAt = at;
      this.#time = `,"time":"${new Date(at).toISOString()}"`;
    }
    const id = field(FIELD.idChars) > 0 ? this.#takeText(field(FIELD.idChars)) : orNone(field(FIELD.id));
    const client = this.#takeText(field(FIELD.clientChars));
    const stream = this.#takeText(field(FIELD.streamChars));
    const engine = field(FIELD.engine);
    const label = field(FIELD.label);
    this.#at = start + FIXED_FIELDS;
    const { input } = this.#layout;
    const inputHash = input === 'hash' ? this.#takeHash(model) : undefined;
    const [json, length] = input === 'plain' ? this.#takeInput(inputs, hasText(model)) : [];
    // Written here: pino would stringify an object six times as slowly.
    const timing =
      engine < 0
        ? undefined
        : `{"queueUs":${field(FIELD.queueUs)},"batchUs":${field(FIELD.batchUs)},"inferUs":${field(FIELD.inferUs)},"totalUs":${field(FIELD.totalUs)},"batchRows":${field(FIELD.batchRows)},"engine":${JSON.stringify(engines[engine])}}`;
    const line = {
      id,
      row: orNone(field(FIELD.row)),
      input: json,
      inputLength: length,
      inputHash,
      prediction: this.#takeValues(outputs),
      label: label < 0 ? undefined : model.labels?.[label],
      score: label < 0 ? undefined : valueText(outputs[0], field(FIELD.score)),
      timing,
      client: client === '' ? undefined : client,
      stream: stream === '' ? undefined : stream,
    };
    loggers[field(FIELD.via)]?.info(line);
  }

  /** The input as JSON, and how many characters and numbers it has, where it was cut. */
  #takeInput(inputs: readonly TensorPlan[], withText: boolean): readonly [string, number | undefined] {
    if (!withText) return [this.#takeValues(inputs), undefined];
    let json = '';
    let kept = 0;
    let whole = 0;
    for (const { key, dtype, size, share } of inputs) {
      if (json !== '') json += ',';
      json += key;
      if (dtype === 'string') {
        const chars = this.#takeNumber();
        whole += this.#takeNumber();
        kept += chars;
        json += JSON.stringify(this.#takeText(chars));
      } else {
        whole += size;
        kept += share;
        json += `[${this.#takeList(dtype, share)}]`;
      }
    }
    return [inputs.length === 1 ? json : `{${json}}`, kept < whole ? whole : undefined];
  }

  #takeValues(tensors: readonly TensorPlan[]): string {
    if (tensors.length === 1) {
      const [{ dtype, share } = NO_TENSOR] = tensors;
      return `[${this.#takeList(dtype, share)}]`;
    }
    const parts = tensors.map(({ key, dtype, share }) => `${key}[${this.#takeList(dtype, share)}]`);
    return `{${parts.join()}}`;
  }

  #takeList(dtype: LoggedTensor['dtype'], count: number): string {
    const numbers = this.#message?.numbers;
    let json = '';
    for (let i = 0; i < count; i++) {
      const value = numbers?.[this.#at++] as number;
      if (i > 0) json += ',';
      json += dtype === 'float32' ? numberText(value) : `${value}`;
    }
    return json;
  }

  /** SHA-256 of texts in UTF-8 and of elements as the model gets them, in the order of the model's inputs. */
  #takeHash({ inputs }: LoggedModel): string {
    const hash = createHash('sha256');
    for (const { dtype, size } of inputs) {
      if (dtype === 'string') {
        const chars = this.#takeNumber();
        this.#at += 1;
        hash.update(this.#takeText(chars));
      } else {
        const bytes = size * BYTES_PER_ELEMENT[dtype];
        hash.update(this.#message?.elements.subarray(this.#elementsAt, this.#elementsAt + bytes) ?? '');
        this.#elementsAt += Math.ceil(bytes / 4) * 4;
      }
    }
    return hash.digest('hex');
  }

  #takeNumber(): number {
    return this.#message?.numbers[this.#at++] as number;
  }

  #takeText(chars: number): string {
    if (chars === 0) return '';
    const start = this.#textAt;
    this.#textAt += chars;
    return this.#message?.text.slice(start, this.#textAt) ?? '';
  }
}

const NO_TENSOR: Pick<TensorPlan, 'dtype' | 'share'> = { dtype: 'float32', share: 0 };

/** An input came as JSON, or is a float32 already: whichever has the shorter text. */
function numberText(value: number): string {
  return Math.fround(value) === value ? floatText(value) : doubleText(value);
}

function valueText(tensor: LoggedTensor | undefined, value: number): string {
  return tensor?.dtype === 'float32' ? floatText(value) : `${value}`;
}

function hasText({ inputs }: LoggedModel): boolean {
  return inputs.some(({ dtype }) => dtype === 'string');
}

function total(tensors: readonly LoggedTensor[]): number {
  return tensors.reduce((sum, { size }) => sum + size, 0);
}

function orNone(value: number): number | undefined {
  return value < 0 ? undefined : value;
}
