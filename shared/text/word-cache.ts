/**
 * Caches a fixed number of computed floats per distinct word. Words are identified by two 32-bit hashes, one of them
 * with a random key, so that nobody can craft a word that collides with another. Bounded: a full cache is emptied and
 * refilled by the words that follow.
 */

/** Maximum load factor: beyond it, lookups take longer. */
const LOAD = 0.75;

export class WordCache {
  /**
   * The floats of all cached words; {@link find} and {@link add} return where a word's floats begin. Those at 0 belong
   * to no word and are zero.
   */
  readonly floats: Float32Array;
  readonly #mask: number;
  readonly #maxWords: number;
  /**
   * Four numbers per place: the two hashes, where the word's floats begin (0: free), and one for cache-line alignment.
   */
  readonly #places: Int32Array;
  #words = 0;

  readonly #width: number;

  /**
   * @param places a power of two
   * @param width floats per word
   */
  constructor(places: number, width: number) {
    this.#width = width;
    this.#mask = places - 1;
    this.#maxWords = Math.floor(places * LOAD);
    this.#places = new Int32Array(4 * places);
    this.floats = new Float32Array((1 + this.#maxWords) * width);
  }

  /** Number of cached words. */
  get size(): number {
    return this.#words;
  }

  /**
   * Ensures room for this many more words, clearing the cache if necessary. That invalidates earlier results of
   * {@link find}.
   */
  reserve(words: number): void {
    if (this.#words + words <= this.#maxWords) return;
    this.#places.fill(0);
    this.#words = 0;
  }

  /** Start of the floats of the word with these hashes, or 0. */
  find(hash: number, check: number): number {
    const places = this.#places;
    const mask = this.#mask;
    for (let place = (hash ^ (hash >>> 15)) & mask; ; place = (place + 1) & mask) {
      const at = places[4 * place + 2] ?? 0;
      if (at === 0 || (places[4 * place] === hash && places[4 * place + 1] === check)) return at;
    }
  }

  /** Adds a word that {@link find} did not find. Returns where its floats begin, for the caller to write. */
  add(hash: number, check: number): number {
    const places = this.#places;
    const mask = this.#mask;
    let place = (hash ^ (hash >>> 15)) & mask;
    while (places[4 * place + 2] !== 0) place = (place + 1) & mask;
    const at = ++this.#words * this.#width;
    places[4 * place] = hash;
    places[4 * place + 1] = check;
    places[4 * place + 2] = at;
    return at;
  }
}
