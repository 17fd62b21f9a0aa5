/** Splits bytes into lines, whatever the chunks. Holds one unfinished line, up to a bound. Knows no files. */

export interface Line {
  /** Without its line end. Invalid UTF-8 becomes U+FFFD. */
  readonly text: string;
  /** Bytes of the input up to the end of this line. */
  readonly endBytes: number;
  /** True when it exceeded {@link MAX_LINE_BYTES}: `text` is its beginning. */
  readonly cut: boolean;
}

/** Far above what a hub accepts as one text; a JSON line holds more than its text. */
export const MAX_LINE_BYTES = 1 << 20;

const LF = 0x0a;

export class LineSplitter {
  /** Parts of the unfinished line. */
  #parts: Uint8Array[] = [];
  #keptBytes = 0;
  #cut = false;
  #readBytes = 0;

  *push(chunk: Uint8Array): Generator<Line, void, undefined> {
    const before = this.#readBytes;
    let start = 0;
    for (let end = chunk.indexOf(LF); end !== -1; end = chunk.indexOf(LF, start)) {
      this.#keep(chunk.subarray(start, end));
      start = end + 1;
      this.#readBytes = before + start;
      yield this.#take();
    }
    this.#keep(chunk.subarray(start));
    this.#readBytes = before + chunk.length;
  }

  /** The last line, when the input does not end with a line end. */
  *end(): Generator<Line, void, undefined> {
    if (this.#keptBytes > 0) yield this.#take();
  }

  #keep(bytes: Uint8Array): void {
    const room = MAX_LINE_BYTES - this.#keptBytes;
    if (bytes.length > room) this.#cut = true;
    if (room === 0 || bytes.length === 0) return;
    this.#parts.push(bytes.length > room ? bytes.subarray(0, room) : bytes);
    this.#keptBytes += Math.min(room, bytes.length);
  }

  #take(): Line {
    const [first] = this.#parts;
    const bytes = this.#parts.length === 1 && first !== undefined ? first : Buffer.concat(this.#parts);
    const cut = this.#cut;
    this.#parts = [];
    this.#keptBytes = 0;
    this.#cut = false;
    // In streaming mode, so that a character split by the cut is left out.
    const text = new TextDecoder().decode(bytes, { stream: cut });
    return { text: text.endsWith('\r') ? text.slice(0, -1) : text, endBytes: this.#readBytes, cut };
  }
}

/** Reads the next chunk once all earlier lines are consumed. */
export async function* readLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Line, void, undefined> {
  const splitter = new LineSplitter();
  for await (const chunk of chunks) yield* splitter.push(chunk);
  yield* splitter.end();
}
