/** Maps the tokens of a text to their indices in a fixed word list, for models trained on a vocabulary. */
import type { TensorArray, TensorSpec } from '../tensor.js';
import type { Featuriser } from './featuriser-contract.js';
import { TokenList } from './token-list.js';
import { Tokeniser } from './tokenise.js';

export interface VocabularyIdsConfig {
  readonly name: 'vocabulary-ids';
  /** Tokens as the tokeniser writes them; each one's index is its id. */
  readonly words: readonly string[];
  /** Ids per text; the excess is dropped. */
  readonly length: number;
  /** The id that fills places after the last token. */
  readonly padding: number;
  /** The id of a token that is not in the list. */
  readonly unknown: number;
}

export class VocabularyIds implements Featuriser {
  readonly tensors: readonly TensorSpec[];
  readonly #ids: ReadonlyMap<string, number>;
  readonly #tokens: TokenList;
  readonly #tokeniser: Tokeniser;

  readonly #config: VocabularyIdsConfig;

  constructor(config: VocabularyIdsConfig) {
    this.#config = config;
    this.#ids = new Map(config.words.map((word, id) => [word, id]));
    this.#tokens = new TokenList(config.length);
    this.#tokeniser = new Tokeniser(this.#tokens);
    this.tensors = [{ name: 'ids', dtype: 'int32', shape: [config.length] }];
  }

  write(text: string, row: number, targets: readonly TensorArray[]): void {
    this.#tokeniser.tokenise(text);
    this.#writeTokens(row, targets);
  }

  writeUtf8(bytes: Uint8Array, start: number, end: number, row: number, targets: readonly TensorArray[]): void {
    this.#tokeniser.tokeniseUtf8(bytes, start, end);
    this.#writeTokens(row, targets);
  }

  #writeTokens(row: number, [target]: readonly TensorArray[]): void {
    const tokens = this.#tokens;
    const ids = this.#ids;
    const { length, padding, unknown } = this.#config;
    if (!(target instanceof Int32Array)) throw new TypeError('vocabulary-ids writes to one Int32Array');
    const at = row * length;
    if (row < 0 || at + length > target.length) {
      throw new RangeError(`row ${row} of ${length} ids is outside the target of ${target.length}`);
    }
    for (let i = 0; i < tokens.count; i++) target[at + i] = ids.get(tokens.text(i)) ?? unknown;
    target.fill(padding, at + tokens.count, at + length);
  }
}
