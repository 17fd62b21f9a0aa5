/**
 * What is computed once for each distinct word, kept for the next time: a fixed number of floats a word. Words are told apart by two
 * hashes of 32 bits, one of them keyed by chance, so that nobody can make a word that is taken for another. Bounded: when the cache is
 * full it is emptied, and fills again with the words that come.
 */

/** Part of the places that may be taken: beyond it, looking takes longer. */
const LOAD = 0.75;

export class WordCache {
  /** The floats of all words held; those of one begin where {@link find} or {@link add} says. Those at 0 are of no word, and zero. */
  readonly floats: Float32Array;
  readonly #mask: number;
  readonly #maxWords: number;
  /** Four numbers a place: the two hashes, where the word's floats begin (0: the place is free), and one for a cache line's sake. */
  readonly #places: Int32Array;
  #words = 0;

  readonly #width: number;

  /** @param places a power of two @param width floats of a word */
  constructor(places: number, width: number) {
    this.#width = width;
    this.#mask = places - 1;
    this.#maxWords = Math.floor(places * LOAD);
    this.#places = new Int32Array(4 * places);
    this.floats = new Float32Array((1 + this.#maxWords) * width);
  }

  /** Words held. */
  get size(): number {
    return this.#words;
  }

  /** Makes sure that so many more words can be added; forgets all words if need be. What was found before is then void. */
  reserve(words: number): void {
    if (this.#words + words <= this.#maxWords) return;
    this.#places.fill(0);
    this.#words = 0;
  }

  /** Where the floats of the word with these hashes begin, or 0. */
  find(hash: number, check: number): number {
    const places = this.#places;
    const mask = this.#mask;
    for (let place = (hash ^ (hash >>> 15)) & mask; ; place = (place + 1) & mask) {
      const at = places[4 * place + 2] ?? 0;
      if (at === 0 || (places[4 * place] === hash && places[4 * place + 1] === check)) return at;
    }
  }

  /** Takes in a word that {@link find} did not find. Returns where its floats begin: the caller writes them. */
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
