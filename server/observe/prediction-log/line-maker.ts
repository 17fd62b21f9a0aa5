/** Makes the lines of a post: one JSON object per row. Parts common to all rows of a model are built once per post. */

import { createHash } from 'node:crypto';
import { BYTES_PER_ELEMENT } from '../../../shared/tensor.js';
import { JsonBytes } from './json-bytes.js';
import type { LoggedModel, LoggedTensor, RowLayout, RowsMessage } from './messages.js';
import { FIELD, FIXED_FIELDS, MAX_PREDICTION_VALUES, shares } from './row-layout.js';

/** Version of the line format; first field of each line. */
const FORMAT = 1;

/** A tensor as needed when reading a row. */
interface TensorPlan extends LoggedTensor {
  /** `"name":` when the model has several, else empty. */
  readonly key: Uint8Array;
  readonly share: number;
}

interface ModelPlan {
  readonly model: LoggedModel;
  readonly inputs: readonly TensorPlan[];
  readonly outputs: readonly TensorPlan[];
  readonly hasText: boolean;
  /** What follows the time, per door. */
  readonly heads: readonly Uint8Array[];
  /** `,"label":…,"score":` */
  readonly labels: readonly Uint8Array[];
}

const KEY = {
  begin: bytesOf(`{"v":${FORMAT},"time":"`),
  id: bytesOf(',"id":'),
  row: bytesOf(',"row":'),
  input: bytesOf(',"input":'),
  inputLength: bytesOf(',"inputLength":'),
  inputHash: bytesOf(',"inputHash":'),
  prediction: bytesOf(',"prediction":'),
  queueUs: bytesOf(',"timing":{"queueUs":'),
  batchUs: bytesOf(',"batchUs":'),
  inferUs: bytesOf(',"inferUs":'),
  totalUs: bytesOf(',"totalUs":'),
  batchRows: bytesOf(',"batchRows":'),
  client: bytesOf(',"client":'),
  stream: bytesOf(',"stream":'),
  subject: bytesOf(',"subject":'),
  end: bytesOf('}\n'),
};
const [COMMA, OPEN_LIST, CLOSE_LIST, OPEN, CLOSE] = [0x2c, 0x5b, 0x5d, 0x7b, 0x7d];

export class LineMaker {
  readonly #layout: RowLayout;
  readonly #oneIn: number;
  readonly #json = new JsonBytes();
  /** Rows of a batch mostly share a millisecond. */
  #time = bytesOf('');
  #timeAt = Number.NaN;
  #message: RowsMessage | undefined;
  #numbers = new Float64Array(0);
  #at = 0;
  #textAt = 0;
  #elementsAt = 0;

  constructor(layout: RowLayout, oneIn: number) {
    this.#layout = layout;
    this.#oneIn = oneIn;
  }

  /** The lines of all rows, each with its line end; valid until the next call. */
  make(message: RowsMessage): Buffer {
    this.#message = message;
    this.#numbers = message.numbers;
    this.#at = 0;
    this.#textAt = 0;
    this.#elementsAt = 0;
    this.#json.clear();
    const plans = message.models.map((model) => this.#plan(model, message.vias));
    const engines = message.engines.map((engine) => bytesOf(`,"engine":${JSON.stringify(engine)}}`));
    for (let row = 0; row < message.rows; row++) {
      const plan = plans[message.numbers[this.#at + FIELD.model] as number];
      if (plan === undefined) throw new Error('a row is of a model that its post does not have');
      this.#addLine(plan, engines);
    }
    this.#message = undefined;
    return this.#json.written;
  }

  #plan(model: LoggedModel, vias: readonly string[]): ModelPlan {
    const { input, maxInputValues } = this.#layout;
    const keyed = (tensors: readonly LoggedTensor[], most: number): readonly TensorPlan[] => {
      const sizes = tensors.map(({ size }) => size);
      const parts = shares(sizes, most);
      return tensors.map((tensor, i) => ({
        ...tensor,
        key: bytesOf(tensors.length === 1 ? '' : `${JSON.stringify(tensor.name)}:`),
        share: parts[i] ?? 0,
      }));
    };
    const inputs = keyed(model.inputs, input === 'plain' ? maxInputValues : 0);
    const outputs = keyed(model.outputs, MAX_PREDICTION_VALUES);
    const hasText = inputs.some(({ dtype }) => dtype === 'string');
    const isCut = (tensors: readonly TensorPlan[]): boolean => tensors.some(({ size, share }) => share < size);
    const shared = {
      oneIn: this.#oneIn === 1 ? undefined : this.#oneIn,
      model: model.ref,
      inputLength: input === 'plain' && isCut(inputs) && !hasText ? total(inputs) : undefined,
      predictionLength: isCut(outputs) ? total(outputs) : undefined,
    };
    const heads = vias.map((via) => bytesOf(`",${JSON.stringify({ ...shared, via }).slice(1, -1)}`));
    const labels = (model.labels ?? []).map((label) => bytesOf(`,"label":${JSON.stringify(label)},"score":`));
    return { model, inputs, outputs, hasText, heads, labels };
  }

  #addLine(plan: ModelPlan, engines: readonly Uint8Array[]): void {
    const start = this.#at;
    const json = this.#json;
    json.raw(KEY.begin);
    json.raw(this.#timeOf(this.#field(start, FIELD.at)));
    json.raw(plan.heads[this.#field(start, FIELD.via)] ?? KEY.end);
    const idChars = this.#field(start, FIELD.idChars);
    if (idChars > 0) this.#addText(KEY.id, idChars);
    else this.#addNumber(KEY.id, this.#field(start, FIELD.id));
    // The row's strings precede its input in the text.
    const client = this.#takeText(this.#field(start, FIELD.clientChars));
    const stream = this.#takeText(this.#field(start, FIELD.streamChars));
    const subject = this.#takeText(this.#field(start, FIELD.subjectChars));
    this.#addNumber(KEY.row, this.#field(start, FIELD.row));
    this.#at = start + FIXED_FIELDS;
    const { input } = this.#layout;
    if (input === 'plain') this.#addInput(plan);
    else if (input === 'hash') this.#addHash(plan);
    json.raw(KEY.prediction);
    this.#addTensors(plan.outputs);
    const label = plan.labels[this.#field(start, FIELD.label)];
    if (label !== undefined) {
      json.raw(label);
      this.#addValue(plan.outputs[0]?.dtype, this.#field(start, FIELD.score));
    }
    const engine = engines[this.#field(start, FIELD.engine)];
    if (engine !== undefined) {
      this.#addNumber(KEY.queueUs, this.#field(start, FIELD.queueUs));
      this.#addNumber(KEY.batchUs, this.#field(start, FIELD.batchUs));
      this.#addNumber(KEY.inferUs, this.#field(start, FIELD.inferUs));
      this.#addNumber(KEY.totalUs, this.#field(start, FIELD.totalUs));
      this.#addNumber(KEY.batchRows, this.#field(start, FIELD.batchRows));
      json.raw(engine);
    }
    if (client !== '') this.#addString(KEY.client, client);
    if (stream !== '') this.#addString(KEY.stream, stream);
    if (subject !== '') this.#addString(KEY.subject, subject);
    json.raw(KEY.end);
  }

  #field(start: number, offset: number): number {
    return this.#numbers[start + offset] as number;
  }

  #timeOf(at: number): Uint8Array {
    if (at !== this.#timeAt) {
      this.#timeAt = at;
      this.#time = bytesOf(new Date(at).toISOString());
    }
    return this.#time;
  }

  /** Writes nothing for -1: the row has no such value. */
  #addNumber(key: Uint8Array, value: number): void {
    if (value < 0) return;
    this.#json.raw(key);
    this.#json.double(value);
  }

  #addText(key: Uint8Array, chars: number): void {
    this.#addString(key, this.#takeText(chars));
  }

  #addString(key: Uint8Array, text: string): void {
    this.#json.raw(key);
    this.#json.string(text);
  }

  #addInput({ inputs, hasText }: ModelPlan): void {
    this.#json.raw(KEY.input);
    const { kept, whole } = this.#addTensors(inputs);
    // Without texts it is the same for all rows, and is part of the head.
    if (hasText && kept < whole) this.#addNumber(KEY.inputLength, whole);
  }

  /** Returns how many characters and numbers the line holds, and of how many. */
  #addTensors(tensors: readonly TensorPlan[]): { readonly kept: number; readonly whole: number } {
    const json = this.#json;
    let [kept, whole] = [0, 0];
    if (tensors.length !== 1) json.byte(OPEN);
    for (let i = 0; i < tensors.length; i++) {
      const { key, dtype, size, share } = tensors[i] as TensorPlan;
      if (i > 0) json.byte(COMMA);
      json.raw(key);
      if (dtype === 'string') {
        const chars = this.#takeNumber();
        whole += this.#takeNumber();
        kept += chars;
        json.string(this.#takeText(chars));
      } else {
        whole += size;
        kept += share;
        this.#addList(dtype, share);
      }
    }
    if (tensors.length !== 1) json.byte(CLOSE);
    return { kept, whole };
  }

  #addList(dtype: TensorPlan['dtype'], count: number): void {
    const json = this.#json;
    json.byte(OPEN_LIST);
    for (let i = 0; i < count; i++) {
      if (i > 0) json.byte(COMMA);
      this.#addValue(dtype, this.#takeNumber());
    }
    json.byte(CLOSE_LIST);
  }

  #addValue(dtype: TensorPlan['dtype'] | undefined, value: number): void {
    // An input came as JSON, or already is a float32: uses whichever text is shorter.
    if (dtype === 'float32' && Math.fround(value) === value) this.#json.float(value);
    else this.#json.double(value);
  }

  /** SHA-256 of texts in UTF-8 and of elements as the model gets them, in the order of the model's inputs. */
  #addHash({ inputs }: ModelPlan): void {
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
    this.#addString(KEY.inputHash, hash.digest('hex'));
  }

  #takeNumber(): number {
    return this.#numbers[this.#at++] as number;
  }

  #takeText(chars: number): string {
    if (chars === 0) return '';
    const start = this.#textAt;
    this.#textAt += chars;
    return this.#message?.text.slice(start, this.#textAt) ?? '';
  }
}

function bytesOf(text: string): Uint8Array {
  return Buffer.from(text);
}

function total(tensors: readonly LoggedTensor[]): number {
  return tensors.reduce((sum, { size }) => sum + size, 0);
}
