/**
 * Closed-loop load on a server over many connections of one process: each answer sends the next request. Counts and
 * checks the answers. Knows requests and answers; knows nothing of processes or of which server it loads.
 */

import { LatencyHistogram } from '../harness/latency-histogram.js';
import { buildInputs, expectedPredictions, INPUT_COUNT } from '../servers/mlp.js';
import { LeanClient } from './lean-client.js';
import type { LoadCount, LoadPlan } from './loader-messages.js';
import { END_ID, FIRST_ID, predictionId, predictionValues, RequestFrame } from './packets.js';

/** One answer in this many is parsed completely and compared. */
const CHECK_EVERY = 1000;
/** float32 against float64, three layers deep. */
const TOLERANCE = 1e-4;

/** One request at a time: its frame, its current id, and when it was sent. */
interface Slot {
  readonly frame: RequestFrame;
  readonly client: LeanClient;
  id: number;
  sentAt: number;
}

export class Loader {
  readonly #plan: LoadPlan;
  readonly #failed: (reason: string) => void;
  readonly #expected = expectedPredictions();
  readonly #clients: LeanClient[] = [];
  readonly #slots: Slot[] = [];
  /** Distance between ids of one slot: a multiple of INPUT_COUNT, so that each slot keeps its input. */
  readonly #stride: number;
  readonly #latencyUs = new LatencyHistogram();
  #inFlight = 0;
  #paused: (() => void) | undefined;
  #answered = 0;
  #checked = 0;
  #answerBytes = 0;
  #beganAt = 0;
  #cpuAtBegin = process.cpuUsage();

  /** `failed` is called for anything that invalidates the run; the owner then closes the loader. */
  constructor(plan: LoadPlan, failed: (reason: string) => void) {
    this.#plan = plan;
    this.#failed = failed;
    this.#stride = Math.ceil((plan.sockets * plan.pipeline) / INPUT_COUNT) * INPUT_COUNT;
  }

  /** Opens all connections at once; resolves with the milliseconds until the last was ready. */
  open(): Promise<number> {
    const inputs = buildInputs();
    const { sockets, pipeline } = this.#plan;
    return new Promise((resolve) => {
      const started = performance.now();
      let waiting = sockets;
      for (let at = 0; at < sockets; at++) {
        const client = new LeanClient(this.#plan, {
          ready: () => {
            waiting--;
            if (waiting === 0) resolve(performance.now() - started);
          },
          prediction: (bytes, start, end) => this.#onPrediction(bytes, start, end),
          failed: (reason) => this.#failed(reason),
        });
        this.#clients.push(client);
        for (let i = 0; i < pipeline; i++) {
          const number = this.#slots.length;
          const frame = new RequestFrame(inputs[number % INPUT_COUNT] ?? []);
          this.#slots.push({ frame, client, id: FIRST_ID + number, sentAt: 0 });
        }
      }
    });
  }

  start(): void {
    this.#paused = undefined;
    for (const client of this.#clients) client.cork();
    for (const slot of this.#slots) this.#send(slot);
    for (const client of this.#clients) client.uncork();
  }

  /** Sends nothing more; `done` is called when everything is answered. */
  pause(done: () => void): void {
    this.#paused = done;
    if (this.#inFlight === 0) done();
  }

  begin(): void {
    this.#latencyUs.reset();
    this.#answered = 0;
    this.#checked = 0;
    this.#answerBytes = 0;
    this.#cpuAtBegin = process.cpuUsage();
    this.#beganAt = performance.now();
  }

  end(): LoadCount {
    const { user, system } = process.cpuUsage(this.#cpuAtBegin);
    return {
      answered: this.#answered,
      checked: this.#checked,
      seconds: (performance.now() - this.#beganAt) / 1000,
      cpuSeconds: (user + system) / 1e6,
      answerBytes: this.#answerBytes / this.#answered,
      latencyUs: this.#latencyUs.toCounts(),
    };
  }

  close(): void {
    for (const client of this.#clients) client.close();
  }

  #send(slot: Slot): void {
    this.#inFlight++;
    slot.frame.setId(slot.id);
    slot.sentAt = performance.now();
    slot.client.write(slot.frame.bytes);
  }

  #onPrediction(bytes: Buffer, start: number, end: number): void {
    const now = performance.now();
    const id = predictionId(bytes, start, end);
    const slot = this.#slots[(id - FIRST_ID) % this.#stride];
    if (slot === undefined || slot.id !== id) {
      this.#failed(`an answer that nobody waits for: ${bytes.toString('utf8', start, end)}`);
      return;
    }
    this.#inFlight--;
    this.#latencyUs.record((now - slot.sentAt) * 1000);
    this.#answerBytes += end - start;
    if (this.#answered % CHECK_EVERY === 0) this.#check(id, bytes, start, end);
    this.#answered++;
    slot.id += this.#stride;
    if (slot.id >= END_ID) slot.id = FIRST_ID + ((slot.id - FIRST_ID) % this.#stride);
    if (this.#paused === undefined) this.#send(slot);
    else if (this.#inFlight === 0) this.#paused();
  }

  #check(id: number, bytes: Buffer, start: number, end: number): void {
    const expected = this.#expected[id % INPUT_COUNT] ?? [];
    const values = predictionValues(bytes, start, end) ?? [];
    const right =
      values.length === expected.length &&
      values.every((value, at) => Math.abs(value - (expected[at] ?? 0)) < TOLERANCE);
    if (right) this.#checked++;
    else this.#failed(`a wrong answer: expected [${expected}], got ${bytes.toString('utf8', start, end)}`);
  }
}
