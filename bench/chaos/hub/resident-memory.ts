/** Resident memory of the hub over time: before, peak and after. Reads through a function; knows no process. */

const SAMPLE_MS = 100;
/** The median of this many samples represents a moment: a single one may coincide with a collection. */
const MOMENT_SAMPLES = 20;

export class ResidentMemory {
  readonly #timer: NodeJS.Timeout;
  readonly #recent: number[] = [];
  #peak = 0;

  constructor(read: () => number | undefined) {
    this.#timer = setInterval(() => {
      const bytes = read();
      if (bytes !== undefined) this.add(bytes);
    }, SAMPLE_MS);
  }

  add(bytes: number): void {
    this.#peak = Math.max(this.#peak, bytes);
    this.#recent.push(bytes);
    if (this.#recent.length > MOMENT_SAMPLES) this.#recent.shift();
  }

  /** The current value, approximately; NaN before the first sample. */
  get now(): number {
    const sorted = [...this.#recent].sort((a, b) => a - b);
    return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  }

  /** The peak since the last call. */
  takePeak(): number {
    const peak = this.#peak;
    this.#peak = 0;
    return peak;
  }

  close(): void {
    clearInterval(this.#timer);
  }
}
