/** The tokens of a batch's texts, and the tensors made of them. Knows a tokenizer and the batch's texts; runs nothing. */

import type { BatchViews } from '../../../shared/batch-layout.js';
import type { TensorArray } from '../../../shared/tensor.js';
import type { TokenTensor } from '../../../shared/text/tokenizer/tokenizer-config.js';
import type { TokenizerFile } from '../../../shared/text/tokenizer/tokenizer-file.js';
import type { TextTokenizer } from '../tokenizer/text-tokenizer.js';

export type TokenFormat = Pick<TokenizerFile, 'template' | 'padding'> & { readonly maxLength: number };

export class TokenRows {
  readonly #tokenizer: TextTokenizer;
  readonly #format: TokenFormat;
  readonly #special: number;
  /** Of all rows, one after the other, special tokens included. */
  #ids = new Int32Array(1024);
  #starts: number[] = [];
  readonly lengths: number[] = [];

  constructor(tokenizer: TextTokenizer, format: TokenFormat) {
    this.#tokenizer = tokenizer;
    this.#format = format;
    this.#special = format.template.before.length + format.template.after.length;
  }

  /** Tokenises `rows` texts, in place of those before. */
  read(text: BatchViews['text'], rows: number): void {
    if (text === undefined) throw new Error('a text model was given a batch without texts');
    const { bytes } = text;
    const utf8 = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let [start, filled] = [0, 0];
    this.#starts = [];
    this.lengths.length = 0;
    for (let row = 0; row < rows; row++) {
      const end = start + (text.lengths[row] ?? 0);
      if (end > bytes.length) throw new Error(`text ${row} ends at byte ${end} of ${bytes.length}`);
      this.#starts.push(filled);
      filled = this.#append(utf8.toString('utf8', start, end), filled);
      this.lengths.push(filled - (this.#starts[row] ?? 0));
      start = end;
    }
  }

  /** Fills `target`, `[rows, length]`, for these rows of the batch. */
  write(tensor: TokenTensor, rows: readonly number[], length: number, target: TensorArray): void {
    const { padding } = this.#format;
    const filler = tensor === 'input_ids' ? padding.id : tensor === 'attention_mask' ? 0 : padding.typeId;
    target.fill(filler);
    for (const [place, row] of rows.entries()) {
      const count = this.lengths[row] ?? 0;
      const at = place * length + (padding.side === 'left' ? length - count : 0);
      const start = this.#starts[row] ?? 0;
      if (tensor === 'input_ids') target.set(this.#ids.subarray(start, start + count), at);
      else if (tensor === 'attention_mask') target.fill(1, at, at + count);
      else this.#writeTypes(target, at, count);
    }
  }

  #writeTypes(target: TensorArray, at: number, count: number): void {
    const { before, typeId, after } = this.#format.template;
    target.fill(typeId, at, at + count);
    for (const [i, token] of before.entries()) target[at + i] = token.typeId;
    for (const [i, token] of after.entries()) target[at + count - after.length + i] = token.typeId;
  }

  #append(text: string, from: number): number {
    const { before, after } = this.#format.template;
    const own = this.#tokenizer.encode(text, this.#format.maxLength - this.#special);
    this.#reserve(from + own.length + this.#special);
    const ids = this.#ids;
    let at = from;
    for (const { id } of before) ids[at++] = id;
    for (const id of own) ids[at++] = id;
    for (const { id } of after) ids[at++] = id;
    return at;
  }

  #reserve(count: number): void {
    if (count <= this.#ids.length) return;
    const larger = new Int32Array(2 * count);
    larger.set(this.#ids);
    this.#ids = larger;
  }
}
