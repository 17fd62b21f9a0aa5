/** Finds all entries of a vocabulary that begin at a place of a text: a trie in one hash table, without objects. */

/** Three numbers a place: the node and the unit that lead on, combined, and where to. */
const WIDTH = 3;

export class PrefixTable {
  #table = new Int32Array(0);
  #mask = 0;
  /** By node: the index of the entry that ends there, or -1. */
  #entries: Int32Array;
  #nodes = 1;

  constructor(entries: readonly string[]) {
    const units = entries.reduce((sum, entry) => sum + entry.length, 0);
    const places = 2 ** Math.ceil(Math.log2(Math.max(16, 2 * units)));
    this.#table = new Int32Array(WIDTH * places);
    this.#mask = places - 1;
    this.#entries = new Int32Array(units + 1).fill(-1);
    for (const [index, entry] of entries.entries()) {
      let node = 0;
      for (let i = 0; i < entry.length; i++) node = this.#follow(node, entry.charCodeAt(i), true);
      this.#entries[node] = index;
    }
    // Shared beginnings took less.
    this.#entries = this.#entries.slice(0, this.#nodes);
  }

  /** Calls `found` with the index of each entry that begins at `from`, and where it ends, the shortest first. */
  search(text: string, from: number, found: (index: number, end: number) => void): void {
    let node = 0;
    for (let at = from; at < text.length; ) {
      node = this.#follow(node, text.charCodeAt(at++), false);
      if (node === 0) return;
      const entry = this.#entries[node] ?? -1;
      if (entry >= 0) found(entry, at);
    }
  }

  /** The node that a unit leads to; 0 when there is none. */
  #follow(node: number, unit: number, grows: boolean): number {
    const table = this.#table;
    const mask = this.#mask;
    let place = Math.imul(node ^ (unit << 15) ^ unit, 0x9e3779b1);
    for (place = (place ^ (place >>> 15)) & mask; ; place = (place + 1) & mask) {
      const next = table[WIDTH * place + 2] ?? 0;
      if (next === 0) break;
      if (table[WIDTH * place] === node && table[WIDTH * place + 1] === unit) return next;
    }
    if (!grows) return 0;
    table[WIDTH * place] = node;
    table[WIDTH * place + 1] = unit;
    table[WIDTH * place + 2] = this.#nodes;
    return this.#nodes++;
  }
}
