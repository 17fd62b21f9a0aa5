/**
 * Collects rows for one post to the log's thread, in columns: an object per row would cost more to copy than to create.
 */

import { cutText } from '../../../shared/cut-text.js';
import { type InputPart, measureInput } from '../../../shared/input.js';
import { LabelScores } from '../../../shared/output.js';
import { writeRow } from '../../../shared/row-writer.js';
import { BYTES_PER_ELEMENT, elementCount, type InputSpec, viewTensorArray } from '../../../shared/tensor.js';
import type { ModelSpec } from '../../contracts/model.js';
import type { Predicted } from '../../contracts/outcome.js';
import type { ObservedRequest } from '../../contracts/tap.js';
import type { LoggedModel, LoggedTensor, RowLayout, RowsMessage } from './messages.js';
import { FIELD, FIXED_FIELDS, MAX_PREDICTION_VALUES, shares } from './row-layout.js';
import { subjectHash } from './subject-hash.js';

/** Computed once per model and post. */
interface ModelPlan {
  readonly spec: ModelSpec;
  readonly labelScores: LabelScores;
  readonly inputShares: readonly number[];
  readonly outputSizes: readonly number[];
  readonly outputShares: readonly number[];
  /** Maximum numbers per row. */
  readonly numbers: number;
}

const FIRST_NUMBERS = 8192;
const NO_LIMITS = { maxRequestRows: Number.POSITIVE_INFINITY, maxTextLength: Number.POSITIVE_INFINITY };
const NO_PARTS: readonly InputPart[] = [];

export class RowCollector {
  readonly #layout: RowLayout;
  #numbers = new Float64Array(FIRST_NUMBERS);
  #at = 0;
  #text = '';
  #elements = new Uint8Array(0);
  #elementsAt = 0;
  #rows = 0;
  #plans: ModelPlan[] = [];
  #engines: string[] = [];
  #vias: string[] = [];
  #subject: string | undefined;
  #subjectHash = '';

  constructor(layout: RowLayout) {
    this.#layout = layout;
  }

  get rows(): number {
    return this.#rows;
  }

  /** Approximate memory use, in bytes. */
  get bytes(): number {
    return this.#at * 8 + this.#text.length * 2 + this.#elementsAt;
  }

  /** The parts of a request's input for {@link add}; empty when inputs are not logged. */
  partsOf(request: ObservedRequest, { model }: Predicted): readonly InputPart[] {
    if (this.#layout.input === 'none') return NO_PARTS;
    // The input was measured on arrival, but only the row count was kept.
    const measured = measureInput(request.input, model, NO_LIMITS);
    if (!measured.ok) throw new Error(measured.error.message);
    return measured.value.parts;
  }

  /** Adds row `row` of a request. `at`: milliseconds since 1970. Adds nothing when it throws. */
  add(request: ObservedRequest, outcome: Predicted, parts: readonly InputPart[], row: number, at: number): void {
    const { model, output, timing } = outcome;
    const { id, origin, stream = '' } = request;
    const subject = request.subject === undefined ? '' : this.#hashOf(request.subject);
    const [start, text, elementsAt] = [this.#at, this.#text, this.#elementsAt];
    try {
      const modelIndex = this.#planOf(model);
      const plan = this.#plans[modelIndex] as ModelPlan;
      const numbers = this.#roomFor(plan.numbers);
      numbers[start + FIELD.at] = at;
      numbers[start + FIELD.row] = request.batched ? row : -1;
      numbers[start + FIELD.model] = modelIndex;
      numbers[start + FIELD.via] = indexIn(this.#vias, origin.via);
      numbers[start + FIELD.id] = typeof id === 'number' ? id : -1;
      numbers[start + FIELD.idChars] = typeof id === 'string' ? id.length : 0;
      numbers[start + FIELD.clientChars] = origin.alias.length;
      numbers[start + FIELD.streamChars] = stream.length;
      numbers[start + FIELD.subjectChars] = subject.length;
      if (typeof id === 'string') this.#text += id;
      this.#text += origin.alias;
      this.#text += stream;
      this.#text += subject;
      numbers[start + FIELD.engine] = timing === undefined ? -1 : indexIn(this.#engines, timing.engine);
      if (timing !== undefined) {
        numbers[start + FIELD.queueUs] = timing.queueUs;
        numbers[start + FIELD.batchUs] = timing.batchUs;
        numbers[start + FIELD.inferUs] = timing.inferUs;
        numbers[start + FIELD.totalUs] = timing.totalUs;
        numbers[start + FIELD.batchRows] = timing.batchRows;
      }
      this.#at = start + FIXED_FIELDS;
      for (const [index, part] of parts.entries()) this.#addInput(part, row, plan.inputShares[index] ?? 0);
      this.#addOutput(plan, output.arrays, output.firstRow + row, start);
      this.#rows += 1;
    } catch (cause) {
      [this.#at, this.#text, this.#elementsAt] = [start, text, elementsAt];
      throw cause;
    }
  }

  /** The collected rows as a message; empties the collector. */
  take(): RowsMessage {
    const message: RowsMessage = {
      type: 'rows',
      rows: this.#rows,
      bytes: this.bytes,
      numbers: this.#numbers,
      text: this.#text,
      elements: this.#elements,
      models: this.#plans.map(({ spec }) => describe(spec)),
      engines: this.#engines,
      vias: this.#vias,
    };
    // The buffers are transferred to the other thread.
    this.#numbers = new Float64Array(FIRST_NUMBERS);
    this.#elements = new Uint8Array(0);
    this.#at = 0;
    this.#text = '';
    this.#elementsAt = 0;
    this.#rows = 0;
    this.#plans = [];
    this.#engines = [];
    this.#vias = [];
    return message;
  }

  /** Computed once for the rows of a request. */
  #hashOf(subject: string): string {
    if (subject !== this.#subject) {
      this.#subject = subject;
      this.#subjectHash = subjectHash(subject);
    }
    return this.#subjectHash;
  }

  #planOf(spec: ModelSpec): number {
    for (let i = 0; i < this.#plans.length; i++) if (this.#plans[i]?.spec === spec) return i;
    const { input, maxInputValues } = this.#layout;
    const outputSizes = spec.outputs.map(({ shape }) => elementCount(shape));
    const inputShares = shares(spec.inputs.map(input === 'plain' ? sizeOf : () => 0), maxInputValues);
    const outputShares = shares(outputSizes, MAX_PREDICTION_VALUES);
    const numbers = FIXED_FIELDS + 2 * spec.inputs.length + sum(inputShares) + sum(outputShares);
    const labelScores = new LabelScores(spec.outputs, spec.labels?.length ?? 0);
    return this.#plans.push({ spec, labelScores, inputShares, outputSizes, outputShares, numbers }) - 1;
  }

  #addInput(part: InputPart, row: number, share: number): void {
    const { input, maxInputChars } = this.#layout;
    if (part.kind === 'text') {
      const whole = part.value[row] ?? '';
      const kept = input === 'plain' ? cutText(whole, maxInputChars) : whole;
      this.#text += kept;
      this.#numbers[this.#at++] = kept.length;
      this.#numbers[this.#at++] = whole.length;
    } else if (input === 'hash') this.#addElements(part, row);
    else if (part.kind === 'binary') {
      const first = row * elementCount(part.spec.shape);
      for (let i = 0; i < share; i++) this.#numbers[this.#at++] = part.elements[first + i] as number;
    } else {
      const value = part.batched || part.spec.shape.length === 0 ? part.value[row] : part.value;
      const end = this.#at + share;
      this.#addNested(value, end);
      if (this.#at !== end) throw new Error('an input has fewer numbers than its shape says');
    }
  }

  /** Numbers of a nested array in order, until `end`. Its depth was checked on arrival. */
  #addNested(value: unknown, end: number): void {
    if (!Array.isArray(value)) {
      this.#numbers[this.#at++] = Number(value);
      return;
    }
    for (let i = 0; i < value.length && this.#at < end; i++) {
      const element: unknown = value[i];
      if (typeof element === 'number') this.#numbers[this.#at++] = element;
      else this.#addNested(element, end);
    }
  }

  /** The elements as the model gets them. */
  #addElements(part: Exclude<InputPart, { kind: 'text' }>, row: number): void {
    const { dtype, shape } = part.spec;
    const size = elementCount(shape);
    const bytes = size * BYTES_PER_ELEMENT[dtype];
    // Rounded up to a multiple of four, so that each tensor is aligned for a view.
    const end = this.#elementsAt + Math.ceil(bytes / 4) * 4;
    if (end > this.#elements.length) {
      const larger = new Uint8Array(Math.max(end, 2 * this.#elements.length));
      larger.set(this.#elements);
      this.#elements = larger;
    }
    const problem = writeRow(part, row, viewTensorArray(dtype, this.#elements.buffer, this.#elementsAt, size), 0);
    if (problem !== undefined) throw new Error(problem);
    this.#elementsAt = end;
  }

  #addOutput(
    { spec, labelScores, outputSizes, outputShares }: ModelPlan,
    arrays: OutputArrays,
    row: number,
    start: number,
  ): void {
    const numbers = this.#numbers;
    const { labels } = spec;
    const scores = arrays[0];
    let best = -1;
    if (labels !== undefined && scores !== undefined) {
      best = labelScores.best(scores, row);
      numbers[start + FIELD.score] = labelScores.of(scores, row, best);
    }
    numbers[start + FIELD.label] = best;
    for (let index = 0; index < outputShares.length; index++) {
      const array = arrays[index];
      const first = row * (outputSizes[index] as number);
      const share = outputShares[index] as number;
      for (let i = 0; i < share; i++) numbers[this.#at++] = array?.[first + i] as number;
    }
  }

  #roomFor(more: number): Float64Array {
    if (this.#at + more > this.#numbers.length) {
      const larger = new Float64Array(Math.max(this.#at + more, 2 * this.#numbers.length));
      larger.set(this.#numbers.subarray(0, this.#at));
      this.#numbers = larger;
    }
    return this.#numbers;
  }
}

type OutputArrays = Predicted['output']['arrays'];

function describe({ ref, labels, inputs, outputs }: ModelSpec): LoggedModel {
  const tensor = (spec: InputSpec): LoggedTensor => ({ name: spec.name, dtype: spec.dtype, size: sizeOf(spec) });
  return { ref, labels, inputs: inputs.map(tensor), outputs: outputs.map(tensor) };
}

/** Elements of a row of a tensor; 0 for a text. */
function sizeOf(spec: InputSpec): number {
  return spec.dtype === 'string' ? 0 : elementCount(spec.shape);
}

function indexIn(list: string[], value: string): number {
  const index = list.indexOf(value);
  return index >= 0 ? index : list.push(value) - 1;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
